"""A disk that fails when it is told to, and one that forgets what was not synced: for what goes through `os`."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CALLS = ("write", "fdatasync", "fsync", "rename", "replace")


class Fault:
    """The n-th call (from 1) of one of `os`' functions fails with an error; a write leaves half of its bytes behind."""

    def __init__(self, call: str, at: int, error: int = errno.ENOSPC, times: int = 1) -> None:
        self.call, self.at, self.error, self.times = call, at, error, times
        self.calls = 0

    @contextmanager
    def __call__(self) -> Iterator["Fault"]:
        real: Callable[..., Any] = getattr(os, self.call)

        def fails(*arguments: Any, **named: Any) -> Any:
            self.calls += 1
            if self.at <= self.calls < self.at + self.times:
                if self.call == "write":
                    descriptor, data = arguments
                    real(descriptor, bytes(data)[: len(data) // 2])
                raise OSError(self.error, os.strerror(self.error))
            return real(*arguments, **named)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, self.call, fails)
            yield self


class Memory:
    """What of a folder a disk would still hold after its power was cut: synced bytes under synced names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contents: dict[int, bytes] = {}  # inode → bytes when it was last synced
        self.names: dict[Path, dict[str, int]] = {}  # folder → its names when it was last synced

    @contextmanager
    def watched(self) -> Iterator[None]:
        real_fsync, real_fdatasync = os.fsync, os.fdatasync

        def seen(real: Callable[[int], None]) -> Callable[[int], None]:
            def sync(descriptor: int) -> None:
                real(descriptor)
                self._synced(Path(f"/proc/self/fd/{descriptor}").readlink(), os.fstat(descriptor).st_ino)

            return sync

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "fsync", seen(real_fsync))
            patch.setattr(os, "fdatasync", seen(real_fdatasync))
            yield

    def _synced(self, path: Path, inode: int) -> None:
        if path.is_dir():
            self.names[path] = {entry.name: entry.inode() for entry in os.scandir(path)}
        else:
            self.contents[inode] = path.read_bytes()

    def after_power_loss(self, to: Path) -> Path:
        """Writes down what is left, and returns its folder."""
        self._restore(self.folder, to)
        return to

    def _restore(self, folder: Path, to: Path) -> None:
        to.mkdir(parents=True)
        for name, inode in self.names.get(folder, {}).items():
            if (folder / name).is_dir():
                self._restore(folder / name, to / name)
            else:
                (to / name).write_bytes(self.contents.get(inode, b""))
