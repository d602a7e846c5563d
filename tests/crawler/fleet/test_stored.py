"""Two machines that share nothing but a database and an object store: one is killed, the other goes on."""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from archive.store.collection import Collection
from archive.store.remote import address
from crawler.demo.server import DemoServer
from crawler.fleet.local import Server
from tests.archive.store.remote import user
from tests.crawler.command import lines, lines_so_far, profile
from tests.crawler.fleet.test_takeover import around


@pytest.mark.slow
@pytest.mark.faults
def test_what_a_lost_machine_had_not_put_there_is_fetched_again(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, name = f"file://{tmp_path}/مخزن", "stored"
    log = tmp_path / "log.jsonl"
    with DemoServer(pages=10, log=log) as site:
        words = ["crawl", profile(tmp_path, site.url, extends="demo"), "--collection", name]
        words += ["--allow-private", "--delay", "0.01"]
        for key, value in around(postgres, "one").items():
            monkeypatch.setenv(key, value)
        first = user.started(url, tmp_path / "one", *words)
        while len(lines_so_far(log)) < 40:
            assert first.poll() is None
            time.sleep(0.02)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        monkeypatch.setenv("POLICY_ARCHIVE_MACHINE", "two")
        while "is crawled by" in (done := user.run(url, tmp_path / "two", *words)).stderr:
            assert done.returncode == 6  # the lost one's lease lasts
        assert done.returncode == 0, done.stderr
        assert "going on with crawl" in done.stderr
        found = lines(next((tmp_path / "two").rglob("urls.jsonl")))
        assert not {"queued", "failed"} & {line["end"] for line in found}
        asked = len(lines(log))
        # the lost machine comes back: what it had captured is put there too, and nothing has been in its way
        monkeypatch.setenv("POLICY_ARCHIVE_MACHINE", "one")
        back = user.run(url, tmp_path / "one", "derive", name)
        assert back.returncode == 0, back.stderr
        assert len(lines(log)) == asked
    monkeypatch.setenv("POLICY_ARCHIVE_WORK", str(tmp_path / "three"))
    third = Collection.named(address.working_home(url) / "collections", name)
    archived = {line["url"] for line in found if line["end"] == "archived"}
    assert archived <= {line.url for line in third.captures()}
    written = {re.sub(r"-\d+\.warc\.gz", "", warc) for warc in third.sealed_warcs()}
    assert len(written) == 2, "of both machines"
    verified = user.run(url, tmp_path / "two", "verify", name)
    assert verified.returncode == 0, verified.stdout
