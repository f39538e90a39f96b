"""Builds and calls the hand-written C day loop (`day_loop.c`).

The loop is frozen at the model of commit 174e285 and stays as it is.
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from drawdown.day import plan
from drawdown.declared import luck
from drawdown.declared.actors import actor_tables, cast
from drawdown.declared.columns import (
    BLOCS,
    CELLS,
    COMMITTEE_FACTIONS,
    COMMITTEE_WEIGHT,
    FACADE_WEIGHT,
    FACTIONS,
    FLOWS,
    LEAVING_HORIZON,
    OUTCOMES,
    PARAMETERS,
    PLAN,
    PROVINCES,
    REGIONS,
    SEVERITY_LENGTH,
    SITES,
    STATE_STARTS,
    STATES,
)

COMPILER = ["gcc", "-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC"]
ORDER = (
    "cell_faction",
    "cell_region",
    "cell_agent",
    "usual_rejection",
    "obeys",
    "cells_of",
    "share_of_cells",
    "site_diplomatic",
    "site_region",
    "site_symbol",
    "site_share",
    "site_staff",
    "site_nato",
    "seats",
    "usual_stance",
    "accommodating",
    "province_weight",
    "province_minority",
    "province_pace",
)


def header() -> str:
    """Return the columns of `drawdown.layout` as C constants."""
    lines = [f"#define P_{name} {i}" for i, name in enumerate(PARAMETERS)]
    lines += [f"#define S_{name} {i}" for name, i in STATE_STARTS.items()]
    # Rows that the model no longer has lie behind the others.
    lines += [f"#define S_cum_attacks_site {STATES}"]
    lines += [f"#define S_cum_attacks_faction {STATES + SITES}"]
    lines += [f"#define C_{name} {i}" for i, name in enumerate(PLAN)]
    lines += [f"#define C_open {PLAN.index('open_us_embassy')}"]
    lines += [f"#define O_{name} {i}" for i, name in enumerate(OUTCOMES)]
    for name, value in (
        ("FACTIONS", FACTIONS),
        ("CELLS", CELLS),
        ("SITES", SITES),
        ("BLOCS", BLOCS),
        ("PROVINCES", PROVINCES),
        ("REGIONS", REGIONS),
        ("SEVERITY_LENGTH", SEVERITY_LENGTH),
        ("FLOWS_N", len(FLOWS)),
        ("OUTCOMES_N", len(OUTCOMES)),
        ("PLAN_COLUMNS", len(PLAN)),
        ("BAGHDAD", cast().capital),
        ("SECOND_BASE", [s.nato for s in cast().sites].index("second")),
        ("LEAVING_HORIZON", repr(LEAVING_HORIZON)),
        ("COMMITTEE", float(COMMITTEE_FACTIONS)),
        ("COMMITTEE_WEIGHT", repr(COMMITTEE_WEIGHT)),
        ("FACADE", [f.facade for f in cast().factions].index(True)),
        ("FACADE_WEIGHT", repr(FACADE_WEIGHT)),
    ):
        lines.append(f"#define {name} {value}")
    return "\n".join(lines) + "\n"


class ByHand:
    """The compiled C day loop, called one world at a time."""

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp())
        (folder / "columns.h").write_text(header())
        source = Path(__file__).with_name("day_loop.c")
        library = folder / "day_loop.so"
        subprocess.run(
            [*COMPILER, f"-I{folder}", str(source), "-o", str(library), "-lm"], check=True
        )
        self.play = ctypes.CDLL(str(library)).play
        self.play.restype = None
        arrays: Any = actor_tables()
        self.kept = [np.array(arrays[name]) for name in ORDER]
        self.kept.append(np.array(plan.opportunity_reference(), np.float64))
        self.actors = (ctypes.c_void_p * len(self.kept))(*(a.ctypes.data for a in self.kept))

    def world(
        self, state: Any, nature: Any, seed: int, replication: int, days: Any, first: int
    ) -> Any:
        """Play one world; move its state and return its days."""
        own = np.concatenate([state, np.zeros(SITES + FACTIONS)])
        daily = np.empty((len(days), len(OUTCOMES)), np.float32)
        self.play(
            ctypes.c_void_p(own.ctypes.data),
            ctypes.c_void_p(nature.ctypes.data),
            ctypes.c_uint64(luck.run_key(seed, replication)),
            ctypes.c_void_p(days.ctypes.data),
            ctypes.c_int64(len(days)),
            ctypes.c_int64(first),
            self.actors,
            ctypes.c_void_p(daily.ctypes.data),
        )
        state[:] = own[:STATES]
        return daily
