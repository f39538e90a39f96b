"""Shows the spells of quiet and violence and what they were fitted to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drawdown.declared.language import Language
from drawdown.evidence.regimes import Placebo, Spells
from drawdown.views.terminal_tables import Console, Sheet
from drawdown.views.words import Words


def table(found: Sequence[Spells], language: Language) -> Sheet:
    """Return the fits, one row a set of spells."""
    word, rows = Words(language, "regimes"), []
    for item in found:
        running = sum(item.censored)
        count = f"{len(item.days)}" + (f" ({running} {word('running')})" if running else "")
        (m, m_sigma), (s, s_sigma) = item.prior()
        low, middle, high = item.median
        a, b, c = item.spread
        next_low, next_middle, next_high = item.predicted
        cells = (
            f"{middle:.0f} ({low:.0f} … {high:.0f})",
            f"{b:.2f} ({a:.2f} … {c:.2f})",
            f"{next_low:.0f} / {next_middle:.0f} / {next_high:,.0f}",
            f"LogN({m:.0f}, {m_sigma:.2f})",
            f"LogN({s:.2f}, {s_sigma:.2f})",
        )
        rows.append((word(item.name), language.line(count), *map(language.kept, cells)))
    heads = ["set", "spells", "median", "spread", "next", "prior_median", "prior_spread"]
    return Sheet(word.line("title"), word.each(*heads), rows=rows)


def shares_table(shares: Mapping[str, tuple[int, int]], language: Language) -> Sheet:
    """Return the share of days that were violent, by what stood between the two capitals."""
    word, rows = Words(language, "regimes"), []
    for name, (days, violent) in shares.items():
        label = word("neither") if name == "none" else language.word("us_iran", name)
        rows.append((label, language.number(days, 0), language.number(violent / days)))
    return Sheet(word.line("shares_title"), word.each("us_iran", "days", "violent"), rows=rows)


def placebos_table(found: Sequence[Placebo], language: Language) -> Sheet:
    """Return what changed before transitions, beside the same before any day."""
    word, rows = Words(language, "regimes"), []
    for one in found:
        counts = (f"{k} / {n}" for k, n in (one.onsets, one.ends))
        chances = map(language.number, (one.days, *one.chance))
        rows.append((word(one.name), *map(language.kept, counts), *chances))
    heads = ["changed", "onsets", "ends", "any_day", "chance_onsets", "chance_ends"]
    return Sheet(word.line("placebo_title"), word.each(*heads), rows=rows)


def show(
    found: Sequence[Spells],
    shares: Mapping[str, tuple[int, int]],
    placebos: Sequence[Placebo],
    language: Language,
    console: Console,
) -> None:
    """Print the fits, what they rest on, and what they cannot say."""
    console.print(table(found, language))
    console.print(shares_table(shares, language))
    console.print(placebos_table(placebos, language))
    better = language.number(max(abs(item.better) for item in found), 1)
    for name in ("few", "law", "not_proven", "placebo"):
        console.print(Words(language, "regimes").line(name, better=better))
