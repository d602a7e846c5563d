import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from archive.errors import CollectionBusy
from archive.store.collection import Collection


def _hold(path: Path, tell: Connection) -> None:
    with Collection.open(path).lock():
        worker = multiprocessing.get_context("fork").Process(target=signal.pause)
        worker.start()
        tell.send(worker.pid)
        signal.pause()


@pytest.mark.faults
def test_a_killed_holder_lets_go_although_its_worker_lives(tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "معهد".encode().hex(), create=True)
    here, there = multiprocessing.Pipe()
    holder = multiprocessing.get_context("spawn").Process(target=_hold, args=(collection.path, there))
    holder.start()
    worker: int = here.recv()
    try:
        with pytest.raises(CollectionBusy, match=f"in use by process {holder.pid}: wait"), collection.lock():
            pass
        assert holder.pid is not None
        os.kill(holder.pid, signal.SIGKILL)
        holder.join()
        with collection.lock():
            assert collection.locked
    finally:
        os.kill(worker, signal.SIGKILL)
