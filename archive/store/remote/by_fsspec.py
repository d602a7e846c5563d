"""Whatever else fsspec opens by URL.

Only those that know exclusive creation refuse a name that is taken; of the others it is looked whether it is free.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.errors import CollectionError
from archive.store.remote.backend import Exists, Passing, first_line, missing

logger = logging.getLogger(__name__)

_PIECE = 16 * 1024 * 1024  # bytes written at a time


class Fsspec:
    """Whatever fsspec opens by URL. Its writing is not atomic: what a cut left is found out by reading it back, and is
    told; it is never overwritten.
    """

    def __init__(self, url: str) -> None:
        try:
            import fsspec
        except ModuleNotFoundError as error:
            raise missing("fsspec") from error
        try:
            self._files, self._root = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise CollectionError(f"{url} cannot be opened: {error}") from None
        self._root = self._root.rstrip("/")
        self._exclusive = urlsplit(url).scheme in ("memory", "local")
        self._url, self._warned = url, False

    def create(self, key: str, source: bytes | Path) -> None:
        path = f"{self._root}/{key}"
        self._warn()
        try:
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            if not self._exclusive and self._files.exists(path):
                raise FileExistsError
            with self._files.open(path, "xb" if self._exclusive else "wb") as target:
                if isinstance(source, bytes):
                    target.write(source)
                else:
                    with source.open("rb") as file:
                        while piece := file.read(_PIECE):
                            target.write(piece)
        except FileExistsError:
            raise Exists from None
        except (OSError, ValueError) as error:
            raise Passing(first_line(error)) from None

    def _warn(self) -> None:
        if not self._exclusive and not self._warned:
            logger.warning(
                "%s has no conditional write that fsspec knows of: before each write it is looked whether the name is "
                "free, which two writers at once can pass; see that there is one",
                self._url,
            )
            self._warned = True

    def replace(self, key: str, source: Path) -> None:
        path = f"{self._root}/{key}"
        try:
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(source), path)
        except (OSError, ValueError, NotImplementedError) as error:
            raise CollectionError(f"{path} cannot be written: {first_line(error)}") from None

    def remove(self, key: str) -> None:
        with suppress(FileNotFoundError):
            self._do(self._files.rm_file, key)

    def get(self, key: str, start: int, length: int) -> tuple[bytes, int]:
        size = self.size(key)
        end = min(start + length, size)
        return (self._do(self._files.cat_file, key, start=start, end=end) if start < end else b""), size

    def size(self, key: str) -> int:
        return int(self._do(self._files.size, key))

    def names(self, prefix: str, after: str | None) -> list[str]:
        self._files.invalidate_cache()
        try:
            found = self._do(self._files.find, prefix.rstrip("/"))
        except FileNotFoundError:
            return []
        names = [path[len(self._root) + 1 :] for path in found]
        return sorted(name for name in names if name.startswith(prefix) and (after is None or name > after))

    def folders(self, prefix: str) -> list[str]:
        self._files.invalidate_cache()
        try:
            found = self._do(self._files.ls, prefix.rstrip("/"), detail=True)
        except FileNotFoundError:
            return []
        return sorted(one["name"].rstrip("/").rpartition("/")[2] for one in found if one["type"] == "directory")

    def _do(self, call: Callable[..., Any], key: str, **named: Any) -> Any:
        try:
            return call(f"{self._root}/{key}", **named)
        except FileNotFoundError as error:
            if isinstance(error.__cause__, OSError):  # fsspec's http takes a host that does not answer for it
                raise Passing(first_line(error.__cause__)) from None
            raise
        except PermissionError as error:
            raise CollectionError(f"{key}: the store refuses: {first_line(error)}") from None
        except OSError as error:
            raise Passing(first_line(error)) from None
