"""Files by path or by URL: others' WARCs are read from there, and shards are put there."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from archive.errors import CollectionError
from archive.store.journal import sync_folder
from archive.store.remote import backends

_OBSTORE = ("s3", "s3a", "gs", "az", "abfs", "abfss", "adl")


def is_url(place: str) -> bool:
    """Whether a place is in an object store, and no path."""
    return "://" in place


def filesystem(place: str) -> tuple[Any, str]:
    """fsspec's filesystem for a URL, and the path in it: the stores that obstore knows by that, all others as fsspec
    has them. Credentials are those of the environment.
    """
    scheme, _, path = place.partition("://")
    try:
        import fsspec

        if scheme in _OBSTORE:
            from obstore.fsspec import FsspecStore

            known: Any = FsspecStore
            system = known(scheme, client_options={"allow_http": backends.plain_http()}, **backends.region())
            return system, path
        system, path = fsspec.core.url_to_fs(place)
    except ModuleNotFoundError as error:
        raise CollectionError(
            f"{place}: URLs need {error.name}, which is not installed: pip install 'policy-archive[objects]', or "
            "'.[objects]' in a checkout"
        ) from None
    except (ImportError, ValueError) as problem:
        raise CollectionError(f"{place} cannot be opened: {problem}") from None
    return system, path


def opened(place: str) -> IO[bytes]:
    """A file to be read from any offset; over URLs, in ranges."""
    if not is_url(place):
        return Path(place).open("rb")
    system, path = filesystem(place)
    file: IO[bytes] = system.open(path, "rb")
    return file


def size(place: str) -> int:
    """Bytes of a file."""
    if not is_url(place):
        return Path(place).stat().st_size
    system, path = filesystem(place)
    return int(system.size(path))


def below(place: str, suffixes: tuple[str, ...]) -> list[str]:
    """The files in a folder and below it whose names end so, sorted; a file is itself. Raises CollectionError where
    there is none.
    """
    if is_url(place):
        system, path = filesystem(place)
        if system.isfile(path):
            return [place]
        found = [system.unstrip_protocol(one) for one in system.find(path) if one.endswith(suffixes)]
    else:
        folder = Path(place)
        if folder.is_file():
            return [place]
        found = [str(one) for one in folder.rglob("*") if one.is_file() and one.name.endswith(suffixes)]
    if not found:
        raise CollectionError(f"{place} is no file, and no folder with one whose name ends in {' or '.join(suffixes)}")
    return sorted(found)


def content(place: str, name: str) -> bytes | None:
    """A small file of a folder, None where it is not there."""
    try:
        if not is_url(place):
            return (Path(place) / name).read_bytes()
        system, path = filesystem(place)
        found: bytes = system.cat_file(f"{path.rstrip('/')}/{name}")
        return found
    except FileNotFoundError:
        return None


_BEGUN = ".new-"  # begins the name of a folder in which something is being written


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
            system, path = filesystem(self.place)
            system.makedirs(path, exist_ok=True)
            system.put_file(str(file), f"{path.rstrip('/')}/{file.name}")
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
        system, path = filesystem(self.place)
        with contextlib.suppress(FileNotFoundError):
            system.rm_file(f"{path.rstrip('/')}/{name}")

    def sweep(self) -> None:
        """Removes what killed processes had begun. Nobody else may write to the folder."""
        if not is_url(self.place):
            for left in Path(self.place).glob(f"{_BEGUN}*"):
                shutil.rmtree(left, ignore_errors=True)
