"""Files of npm packages that tests look at pages with; fetched once by npm, which knows from where."""

import fcntl
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest


def fetched(folder: Path, package: str, version: str, files: Sequence[str]) -> Path:
    """The folder with these files of a package. The test is skipped, with the reason, where npm or its registry is not
    to be had.
    """
    if not shutil.which("npm"):
        pytest.skip(f"no npm: {package} comes from it")
    made = folder / f"{package}-{version}"
    with (folder / ".lock").open("w") as lock:  # several processes of one run ask at the same time
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all((made / name).exists() for name in files):
            _fetch(made, package, version, files)
    return made


def _fetch(made: Path, package: str, version: str, files: Sequence[str]) -> None:
    folder = made.parent
    command = ["npm", "pack", "--silent", f"{package}@{version}", "--pack-destination", str(folder)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        pytest.skip(f"npm cannot fetch {package}: {done.stderr[-300:]}")
    made.mkdir(exist_ok=True)
    with tarfile.open(made.with_suffix(f"{made.suffix}.tgz")) as opened:
        for name in files:
            member = opened.extractfile(f"package/{name}")
            assert member is not None
            beside = made / f"{name}.new"
            beside.write_bytes(member.read())
            beside.rename(made / name)  # whole, or not there
