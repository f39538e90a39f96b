"""Names that modules had before 0.3, so that notebooks written for them go on."""

from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

EARLIER = {
    "actors": "declared.actors",
    "bundle": "connect.bundle",
    "checkpoint": "worlds.checkpoint",
    "ema": "connect.ema",
    "ensemble": "worlds.ensemble",
    "errors": "declared.errors",
    "events": "declared.events",
    "experiments": "questions",
    "language": "declared.language",
    "layout": "declared.columns",
    "levels": "declared.levels",
    "levers": "declared.levers",
    "luck": "declared.luck",
    "many": "worlds.agent_runs",
    "parameters": "declared.parameters",
    "place": "declared.result_folder",
    "plan": "day.plan",
    "reach": "questions.idle",
    "record": "declared.record",
    "salib": "connect.salib",
    "scenario": "declared.scenario",
    "seeds": "declared.data_files",
    "store": "connect.store",
    "summaries": "day.outcomes",
    "tabular": "declared.tabular",
    "world": "day.world",
}
"""The module's earlier name and its name now, both below ``drawdown``."""


class Earlier(MetaPathFinder, Loader):
    """Finds a module under its earlier name: the same module, not a second one."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return how to load a module of an earlier name, or None for any other."""
        package, _, name = fullname.partition(".")
        head, _, rest = name.partition(".")
        if package != "drawdown" or head not in EARLIER:
            return None
        now = ".".join(filter(None, (package, EARLIER[head], rest)))
        return ModuleSpec(fullname, self, loader_state=now)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module under its name of now, with its own description kept."""
        module = import_module(spec.loader_state)
        self._own = (module, module.__spec__)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own description back; it has run already."""
        kept, spec = self._own
        if kept is module:
            module.__spec__ = spec
