"""What can go wrong while crawling. As in archive/errors.py, a message says what, which value, and how to mend it."""

import errno
import sqlite3

from archive.errors import ArchiveError, LostLock, OutOfSpace

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# SQLite says "disk I/O error" where a quota or a file's largest size is reached.
_SQLITE_NO_SPACE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})


class CrawlError(ArchiveError):
    """A crawl cannot be begun or gone on with. Raised before the first request, or when the recorder breaks."""

    exit_code = 2


class Unvisited(CrawlError):
    """A site could not be looked at: unreachable, forbidden, a bot wall, no HTML. Raised by `institute new`."""

    exit_code = 5


class OutOfReach(LostLock):
    """The frontier's database went away in the middle of a crawl: the same command goes on once it is back."""


def space(error: BaseException) -> OutOfSpace | None:
    """The same error as an OutOfSpace, where it says that the disk is full: files and the two databases each say so in
    their own way.
    """
    if isinstance(error, OutOfSpace):
        return error
    cause = getattr(error, "orig", None) or error  # SQLAlchemy's carry the database's own
    if isinstance(cause, OSError):
        full = cause.errno in _NO_SPACE
    else:
        full = isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) in _SQLITE_NO_SPACE
    return OutOfSpace(f"no space left ({cause}): make room and run the same command again") if full else None
