"""The Arabic letters of a page: a part of Amiri (OFL), cut out of its package.

WebKitGTK sets a word that ends in a mark of its own off the line, with most fonts; Amiri's it draws
rightly. The font's package is a dependency of the extra ``web``; nothing of it is in this project.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

FAMILY = "Drawdown Arabic"
"""What a page's style calls it: a part of a font must not bear the whole one's name."""

PACKAGE = "fontpkg_amiri"
WEIGHTS = {400: "Amiri-Regular.ttf", 700: "Amiri-Bold.ttf"}
LETTERS = "".join(map(chr, range(0x0621, 0x0653))) + "\u060c\u061b\u061f\u0640\u0670\u066a"
FEATURES = ("init", "medi", "fina", "isol", "rlig", "ccmp", "mark", "mkmk")


@cache
def letters(weight: int) -> bytes | None:
    """Return the font of a weight as WOFF2, the same bytes each time.

    Args:
        weight: One of `WEIGHTS`.

    Returns:
        None where the packages that it is cut out of are missing.
    """
    try:
        import brotli  # noqa: F401
        from fontTools import subset
        from fontTools.ttLib import TTFont

        content = (files(PACKAGE) / "files" / WEIGHTS[weight]).read_bytes()
    except ImportError:
        return None
    font = TTFont(BytesIO(content), recalcTimestamp=False)
    cutter = subset.Subsetter(subset.Options(layout_features=list(FEATURES)))
    cutter.populate(text=LETTERS)
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = FAMILY
    font.flavor = "woff2"
    made = BytesIO()
    font.save(made)
    return made.getvalue()


def faces(address: dict[int, str]) -> str:
    """Return the rules of a style sheet that bring the letters, by weight from an address."""
    return "".join(
        f'@font-face {{ font-family: "{FAMILY}"; src: url("{where}") format("woff2"); '
        f"font-weight: {weight}; size-adjust: 118%; unicode-range: U+0600-06FF; }}\n"
        for weight, where in address.items()
    )
