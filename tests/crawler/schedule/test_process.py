"""The process of one run."""

import queue
from pathlib import Path

from crawler.exits import INTERRUPTED
from crawler.schedule.worker import Process


def test_one_that_is_told_to_drain_as_its_interpreter_starts_is_interrupted(tmp_path: Path) -> None:
    codes: queue.SimpleQueue[int] = queue.SimpleQueue()
    process = Process(["institute", "list"], tmp_path / "said", None, codes.put)
    process.drain()
    assert codes.get(timeout=60) == INTERRUPTED
    assert (tmp_path / "said").read_text(encoding="utf-8") == "policy-archive: interrupted\n"
