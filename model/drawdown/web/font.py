"""The Arabic letters of a page: a part of Noto Sans Arabic (OFL), cut out of its package.

WebKit draws some systems' own letters wrongly; with the font in the page all browsers draw the
same. The font's package is a dependency of the extra ``web``; nothing of it is in this project.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

FAMILY = "Drawdown Arabic"
"""What a page's style calls it: a part of a font must not bear the whole one's name."""

PACKAGE = "fontpkg_noto_sans_arabic"
LETTERS = "".join(map(chr, range(0x0621, 0x0653))) + "\u060c\u061b\u061f\u0640\u0670\u066a"
SIGNS = " ()[]:.,-\u2013\u2026\u00ab\u00bb%0123456789\u200f\u2066\u2068\u2069"


@cache
def letters() -> bytes | None:
    """Return the font as WOFF2, the same bytes each time; None where its package is missing."""
    try:
        from fontTools import subset
        from fontTools.ttLib import TTFont
        from fontTools.varLib import instancer

        found = [p for p in (files(PACKAGE) / "files").iterdir() if p.name.endswith(".ttf")]
        whole = TTFont(BytesIO(found[0].read_bytes()), recalcTimestamp=False)
        import brotli  # noqa: F401
    except ImportError:
        return None
    narrow = BytesIO()
    instancer.instantiateVariableFont(whole, {"wdth": 100, "wght": (400, 400, 700)}).save(narrow)
    narrow.seek(0)
    font = TTFont(narrow, recalcTimestamp=False)
    options = subset.Options(flavor="woff2", layout_features=["*"], notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(text=LETTERS + SIGNS)
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = FAMILY
    font.flavor = "woff2"
    made = BytesIO()
    font.save(made)
    return made.getvalue()


def face(address: str) -> str:
    """Return the rule of a style sheet that brings the letters, from an address."""
    return (
        f'@font-face {{ font-family: "{FAMILY}"; src: url("{address}") format("woff2"); '
        "font-weight: 400 700; }\n"
    )
