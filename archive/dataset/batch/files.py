"""Files by path or by URL: others' WARCs are read from there, and shards are put there."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, cast
from urllib.parse import urlsplit

from archive.store.journal import sync_folder
from archive.store.remote import address, objects
from archive.store.remote.objects import Objects
from archive.store.remote.ranges import Ranges

_BEGUN = ".new-"  # begins the name of a folder in which something is being written


def is_url(place: str) -> bool:
    """Whether a place is in an object store, and no path."""
    return address.is_url(place)


def checked(place: str) -> str:
    """The place. Raises CollectionError where it is a URL that holds a key, which would stand in files and logs."""
    return address.checked(place) if is_url(place) else place


def opened(place: str) -> IO[bytes]:
    """A file to be read from any offset; over URLs, in ranges."""
    if not is_url(place):
        return Path(place).open("rb")
    there, key = _there(place)
    return cast(IO[bytes], Ranges(there.url, key))


def size(place: str) -> int:
    """Bytes of a file."""
    if not is_url(place):
        return Path(place).stat().st_size
    there, key = _there(place)
    return there.size(key)


def below(place: str, suffixes: tuple[str, ...]) -> list[str]:
    """The files in a folder and below it whose names end so, sorted; a file is itself, whatever its name. Empty where
    there is none.
    """
    if not is_url(place):
        folder = Path(place)
        if folder.is_file():
            return [place]
        return sorted(str(one) for one in folder.rglob("*") if one.is_file() and one.name.endswith(suffixes))
    there, key = _there(place)
    if key.endswith(suffixes) and _is_file(there, key):
        return [place]
    found = [name for name in there.names(f"{key}/" if key else "") if name.endswith(suffixes)]
    if not found and key and _is_file(there, key):
        return [place]
    return [f"{there.url.rstrip('/')}/{name}" for name in found]


def content(place: str, name: str) -> bytes | None:
    """A small file of a folder, None where it is not there."""
    try:
        if not is_url(place):
            return (Path(place) / name).read_bytes()
        there, key = _there(place)
        return there.read(_joined(key, name))
    except FileNotFoundError:
        return None


class Target:
    """A folder that files are put into, whole or not at all: renamed once they are on disk, or sent in one PUT."""

    def __init__(self, place: str) -> None:
        self.place = place

    @contextmanager
    def working(self) -> Iterator[Path]:
        """A folder of one's own to write to: beside the place, or on this machine where that is a URL."""
        if is_url(self.place):
            with TemporaryDirectory(prefix="policy-archive-") as folder:
                yield Path(folder)
            return
        Path(self.place).mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=_BEGUN, dir=self.place) as folder:
            yield Path(folder)

    def put(self, file: Path) -> None:
        """Puts a file under its name; the bytes are safe when this returns."""
        if is_url(self.place):
            there, key = _there(self.place)
            there.replace(_joined(key, file.name), file)
            return
        with file.open("rb") as written:
            os.fsync(written.fileno())
        file.replace(Path(self.place) / file.name)
        sync_folder(Path(self.place))

    def remove(self, name: str) -> None:
        """Removes a file of the folder, if it is there."""
        if not is_url(self.place):
            (Path(self.place) / name).unlink(missing_ok=True)
            return
        there, key = _there(self.place)
        there.remove(_joined(key, name))

    def sweep(self) -> None:
        """Removes what killed processes had begun. Nobody else may write to the folder."""
        if not is_url(self.place):
            for left in Path(self.place).glob(f"{_BEGUN}*"):
                shutil.rmtree(left, ignore_errors=True)


def _there(place: str) -> tuple[Objects, str]:
    """The bucket of a URL, and the key in it. Raises CollectionError where nothing serves such URLs."""
    parts = urlsplit(address.checked(place))
    root = parts.netloc or ("/" if parts.scheme == "file" else "")
    return objects.at(f"{parts.scheme}://{root}"), parts.path.strip("/")


def _is_file(there: Objects, key: str) -> bool:
    try:
        there.size(key)
    except FileNotFoundError:
        return False
    return True


def _joined(key: str, name: str) -> str:
    return f"{key}/{name}" if key else name
