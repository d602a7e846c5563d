"""The order of writing, one commit for all that waits, and what becomes of everyone when the disk fails."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from archive.errors import OutOfSpace
from archive.store.exchange import Exchange, Location, Resource, Stored
from crawler.frontier import End, Found, Frontier, Role, State
from crawler.recorder import Recorder
from tests.archive.store.samples import ARABIC_CODED, exchange


class Told(Frontier):
    """A frontier that writes down what it was told, and when."""

    def __init__(self, path: Path, log: list[str]) -> None:
        super().__init__(path)
        self.log = log

    def captured(self, row_id: int, stored: Stored, robots: str | None = None) -> None:
        self.log.append("captured")
        super().captured(row_id, stored, robots)

    def commit(self) -> None:
        self.log.append("commit")
        super().commit()


class Writer:
    """Stands for the archive's: counts batches, waits at a gate, fails when told to."""

    def __init__(self, log: list[str], error: OSError | OutOfSpace | None = None) -> None:
        self.log = log
        self.error = error
        self.batches: list[int] = []
        self.gate = threading.Event()
        self.gate.set()

    def store(self, batch: Sequence[Exchange | Resource]) -> list[Stored]:
        self.gate.wait(10)
        self.batches.append(len(batch))
        self.log.append("warc")
        if self.error is not None:
            raise self.error
        return [Stored(Location("a.warc.gz", number, 10), False, 10) for number in range(len(batch))]


def frontier(path: Path, log: list[str], count: int = 1) -> Told:
    made = Told(path / "frontier.sqlite", log)
    urls = [ARABIC_CODED + str(number) for number in range(count)]
    made.add([Found(url, url, Role.PAGE, "test") for url in urls])
    made.commit()
    log.clear()
    return made


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A capture is committed with what comes after it, however slow the machine is."""
    monkeypatch.setattr("crawler.recorder._UNTOLD", 600)


def test_records_are_safe_before_the_frontier_hears_of_them_and_before_anyone_is_told(
    tmp_path: Path, patient: None
) -> None:
    log: list[str] = []
    table = frontier(tmp_path, log)

    async def run() -> Stored:
        recorder = Recorder(Writer(log), table, asyncio.get_running_loop())
        rows, due = await recorder.claim(1, tuple(Role))
        assert due is None
        log.clear()
        stored = await recorder.record(exchange(), rows[0])
        log.append("told")
        await asyncio.to_thread(recorder.stop)
        assert recorder.bytes == 10
        return stored

    stored = asyncio.run(run())
    assert log == ["warc", "captured", "told", "commit"]
    assert [one.location for one in table.unread()] == [stored.location]
    table.close()


def test_what_is_captured_is_committed_though_nothing_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.recorder._UNTOLD", 0.01)
    log: list[str] = []
    table = frontier(tmp_path, log)
    committed = threading.Event()

    async def run() -> None:
        recorder = Recorder(Writer(log), table, asyncio.get_running_loop())
        rows, _ = await recorder.claim(1, tuple(Role))
        monkeypatch.setattr(table, "commit", lambda: (Frontier.commit(table), committed.set()))
        await recorder.record(exchange(), rows[0])
        assert await asyncio.to_thread(committed.wait, 60)
        await asyncio.to_thread(recorder.stop)

    asyncio.run(run())
    assert table.untold == 0
    table.close()


def test_what_waits_is_written_together(tmp_path: Path, patient: None) -> None:
    log: list[str] = []
    table = frontier(tmp_path, log, 9)
    writer = Writer(log)

    async def run() -> None:
        recorder = Recorder(writer, table, asyncio.get_running_loop())
        rows, _ = await recorder.claim(9, tuple(Role))
        writer.gate.clear()
        jobs = [recorder.record(exchange(), row) for row in rows]
        writer.gate.set()
        await asyncio.gather(*jobs)
        await asyncio.to_thread(recorder.stop)

    asyncio.run(run())
    assert sum(writer.batches) == 9
    assert len(writer.batches) <= 2  # the first may have been taken alone
    assert log.count("commit") == 2  # one for the claim, one for all captures
    table.close()


def test_a_full_disk_fails_everyone_who_waits_and_all_who_come_later(tmp_path: Path) -> None:
    log: list[str] = []
    table = frontier(tmp_path, log, 3)
    full = OutOfSpace("no space left for القرص: make room")

    async def run() -> Recorder:
        recorder = Recorder(Writer(log, full), table, asyncio.get_running_loop())
        rows, _ = await recorder.claim(2, tuple(Role))
        jobs = [recorder.record(exchange(), row) for row in rows]
        results = await asyncio.gather(*jobs, recorder.change(lambda one: one.fact("x")), return_exceptions=True)
        assert results[:2] == [full, full]
        with pytest.raises(OutOfSpace):
            await recorder.claim(1, tuple(Role))
        await asyncio.to_thread(recorder.stop)
        return recorder

    assert asyncio.run(run()).broken is full
    assert table.unread() == []
    table.close()


def test_a_full_disk_is_named_whoever_meets_it(tmp_path: Path) -> None:
    log: list[str] = []
    table = frontier(tmp_path, log)

    async def run() -> None:
        recorder = Recorder(Writer(log, OSError(28, "No space left on device")), table, asyncio.get_running_loop())
        with pytest.raises(OutOfSpace, match="No space left"):
            await recorder.record(exchange(), None)
        await asyncio.to_thread(recorder.stop)

    asyncio.run(run())
    table.close()


def test_a_change_is_told_after_its_commit(tmp_path: Path) -> None:
    log: list[str] = []
    table = frontier(tmp_path, log)

    async def run() -> None:
        recorder = Recorder(Writer(log), table, asyncio.get_running_loop())
        rows, _ = await recorder.claim(1, tuple(Role))
        found = [Found(ARABIC_CODED + "new", ARABIC_CODED + "new", Role.PAGE, "pages")]
        added = await recorder.change(lambda one: one.finish(rows[0], End.ARCHIVED, None, None, found))
        assert (added.waiting, added.ended) == (1, 0)
        assert log[-1] == "commit"
        await asyncio.to_thread(recorder.stop)

    asyncio.run(run())
    assert [row.state for row, _ in table.all()] == [State.DONE, State.QUEUED]
    table.close()


def test_a_failure_without_an_answer_has_no_links_to_be_read_after_a_crash(tmp_path: Path) -> None:
    log: list[str] = []
    table = frontier(tmp_path, log)

    async def run() -> None:
        recorder = Recorder(Writer(log), table, asyncio.get_running_loop())
        rows, _ = await recorder.claim(1, tuple(Role))
        await recorder.record(exchange(response=b"", error="refused"), rows[0])
        await asyncio.to_thread(recorder.stop)

    asyncio.run(run())
    assert table.unread() == []
    table.release()
    assert len(table.claim(9, 0.0)) == 1
    table.close()
