"""Tells one world as a dated log: what happened and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from drawdown.day import reasons
from drawdown.day.world import FactionAgent, Happening, World
from drawdown.declared import columns
from drawdown.declared.actors import cast
from drawdown.declared.columns import O
from drawdown.declared.language import Language
from drawdown.declared.lever_table import BY_NAME
from drawdown.declared.scenario import Scenario
from drawdown.rules import retaliation
from drawdown.views.conditions import told_turn, written_in
from drawdown.views.words import Words

_ON_DAY = ("nato_suspended", "dialogue", "election", "concession", "broken_deadline")
RULES = {
    columns.ATTACK_FOREIGN: ("militia.foreign_hazard", "C24, C34"),
    columns.ATTACK_STATE: ("militia.state_hazard", "C19"),
    columns.STRIKE: ("retaliation.strike_probability", "C25, C28"),
    columns.VOTE: ("politics.vote_passes", "C04, C10"),
    columns.ORDER_BEGINS: ("patron.quiet_length", "C35"),
    columns.CAMPAIGN_BEGINS: ("patron.violence_length", "C35"),
    columns.TRUCE_OPENS: ("patron.truce_opens", "C22, C23"),
    columns.TRUCE_ENDS: ("patron.truce_ends", "C23"),
    columns.GOVERNMENT_FORMS: ("politics.formation_length", "C31"),
    columns.REVIEW: ("home.posture_goal", "C06, C33"),
    columns.EXPULSION: ("politics.request_after_vote", "C04"),
}
"""The rule and the claims behind each kind of event."""

BECAUSE = {
    columns.ATTACK_STATE: "state",
    columns.STRIKE: "strike",
    columns.VOTE: "vote",
    columns.ORDER_BEGINS: "order",
    columns.CAMPAIGN_BEGINS: "spell",
    columns.TRUCE_OPENS: "promise",
    columns.TRUCE_ENDS: "broken",
    columns.GOVERNMENT_FORMS: "formed",
    columns.REVIEW: "review",
    columns.EXPULSION: "expulsion",
}
"""Words for what stands behind each kind of event."""


SENTENCES = {
    columns.ORDER_BEGINS: "order_begins",
    columns.CAMPAIGN_BEGINS: "campaign_begins",
    columns.TRUCE_OPENS: "truce_opens",
    columns.TRUCE_ENDS: "truce_closes",
    columns.REVIEW: "review",
    columns.EXPULSION: "expulsion",
}
"""Sentences of events of which nothing but a number is said."""

_SPELLS = ("doubt", "truce", "order", "campaign")


class Teller:
    """Tells a world's days as sentences while it is stepped.

    Args:
        language: Language of the sentences.
        why: Whether each event is followed by the rule, its numbers and the claims.
    """

    def __init__(self, language: Language, why: bool = True) -> None:
        self.language = language
        self.why = why
        self._say = Words(language, "chronicle")
        self._told = 0
        self._before = dict.fromkeys(_SPELLS, 0.0)
        self._second_base = 0.0
        self._us_iran: float | None = None
        self._open: dict[str, float] = {}

    def calendar(self, world: World) -> Iterator[str]:
        """Tell what the calendar brought today."""
        day = world.day
        for name in _ON_DAY:
            if getattr(day, name) > 0.0:
                yield self._say(name)
        for name, before in self._before.items():
            now = getattr(day, name)
            if now > before:
                yield self._say(name)
            if now < before and name != "doubt":
                yield self._say(f"{name}_ends")
        self._before = {name: getattr(day, name) for name in _SPELLS}
        if abs(day.spell_days) == 1.0:
            yield self._say("spell_of_violence" if day.spell_days > 0.0 else "spell_of_quiet")
        if self._us_iran is not None and day.us_iran != self._us_iran:
            state = BY_NAME["us_iran"].choices[int(day.us_iran)]
            yield self._say(f"us_iran_{state}")
        self._us_iran = day.us_iran
        if day.nato_second_base > self._second_base:
            yield self._say("nato_second_base")
        self._second_base = day.nato_second_base
        for site in cast().sites:
            now = getattr(day, f"open_{site.name}")
            if self._open.get(site.name, now) > now:
                yield self._say("hand_over", site=self.language.word("sites", site.name))
            self._open[site.name] = now

    def _harm(self, **harm: int) -> str:
        each = [self._say(name, n=n) for name, n in harm.items() if n > 0]
        return f"{self.language.colon} {self.language.comma.join(each)}" if each else ""

    def sentence(self, event: Happening) -> str:
        """Return an event as a sentence."""
        say, word, people = self._say, self.language.word, cast()
        group = word("factions", people.factions[event.who].name) if event.who >= 0 else ""
        match event.kind:
            case columns.ATTACK_FOREIGN:
                return say(
                    "attack_drone" if event.drone else "attack_rocket",
                    faction=group,
                    site=word("sites", people.sites[event.where].name),
                    harm=self._harm(
                        dead=event.dead, wounded=event.wounded, iraqi_dead=event.amount
                    ),
                )
            case columns.ATTACK_STATE:
                return say("attack_state", faction=group, harm=self._harm(iraqi_dead=event.amount))
            case columns.STRIKE:
                note = say("strike_wrong") if event.amount else ""
                note += say("strike_leader") if event.drone else ""
                return say("strike", faction=group, n=event.dead, note=note)
            case columns.VOTE:
                return say("vote_passed" if event.drone else "vote_failed", n=event.amount)
            case columns.GOVERNMENT_FORMS:
                kind = "friend" if event.amount < -33 else "foe" if event.amount > 33 else "neutral"
                return say("new_government", stance=say(f"stance_{kind}"))
        return say(SENTENCES[event.kind], n=event.amount)

    def told(self, world: World, event: Happening) -> str:
        """Return an event of today as a sentence; of a condition also what was seen."""
        if event.kind != columns.CONDITION:
            return self.sentence(event)
        own = world.plays.conditions
        return told_turn(own, event.amount, event.drone, world, self.language)

    def reason(self, world: World, event: Happening) -> str:
        """Return why an event happened: the rule, its numbers, the claims."""
        return f"{self._say('why')}: {self._reason(world, event)}"

    def _reason(self, world: World, event: Happening) -> str:
        kept, n = self.language.kept, self.language.number
        if event.kind == columns.CONDITION:
            written = written_in(world.plays.conditions[event.amount])
            return self.language.word("conditions", "why", place=kept(written))
        rule, claims = map(kept, RULES[event.kind])
        if event.kind == columns.ATTACK_FOREIGN:
            faction = world.faction(event.who)
            return self._say(
                "why_attack",
                hazard=n(max(faction.total_hazard), 4),
                motive=n(_motive_of_usual(world, faction)),
                excitation=n(reasons.excited_percent(faction.motive, faction.excited), 0),
                pull=n(max(world.pull)),
                restraint=n(faction.restraint),
                rule=rule,
                claims=claims,
            )
        if event.kind == columns.STRIKE and world.day.strike_on > 0.0:
            return self._say("why_imposed")
        if event.kind != columns.STRIKE:
            return self._say("why_rule", rule=rule, claims=claims)
        threshold = retaliation.strike_threshold(
            int(world.w.lever[columns.DOCTRINE]),
            self._hold_before,
            world.p.threshold_limited,
            world.p.threshold_robust,
            world.p.hold_back,
            world.p.robust_hold_factor,
        )
        demand = n(world.us.weighed)
        return self._say(
            "why_strike", demand=demand, threshold=n(threshold), rule=rule, claims=claims
        )

    def words(self, world: World, event: Happening) -> str:
        """Return why an event happened in plain words; the rule with its numbers is `reason`."""
        if event.kind == columns.CONDITION:
            return ""
        if event.kind == columns.ATTACK_FOREIGN:
            faction = world.faction(event.who)
            found = reasons.of_attack(
                max(world.pull),
                _motive_of_usual(world, faction),
                reasons.excited_percent(faction.motive, faction.excited),
                faction.grievance,
                faction.caution,
                world.w.campaign,
                world.w.quiet,
                faction.row.obeys,
            )
            each = self._say.each(
                *(f"because_{word}" for part, word in reasons.WORDS.items() if found & part)
            )
            return self._say("because", reasons=self.language.comma.join(each))
        if event.kind == columns.STRIKE and world.day.strike_on > 0.0:
            return self._say("why_imposed")
        return self._say(f"because_{BECAUSE[event.kind]}")

    def day(self, world: World) -> Iterator[str]:
        """Tell the day that a world has just lived."""
        lines = [*self.calendar(world)]
        told = world.happenings[self._told :]
        self._told = len(world.happenings)
        date = self.language.day(world.today)
        for text in lines:
            yield self.language.line(f"{date}  {text}")
        for event in told:
            yield self.language.line(f"{date}  {self.told(world, event)}")
            if self.why:
                yield self.language.line(f"    {self.reason(world, event)}")
        self.remember(world)

    def remember(self, world: World) -> None:
        """Keep what tomorrow's reasons need of today."""
        self._hold_before = world.us.hold

    _hold_before = 0.0

    def standing(self, world: World) -> str:
        """Return how things stand, in one line."""
        n = self.language.number
        attacks = sum(row[0] for row in world.daily[-30:])
        date = self.language.day(world.today)
        text = self._say(
            "state_line",
            us=n(world.us.soldiers, 0),
            nato=n(world.nato.personnel, 0),
            authority=n(world.government.authority),
            pressure=n(world.government.pressure),
            support=n(world.us.support, 1),
            attacks=n(attacks, 0),
        )
        return self.language.line(f"{date}  {text}")

    def end(self, world: World) -> str:
        """Return the sum of what was told."""
        totals = world.outcomes().sum(axis=0)
        sums = {
            "foreign": totals[O.attacks_foreign],
            "state": totals[O.attacks_state],
            "strikes": totals[O.strikes],
            "dead": totals[O.dead_us] + totals[O.dead_coalition],
            "iraqi": totals[O.dead_iraqi],
        }
        texts = {name: self.language.number(total, 0) for name, total in sums.items()}
        return self._say.line("end", days=len(world.daily), **texts)


def _motive_of_usual(world: World, faction: FactionAgent) -> float:
    """Return a faction's wish to attack, in parts of its usual one."""
    return reasons.motive_of_usual(faction.motive, world.derived.tempo, faction.row.rejection)


def tell(
    world: World,
    days: int | None,
    language: Language,
    why: bool,
    say: Callable[[str], None],
    then: Scenario | None = None,
    on: date | None = None,
) -> None:
    """Step a world and tell its days, with how things stand at the end of each month.

    Args:
        world: The world.
        days: How many days, or None for all.
        language: Language of the sentences.
        why: Whether to give reasons.
        say: Called with each line.
        then: Scenario to go on under.
        on: First day under it.
    """
    teller = Teller(language, why)

    def each(now: World) -> None:
        for line in teller.day(now):
            say(line)
        if now.today.day == 1:
            say(teller.standing(now))

    if then is not None and on is not None:
        before = (on - world.today).days - 1
        world.run(min(before, days) if days is not None else before, each)
        if days is None or days > before:
            say(language.line(f"— {then.title.in_language(language.code)} —"))
            world.branch(then)
            world.run(days - before if days is not None else None, each)
    else:
        world.run(days, each)
    if not world.happenings:
        say(Words(language, "chronicle").line("nothing"))
    say(teller.end(world))
