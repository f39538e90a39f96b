"""The engine is made once from today's sources, by whatever compiler there is, and cleaned up."""

import hashlib
import os
import platform
import re
import stat
from pathlib import Path

import numpy as np
import pytest

from drawdown.day import conditions, engine, rulebook, steps
from drawdown.declared.columns import OUTCOMES, PLAN, WORK_GROUPS
from drawdown.declared.errors import InputError
from drawdown.declared.scenario import Scenario
from drawdown.worlds import ensemble


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(engine, "cache_folder", lambda: tmp_path / "engine")
    monkeypatch.setattr(engine, "built", lambda: None)
    return tmp_path / "engine"


@pytest.mark.long
def test_every_compiler_here_gives_the_same_bits(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches flags under which one compiler contracts or reorders."""
    import shutil

    item = [Scenario.load("robust-retaliation")]
    usual = ensemble.play(item, runs=32, structure="provoke", threads=1)[0]
    tried = [c for c in ("gcc", "cc", "clang") if shutil.which(c)]
    for name in tried:
        monkeypatch.setattr(engine, "compilers", lambda name=name: ((name,),))
        engine.digest.cache_clear()
        own = ensemble._Compiled(rulebook.PLAIN)
        monkeypatch.setattr(ensemble, "the_engine", lambda own=own: own)
        found = ensemble.play(item, runs=32, structure="provoke", threads=1)[0]
        assert np.array_equal(found.outcomes, usual.outcomes, equal_nan=True), name
        assert found.bands is not None
        assert usual.bands is not None
        assert np.array_equal(found.bands.histogram, usual.bands.histogram), name
    monkeypatch.undo()
    engine.digest.cache_clear()


@pytest.mark.long
def test_the_cache_keeps_the_engines_used_last(cache: Path) -> None:
    cache.mkdir()
    for k in range(engine.KEPT + 4):
        old = cache / f"{k:024d}"
        old.mkdir()
        (old / "engine.so").write_bytes(b"")
        os.utime(old, (1000.0 + k, 1000.0 + k))
    made = engine.build()
    left = sorted(p.name for p in cache.iterdir())
    assert made.parent.name in left
    assert len(left) == engine.KEPT
    assert f"{engine.KEPT + 3:024d}" in left
    assert f"{0:024d}" not in left
    assert not [p for p in left if p.startswith(".new-")]


def test_where_nothing_can_be_kept_the_engine_lasts_as_long_as_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-file").write_text("")
    monkeypatch.setattr(engine.data_files, "cache_folder", lambda: tmp_path / "a-file")
    engine.cache_folder.cache_clear()
    try:
        folder = engine.cache_folder()
        assert folder.is_dir()
        assert tmp_path not in folder.parents
    finally:
        engine.cache_folder.cache_clear()


@pytest.mark.long
def test_a_compiler_that_fails_is_told_in_one_sentence(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken-cc"
    broken.write_text("#!/bin/sh\necho 'no such thing' >&2\nexit 1\n")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    working = engine.compilers()
    monkeypatch.setattr(engine, "compilers", lambda: ((str(broken),),))
    with pytest.raises(InputError, match=r"cannot compile the engine.*no such thing"):
        engine.build()
    assert not [p for p in cache.iterdir() if (p / "engine.so").exists()]
    # Where there is another compiler, that one is asked.
    monkeypatch.setattr(engine, "compilers", lambda: ((str(broken),), *working))
    assert engine.build().exists()


def test_an_engine_of_other_sources_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a wheel's engine that plays rules which were edited since."""
    monkeypatch.setattr(engine, "BUILT", tmp_path)
    engine.built.cache_clear()
    name = engine.built_name("Linux", "x86_64")
    (tmp_path / name).write_bytes(b"")
    (tmp_path / "sources.txt").write_text("of another day")
    assert engine.built() is None
    engine.built.cache_clear()


def test_without_a_compiler_mesa_plays_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "is_cached", lambda *rules: False)
    monkeypatch.setattr(engine, "compilers", tuple)
    ensemble._engine_for.cache_clear()
    try:
        assert isinstance(ensemble.the_engine(), ensemble._Mesa)
        assert not ensemble.needs_compiling()
        ensemble.note_without_compiler()
        assert "ziglang" in capsys.readouterr().err
    finally:
        ensemble._engine_for.cache_clear()


def test_the_engine_clears_and_fills_every_column() -> None:
    """Catches an outcome or working number that no step sets."""
    text = "".join(Path(m.__file__).read_text(encoding="utf-8") for m in (steps, conditions))
    for name, _ in WORK_GROUPS:
        assert re.search(rf"w\.{name}\b[^=\n]*= ", text), name
    for name in OUTCOMES:
        assert f"out.{name} = " in text, name
    read = set(re.findall(r"row\.(\w+)", text))
    known = {n for n in PLAN if not n.startswith("open_")} | {"open", "day"}
    assert read <= known
    assert known <= read


def test_every_phase_and_step_is_played_once() -> None:
    """Catches a step that no part of the day plays, or one that is played twice."""
    played = [step for phase in steps.DAY for part in phase.parts for step in part.steps]
    assert len(played) == len(set(played))
    helpers = {
        "work_out",
        "choose_site",
        "severity",
        "kill_iraqis",
        "cell_attacks_foreigners",
        "lever_is_set",
    }
    defined = {
        name
        for module in (steps, conditions)
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__
    }
    assert defined - helpers - {"Part", "Phase", "_part", "_phase"} == set(played)


@pytest.mark.long
def test_a_damaged_engine_is_compiled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a library that is cut short or altered, and called all the same."""
    monkeypatch.setattr(engine, "cache_folder", lambda: tmp_path)
    made = engine.build()
    content = made.read_bytes()
    assert engine.is_cached()
    for harm in (content[:-100], content[:5000] + b"\0x" + content[5002:]):
        made.parent.mkdir(exist_ok=True)
        (made.parent / "engine.sha256").write_text(hashlib.sha256(content).hexdigest())
        made.write_bytes(harm)
        assert not engine.is_cached()
        assert "is damaged" in capsys.readouterr().err
    assert engine.build() == made
    assert engine.is_cached()


def test_the_engine_knows_how_wide_the_processor_is() -> None:
    """Catches a wheel whose wide engines are never played: zig's own answer is always no."""
    told = Path("/proc/cpuinfo")
    if platform.machine() != "x86_64" or not told.exists():
        pytest.skip("told by /proc/cpuinfo on x86-64 alone")
    flags = set(next(r for r in told.read_text().splitlines() if r.startswith("flags")).split())
    wide = {"avx512f", "avx512dq", "avx512bw", "avx512vl"} <= flags
    expected = 2 if wide else 1 if {"avx2", "fma"} <= flags else 0
    assert engine.Engine().library.drawdown_level() == expected
