"""A memo of one page: one panel, two paragraphs with both intervals, sources."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from markupsafe import Markup

from drawdown import __version__
from drawdown.declared.language import Language
from drawdown.questions.answer import Answer, md_row, table
from drawdown.views.html import environment


@dataclass(frozen=True)
class Memo:
    """What a memo says.

    Attributes:
        title: Its heading.
        policies: What is held against what.
        paragraphs: Heading and text of each.
        heads: Heads of its small table.
        rows: Rows of it.
        legend: What the numbers are.
        sources: Where they come from.
        sources_head: What stands above these.
    """

    title: str
    policies: str
    paragraphs: tuple[tuple[str, str], ...]
    heads: list[str]
    rows: list[list[str]]
    legend: str
    sources: tuple[str, ...]
    sources_head: str


def memo(
    answers: Sequence[Answer],
    language: Language,
    command: Sequence[str],
    made_by: Mapping[str, Any],
) -> Memo:
    """Return the memo of some answers against the same baseline.

    Args:
        answers: The answers.
        language: Its language.
        command: The command that made them.
        made_by: What made them, from `provenance.made_by`.
    """

    def say(name: str, **values: Any) -> str:
        return language.word("answer", name, **values)

    def told(sentences: Sequence[tuple[Answer, list[str]]]) -> str:
        several = len(answers) > 1
        return " ".join(
            (f"{language.pick(one.case)}: " if several else "") + " ".join(each)
            for one, each in sentences
        )

    changes = told([(one, one.with_intervals(language)) for one in answers])
    stops = told([(one, one.sentences(language)[len(one.parts) :]) for one in answers])
    heads, rows = table(answers, language)
    first, kept = answers[0], language.kept
    sources = (
        say(
            "source_made",
            made=first.made(language),
            seed=kept(f"{first.seed}"),
            version=kept(f"Drawdown {__version__}"),
            commit=kept(made_by["commit"][:10]),
            command=kept(shlex.join(command)),
        ),
        say(
            "source_article",
            scenario=kept("drawdown explain C01"),
            claims=kept("seeds/claims.yaml"),
        ),
        say("source_record", record=kept("seeds/record"), posterior=kept("seeds/posterior")),
        say("source_rules", rules=kept("docs/odd.md")),
    )
    return Memo(
        say("brief_title"),
        language.semicolon.join(one.title(language) for one in answers),
        (
            (say("brief_changes"), f"{changes} {say('intervals')}"),
            (say("brief_stops"), f"{stops} {say('brief_limits')}"),
        ),
        heads,
        rows,
        f"{first.legend(language)} {say('glossary')}",
        sources,
        say("brief_sources"),
    )


def as_markdown(found: Memo, picture: str) -> str:
    """Return a memo as Markdown.

    Args:
        found: The memo.
        picture: The name of its picture's file.
    """
    cells = [["", *(h.replace("\n", " ") for h in found.heads)], ["---"] * (len(found.heads) + 1)]
    rows = [md_row(row) for row in [*cells, *found.rows]]
    parts = [f"# {found.title}", found.policies, f"![{found.policies}]({picture})"]
    parts += [f"**{head}.** {text}" for head, text in found.paragraphs]
    parts += ["\n".join(rows), found.legend]
    parts += [f"**{found.sources_head}**", "\n".join(f"- {s}" for s in found.sources)]
    return "\n\n".join(parts) + "\n"


def as_html(found: Memo, picture: Path, language: Language) -> str:
    """Return a memo as one HTML page that prints on one sheet of paper.

    Args:
        found: The memo.
        picture: Its picture, as PNG.
        language: Its language.
    """
    content = base64.b64encode(picture.read_bytes()).decode("ascii")
    page = environment("views").get_template("brief.html")
    return page.render(
        memo=found,
        language=language,
        broken=broken,
        image=Markup("data:image/png;base64,{}").format(content),
    )


def broken(text: str) -> Markup:
    """Return a text with its line ends kept."""
    return Markup("<br>").join(text.split("\n"))


def as_docx(found: Memo, picture: Path, language: Language) -> bytes:
    """Return a memo as a Word file.

    Args:
        found: The memo.
        picture: Its picture, as PNG.
        language: Its language.

    Raises:
        ImportError: If the library for it is not installed.
    """
    from datetime import datetime

    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Cm, Pt

    document = docx.Document()
    properties = document.core_properties
    properties.author, properties.title = "Drawdown", found.title
    properties.created = properties.modified = datetime(2021, 7, 26)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(1.8))

    def turned(paragraph: Any) -> Any:
        """Let a paragraph run from the right where its language does."""
        if language.right_to_left:
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
            for run in paragraph.runs:
                run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))
        paragraph.paragraph_format.space_after = Pt(4)
        return paragraph

    def written(text: str, size: float, head: str = "", style: str | None = None) -> None:
        paragraph = document.add_paragraph(style=style)
        if head:
            run = paragraph.add_run(f"{head}. ")
            run.bold, run.font.size = True, Pt(size)
        paragraph.add_run(text).font.size = Pt(size)
        turned(paragraph)

    turned(document.add_heading(found.title, 1))
    written(found.policies, 10)
    document.add_picture(str(picture), width=section.page_width - Cm(3.6))
    for head, text in found.paragraphs:
        written(text, 10, head)
    grid = document.add_table(0, len(found.heads) + 1)
    grid.style = "Light List"
    for k, row in enumerate([["", *found.heads], *found.rows]):
        for cell, text in zip(grid.add_row().cells, language.across(row), strict=True):
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(text.replace("\n", " "))
            run.font.size, run.bold = Pt(8), k == 0
            turned(paragraph)
    written(found.legend, 8)
    for source in found.sources:
        written(source, 8, style="List Bullet")
    made = BytesIO()
    packed = BytesIO()
    document.save(made)
    # Without the time of writing: the same numbers, the same bytes.
    with ZipFile(made) as old, ZipFile(packed, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name, (2021, 7, 26, 0, 0, 0)), old.read(name), ZIP_DEFLATED)
    return packed.getvalue()
