"""Shows the spells of quiet and violence and what they were fitted to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drawdown.declared.language import Language
from drawdown.questions.regimes import Spells
from drawdown.views.sheet import Console, Sheet


def table(found: Sequence[Spells], language: Language) -> Sheet:
    """Return the fits, one row a set of spells."""

    def word(name: str) -> str:
        return language.word("regimes", name)

    heads = ["set", "spells", "median", "spread", "next", "prior_median", "prior_spread"]
    sheet = Sheet(language.line(word("title")), [word(head) for head in heads])
    for item in found:
        running = sum(item.censored)
        count = f"{len(item.days)}" + (f" ({running} {word('running')})" if running else "")
        (m, m_sigma), (s, s_sigma) = item.prior()
        low, middle, high = item.median
        a, b, c = item.spread
        next_low, next_middle, next_high = item.predicted
        sheet.row(
            word(item.name),
            language.line(count),
            language.kept(f"{middle:.0f} ({low:.0f} … {high:.0f})"),
            language.kept(f"{b:.2f} ({a:.2f} … {c:.2f})"),
            language.kept(f"{next_low:.0f} / {next_middle:.0f} / {next_high:,.0f}"),
            language.kept(f"LogN({m:.0f}, {m_sigma:.2f})"),
            language.kept(f"LogN({s:.2f}, {s_sigma:.2f})"),
        )
    return sheet


def shares_table(shares: Mapping[str, tuple[int, int]], language: Language) -> Sheet:
    """Return the share of days that were violent, by what stood between the two capitals."""
    heads = [language.word("regimes", head) for head in ("us_iran", "days", "violent")]
    sheet = Sheet(language.line(language.word("regimes", "shares_title")), heads)
    for name, (days, violent) in shares.items():
        label = language.word("regimes", "neither") if name == "none" else name
        if name != "none":
            label = language.word("us_iran", name)
        sheet.row(label, language.number(days, 0), language.number(violent / days))
    return sheet


def show(
    found: Sequence[Spells],
    shares: Mapping[str, tuple[int, int]],
    language: Language,
    console: Console,
) -> None:
    """Print the fits, what they rest on, and what they cannot say."""
    console.print(table(found, language))
    console.print(shares_table(shares, language))
    better = max(abs(item.better) for item in found)
    for name in ("few", "law", "not_proven"):
        text = language.word("regimes", name, better=language.number(better, 1))
        console.print(language.line(text))
