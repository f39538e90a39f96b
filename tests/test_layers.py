"""Layers: a file imports from those below it, never from above."""

import ast
from pathlib import Path

import pytest

import drawdown

PACKAGE = Path(drawdown.__file__).parent
FLOORS: tuple[tuple[str, ...], ...] = (
    ("declared.errors", "declared.recent", "rules.numbers", "declared.arrays"),
    ("declared.levels",),
    ("declared.storage",),
    ("rules", "declared.luck", "declared.data_files", "declared.tabular"),
    ("declared.quantiles",),
    (
        "declared.actors",
        "declared.language",
        "declared.formats",
        "declared.result_folder",
        "declared.lever_table",
    ),
    ("declared.columns",),
    ("declared.parameters", "declared.record"),
    ("declared.conditions",),
    ("declared.scenario_file",),
    ("declared.scenario", "declared.events"),
    ("declared.levers",),
    ("declared.policies",),
    (
        "day.plan",
        "day.outcomes",
        "day.reasons",
        "day.draws",
        "day.dated",
        "day.curves",
        "day.parts",
        "day.phases",
    ),
    ("day.policy",),
    ("day.conditions", "day.steps", "day.start", "day.lowering"),
    ("day.exports",),
    ("day.rulebook",),
    ("day.engine", "day.world"),
    ("day.wasm",),
    ("worlds.checkpoint", "worlds.run"),
    ("worlds.ensemble",),
    ("worlds.shards",),
    ("worlds.agent_runs", "worlds.world_tables"),
    ("questions.idle", "questions.phases"),
    ("questions.compare", "questions.futures", "questions.discovery"),
    ("questions.answer",),
    ("questions.adverse", "questions.decompose", "questions.regret", "questions.search"),
    ("questions.sensitivity", "questions.thesis"),
    ("evidence.abc", "evidence.history_matching", "evidence.regimes", "evidence.scores"),
    ("evidence.regime_rivals",),
    ("evidence.record_run", "evidence.rivals"),
    ("evidence.stress", "evidence.predictions", "evidence.robustness"),
    ("evidence.calibrate", "evidence.facts", "evidence.validate"),
    ("evidence.cross_validation", "evidence.seal"),
    ("questions.study",),
    ("connect",),
    ("views.html", "views.terminal_tables", "views.words"),
    ("views.figures",),
    ("views.conditions",),
    ("views.tables",),
    (
        "views.brief",
        "views.chronicle",
        "views.decompose",
        "views.memo",
        "views.evidence",
        "views.predictions",
        "views.regimes",
    ),
    ("views.explain", "views.search"),
    ("views.report",),
    ("views.odd",),
    ("exercise.game",),
    ("exercise.negotiation", "exercise.outlooks", "exercise.attribution", "exercise.marks"),
    ("exercise.debrief", "exercise.rooms"),
    ("exercise.room_views",),
    ("web.layout", "web.font", "web.custom_conditions"),
    ("web.address",),
    ("web.controls", "web.one_world"),
    ("web.explore",),
    ("web.pages",),
    ("web.guard", "web.materials", "web.links"),
    ("web.page_bundle",),
    ("web.site",),
    ("web.classroom",),
    ("web.app",),
    ("web.server",),
    ("cli.terminal", "cli.invocation", "cli.command"),
    ("cli.options",),
    ("cli.runner", "cli.playing"),
    ("cli.commands",),
    ("cli.main",),
)
"""From the ground up; a folder alone stands for all of its files, which may know each other."""

LEVEL = {name: i for i, floor in enumerate(FLOORS) for name in floor}
OUTSIDE = ("__version__", "rules.MODULES")
FILES = sorted(
    p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE and not p.stem.startswith("__")
)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def floor_of(module: str) -> str:
    for name in (module, ".".join(module.split(".")[:2]), module.split(".")[0]):
        if name in LEVEL:
            return name
    raise AssertionError(f"{module} stands on no floor")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("drawdown"):
            module = (node.module or "").removeprefix("drawdown").lstrip(".")
            if module.count(".") < 1 and "cli.commands" not in module:
                found |= {".".join(filter(None, (module, a.name))) for a in node.names}
            else:
                found.add(module)
    return {m for m in found if m not in OUTSIDE}


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_files_import_from_below(path: Path) -> None:
    mine = floor_of(module_of(path))
    for other in imports(path):
        floor = floor_of(other)
        if floor != mine:
            assert LEVEL[floor] < LEVEL[mine], f"{path.name} imports {other} from above or beside"


def test_every_floor_is_lived_on() -> None:
    lived = {floor_of(module_of(path)) for path in FILES}
    assert lived == set(LEVEL), "a floor names a module that is gone"
