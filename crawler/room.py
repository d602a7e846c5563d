"""Room on the disk: a crawl ends while there is still some, so that its papers, index and dataset can be written."""

import os
from pathlib import Path

from archive.errors import OutOfSpace
from archive.store.spool import Spool


class Room:
    """`keep_free` bytes of the disk that `folder` is on are not written to. Large answers wait in `folder`, nameless,
    until they are whole.
    """

    def __init__(self, folder: Path, keep_free: int = 0) -> None:
        self._folder = folder
        self._keep_free = keep_free

    def check(self) -> None:
        """Raises OutOfSpace where less is free than is to be kept."""
        disk = os.statvfs(self._folder)
        free = disk.f_bavail * disk.f_frsize
        if free < self._keep_free:
            raise OutOfSpace(
                f"only {free / 1e6:,.0f} MB are free on the disk of {self._folder}, and {self._keep_free / 1e6:,.0f} "
                "are to stay free (--keep-free): make room and run the same command again"
            )

    def spool(self) -> Spool:
        """For what one answer brings."""
        return Spool(self._folder)
