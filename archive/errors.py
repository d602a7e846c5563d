"""What can go wrong in the archive. Each message says what, which value, and how to mend it; a command prints
it as one line.
"""

import errno


class ArchiveError(Exception):
    """Base of all errors that a user can mend. The command prints `str(error)` and exits with `exit_code`."""

    exit_code = 1


class ProfileError(ArchiveError):
    """An institute's profile is unknown or wrong. Raised while profiles are loaded; mend the file that it names."""

    exit_code = 2


class CollectionError(ArchiveError):
    """A folder is not a collection, or a collection does not hold what was asked for. Raised when a collection
    is opened.
    """

    exit_code = 2


class CollectionBusy(CollectionError):
    """Another process writes to the collection. Raised by `Collection.lock`; wait for it, or name another
    collection.
    """


class Fenced(CollectionError):
    """Another machine has written to a collection in an object store. Raised before anything is written that would
    follow what is there no more; what was captured is kept, and the same command takes it in.
    """


class StoreError(ArchiveError):
    """An object store does not do what it is asked, after several tries, or gives other bytes than were put there.
    Nothing that it did not keep was acknowledged; run again when it answers.
    """


class Taken(StoreError):
    """Other bytes have the name of an object that was to be put. They are left as they are."""


NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})  # of an OSError, when a disk or a quota is full


class OutOfSpace(ArchiveError):
    """The disk is full or a quota is used up. Raised by the writer after the failed record was rolled back;
    make room and run again.
    """

    exit_code = 3


class DatabaseError(ArchiveError):
    """No database is named, or it is out of reach. What was being done can be done again once it is there."""

    exit_code = 2


class NotReached(ArchiveError):
    """A cluster cannot be reached or started. Raised by `archive.dataset.batch.cluster`; see that it runs, or take the
    engine `local`.
    """


class LostLock(ArchiveError):
    """The collection is another owner's, or is it now: whoever is told so writes no more, and leaves what it has as a
    crash would. The new owner mends that. Raised where many machines crawl (archive/store/fence.py).
    """

    exit_code = 6


class DamagedRecord(ArchiveError):
    """Stored bytes are not what they should be. Raised by readers; `verify` turns it into a finding."""


class BadKey(ArchiveError):
    """A key cannot be made, read or used. Raised by `archive.proof.key`; the message names the file and the way out."""

    exit_code = 2


class BadStamp(ArchiveError):
    """An authority gives no time-stamp, or one does not hold. Raised by `archive.proof.stamp`; ask again, or another
    authority.
    """


class BadPackage(ArchiveError):
    """A package cannot be made, or a file is no package that could be read or unpacked. Raised by `archive.pack`; mend
    what the message names, or ask `verify` for all that is wrong.
    """

    exit_code = 2
