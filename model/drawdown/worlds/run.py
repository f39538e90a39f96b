"""One value for how worlds are played: which, under which assumptions, and what of them is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from drawdown.day.phases import Window
from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats, Singles
from drawdown.declared.parameters import Setting, Uncertainty

if TYPE_CHECKING:
    from drawdown.declared.scenario import Scenario

Progress = Callable[[int], None]
Reduce = Callable[[Singles], Floats]
DaysTo = Callable[["Scenario", str, NDArray[np.int64], Singles], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """How worlds are played. The rules and the weights of motives are those of the moment.

    Attributes:
        runs: Replications.
        first: Number of the first replication.
        seed: Seed of draws and luck.
        structure: Rival structure.
        uncertainty: What parameters are drawn from, as in `parameters.draw`.
        chosen: Parameters that replace draws, history included.
        nature: Parameters of every run, shape (parameters, runs), instead of draws.
        luck: Numbers that decide each run's luck, instead of the replications'.
        bands: Whether to count daily bands.
        keep: Replications whose days are kept whole.
        reduce: Called with the days of each block, shape (days, outcomes, lanes); the
            numbers it returns, shape (values, lanes), are kept.
        threads: Threads; by default what the machine lets this process have.
        progress: Called with the number of worlds played, as they end.
        windows: First and last days of parts of the run that are counted apart (`day.phases`).
        days_to: Takes every block's days: called with scenario, structure, replications and
            days of shape (days, outcomes, worlds), from any thread and in any order.
    """

    runs: int = 1000
    first: int = 0
    seed: int = 0
    structure: str = "neutral"
    uncertainty: Uncertainty = "posterior"
    chosen: Mapping[str, Setting] | None = None
    nature: Floats | None = None
    luck: Sequence[int] | None = None
    bands: bool = True
    keep: Sequence[int] = ()
    reduce: Reduce | None = None
    threads: int | None = None
    windows: tuple[Window, ...] = ()
    progress: Progress | None = field(default=None, repr=False)
    days_to: DaysTo | None = field(default=None, repr=False)

    @property
    def numbers(self) -> range:
        """The numbers of the replications."""
        return range(self.first, self.first + self.runs)

    @property
    def lucks(self) -> Sequence[int]:
        """The numbers that decide each run's luck."""
        return self.numbers if self.luck is None else self.luck

    def drawn(self) -> Floats:
        """Return the parameters of every run, shape (parameters, runs)."""
        if self.nature is not None:
            return self.nature
        return declared.draw(
            self.numbers,
            seed=self.seed,
            structure=self.structure,
            uncertainty=self.uncertainty,
            chosen=self.chosen,
        )

    def part(self, begin: int, end: int) -> Self:
        """Return some of its replications in a row, to be played anywhere.

        Args:
            begin: Place of the first of them.
            end: Place after the last.
        """
        numbers, lucks = self.numbers[begin:end], self.lucks[begin:end]
        return replace(
            self,
            first=numbers.start,
            runs=len(numbers),
            nature=None if self.nature is None else self.nature[:, begin:end],
            luck=None if self.luck is None else tuple(lucks),
            keep=tuple(n for n in self.keep if n in lucks),
            threads=None,
            progress=None,
            days_to=None,
        )

    def played(self, worlds: int) -> None:
        """Say that worlds have been played."""
        if self.progress is not None:
            self.progress(worlds)


USUAL = Run()
"""How worlds are played where nothing is said."""
