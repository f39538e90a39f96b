"""The actors and places of ``seeds/actors.yaml`` as frozen, typed tables."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drawdown import seeds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Faction:
    """An armed faction: its name, usual rejection of foreigners, whether orders bind it."""

    name: str
    rejection: float
    obeys: int
    cells_by_region: tuple[int, ...]

    @property
    def cells(self) -> int:
        """How many cells it has."""
        return sum(self.cells_by_region)


@dataclass(frozen=True)
class Site:
    """A foreign site: kind, region, place, worth as a symbol, people, protection."""

    name: str
    kind: str
    region: int
    lat: float
    lon: float
    symbol: float
    share: float
    staff: float
    hardening: float
    nato: str | None
    handed_over: date | None


@dataclass(frozen=True)
class Bloc:
    """A parliamentary bloc: seats and usual probability of voting against foreign troops."""

    name: str
    seats: float
    stance: float
    accommodating: float


@dataclass(frozen=True)
class Province:
    """A province with DAESH: weight in the total, minorities' share, pace of change."""

    name: str
    weight: float
    minority: float
    pace: float


@dataclass(frozen=True)
class Cast:
    """Everybody and every place, with the calendar's lengths in days."""

    regions: tuple[str, ...]
    factions: tuple[Faction, ...]
    sites: tuple[Site, ...]
    blocs: tuple[Bloc, ...]
    provinces: tuple[Province, ...]
    calendar: dict[str, int]
    drones_from: date

    @property
    def cell_faction(self) -> list[int]:
        """Faction of each cell, in the cells' order."""
        return [f for f, faction in enumerate(self.factions) for _ in range(faction.cells)]

    @property
    def cell_region(self) -> list[int]:
        """Home region of each cell."""
        return [
            r
            for faction in self.factions
            for r, count in enumerate(faction.cells_by_region)
            for _ in range(count)
        ]

    @property
    def committee_cells(self) -> int:
        """Cells on the Committee's side."""
        return sum(f.cells for f in self.factions if f.obeys)

    @property
    def committee_weight(self) -> float:
        """Sum of rejection over the cells on the Committee's side."""
        weight = 0.0
        for faction in self.factions:
            if faction.obeys:
                weight += faction.cells * faction.rejection
        return weight

    def index(self, kind: str, name: str) -> int:
        """Return the position of a named actor; ``kind`` is a field of this class."""
        return [item.name for item in getattr(self, kind)].index(name)


@lru_cache(maxsize=1)
def cast() -> Cast:
    """Return the actors of ``seeds/actors.yaml``."""
    data = seeds.load("actors")
    regions = tuple(data["regions"])
    calendar = dict(data["calendar"])
    drones_from = date.fromisoformat(calendar.pop("drones_from"))
    return Cast(
        regions=regions,
        factions=tuple(
            Faction(
                name,
                float(item["rejection"]),
                int(item["obeys"]),
                tuple(int(item["cells"][region]) for region in regions),
            )
            for name, item in data["factions"].items()
        ),
        sites=tuple(
            Site(
                name,
                item["kind"],
                regions.index(item["region"]),
                float(item["lat"]),
                float(item["lon"]),
                float(item["symbol"]),
                float(item["share"]),
                float(item["staff"]),
                float(item["hardening"]),
                item.get("nato"),
                date.fromisoformat(item["handed_over"]) if "handed_over" in item else None,
            )
            for name, item in data["sites"].items()
        ),
        blocs=tuple(
            Bloc(name, float(i["seats"]), float(i["stance"]), float(i["accommodating"]))
            for name, i in data["blocs"].items()
        ),
        provinces=tuple(
            Province(name, float(i["weight"]), float(i["minority"]), float(i["pace"]))
            for name, i in data["provinces"].items()
        ),
        calendar=calendar,
        drones_from=drones_from,
    )


class ActorArrays(NamedTuple):
    """The same tables as arrays, for the ensemble engine."""

    cell_faction: Ints
    cell_region: Ints
    cell_agent: Ints
    usual_rejection: Floats
    obeys: Floats
    cells: Floats
    share_of_cells: Floats
    site_diplomatic: Ints
    site_region: Ints
    site_symbol: Floats
    site_share: Floats
    site_staff: Floats
    site_hardening: Floats
    site_nato: Ints
    seats: Floats
    usual_stance: Floats
    accommodating: Floats
    province_weight: Floats
    province_minority: Floats
    province_pace: Floats


NATO_MAIN, NATO_SECOND = 1, 2
"""Where NATO's people live: the mission's main site and its second base (C15)."""


def cell_agent_numbers() -> list[int]:
    """Return the cells' agent numbers for `drawdown.luck`.

    A faction's cells are numbered in their own block, so one more cell in a faction leaves
    every other agent's draws alone.
    """
    return [
        100 * (f + 1) + i for f, faction in enumerate(cast().factions) for i in range(faction.cells)
    ]


def actor_arrays() -> ActorArrays:
    """Return the actors as arrays."""
    people = cast()
    nato = {None: 0, "main": NATO_MAIN, "second": NATO_SECOND}
    cells = float(people.committee_cells)
    return ActorArrays(
        cell_faction=np.array(people.cell_faction, np.int64),
        cell_region=np.array(people.cell_region, np.int64),
        cell_agent=np.array(cell_agent_numbers(), np.int64),
        usual_rejection=np.array([f.rejection for f in people.factions]),
        obeys=np.array([float(f.obeys) for f in people.factions]),
        cells=np.array([float(f.cells) for f in people.factions]),
        share_of_cells=np.array([f.cells / cells for f in people.factions]),
        site_diplomatic=np.array([int(s.kind == "diplomatic") for s in people.sites], np.int64),
        site_region=np.array([s.region for s in people.sites], np.int64),
        site_symbol=np.array([s.symbol for s in people.sites]),
        site_share=np.array([s.share for s in people.sites]),
        site_staff=np.array([s.staff for s in people.sites]),
        site_hardening=np.array([s.hardening for s in people.sites]),
        site_nato=np.array([nato[s.nato] for s in people.sites], np.int64),
        seats=np.array([b.seats for b in people.blocs]),
        usual_stance=np.array([b.stance for b in people.blocs]),
        accommodating=np.array([b.accommodating for b in people.blocs]),
        province_weight=np.array([p.weight for p in people.provinces]),
        province_minority=np.array([p.minority for p in people.provinces]),
        province_pace=np.array([p.pace for p in people.provinces]),
    )
