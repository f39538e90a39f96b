"""Reads ``seeds/parameters.yaml``: one declaration a parameter, used everywhere."""

import csv
import json
import operator
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from hashlib import sha256
from itertools import product
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from scipy.special import ndtr

from drawdown.declared import data_files, luck, quantiles, result_folder
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES, PARAMETERS, STRUCTURES
from drawdown.declared.data_files import in_order
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.formats import gone
from drawdown.declared.language import in_language, is_shown_as_written
from drawdown.rules.numbers import exp_, log_

Posterior = dict[tuple[str, str], dict[str, Floats]]
"""A posterior's draws: by structure and motive, then by parameter."""

Uncertainty = str
"""What parameters are drawn from: one of `UNCERTAINTIES`, a folder that ``drawdown evidence
calibrate`` wrote, or a YAML file of priors."""

KINDS = ("uniform", "loguniform", "beta", "normal", "lognormal", "choice", "fixed")
"""What a prior can be."""

_LETTERS = {"uniform": "U", "loguniform": "L", "beta": "Beta", "normal": "N", "lognormal": "LogN"}

UNCERTAINTIES = ("posterior", "prior", "none")
LARGEST_SEED = 2**63 - 1


def is_number(value: Any) -> bool:
    """Return whether a value is a real number: Python's, NumPy's or pandas', but no truth value."""
    return isinstance(value, Real) and not isinstance(value, bool) and bool(value == value)


def check_structure(name: Any, also: tuple[str, ...] = ()) -> str:
    """Return a structure's name.

    Args:
        name: What was given.
        also: Other words that are allowed.

    Raises:
        InputError: If it is none of them.
    """
    allowed = (*STRUCTURES, *also)
    if name == "null":
        raise InputError(
            "the structure 'null' is called 'neutral' now, since tables read 'null' as missing; "
            "the numbers are the same"
        )
    if not isinstance(name, str) or name not in allowed:
        raise InputError(unknown("structure", f"{name}", allowed))
    return name


def check_uncertainty(word: Any) -> Uncertainty:
    """Return what parameters are drawn from: a word, or the path of priors or a calibration.

    Raises:
        InputError: If it is none of `UNCERTAINTIES`, no file of priors and no calibration.
    """
    if not isinstance(word, str | Path):
        raise InputError(unknown("uncertainty", f"{word}", UNCERTAINTIES))
    if word in UNCERTAINTIES:
        return str(word)
    path = Path(word)
    if path.is_dir() or path.suffix.lower() in (".yaml", ".yml"):
        source(str(path))
        return str(path)
    raise InputError(
        unknown("uncertainty", f"{word}", UNCERTAINTIES)
        + "; or a folder that 'drawdown evidence calibrate' wrote, or a YAML file of priors"
    )


def whole_number(value: Any, what: str, low: int, high: int) -> int:
    """Return a whole number as an int: Python's, NumPy's or pandas', 1e3 too.

    Args:
        value: What was given.
        what: What the user calls it.
        low: Lowest allowed.
        high: Highest allowed.

    Raises:
        InputError: If it is none, or out of range.
    """
    number: int | None
    try:
        number = operator.index(value)
    except TypeError:
        number = int(value) if is_number(value) and float(value).is_integer() else None
    if number is None or isinstance(value, bool):
        raise InputError(f"{what} must be a whole number, got {value!r}"[:200])
    if not low <= number <= high:
        raise InputError(f"{what} must lie between {low:,} and {high:,}, got {number:,}")
    return number


def truth(value: Any, what: str) -> bool:
    """Return a truth value: Python's or NumPy's.

    Args:
        value: What was given.
        what: What the user calls it.

    Raises:
        InputError: If it is none, such as a word, which Python would take for True.
    """
    if not isinstance(value, bool | np.bool_):
        raise InputError(f"{what} must be True or False, got {value!r}"[:200])
    return bool(value)


class Text(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    en: str = Field(min_length=1)
    ar: str = Field(min_length=1)

    @field_validator("en", "ar")
    @classmethod
    def _shown_as_written(cls, text: str) -> str:
        """Refuse what moves a cursor, turns the order of other words, or cannot be written."""
        if not is_shown_as_written(text):
            raise PydanticCustomError(
                "controls",
                "must not hold control characters, halves of characters, or marks that turn the "
                "reading order of what follows",
            )
        return text

    def in_language(self, language: str) -> str:
        """Return the text in a language; in English where it is not written in it."""
        return in_order(self.ar) if language == "ar" else in_language(self.en, language)


TAIL = 0.001
"""Share of a normal or log-normal prior that is cut off at each end."""


class Prior(BaseModel):
    """A prior distribution: exactly one of its kinds.

    Attributes:
        uniform: Lowest and highest.
        loguniform: Lowest and highest.
        beta: The two counts.
        normal: Mean and standard deviation, and perhaps the ends it is cut at.
        lognormal: Median and standard deviation of the logarithm.
        choice: So many readings of equal weight, 0 first.
        fixed: One value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    uniform: tuple[float, float] | None = None
    loguniform: tuple[float, float] | None = None
    beta: tuple[float, float] | None = None
    normal: tuple[float, float] | tuple[float, float, float, float] | None = None
    lognormal: tuple[float, float] | None = None
    choice: int | None = None
    fixed: float | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Prior":
        kinds = [name for name in KINDS if getattr(self, name) is not None]
        if len(kinds) != 1:
            raise ValueError(f"a prior is one of {', '.join(KINDS)}")
        if self.beta is not None and min(self.beta) <= 0.0:
            raise ValueError("the counts of a beta prior are above 0")
        if self.normal is not None and self.normal[1] <= 0.0:
            raise ValueError("the standard deviation of a normal prior is above 0")
        if self.lognormal is not None and min(self.lognormal) <= 0.0:
            raise ValueError("median and spread of a log-normal prior are above 0")
        return self

    @property
    def cuts(self) -> tuple[float, float]:
        """Return the shares of the whole distribution between which a prior is drawn."""
        if self.lognormal is not None:
            return TAIL, 1.0 - TAIL
        if self.normal is not None:
            mean, spread, *ends = self.normal
            shares = [float(ndtr((end - mean) / spread)) for end in ends] or [0.0, 1.0]
            return max(TAIL, shares[0]), min(1.0 - TAIL, shares[1])
        return 0.0, 1.0

    def quantile(self, u: float) -> float:
        """Return the value below which a share ``u`` of the prior lies."""
        with np.errstate(invalid="ignore"):  # of endless ranges, which are refused afterwards
            return float(self.quantiles(np.array([u]))[0])

    def quantiles(self, u: Floats) -> Floats:
        """Return the values below which shares ``u`` of the prior lie."""
        result: Floats
        if self.uniform is not None:
            low, high = self.uniform
            result = low + u * (high - low)
        elif self.loguniform is not None:
            low, high = self.loguniform
            many: Any = exp_
            result = np.clip(low * many(u * log_(high / low)), low, high)
        elif self.beta is not None:
            result = quantiles.beta(u, *self.beta, quantiles.log_beta(*self.beta))
        elif self.choice is not None:
            result = np.minimum(np.floor(u * self.choice), self.choice - 1.0)
        elif self.fixed is not None:
            result = np.array([self.fixed])
        else:
            first, last = self.cuts
            normal = quantiles.normal(first + u * (last - first))
            if self.normal is not None:
                result = self.normal[0] + self.normal[1] * normal
                if len(self.normal) == 4:
                    result = np.clip(result, self.normal[2], self.normal[3])
            else:
                assert self.lognormal is not None
                whole: Any = exp_
                result = self.lognormal[0] * whole(self.lognormal[1] * normal)
        return result

    def numbers(self) -> tuple[float, ...]:
        """Return the kind and the numbers that `quantiles.quantile` knows a prior by."""
        found: tuple[float, ...]
        if self.uniform is not None:
            found = quantiles.UNIFORM, *self.uniform
        elif self.loguniform is not None:
            found = quantiles.LOGUNIFORM, *self.loguniform
        elif self.beta is not None:
            found = quantiles.BETA, *self.beta, quantiles.log_beta(*self.beta)
        elif self.normal is not None:
            ends = self.normal[2:] or quantiles.NO_END
            found = quantiles.NORMAL, *self.normal[:2], *self.cuts, *ends
        elif self.lognormal is not None:
            found = quantiles.LOGNORMAL, *self.lognormal, *self.cuts
        else:
            assert self.fixed is not None
            found = quantiles.FIXED, self.fixed
        return found + (0.0,) * (1 + quantiles.NUMBERS - len(found))

    def describe(self) -> str:
        """Return the prior as a reader writes it."""
        if self.choice is not None:
            return f"one of {self.choice}"
        if self.fixed is not None:
            return f"{self.fixed:g}"
        letters, (a, b, *ends) = next(
            (letters, numbers)
            for kind, letters in _LETTERS.items()
            if (numbers := getattr(self, kind)) is not None
        )
        cut = f" in [{ends[0]:g}, {ends[1]:g}]" if ends else ""
        return f"{letters}({a:g}, {b:g}){cut}"


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


def own_number(declared: Mapping[str, Any]) -> Parameter:
    """Return a declaration of somebody's own.

    Args:
        declared: What `Parameter` holds.

    Raises:
        ValidationError: If it is not one.
        ValueError: If its prior is a choice among readings, which the motive alone has.
    """
    made = Parameter(**declared)
    if any(prior.choice is not None for prior in (made.prior or {}).values()):
        raise ValueError("a prior of one's own is no choice")
    return made


@lru_cache(maxsize=1)
def _of_the_model() -> dict[str, Parameter]:
    return {name: Parameter(**data) for name, data in data_files.load("parameters").items()}


@dataclass(frozen=True)
class InForce:
    """What worlds are drawn and played by, beside what is given to a function.

    Attributes:
        rules: Rules of one's own, a `day.rulebook.RuleBook`; None for the model's.
        numbers: Numbers that those rules bring; they stand after the model's parameters.
        weights: How often each motive is drawn, in the order of `MOTIVES`.
    """

    rules: Any = None
    numbers: Mapping[str, "Parameter"] = field(default_factory=dict)
    weights: tuple[float, ...] = (1.0,) * len(MOTIVES)


_everywhere = [InForce()]
_here: ContextVar[InForce | None] = ContextVar("in force", default=None)


def everywhere() -> InForce:
    """Return what is in force in threads and contexts for which nothing else is."""
    return _everywhere[0]


def in_force() -> InForce:
    """Return what is in force now."""
    return _here.get() or everywhere()


def put_in_force(**changes: Any) -> None:
    """Change what is in force from now on, in every thread; without changes, all is as at first.

    Args:
        **changes: Attributes of `InForce`.
    """
    _everywhere[0] = replace(everywhere(), **changes) if changes else InForce()


@contextmanager
def holding(**changes: Any) -> Iterator[None]:
    """Change what is in force inside.

    Args:
        **changes: Attributes of `InForce`.
    """
    token = _here.set(replace(in_force(), **changes))
    try:
        yield
    finally:
        _here.reset(token)


def declarations() -> dict[str, Parameter]:
    """Return all parameters by name: the model's in the file's order, then those of own rules."""
    return _of_the_model() | dict(in_force().numbers)


def names() -> tuple[str, ...]:
    """Return the names of all parameters, in the order of their columns."""
    return (*PARAMETERS, *in_force().numbers)


def column(name: str) -> int:
    """Return the column of a parameter."""
    return names().index(name)


def sampled() -> list[str]:
    """Return the names of the parameters that ensembles draw."""
    return [name for name, item in declarations().items() if item.sampled]


def check_value(name: str, value: Any, where: str = "") -> list[str]:
    """Return the faults of one choice of a parameter, none if it is fine."""
    prefix = f"{where}: " if where else ""
    if name not in declarations():
        return [prefix + (gone(name) or unknown("parameter", name, names()))]
    low, high = declarations()[name].range
    if not is_number(value):
        return [f"{prefix}{name} must be a number between {low:g} and {high:g}, got {value!r}"]
    if name == MOTIVE and not float(value).is_integer():
        return [f"{prefix}{name} must be a whole number from 0; choose with --motive instead"]
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
    if values is not None and not isinstance(values, Mapping):
        raise InputError(f"parameters must be values by name, got {values!r}"[:200])
    faults = [f for name, value in (values or {}).items() for f in check_value(f"{name}", value)]
    if faults:
        raise InputError(faults)
    return {name: Setting(value=float(value)) for name, value in (values or {}).items()}


@cache
def _agent(name: str) -> int:
    # By name, not by position: a new parameter leaves the others' draws alone.
    number = int.from_bytes(sha256(name.encode()).digest()[:5], "big")
    return luck.FIRST_PARAMETER + number


def place_of_draw(name: str) -> int:
    """Return the place of a parameter's draw in the sequence of a day, as `luck.uniform` has it.

    The name ``posterior`` stands for the draw that chooses a row of the posterior.
    """
    return ((_agent(name) * luck.DECISIONS_PER_AGENT + 1) * luck.GOLDEN) & luck.MASK


def posterior_folder() -> Path:
    """Return the folder of the stored posterior."""
    return data_files.folder("seeds") / "posterior"


DRAWS = "draws.csv"
"""A posterior's draws, in its folder."""

POSTERIOR = "posterior.json"
"""What made a posterior, and the digests of its files."""

OWN_PRIORS = "priors.yaml"
"""The priors a calibration was made with, in its folder, where they were a user's own."""


def own_priors(path: str | Path) -> dict[str, Parameter]:
    """Return all parameters with the priors of a YAML file in place of the usual ones.

    The file holds a prior by parameter, written as in ``seeds/parameters.yaml``:
    ``{uniform: [low, high]}``, ``{loguniform: [low, high]}`` or ``{fixed: value}``, or one of
    these for each structure.

    Raises:
        InputError: For every fault of the file.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="safe", pure=True).load(Path(path).read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except (YAMLError, UnicodeDecodeError, ValueError) as error:
        told = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: is no YAML text that can be read ({told})") from None
    if not isinstance(content, dict) or not content:
        raise InputError(
            f"{path}: must hold priors by parameter, such as 'lethality: {{uniform: [0.01, 0.03]}}'"
        )
    items = dict(declarations())
    faults = []
    for name, prior in content.items():
        if name not in items:
            faults.append(f"{path}: {unknown('parameter', f'{name}', names())}")
            continue
        if name == MOTIVE:
            faults.append(f"{path}: {name}: is weighed with --weights-of-motives instead")
            continue
        try:
            made = own_number(items[name].model_dump() | {"prior": prior})
        except (ValidationError, TypeError, ValueError):
            faults.append(
                f"{path}: {name}: a prior is uniform: [low, high], loguniform: [low, high] or "
                f"fixed: value, got {prior!r}"[:300]
            )
            continue
        if made.prior is None or set(made.prior) != set(STRUCTURES):
            faults.append(f"{path}: {name}: must have a prior for {', '.join(STRUCTURES)}")
            continue
        low, high = made.range
        ends = [q for p in made.prior.values() for q in (p.quantile(0.0), p.quantile(1.0))]
        if not all(e == e and low <= e <= high for e in ends) or any(
            p.quantile(0.0) > p.quantile(1.0) for p in made.prior.values()
        ):
            faults.append(f"{path}: {name}: must lie within {low:g} and {high:g}, lowest first")
            continue
        items[name] = made
    if faults:
        raise InputError(faults)
    return items


@dataclass(frozen=True)
class Source:
    """What parameters are drawn from.

    Attributes:
        items: All parameters with their priors.
        stored: The posterior's draws by structure and parameter, or None.
        drawn: Whether anything is drawn at all.
        told: What it is, for ``run.json``.
    """

    items: dict[str, Parameter]
    stored: Posterior | None
    drawn: bool
    told: dict[str, Any]

    def sampled(self) -> list[str]:
        """Return the names of the parameters that are drawn."""
        return [n for n, item in self.items.items() if item.sampled] if self.drawn else []


def _digest(*paths: Path) -> str:
    total = sha256()
    for path in paths:
        if path.is_file():
            total.update(path.read_bytes())
    return total.hexdigest()[:16]


def _stamp(path: Path) -> tuple[int, ...]:
    files = [path / n for n in (DRAWS, POSTERIOR, OWN_PRIORS)] if path.is_dir() else [path]
    stats = [f.stat() for f in files if f.is_file()]
    # Another file may have been written at the same moment, or lie under the same relative path.
    return tuple(n for s in stats for n in (s.st_mtime_ns, s.st_size, s.st_ino))


def source(uncertainty: Uncertainty) -> Source:
    """Return what a word or a path of `check_uncertainty` draws from.

    Raises:
        InputError: If a file of it is missing or wrong.
    """
    if uncertainty in UNCERTAINTIES:
        found = _source_of_word(uncertainty)
        return replace(found, items=declarations())
    return _source_at(uncertainty, _stamp(Path(uncertainty)), repr(in_force().numbers))


@cache
def _source_of_word(word: str) -> Source:
    if word != "posterior":
        return Source(_of_the_model(), None, word != "none", {"drawn from": word})
    told = {"drawn from": word, "digest": _digest(posterior_folder() / DRAWS)}
    return Source(_of_the_model(), posterior(), True, told)


@lru_cache(maxsize=16)
def _source_at(text: str, stamp: tuple[int, ...], brought_too: str) -> Source:
    # What own rules bring may change under the same names: all of it decides what is drawn.
    del brought_too
    path = Path(text)
    if not path.is_dir():
        told = {"drawn from": "priors", "file": text, "digest": _digest(path)}
        return Source(own_priors(path), None, True, told)
    stored = read_posterior(path)
    own = path / OWN_PRIORS
    items = own_priors(own) if own.is_file() else declarations()
    told = {
        "drawn from": "posterior",
        "folder": text,
        "digest": _digest(path / DRAWS, own),
    }
    made = _record_of(path)
    told |= {k: made[k] for k in ("record", "priors") if k in made}
    return Source(items, stored, True, told)


@lru_cache(maxsize=1)
def posterior() -> Posterior:
    """Return the stored posterior's draws, by structure and motive and by calibrated parameter.

    What made them is in ``seeds/posterior/posterior.json``; ``drawdown evidence calibrate`` renews
    them. Rows are in order of `attack_rate`, so that the same share of the rows is the same
    quantile of the tempo under each structure and motive.

    Raises:
        InputError: If there is none, or it names what is not a parameter.
    """
    return read_posterior(posterior_folder())


def text_digest(content: bytes) -> str:
    """Return the digest of a text's bytes, the same however a copy ends its lines."""
    return sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _record_of(folder: Path) -> dict[str, Any]:
    """Return what a posterior says of itself; nothing where it has only draws.

    Raises:
        InputError: If it or a file that it names is not as it was written.
    """
    path = folder / POSTERIOR
    cure = "take it from where it came from, or 'drawdown evidence calibrate' makes it anew"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        record = None
    if not isinstance(record, dict):
        raise InputError(f"{path}: cannot be read; {cure}")
    if "files" not in record and result_folder.OWN not in record:
        return record  # an earlier version wrote it
    if result_folder.altered(record):
        raise InputError(f"{path}: was changed after it was written; {cure}")
    for name, digest in record.get("files", {}).items():
        file = folder / name
        try:
            if text_digest(file.read_bytes()) != digest:
                raise InputError(
                    f"{file}: was changed after it was written ({POSTERIOR} has its digest); {cure}"
                )
        except OSError as error:
            raise InputError(f"{file}: cannot be read ({error.strerror}); {cure}") from None
    return record


def read_posterior(folder: Path) -> Posterior:
    """Return the draws of a posterior's folder, by structure and motive and by parameter.

    Where ``posterior.json`` lies beside them with their digest, they are compared with it.

    Raises:
        InputError: If there are none, they were changed, or they are not what a calibration
            writes.
    """
    path = folder / DRAWS
    try:
        with path.open(encoding="utf-8") as file:
            rows = list(csv.reader(file))
    except (ValueError, csv.Error) as error:
        raise InputError(f"{path}: is no text that can be read ({error})") from None
    except OSError:
        raise InputError(
            f"{path}: there is no posterior; 'drawdown evidence calibrate' makes one, "
            "'--uncertainty prior' does without"
        ) from None
    heads = rows[0] if rows else []
    names = heads[2:]
    _record_of(folder)
    if heads[:2] != ["structure", MOTIVE] and len(heads) > 1:
        raise InputError(
            f"{path}: was made before there were motives (its second column is no motive); "
            "'drawdown evidence calibrate' makes it anew"
        )
    faults = [
        f"{path}: {unknown('parameter', n, PARAMETERS)}" for n in names if n not in PARAMETERS
    ]
    if not names:
        faults.append(f"{path}: is empty; 'drawdown evidence calibrate' writes it")
    if any(row and row[0] == "null" for row in rows[1:]):
        faults.append(
            f"{path}: the structure 'null' is called 'neutral' now; replace the word in the "
            "first column, the numbers are the same"
        )
    if faults:
        raise InputError(faults)
    found: Posterior = {}
    try:
        for part in product(STRUCTURES, MOTIVES):
            table = np.array(
                [[cell or "nan" for cell in row[2:]] for row in rows[1:] if tuple(row[:2]) == part],
                np.float64,
            )
            found[part] = {name: table[:, k].copy() for k, name in enumerate(names)}
    except (ValueError, IndexError):
        raise InputError(
            f"{path}: must hold a structure, a motive and {len(names)} numbers in every line, for "
            f"each of {', '.join(STRUCTURES)} with each of {', '.join(MOTIVES)}"
        ) from None
    return found


def draw(
    replications: range | list[int],
    *,
    seed: int = 0,
    structure: str = "neutral",
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
            their priors; ``none`` keeps the defaults. A folder that ``drawdown evidence calibrate``
            wrote, or a YAML file of priors, is drawn from in the same way.
        chosen: Choices that replace draws, by name.

    Raises:
        InputError: For a structure, an uncertainty or a seed that there is not.
    """
    check_structure(structure)
    origin = source(check_uncertainty(uncertainty))
    seed = whole_number(seed, "seed", -(2**63), 2**64 - 1)
    table = np.empty((len(names()), len(replications)))
    numbers = np.asarray(replications, np.int64)
    for row, (name, item) in enumerate(origin.items.items()):
        if not origin.drawn or item.prior is None:
            table[row] = item.default[structure]
        elif name == MOTIVE:
            table[row] = _motives(numbers, seed)
        else:
            u = luck.uniforms(seed, numbers, 0, _agent(name), 0)
            table[row] = item.prior[structure].quantiles(u)
    chosen = dict(chosen or {})
    # A posterior's draws belong to a motive, so that is settled first.
    if MOTIVE in chosen:
        table[column(MOTIVE)] = chosen.pop(MOTIVE).apply(MOTIVE, table[column(MOTIVE)])
    if origin.stored is not None:
        share = luck.uniforms(seed, numbers, 0, _agent("posterior"), 0)
        for code, motive in enumerate(MOTIVES):
            mine = table[column(MOTIVE)] == code
            stored = origin.stored[structure, motive]
            size = len(next(iter(stored.values())))
            index = np.minimum((share[mine] * size).astype(np.int64), size - 1)
            for name, values in stored.items():
                if values[0] == values[0]:
                    table[PARAMETERS.index(name), mine] = values[index]
    for name, choice in chosen.items():
        row = column(name)
        table[row] = choice.apply(name, table[row])
    return table


def _motives(numbers: NDArray[np.int64], seed: int) -> Floats:
    """Return the motive of each replication: evenly spread, as often as its weight says."""
    offset = luck.uniforms(seed, np.zeros(1, np.int64), 0, _agent(MOTIVE), 0)[0]
    u = (numbers * GOLDEN_SECTION + offset) % 1.0
    ends = np.cumsum(weights_of_motives())
    found: Floats = np.searchsorted(ends / ends[-1], u, side="right").astype(np.float64)
    return np.minimum(found, len(MOTIVES) - 1.0)


GOLDEN_SECTION = 0.6180339887498949


def weights_of_motives() -> tuple[float, ...]:
    """Return how often each motive is drawn, in the order of `MOTIVES`."""
    return in_force().weights


@contextmanager
def weighing_motives(weights: Mapping[str, float] | None) -> Iterator[None]:
    """Draw motives by these weights inside; as it is without any.

    Raises:
        InputError: For unknown motives and wrong weights.
    """
    with holding(**{} if weights is None else {"weights": read_weights(weights)}):
        yield


def read_weights(weights: Mapping[str, float]) -> tuple[float, ...]:
    """Return weights in the order of `MOTIVES`; a motive that is not named gets none.

    Raises:
        InputError: For unknown motives, weights that are no numbers or below 0, and none above.
    """
    if not isinstance(weights, Mapping):
        raise InputError(f"weights of motives must be numbers by name, got {weights!r}"[:200])
    faults = [unknown("motive", f"{name}", MOTIVES) for name in weights if name not in MOTIVES]
    for name, value in weights.items():
        if not is_number(value) or not 0.0 <= value <= 1e6:
            faults.append(f"weight of {name}: must be a number from 0, got {value!r}"[:200])
    if not faults and not sum(weights.values()) > 0.0:
        faults.append("weights of motives: at least one must be above 0")
    if faults:
        raise InputError(faults)
    return tuple(float(weights.get(name, 0.0)) for name in MOTIVES)


def check_motive(name: Any, also: tuple[str, ...] = ()) -> str:
    """Return a motive's name.

    Raises:
        InputError: If it is none of `MOTIVES`.
    """
    if not isinstance(name, str) or name not in (*MOTIVES, *also):
        raise InputError(unknown("motive", f"{name}", (*MOTIVES, *also)))
    return name


def chosen_with(parameters: Mapping[str, float] | None, motive: str | None) -> dict[str, "Setting"]:
    """Return choices of parameters, with that of a motive; ``all`` and None choose none.

    Raises:
        InputError: For wrong names and values.
    """
    found = settings(parameters)
    if motive is not None and check_motive(motive, ("all",)) != "all":
        found[MOTIVE] = Setting(value=float(MOTIVES.index(motive)))
    return found


MOTIVE = "motive"
"""The parameter that says which reading of the motive a world has."""
