"""What a process that was cut off may still have open is given new files, so that all it writes goes to the old ones,
which have no name any more.
"""

import os
import shutil
from pathlib import Path

from archive.store.folder import OPEN, Folder
from archive.store.journal import sync_folder


def set_apart(folder: Folder) -> None:
    """Called by the collection's new owner, before its lock is taken, where the owner before may wake on another
    machine.
    """
    lock = folder.state_dir / "lock"
    lock.unlink(missing_ok=True)  # the one before holds a lock on a file without a name
    open_ = (folder.archive_dir / (name + OPEN) for name in folder.open_warcs())
    for path in (*open_, folder.index_journal.path, folder.members_journal.path, folder.ledger.path):
        if path.exists():
            _renewed(path)


def _renewed(path: Path) -> None:
    beside = path.with_name(path.name + ".apart")
    with path.open("rb") as source, beside.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
        target.flush()
        os.fsync(target.fileno())
    beside.rename(path)
    sync_folder(path.parent)
