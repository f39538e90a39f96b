"""The actors and places of ``seeds/actors.yaml`` as frozen, typed tables."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from pydantic.dataclasses import dataclass as checked

from drawdown.declared import data_files


@checked(frozen=True)
class Faction:
    """An armed faction: its name, usual rejection of foreigners, whether orders bind it."""

    name: str
    rejection: float
    obeys: int
    cells_by_region: tuple[int, ...]
    facade: bool = False
    obedience: int = 0

    @property
    def cells(self) -> int:
        """How many cells it has."""
        return sum(self.cells_by_region)


@checked(frozen=True)
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
    nato: str | None = None
    handed_over: date | None = None


@checked(frozen=True)
class Bloc:
    """A parliamentary bloc: seats and usual probability of voting against foreign troops."""

    name: str
    seats: float
    stance: float
    accommodating: float


@checked(frozen=True)
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
    capital: int

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


def _in_order(group: dict[str, Any]) -> list[dict[str, Any]]:
    """Return actors by their number, then by name: the order of lines means nothing."""
    last = len(group)
    found = sorted(group.items(), key=lambda item: (item[1].get("number", last), item[0]))
    return [
        {"name": name} | {k: v for k, v in item.items() if k != "number"} for name, item in found
    ]


OBEDIENCE = ("kataib", "asaib", "facade")
"""Whose obedience a faction has under an order or a truce, where each obeys on its own."""


@lru_cache(maxsize=1)
def cast() -> Cast:
    """Return the actors of ``seeds/actors.yaml``."""
    data = data_files.load("actors")
    regions = tuple(data["regions"])
    calendar = dict(data["calendar"])
    drones_from = date.fromisoformat(calendar.pop("drones_from"))
    factions, sites, blocs, provinces = (
        _in_order(data[kind]) for kind in ("factions", "sites", "blocs", "provinces")
    )
    for faction in factions:
        cells = faction.pop("cells")
        faction["cells_by_region"] = [cells[region] for region in regions]
        faction["obedience"] = OBEDIENCE.index(faction.get("obedience", "kataib"))
    for site in sites:
        site["region"] = regions.index(site["region"])
    return Cast(
        regions=regions,
        factions=tuple(Faction(**item) for item in factions),
        sites=tuple(Site(**item) for item in sites),
        blocs=tuple(Bloc(**item) for item in blocs),
        provinces=tuple(Province(**item) for item in provinces),
        calendar=calendar,
        drones_from=drones_from,
        capital=regions.index(data["capital"]),
    )


NATO_NOT, NATO_MAIN, NATO_SECOND = 0, 1, 2
"""Where NATO's people live: the mission's main site and its second base (C15)."""


def cell_agent_numbers() -> list[int]:
    """Return the cells' agent numbers for `drawdown.declared.luck`.

    A faction's cells are numbered in their own block, so one more cell in a faction leaves
    every other agent's draws alone.
    """
    return [
        100 * (f + 1) + i for f, faction in enumerate(cast().factions) for i in range(faction.cells)
    ]


def actor_tables() -> dict[str, list[Any]]:
    """Return what does not change about actors: a column each, as steps name it."""
    people = cast()
    factions, sites, blocs, provinces = (
        people.factions,
        people.sites,
        people.blocs,
        people.provinces,
    )
    nato = {None: NATO_NOT, "main": NATO_MAIN, "second": NATO_SECOND}
    return {
        "cell_faction": people.cell_faction,
        "cell_region": people.cell_region,
        "cell_agent": cell_agent_numbers(),
        "usual_rejection": [f.rejection for f in factions],
        "obeys": [float(f.obeys) for f in factions],
        "facade": [int(f.facade) for f in factions],
        "obedience": [f.obedience for f in factions],
        "cells_of": [float(f.cells) for f in factions],
        "share_of_cells": [f.cells / float(people.committee_cells) for f in factions],
        "site_diplomatic": [int(s.kind == "diplomatic") for s in sites],
        "site_region": [s.region for s in sites],
        "site_in_capital": [int(s.region == people.capital) for s in sites],
        "site_symbol": [s.symbol for s in sites],
        "site_share": [s.share for s in sites],
        "site_staff": [s.staff for s in sites],
        "site_nato": [nato[s.nato] for s in sites],
        "seats": [b.seats for b in blocs],
        "usual_stance": [b.stance for b in blocs],
        "accommodating": [b.accommodating for b in blocs],
        "province_weight": [p.weight for p in provinces],
        "province_minority": [p.minority for p in provinces],
        "province_pace": [p.pace for p in provinces],
    }
