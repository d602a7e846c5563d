"""What the scheduler begins, puts off, skips and goes on with: a clock that the test sets, and crawls that it ends."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.store.collection import Collection
from crawler.schedule.plan import Plan
from crawler.schedule.runner import STATE, Runner
from crawler.schedule.runs import Run, Runs, State
from crawler.schedule.worker import Held
from tests.crawler.schedule.plans import entry, utc, written

MINUTE = timedelta(minutes=1)
THREE = utc("2026-11-23T03:00")


class Crawl:
    """A crawl that ends when the test says so."""

    def __init__(self, words: list[str], ended: Callable[[int], None]) -> None:
        self.words, self.ended, self.pid, self.drained = words, ended, 1, 0

    def drain(self) -> None:
        self.drained += 1

    def why(self) -> str | None:
        return "سبب"


class Desk:
    """A runner, its clock and its crawls."""

    def __init__(self, home: Path, text: str, now: datetime = THREE - MINUTE) -> None:
        self.home, self.now = home, now
        self.crawls: list[Crawl] = []
        self.told: list[tuple[str, int]] = []
        self.open(written(home, text))

    def open(self, plan: Plan) -> None:
        self.runs = Runs(self.home / "state" / "schedule.sqlite")
        self.runner = Runner(
            self.home, plan, self.runs, now=lambda: self.now, launch=self.launch,
            missed=lambda one, count: self.told.append((one.name, count)),
            failed=lambda one, code, why: self.told.append((f"{one.name}: {why}", code)),
        )  # fmt: skip
        self.runner.step()

    def launch(self, words: list[str], output: Path, held: Held, ended: Callable[[int], None]) -> Crawl:
        self.crawls.append(Crawl(words, ended))
        return self.crawls[-1]

    def at(self, text: str) -> list[str]:
        """Looks at that time of the day; the collections whose crawls were begun since."""
        self.now = utc(f"2026-11-23T{text}") if len(text) <= 8 else utc(text)
        before = len(self.crawls)
        self.runner.step()
        return [crawl.words[5] for crawl in self.crawls[before:]]

    def end(self, number: int, code: int = 0, report: dict[str, object] | None = None) -> None:
        if report is not None:
            self.report(self.crawls[number].words[5], report)
        self.crawls[number].ended(code)
        self.runner._take(0)

    def report(self, collection: str, report: dict[str, object]) -> None:
        folder = self.home / "collections" / collection / "crawls" / "20261123030000"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_text(json.dumps({"ended": f"{self.now:%Y%m%d%H%M%S}", **report}))

    def killed(self) -> None:
        """The scheduler and its crawls are no more."""
        for _, _, held in self.runner._running.values():
            held.release()
        self.runs.close()

    def states(self, name: str = "timep") -> list[tuple[str, str, int | None]]:
        return [(f"{run.planned:%d %H:%M}", str(run.state), run.exit_code) for run in reversed(self.runs.of(name))]


def test_a_run_begins_when_it_is_due_and_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, entry())
    assert desk.at("02:59:59") == []
    assert desk.at("03:00") == ["timep"]
    assert desk.at("03:01") == []
    desk.end(0)
    assert desk.at("03:02") == []
    assert desk.states() == [("23 03:00", "ended", 0)]
    desk.killed()


def test_several_institutes_at_a_time_and_no_more(tmp_path: Path) -> None:
    text = "at_once = 2\n" + entry() + entry(institute="ecfr") + entry(institute="carnegie")
    desk = Desk(tmp_path, text)
    assert desk.at("03:00") == ["carnegie", "ecfr"]
    assert desk.at("03:01") == []
    desk.end(1)
    assert desk.at("03:02") == ["timep"]
    desk.killed()


@pytest.mark.parametrize(("overlap", "state"), [("skip", "skipped"), ("queue", "waiting")])
def test_a_crawl_that_still_runs(tmp_path: Path, overlap: str, state: str) -> None:
    desk = Desk(tmp_path, entry(when="every hour", overlap=overlap))
    desk.at("03:00")
    assert desk.at("04:00") == []
    assert [one[1] for one in desk.states()] == ["running", state]
    assert desk.at("05:00") == []  # where runs queue, one waits
    assert [one[1] for one in desk.states()] == ["running", state, "skipped"]
    desk.end(0)
    assert desk.at("05:01") == (["timep"] if overlap == "queue" else [])
    desk.killed()


def test_a_crawl_that_somebody_began_by_hand(tmp_path: Path) -> None:
    desk = Desk(tmp_path, entry())
    with Collection.open(tmp_path / "collections" / "timep", create=True).lock():
        assert desk.at("03:00") == []
    assert desk.states() == [("23 03:00", "skipped", None)]
    desk.killed()


def test_a_window_is_waited_for_and_ends_a_crawl(tmp_path: Path) -> None:
    desk = Desk(tmp_path, entry(window="22:00-06:00", when="every day at 12:00", max_minutes=600))
    assert desk.at("12:00") == []
    assert desk.at("21:59") == []
    assert desk.at("23:00") == ["timep"]
    words = desk.crawls[0].words
    assert words[words.index("--max-minutes") + 1] == "420"
    desk.end(0, 4)
    assert desk.states()[0][2] == 4
    desk.killed()


def test_after_a_kill_what_was_claimed_is_gone_on_with(tmp_path: Path) -> None:
    desk = Desk(tmp_path, entry())
    desk.at("03:00")
    desk.killed()
    desk.now = utc("2026-11-23T03:20")
    desk.open(desk.runner.plan)
    assert len(desk.crawls) == 2
    desk.end(1)
    assert desk.states() == [("23 03:00", "ended", 0)]
    desk.killed()


def test_a_crawl_that_outlived_the_scheduler_is_not_begun_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, entry())
    desk.at("03:00")
    desk.killed()
    orphan = Held.take(tmp_path / STATE / "timep.lock")  # which the crawl shares
    assert orphan is not None
    desk.now = utc("2026-11-23T03:20")
    desk.open(desk.runner.plan)
    assert len(desk.crawls) == 1
    desk.report("timep", {"exit_code": 1, "why": "مصدر فشل"})
    orphan.release()
    assert desk.at("03:21") == []
    assert desk.states() == [("23 03:00", "ended", 1)]
    assert desk.runs.of("timep")[0].why == "مصدر فشل"
    desk.killed()


def test_a_crawl_that_was_killed_is_gone_on_with_three_times(tmp_path: Path) -> None:
    desk = Desk(tmp_path, entry())
    desk.at("03:00")
    desk.end(0, -9)
    assert desk.at("03:00:30") == []
    assert desk.at("03:01") == ["timep"]
    desk.end(1, -9)
    assert desk.at("03:02") == ["timep"]
    desk.end(2, -9)
    assert desk.at("03:09") == []
    assert desk.states() == [("23 03:00", "ended", -9)]
    assert desk.told == [("timep: its process was killed by signal 9", -9)]
    desk.killed()


def test_a_crawl_that_could_not_run_is_told_of_and_one_that_reports_tells_itself(tmp_path: Path) -> None:
    desk = Desk(tmp_path, entry(when="every hour"))
    desk.at("03:00")
    desk.end(0, 2)
    assert desk.told == [("timep: سبب", 2)]
    desk.at("04:00")
    desk.end(1, 5, {"exit_code": 5, "why": "refused"})
    assert len(desk.told) == 1
    desk.killed()


def test_a_drained_run_is_gone_on_with(tmp_path: Path) -> None:
    desk = Desk(tmp_path, entry())
    desk.at("03:00")
    desk.runner.stop()
    desk.runner._take(0)
    assert desk.crawls[0].drained == 1
    desk.end(0, 130, {"exit_code": 130})
    assert desk.states() == [("23 03:00", "running", None)]
    desk.killed()
    desk.open(desk.runner.plan)
    assert len(desk.crawls) == 2
    desk.killed()


def test_downtime_is_made_up_for_and_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path, entry(catch_up="once") + entry(institute="ecfr", catch_up="none"))
    desk.killed()
    desk.now = utc("2026-11-26T12:00")
    desk.open(desk.runner.plan)
    assert [crawl.words[5] for crawl in desk.crawls] == ["timep"]
    assert sorted(desk.told) == [("ecfr", 4), ("timep", 4)]
    assert desk.runs.counts()[("ecfr", "missed", -1000)] == 4
    desk.killed()


@pytest.mark.faults
@pytest.mark.parametrize("jump", ["2026-11-22T03:30", "2027-11-23T03:30"], ids=["a day back", "a year on"])
def test_a_clock_that_jumps_while_a_crawl_runs(tmp_path: Path, jump: str) -> None:
    desk = Desk(tmp_path, entry())
    assert desk.at("03:00") == ["timep"]
    desk.end(0)
    begun = desk.at(jump)
    assert begun == (["timep"] if "2027" in jump else [])
    if begun:
        desk.end(1)
    assert desk.at("03:31") == []
    assert desk.at("2026-11-24T03:00") == ["timep"]
    desk.killed()


def test_an_entry_that_is_gone_ends_what_it_had_claimed(tmp_path: Path) -> None:
    desk = Desk(tmp_path, entry(when="every day at 12:00", window="22:00-23:00"))
    desk.at("12:00")
    desk.killed()
    desk.open(written(tmp_path, entry(name="other")))
    assert desk.states() == [("23 12:00", "skipped", None)]
    desk.killed()


def test_once_runs_what_is_due_and_not_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, entry(), utc("2026-11-23T03:10"))
    (one,) = desk.runner.plan.entry

    def launch(words: list[str], output: Path, held: Held, ended: Callable[[int], None]) -> Crawl:
        ended(0)
        return Crawl(words, ended)

    desk.runner._launch = launch
    first: list[Run] = desk.runner.once(one)
    assert [(run.planned, run.state) for run in first] == [(THREE, State.ENDED)]
    assert desk.runner.once(one) == []
    assert [run.state for run in desk.runner.once(one, by_hand=True)] == [State.ENDED]
    desk.killed()
