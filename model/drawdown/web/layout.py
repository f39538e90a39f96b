"""The frame of a page, served or standing alone: where its style, scripts and links come from."""

from __future__ import annotations

from typing import Any, Protocol

from markupsafe import Markup

from drawdown.declared.language import Language
from drawdown.views.html import embedded, environment


class Shell(Protocol):
    """What differs between a page of a server and one that stands alone.

    Attributes:
        root: Way to the first page.
        places: Places of the menu with their paths.
        foot: Sentence under the page.
    """

    root: str
    foot: str
    places: tuple[tuple[str, str], ...]

    def head(self, language: Language) -> Markup:
        """Return style and icon."""

    def script(self, name: str) -> Markup:
        """Return what runs a script."""

    def way(self, place: str, path: str) -> str:
        """Return the address of a place of the menu."""

    def others(self, here: str) -> dict[str, str]:
        """Return the addresses of the same page in the other languages, by language."""


def rendered(
    shell: Shell, template: str, language: Language, here: str, group: str, **values: Any
) -> str:
    """Return a page.

    Args:
        shell: Its frame.
        template: Its template.
        language: Its language.
        here: Its place in the menu.
        group: Words that it uses.
        **values: What the template shows.
    """

    def web(name: str) -> str:
        return language.word("web", name)

    def word(name: str, /, **more: Any) -> str:
        return language.word(group, name, **more)

    for name, value in values.items():
        if name in ("words", "parts", "carried"):
            values[name] = Markup(embedded(value))
    return (
        environment("web/templates")
        .get_template(template)
        .render(
            language=language,
            here=here,
            web=web,
            word=word,
            root=shell.root,
            head=shell.head(language),
            foot=shell.foot,
            script=shell.script,
            way=shell.way,
            places=shell.places,
            others=[(Language(code), way) for code, way in shell.others(here).items()],
            **values,
        )
    )


def words_of(language: Language, *groups: str) -> dict[str, Any]:
    """Return the words of some groups, for a page's script."""
    found: dict[str, Any] = {}
    for group in groups:
        found |= language.words[group]
    return found | {
        "months": language.months,
        "comma": language.comma,
        "semicolon": language.semicolon,
        "colon": language.colon,
    }
