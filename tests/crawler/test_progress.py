"""What a person sees while a crawl runs, where there is no terminal: a plain line a minute."""

import io
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rich.console import Console
from twisted.internet.task import Clock

from crawler.crawl import Progress
from crawler.frontier import End
from crawler.progress import Watcher


def crawl(path: Path) -> Any:
    progress = Progress(found=1_234, unfetched=200, ends=Counter({End.ARCHIVED: 1_000, End.FAILED: 3}), bytes=2_500_000)
    tenure = SimpleNamespace(waits=False)
    return SimpleNamespace(progress=progress, paused=False, tenure=tenure, collection=SimpleNamespace(path=path))


def test_a_plain_line_a_minute(tmp_path: Path) -> None:
    folder = tmp_path / "معهد"
    folder.mkdir()
    out, clock = io.StringIO(), Clock()
    watcher = Watcher(crawl(folder), Console(file=out, width=40))
    watcher.start(clock)
    clock.advance(59)
    assert out.getvalue() == ""
    clock.advance(1)
    clock.pump([60, 60])
    told = out.getvalue().splitlines()
    assert len(told) == 3  # never folded, however narrow
    assert told[0].startswith(
        "1,234 found · 1,000 archived · 0 unchanged · 3 failed · 31 queued · 0.0 pages/s · 2.5 MB · "
    )
    assert "\x1b" not in out.getvalue()
    watcher.stop()
    assert clock.getDelayedCalls() == []


def test_a_terminal_gets_a_live_line_that_goes_away(tmp_path: Path) -> None:
    out, clock = io.StringIO(), Clock()
    watcher = Watcher(crawl(tmp_path), Console(file=out, width=160, force_terminal=True, legacy_windows=False))
    watcher.start(clock)
    clock.advance(0.5)
    assert "1,000 archived" in out.getvalue()
    watcher.stop()
    assert out.getvalue().endswith("\x1b[2K")


def test_quiet_is_quiet(tmp_path: Path) -> None:
    out, clock = io.StringIO(), Clock()
    watcher = Watcher(crawl(tmp_path), Console(file=out), quiet=True)
    watcher.start(clock)
    clock.pump([60] * 3)
    watcher.stop()
    assert out.getvalue() == ""


def test_it_says_that_the_database_is_waited_for(tmp_path: Path) -> None:
    waiting = crawl(tmp_path)
    watcher = Watcher(waiting, Console(file=io.StringIO(), width=40))
    assert "database" not in watcher.line()
    waiting.tenure.waits = True
    assert watcher.line().startswith("waits for its database")
