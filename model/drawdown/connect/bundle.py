"""An offline bundle: wheels in a folder that one command installs where there is no network."""

from __future__ import annotations

import csv
import email
import hashlib
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from drawdown.declared import data_files, storage
from drawdown.declared.errors import InputError

EXTRAS = ("web", "analysis", "excel")
"""What a bundle holds. Not ``ema``: it brings Platypus, under the GPL, and comes by choice."""

PYTHON = "3.11"
MACHINES: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "linux": (
        {
            "sys_platform": "linux",
            "platform_system": "Linux",
            "os_name": "posix",
            "platform_machine": "x86_64",
        },
        ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64"),
    ),
    "windows": (
        {
            "sys_platform": "win32",
            "platform_system": "Windows",
            "os_name": "nt",
            "platform_machine": "AMD64",
        },
        ("win_amd64",),
    ),
    "macos": (
        {
            "sys_platform": "darwin",
            "platform_system": "Darwin",
            "os_name": "posix",
            "platform_machine": "arm64",
        },
        ("macosx_14_0_arm64", "macosx_12_0_arm64", "macosx_11_0_arm64", "macosx_10_9_universal2"),
    ),
}
"""What a machine calls itself in requirements' conditions, and the wheels it takes."""

INSTALL = {
    "install.sh": """#!/bin/sh
# Installs Drawdown from the wheels beside this file; needs Python 3.11 and no network.
set -e
cd "$(dirname "$0")"
python3.11 -m venv installed
# Each wheel must be the one that the list beside it names, to the byte.
installed/bin/pip install --quiet --no-index --find-links wheels --require-hashes -r hashes.txt
echo 'Start it with: ./start.sh (add --open to let phones in the room join)'
""",
    "start.sh": """#!/bin/sh
cd "$(dirname "$0")"
exec installed/bin/drawdown serve "$@"
""",
    "install.bat": """@echo off
rem Installs Drawdown from the wheels beside this file; needs Python 3.11 and no network.
cd /d "%~dp0"
py -3.11 -m venv installed || exit /b 1
rem Each wheel must be the one that the list beside it names, to the byte.
installed\\Scripts\\pip install -q --no-index -f wheels --require-hashes -r hashes.txt || exit /b 1
echo Start it with: start.bat (add --open to let phones in the room join)
""",
    "start.bat": """@echo off
cd /d "%~dp0"
installed\\Scripts\\drawdown serve %*
""",
}


def needed(environment: dict[str, str], extras: tuple[str, ...] = EXTRAS) -> set[str]:
    """Return the names of everything that a machine needs, by the installed packages' word.

    Args:
        environment: What the machine calls itself.
        extras: Extras of the package.
    """
    named = environment | {"python_version": PYTHON, "python_full_version": f"{PYTHON}.0"}
    found: set[str] = set()
    left = [("drawdown", extra) for extra in extras]
    seen = set(left)
    while left:
        name, extra = left.pop()
        try:
            wanted = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            # What another system needs alone is not installed here, and needs nothing more.
            wanted = []
        for text in wanted:
            item = Requirement(text)
            if item.marker is None or item.marker.evaluate(named | {"extra": extra}):
                other = canonicalize_name(item.name)
                found.add(other)
                for one in ("", *item.extras):
                    if (other, one) not in seen:
                        seen.add((other, one))
                        left.append((other, one))
    return found


def locked(text: str, environment: dict[str, str]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield name, version and hashes of what the lock file holds for a machine.

    Args:
        text: The lock file.
        environment: What the machine calls itself.
    """
    named = environment | {"python_version": PYTHON, "python_full_version": f"{PYTHON}.0"}
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        line = re.match(r"[A-Za-z0-9][^\n\\]*", block)
        if line is None:
            continue
        item = Requirement(line.group().strip())
        if item.marker is None or item.marker.evaluate(named):
            version = next(iter(item.specifier)).version
            hashes = re.findall(r"--hash=(sha256:[0-9a-f]{64})", block)
            yield canonicalize_name(item.name), version, hashes


def licence_of(wheel: Path) -> tuple[str, str, str]:
    """Return name, version and licence of a wheel, as its own description says them."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        told = email.message_from_bytes(archive.read(name))
    return str(told["Name"]), str(told["Version"]), licence_in(told)


def licence_in(told: Any) -> str:
    """Return the licence that a package's description names.

    Args:
        told: Its description, as `email.message` or `importlib.metadata` reads it.
    """
    marks = [c for c in told.get_all("Classifier") or [] if c.startswith("License :: ")]
    named = [c.rpartition(" :: ")[2] for c in marks if c != "License :: OSI Approved"]
    text = str(told["License-Expression"] or "; ".join(named) or told["License"] or "not said")
    return " ".join(text.split())[:120]


def is_gpl(licence: str) -> bool:
    """Return whether a licence is the GPL or AGPL, which asks the same of all it comes with."""
    text = licence.lower()
    return bool(re.search(r"\ba?gpl|(?<!lesser )general public license", text)) and not re.search(
        r"lgpl|lesser general public|or mit|or apache|or bsd|mit or|bsd", text
    )


def write_licences(path: Path, found: Sequence[tuple[str, str, str]]) -> None:
    """Write names, versions and licences as CSV."""
    text = StringIO(newline="")
    csv.writer(text).writerows([("package", "version", "licence"), *found])
    storage.write_whole(path, text.getvalue())


def make(
    folder: Path,
    machine: str,
    say: Callable[[str], None] = lambda text: None,
    run: Callable[[list[str]], None] = lambda words: _run(words),
    extras: tuple[str, ...] = EXTRAS,
) -> int:
    """Fill a folder with wheels and what installs them, and return how many wheels it holds.

    Args:
        folder: The folder; made where it is not there.
        machine: One of `MACHINES`.
        say: Called with the name of what is fetched.
        run: Runs pip.
        extras: Extras of the package that the bundle holds.

    Raises:
        InputError: If this is no checkout or a wheel cannot be had.
    """
    root = data_files.project_root()
    if root is None:
        raise InputError("a bundle is made in the project's checkout")
    environment, tags = MACHINES[machine]
    wheels = folder / "wheels"
    if wheels.is_symlink():
        raise InputError(f"{wheels} is a symlink; name another folder for the bundle")
    wheels.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    names = needed(environment, extras)
    text = (root / "requirements.txt").read_text(encoding="utf-8")
    wanted = {n: (v, hashes) for n, v, hashes in locked(text, environment) if n in names}
    say(f"{len(wanted)} packages")
    lines = [
        " ".join([f"{name}=={version}", *(f"--hash={h}" for h in hashes)])
        for name, (version, hashes) in wanted.items()
    ]
    hashes = folder / "hashes.txt"
    storage.write_whole(hashes, "\n".join(lines) + "\n")
    platforms = [word for tag in tags for word in ("--platform", tag)]
    # In a folder of its own: pip would follow a symlink that has the name of a wheel.
    with TemporaryDirectory(dir=folder, prefix=".new-") as made:
        say("drawdown")
        run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", made, str(root)])
        run(
            [
                *pip,
                *("download", "--no-deps", "--only-binary=:all:", "--python-version", PYTHON),
                *platforms,
                *("-d", made),
                *("--require-hashes", "-r", str(hashes)),
            ]
        )
        for wheel in Path(made).iterdir():
            wheel.replace(wheels / wheel.name)
    for own in wheels.glob("drawdown-*.whl"):
        digest = hashlib.sha256(own.read_bytes()).hexdigest()
        version = own.name.split("-")[1]
        lines.append(f"drawdown[{','.join(extras)}]=={version} --hash=sha256:{digest}")
    storage.write_whole(hashes, "\n".join(lines) + "\n")
    found = [licence_of(path) for path in sorted(wheels.glob("*.whl"))]
    write_licences(folder / "licences.csv", found)
    copyleft = [f"{n} ({licence})" for n, _, licence in found if is_gpl(licence)]
    if copyleft and "ema" not in extras:
        raise InputError(
            f"the bundle would carry {', '.join(copyleft)} unasked; nobody may pass it on without "
            "its terms"
        )
    for name, content in INSTALL.items():
        path = folder / name
        ending = "\r\n" if name.endswith(".bat") else "\n"
        storage.write_whole(path, content.replace("\n", ending))
        if name.endswith(".sh"):
            path.chmod(0o755)
    return len(list(wheels.glob("*.whl")))


def _run(words: list[str]) -> None:
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise InputError(f"pip could not fetch the wheels: {last}")
