"""Tells one world as a dated log: what happened and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from drawdown.day import reasons
from drawdown.day.world import Happening, World
from drawdown.declared.actors import cast
from drawdown.declared.columns import (
    ATTACK_FOREIGN,
    ATTACK_STATE,
    CAMPAIGN_BEGINS,
    CONDITION,
    DOCTRINE,
    EXPULSION,
    GOVERNMENT_FORMS,
    ORDER_BEGINS,
    REVIEW,
    STRIKE,
    TRUCE_ENDS,
    TRUCE_OPENS,
    VOTE,
    O,
)
from drawdown.declared.language import Language
from drawdown.declared.lever_table import BY_NAME
from drawdown.declared.scenario import Scenario
from drawdown.rules import retaliation
from drawdown.views.conditions import told_turn, written_in

_ON_DAY = ("nato_suspended", "dialogue", "election", "concession", "broken_deadline")
RULES = {
    ATTACK_FOREIGN: ("militia.foreign_hazard", "C24, C34"),
    ATTACK_STATE: ("militia.state_hazard", "C19"),
    STRIKE: ("retaliation.strike_probability", "C25, C28"),
    VOTE: ("politics.vote_passes", "C04, C10"),
    ORDER_BEGINS: ("patron.quiet_length", "C35"),
    CAMPAIGN_BEGINS: ("patron.violence_length", "C35"),
    TRUCE_OPENS: ("patron.truce_opens", "C22, C23"),
    TRUCE_ENDS: ("patron.truce_ends", "C23"),
    GOVERNMENT_FORMS: ("politics.formation_length", "C31"),
    REVIEW: ("home.posture_goal", "C06, C33"),
    EXPULSION: ("politics.request_after_vote", "C04"),
}
"""The rule and the claims behind each kind of event."""

BECAUSE = {
    ATTACK_STATE: "state",
    STRIKE: "strike",
    VOTE: "vote",
    ORDER_BEGINS: "order",
    CAMPAIGN_BEGINS: "spell",
    TRUCE_OPENS: "promise",
    TRUCE_ENDS: "broken",
    GOVERNMENT_FORMS: "formed",
    REVIEW: "review",
    EXPULSION: "expulsion",
}
"""Words for what stands behind each kind of event."""


class Teller:
    """Tells a world's days as sentences while it is stepped.

    Args:
        language: Language of the sentences.
        why: Whether each event is followed by the rule, its numbers and the claims.
    """

    def __init__(self, language: Language, why: bool = True) -> None:
        self.language = language
        self.why = why
        self._told = 0
        self._doubt = self._truce = self._order = self._campaign = 0.0
        self._second_base = 0.0
        self._us_iran: float | None = None
        self._open: dict[str, float] = {}

    def _say(self, name: str, **values: object) -> str:
        return self.language.word("chronicle", name, **values)

    def calendar(self, world: World) -> Iterator[str]:
        """Tell what the calendar brought today."""
        day = world.day
        for name in _ON_DAY:
            if getattr(day, name) > 0.0:
                yield self._say(name)
        for name, before in (
            ("doubt", self._doubt),
            ("truce", self._truce),
            ("order", self._order),
            ("campaign", self._campaign),
        ):
            now = getattr(day, name)
            if now > before:
                yield self._say(name)
            if now < before and name != "doubt":
                yield self._say(f"{name}_ends")
        self._doubt, self._truce, self._order = day.doubt, day.truce, day.order
        self._campaign = day.campaign
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

    def _harm(self, parts: list[tuple[str, int]]) -> str:
        told = [self._say(name, n=self.language.number(n, 0)) for name, n in parts if n > 0]
        if not told:
            return ""
        comma = self.language.comma
        return f"{self.language.colon} {comma.join(told)}"

    def sentence(self, event: Happening) -> str:
        """Return an event as a sentence."""
        language, people = self.language, cast()
        group = language.word("factions", people.factions[event.who].name) if event.who >= 0 else ""
        if event.kind == ATTACK_FOREIGN:
            site = language.word("sites", people.sites[event.where].name)
            harm = self._harm(
                [("dead", event.dead), ("wounded", event.wounded), ("iraqi_dead", event.amount)]
            )
            name = "attack_drone" if event.drone else "attack_rocket"
            return self._say(name, faction=group, site=site, harm=harm)
        if event.kind == ATTACK_STATE:
            return self._say(
                "attack_state", faction=group, harm=self._harm([("iraqi_dead", event.amount)])
            )
        if event.kind == STRIKE:
            note = self._say("strike_wrong") if event.amount else ""
            note += self._say("strike_leader") if event.drone else ""
            n = language.number(event.dead, 0)
            return self._say("strike", faction=group, n=n, note=note)
        if event.kind == VOTE:
            name = "vote_passed" if event.drone else "vote_failed"
            return self._say(name, n=language.number(event.amount, 0))
        if event.kind == ORDER_BEGINS:
            return self._say("order_begins", n=language.number(event.amount, 0))
        if event.kind == CAMPAIGN_BEGINS:
            return self._say("campaign_begins", n=language.number(event.amount, 0))
        if event.kind == TRUCE_OPENS:
            return self._say("truce_opens", n=language.number(event.amount, 0))
        if event.kind == TRUCE_ENDS:
            return self._say("truce_closes")
        if event.kind == GOVERNMENT_FORMS:
            kind = "friend" if event.amount < -33 else "foe" if event.amount > 33 else "neutral"
            return self._say("new_government", stance=self._say(f"stance_{kind}"))
        return self._say("review" if event.kind == REVIEW else "expulsion")

    def told(self, world: World, event: Happening) -> str:
        """Return an event of today as a sentence; of a condition also what was seen."""
        if event.kind != CONDITION:
            return self.sentence(event)
        own = world.plays.conditions
        return told_turn(own, event.amount, event.drone, world, self.language)

    def reason(self, world: World, event: Happening) -> str:
        """Return why an event happened: the rule, its numbers, the claims."""
        if event.kind == CONDITION:
            written = written_in(world.plays.conditions[event.amount])
            text = self.language.word("conditions", "why", place=self.language.kept(written))
            return f"{self._say('why')}: {text}"
        rule, claims = RULES[event.kind]
        rule, claims = self.language.kept(rule), self.language.kept(claims)
        n = self.language.number
        if event.kind == ATTACK_FOREIGN:
            faction = world.faction(event.who)
            usual = faction.row.rejection
            text = self._say(
                "why_attack",
                hazard=n(max(faction.total_hazard), 4),
                motive=n(reasons.motive_of_usual(faction.motive, world.derived.tempo, usual)),
                excitation=n(reasons.excited_percent(faction.motive, faction.excited), 0),
                pull=n(max(world.pull)),
                restraint=n(faction.restraint),
                rule=rule,
                claims=claims,
            )
        elif event.kind == STRIKE and world.day.strike_on > 0.0:
            text = self._say("why_imposed")
        elif event.kind == STRIKE:
            threshold = retaliation.strike_threshold(
                int(world.w.lever[DOCTRINE]),
                self._hold_before,
                world.p.threshold_limited,
                world.p.threshold_robust,
                world.p.hold_back,
                world.p.robust_hold_factor,
            )
            text = self._say(
                "why_strike",
                demand=n(world.us.weighed),
                threshold=n(threshold),
                rule=rule,
                claims=claims,
            )
        else:
            text = self._say("why_rule", rule=rule, claims=claims)
        return f"{self._say('why')}: {text}"

    def words(self, world: World, event: Happening) -> str:
        """Return why an event happened in plain words; the rule with its numbers is `reason`."""
        if event.kind == CONDITION:
            return ""
        if event.kind == ATTACK_FOREIGN:
            faction = world.faction(event.who)
            motive = reasons.motive_of_usual(
                faction.motive, world.derived.tempo, faction.row.rejection
            )
            found = reasons.of_attack(
                max(world.pull),
                motive,
                reasons.excited_percent(faction.motive, faction.excited),
                faction.grievance,
                faction.caution,
                world.w.campaign,
                world.w.quiet,
                faction.row.obeys,
            )
            told = [
                self._say(f"because_{word}") for part, word in reasons.WORDS.items() if found & part
            ]
            return self._say("because", reasons=self.language.comma.join(told))
        if event.kind == STRIKE and world.day.strike_on > 0.0:
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
        return self.language.line(
            f"{date}  "
            + self._say(
                "state_line",
                us=n(world.us.soldiers, 0),
                nato=n(world.nato.personnel, 0),
                authority=n(world.government.authority),
                pressure=n(world.government.pressure),
                support=n(world.us.support, 1),
                attacks=n(attacks, 0),
            )
        )

    def end(self, world: World) -> str:
        """Return the sum of what was told."""
        n = self.language.number
        totals = world.outcomes().sum(axis=0)
        return self.language.line(
            self._say(
                "end",
                days=n(len(world.daily), 0),
                foreign=n(totals[O.attacks_foreign], 0),
                state=n(totals[O.attacks_state], 0),
                strikes=n(totals[O.strikes], 0),
                dead=n(totals[O.dead_us] + totals[O.dead_coalition], 0),
                iraqi=n(totals[O.dead_iraqi], 0),
            )
        )


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
        say(language.line(language.word("chronicle", "nothing")))
    say(teller.end(world))
