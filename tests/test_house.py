"""The floors of the house: a file imports from those below it, never from above."""

import ast
from pathlib import Path

import pytest

import drawdown

PACKAGE = Path(drawdown.__file__).parent
FLOORS = (
    ("errors", "rules", "levels"),
    ("luck", "seeds", "tabular", "place"),
    ("actors", "language"),
    ("layout",),
    ("parameters", "record"),
    ("scenario", "events"),
    ("plan", "summaries", "levers"),
    ("day", "reach"),
    ("checkpoint",),
    ("world",),
    ("ensemble",),
    ("many",),
    ("experiments",),
    ("store", "ema", "salib", "bundle"),
    ("views",),
    ("exercise",),
    ("web",),
    ("cli",),
)
LEVEL = {name: i for i, floor in enumerate(FLOORS) for name in floor}
FILES = sorted(p for p in PACKAGE.rglob("*.py") if p.parent == PACKAGE and p.stem != "__init__")
FOLDERS = sorted(p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE)


def floor_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            if parts[0] == "drawdown":
                found |= {parts[1]} if len(parts) > 1 else {a.name for a in node.names}
    return found


@pytest.mark.parametrize("path", [*FILES, *FOLDERS], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_import_from_below(path: Path) -> None:
    mine = floor_of(path)
    for other in imports(path) - {mine, "__version__"}:
        assert LEVEL[other] < LEVEL[mine], f"{path.name} imports {other} from above or beside"
