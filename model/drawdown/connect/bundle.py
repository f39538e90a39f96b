"""An offline bundle: wheels in a folder that one command installs where there is no network."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from drawdown.declared import data_files, storage
from drawdown.declared.errors import InputError

EXTRAS = ("web", "analysis", "excel")
"""What a bundle holds. Not ``ema``: it brings Platypus, under the GPL, and comes by choice."""

PYTHON = "3.11"
SYSTEM = ("sys_platform", "platform_system", "os_name", "platform_machine")
MACHINES = {
    "linux": (
        ("linux", "Linux", "posix", "x86_64"),
        ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64"),
    ),
    "windows": (("win32", "Windows", "nt", "AMD64"), ("win_amd64",)),
    "macos": (
        ("darwin", "Darwin", "posix", "arm64"),
        ("macosx_14_0_arm64", "macosx_12_0_arm64", "macosx_11_0_arm64", "macosx_10_9_universal2"),
    ),
}
"""What a machine calls itself in requirements' conditions (`SYSTEM`), and the wheels it takes."""

INSTALL = {
    "install.sh": """#!/bin/sh
set -e
cd "$(dirname "$0")"
python3.11 -m venv installed
installed/bin/pip install --quiet --no-index --find-links wheels --require-hashes -r hashes.txt
echo 'Start it with: ./start.sh (add --open to let phones in the room join)'
""",
    "start.sh": """#!/bin/sh
cd "$(dirname "$0")"
exec installed/bin/drawdown serve "$@"
""",
    "install.bat": """@echo off
cd /d "%~dp0"
py -3.11 -m venv installed || exit /b 1
installed\\Scripts\\pip install -q --no-index -f wheels --require-hashes -r hashes.txt || exit /b 1
echo Start it with: start.bat (add --open to let phones in the room join)
""",
    "start.bat": """@echo off
cd /d "%~dp0"
installed\\Scripts\\drawdown serve %*
""",
}


def environment_of(machine: str) -> dict[str, str]:
    """Return what requirements' conditions ask of one of `MACHINES`.

    pip itself would answer them for the machine that it runs on.
    """
    named = dict(zip(SYSTEM, MACHINES[machine][0], strict=True))
    return named | {"python_version": PYTHON, "python_full_version": f"{PYTHON}.0"}


def needed(environment: dict[str, str], extras: tuple[str, ...] = EXTRAS) -> set[str]:
    """Return the names of everything that a machine needs, by the installed packages' word.

    Args:
        environment: From `environment_of`.
        extras: Extras of the package.
    """
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
        for item in map(Requirement, wanted):
            if item.marker is None or item.marker.evaluate(environment | {"extra": extra}):
                found.add(canonicalize_name(item.name))
                new = {(canonicalize_name(item.name), one) for one in ("", *item.extras)} - seen
                seen |= new
                left += new
    return found


def locked(text: str, environment: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield name and line, with version and hashes, of what the lock file holds for a machine.

    Args:
        text: The lock file.
        environment: From `environment_of`.
    """
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        line = re.match(r"[A-Za-z0-9][^\n\\]*", block)
        item = Requirement(line.group().strip()) if line else None
        if item and (item.marker is None or item.marker.evaluate(environment)):
            hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}", block)
            yield canonicalize_name(item.name), " ".join([f"{item.name}{item.specifier}", *hashes])


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
    wheels, hashes = folder / "wheels", folder / "hashes.txt"
    if wheels.is_symlink():
        raise InputError(f"{wheels} is a symlink; name another folder for the bundle")
    wheels.mkdir(parents=True, exist_ok=True)
    environment = environment_of(machine)
    names, text = needed(environment, extras), (root / "requirements.txt").read_text("utf-8")
    lines = [line for name, line in locked(text, environment) if name in names]
    storage.write_whole(hashes, "\n".join(lines) + "\n")
    say(f"drawdown and {len(lines)} packages")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    # In a folder of its own: pip would follow a symlink that has the name of a wheel.
    with TemporaryDirectory(dir=folder, prefix=".new-") as made:
        run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", made, str(root)])
        fetch = [*pip, "download", "--no-deps", "--only-binary=:all:", "--python-version", PYTHON]
        fetch += [word for tag in MACHINES[machine][1] for word in ("--platform", tag)]
        run([*fetch, "-d", made, "--require-hashes", "-r", str(hashes)])
        for wheel in Path(made).iterdir():
            wheel.replace(wheels / wheel.name)
    for own in wheels.glob("drawdown-*.whl"):
        digest, version = hashlib.sha256(own.read_bytes()).hexdigest(), own.name.split("-")[1]
        lines.append(f"drawdown[{','.join(extras)}]=={version} --hash=sha256:{digest}")
    storage.write_whole(hashes, "\n".join(lines) + "\n")
    for name, content in INSTALL.items():
        ending = "\r\n" if name.endswith(".bat") else "\n"
        storage.write_whole(folder / name, content.replace("\n", ending))
        (folder / name).chmod(0o644 if name.endswith(".bat") else 0o755)
    return len(list(wheels.glob("*.whl")))


def _run(words: list[str]) -> None:
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise InputError(f"pip could not fetch the wheels: {last}")
