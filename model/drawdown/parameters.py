"""Reads ``seeds/parameters.yaml``: one declaration a parameter, used everywhere."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from drawdown import luck, seeds
from drawdown.errors import InputError, unknown
from drawdown.layout import PARAMETERS, STRUCTURES
from drawdown.rules.numbers import exp_, log_
from drawdown.rules.setup import quantile_loguniform, quantile_uniform

Floats = NDArray[np.float64]
Uncertainty = Literal["posterior", "prior", "none"]


class Text(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    en: str = Field(min_length=1)
    ar: str = Field(min_length=1)

    def in_language(self, language: str) -> str:
        """Return the text in ``en`` or ``ar``."""
        return self.ar if language == "ar" else self.en


class Prior(BaseModel):
    """A prior distribution: exactly one of its kinds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    uniform: tuple[float, float] | None = None
    loguniform: tuple[float, float] | None = None
    fixed: float | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Prior":
        if sum(x is not None for x in (self.uniform, self.loguniform, self.fixed)) != 1:
            raise ValueError("a prior is one of uniform, loguniform, fixed")
        return self

    def quantile(self, u: float) -> float:
        """Return the value below which a share ``u`` of the prior lies."""
        if self.uniform is not None:
            return quantile_uniform(u, *self.uniform)
        if self.loguniform is not None:
            return quantile_loguniform(u, *self.loguniform)
        assert self.fixed is not None
        return self.fixed

    def quantiles(self, u: Floats) -> Floats:
        """Return `quantile` of many shares at once, to the last bit."""
        if self.loguniform is None:
            return np.array([self.quantile(0.0)]) if self.fixed is not None else self._line(u)
        low, high = self.loguniform
        many: Any = exp_
        result: Floats = np.clip(low * many(u * log_(high / low)), low, high)
        return result

    def _line(self, u: Floats) -> Floats:
        assert self.uniform is not None
        low, high = self.uniform
        return low + u * (high - low)

    def describe(self) -> str:
        """Return the prior as a reader writes it."""
        if self.uniform is not None:
            return f"U({self.uniform[0]:g}, {self.uniform[1]:g})"
        if self.loguniform is not None:
            return f"L({self.loguniform[0]:g}, {self.loguniform[1]:g})"
        return f"{self.fixed:g}"


class Parameter(BaseModel):
    """One number of the model.

    Attributes:
        group: The part of the model it belongs to.
        name: What a reader calls it.
        meaning: What it says.
        unit: What it is measured in.
        default: Its value without uncertainty, for each rival structure.
        range: Lowest and highest value that may be chosen.
        prior: What ensembles draw from, for each structure; None keeps the default.
        source: Claim, literature, record or judgement.
        moves: The outcome it moves most.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    group: str
    name: Text
    meaning: Text
    unit: Text
    default: dict[str, float]
    range: tuple[float, float]
    prior: dict[str, Prior] | None = None
    source: str = Field(min_length=3)
    moves: str

    @model_validator(mode="before")
    @classmethod
    def _same_for_all_structures(cls, data: Any) -> Any:
        data = dict(data)
        if not isinstance(data["default"], dict):
            data["default"] = dict.fromkeys(STRUCTURES, data["default"])
        prior = data.get("prior")
        if prior is not None and not set(prior) <= set(STRUCTURES):
            data["prior"] = dict.fromkeys(STRUCTURES, prior)
        return data

    @property
    def sampled(self) -> bool:
        """Whether ensembles draw it."""
        return self.prior is not None


@lru_cache(maxsize=1)
def declarations() -> dict[str, Parameter]:
    """Return all parameters by name, in the file's order."""
    return {name: Parameter(**data) for name, data in seeds.load("parameters").items()}


def sampled() -> list[str]:
    """Return the names of the parameters that ensembles draw."""
    return [name for name, item in declarations().items() if item.sampled]


def check_value(name: str, value: Any, where: str = "") -> list[str]:
    """Return the faults of one choice of a parameter, none if it is fine."""
    prefix = f"{where}: " if where else ""
    if name not in declarations():
        return [prefix + unknown("parameter", name, PARAMETERS)]
    low, high = declarations()[name].range
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return [f"{prefix}{name} must be a number between {low:g} and {high:g}, got {value!r}"]
    if not low <= value <= high:
        return [f"{prefix}{name} must lie between {low:g} and {high:g}, got {str(value)[:40]}"]
    return []


@dataclass(frozen=True)
class Setting:
    """A choice that replaces a parameter's default or draw: a value or a factor."""

    value: float | None = None
    scale: float | None = None

    def apply(self, name: str, drawn: Floats) -> Floats:
        """Return the drawn values with the choice applied, held inside the range."""
        if self.value is not None:
            return np.full_like(drawn, self.value)
        assert self.scale is not None
        low, high = declarations()[name].range
        return np.clip(drawn * self.scale, low, high)


def settings(values: Mapping[str, float] | None) -> dict[str, Setting]:
    """Return checked choices from plain values.

    Raises:
        InputError: For unknown names and values out of range, all at once.
    """
    faults = [f for name, value in (values or {}).items() for f in check_value(name, value)]
    if faults:
        raise InputError(faults)
    return {name: Setting(value=float(value)) for name, value in (values or {}).items()}


@cache
def _agent(name: str) -> int:
    # By name, not by position: a new parameter leaves the others' draws alone.
    number = int.from_bytes(sha256(name.encode()).digest()[:5], "big")
    return luck.FIRST_PARAMETER + number


def posterior_folder() -> Path:
    """Return the folder of the stored posterior."""
    return seeds.folder("seeds") / "posterior"


@lru_cache(maxsize=1)
def posterior() -> dict[str, dict[str, Floats]]:
    """Return the posterior's draws, by structure and by name of a calibrated parameter.

    What made them is in ``seeds/posterior/posterior.json``; ``drawdown calibrate`` renews
    them. Rows are in order of `attack_rate`, so that the same share of the rows is the same
    quantile of the tempo under each structure.

    Raises:
        InputError: If there is none, or it names what is not a parameter.
    """
    path = posterior_folder() / "draws.csv"
    try:
        with path.open(encoding="utf-8") as file:
            rows = list(csv.reader(file))
    except OSError:
        raise InputError(
            f"{path}: there is no posterior; 'drawdown calibrate' makes one, "
            "'--uncertainty prior' does without"
        ) from None
    names = rows[0][1:]
    faults = [
        f"{path}: {unknown('parameter', n, PARAMETERS)}" for n in names if n not in PARAMETERS
    ]
    if faults:
        raise InputError(faults)
    found: dict[str, dict[str, Floats]] = {}
    for structure in STRUCTURES:
        table = np.array([row[1:] for row in rows[1:] if row[0] == structure], np.float64)
        found[structure] = {name: table[:, k].copy() for k, name in enumerate(names)}
    return found


def draw(
    replications: range | list[int],
    *,
    seed: int = 0,
    structure: str = "null",
    uncertainty: Uncertainty = "posterior",
    chosen: Mapping[str, Setting] | None = None,
) -> Floats:
    """Return the parameters of each replication, shape (parameters, replications).

    A draw is keyed on seed, replication and the parameter's name, so the same replications
    of different scenarios and structures share their draws.

    Args:
        replications: Which replications.
        seed: The ensemble's seed.
        structure: The rival structure; decides the prior of `strike_rate_ratio`.
        uncertainty: ``posterior`` draws the calibrated parameters from the stored
            posterior, together, and the rest from their priors; ``prior`` draws all from
            their priors; ``none`` keeps the defaults.
        chosen: Choices that replace draws, by name.
    """
    table = np.empty((len(PARAMETERS), len(replications)))
    numbers = np.asarray(replications, np.int64)
    for row, (name, item) in enumerate(declarations().items()):
        if uncertainty == "none" or item.prior is None:
            table[row] = item.default[structure]
        else:
            u = luck.uniforms(seed, numbers, 0, _agent(name), 0)
            table[row] = item.prior[structure].quantiles(u)
    if uncertainty == "posterior":
        stored = posterior()[structure]
        size = len(next(iter(stored.values())))
        which = luck.uniforms(seed, numbers, 0, _agent("posterior"), 0) * size
        index = np.minimum(which.astype(np.int64), size - 1)
        for name, values in stored.items():
            table[PARAMETERS.index(name)] = values[index]
    for name, choice in (chosen or {}).items():
        row = PARAMETERS.index(name)
        table[row] = choice.apply(name, table[row])
    return table
