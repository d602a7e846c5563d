"""Objects that are put once: never overwritten, and told of only when they were read back whole; and, apart from them,
files that are derived, and replaced."""

import contextlib
import functools
import hashlib
import logging
import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from archive.errors import StoreError, Taken
from archive.store.remote import by_obstore
from archive.store.remote.backend import Backend, Exists, Passing
from archive.store.remote.by_fsspec import Fsspec
from archive.store.remote.by_obstore import Obstore
from archive.store.whole import whole

logger = logging.getLogger(__name__)

TRIES = 8  # with the waits below, a store may be gone for a minute
_FIRST, _LONGEST = 0.5, 30.0  # seconds between two tries, doubled each time, by half at random
_PIECE = 8 * 1024 * 1024  # bytes read back at a time
_AT_ONCE = 16  # small objects fetched at a time: what a first look at a long ledger needs

Result = TypeVar("Result")


class Objects:
    """The objects below a URL. Calls try again what may pass (503, cut connections, timeouts), then raise
    StoreError.
    """

    def __init__(self, url: str, store: Backend | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        self.url = url
        self._store = store or _backend(url)
        self._sleep = sleep

    def put(self, key: str, source: bytes | Path, sha256: str) -> None:
        """An object with these bytes is at that key, durably, when this returns: read back from the store, they have
        this SHA-256 (hex). Put again with the same bytes, it is a look.

        Raises Taken where other bytes have the name, and leaves them as they are.
        """

        def create_and_look() -> str:
            with contextlib.suppress(Exists):  # our own, whose answer was lost; or another's
                self._store.create(key, source)
            return self._sha256(key)

        found = self._tried(f"put {key}", create_and_look, missing_too=True)
        if found != sha256:
            raise Taken(
                f"{self.url}/{key} is in the store with other bytes, and is left as it is: SHA-256 there {found}, "
                f"here {sha256}. Another writer has taken the name, or the bytes were damaged on their way"
            )

    def replace(self, key: str, source: Path) -> None:
        """A file in the place of the object of that name: of what is derived, and nothing else."""
        self._tried(f"write {key}", lambda: self._store.replace(key, source))

    def remove(self, key: str) -> None:
        """Removes such an object, if it is there."""
        self._tried(f"remove {key}", lambda: self._store.remove(key))

    def read(self, key: str) -> bytes:
        """A whole, small object; FileNotFoundError where there is none."""
        data, size = self.get(key, 0, _PIECE)
        while len(data) < size:
            data += self.get(key, len(data), _PIECE)[0]
        return data

    def read_all(self, keys: list[str]) -> list[bytes]:
        """Many small objects, in their order."""
        if len(keys) < 3:
            return [self.read(key) for key in keys]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(self.read, keys))

    def fetch(self, key: str, path: Path, sha256: str) -> None:
        """A whole object into a file, which is there whole or not at all. Raises StoreError where it has another
        SHA-256."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as file:
            found = self._copied(key, file.write)
            if found != sha256:
                raise StoreError(f"{self.url}/{key} is damaged: SHA-256 is {found}, and {sha256} was put there")

    def get(self, key: str, start: int, length: int) -> tuple[bytes, int]:
        """Bytes of an object, fewer at its end alone, and its size; FileNotFoundError where there is none."""

        def whole() -> tuple[bytes, int]:
            data, size = self._store.get(key, start, length)
            if len(data) != max(0, min(length, size - start)):
                raise Passing(f"{len(data)} bytes came of {length}")
            return data, size

        return self._tried(f"read {key}", whole)

    def size(self, key: str) -> int:
        """FileNotFoundError where there is none."""
        return self._tried(f"look at {key}", lambda: self._store.size(key))

    def names(self, prefix: str, after: str | None = None) -> list[str]:
        """The keys below a folder (with its slash), sorted; those behind `after` alone."""
        return self._tried(f"list {prefix}", lambda: self._store.names(prefix, after))

    def folders(self, prefix: str) -> list[str]:
        """The names of the folders in a folder."""
        return self._tried(f"list {prefix}", lambda: self._store.folders(prefix))

    def _sha256(self, key: str) -> str:
        """Of what the store gives back. Its own checksum would spare the reading, but not every store has one, and
        what is deleted here afterwards must have been seen there."""
        digest = hashlib.sha256()
        at, size = 0, 1
        while at < size:
            data, size = self._store.get(key, at, _PIECE)
            if not data and at < size:
                raise Passing("nothing came")
            digest.update(data)
            at += len(data)
        return digest.hexdigest()

    def _copied(self, key: str, write: Callable[[bytes], object]) -> str:
        digest = hashlib.sha256()
        at, size = 0, 1
        while at < size:
            data, size = self.get(key, at, _PIECE)
            write(data)
            digest.update(data)
            at += len(data)
        return digest.hexdigest()

    def _tried(self, what: str, call: Callable[[], Result], missing_too: bool = False) -> Result:
        """`missing_too`: what is not there is put again, and not told."""
        wait, why = _FIRST, ""
        for number in range(TRIES):
            if number == 2:
                logger.warning("%s: the store did not %s (%s); it is asked again for a minute", self.url, what, why)
            if number:
                self._sleep(wait * random.uniform(0.5, 1))
                wait = min(2 * wait, _LONGEST)
            try:
                return call()
            except Passing as error:
                why = str(error)
            except FileNotFoundError:
                if not missing_too:
                    raise
                why = "it was not there when it had been put"
        kept = "What was captured is kept on this machine: run" if what.startswith("put ") else "Run"
        raise StoreError(
            f"{self.url}: the store did not {what} in {TRIES} tries ({why}). {kept} the same command again when it "
            "answers"
        )


def _backend(url: str) -> Backend:
    """What serves a URL; raises CollectionError where nothing does, or an extra is not installed."""
    return Obstore(url) if urlsplit(url).scheme in by_obstore.SCHEMES else Fsspec(url)


def at(url: str) -> Objects:
    """The objects below a URL; opened once a process."""
    return _opened(url, os.getpid())


@functools.cache
def _opened(url: str, _: int) -> Objects:
    return Objects(url)
