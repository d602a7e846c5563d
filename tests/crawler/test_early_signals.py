"""A signal that comes before the crawl has begun, or to its workers as well: one line, and the same command goes on."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.crawler.command import policy_archive, started
from tests.crawler.test_stopping import Gate, asked, goes_on, site


def catches(process: "subprocess.Popen[str]", number: signal.Signals) -> bool:
    """Whether a process that has just been started has a handler of its own for the signal."""
    while process.poll() is None:
        told = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace")
        caught = re.search(r"SigCgt:\s*([0-9a-f]+)", told)
        if caught and int(caught[1], 16) >> (number - 1) & 1:
            return True
    return False


@pytest.mark.faults
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks at a process from outside")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_the_imports_ends_it_with_one_line(tmp_path: Path, number: signal.Signals) -> None:
    """The handler of SIGTERM is the command's own: from when it is there, until the last import, a second goes by."""
    process = started(tmp_path, ["crawl", "timep"])
    assert catches(process, signal.SIGTERM)
    os.killpg(process.pid, number)
    told, said = process.communicate(timeout=60)
    assert (process.returncode, told, said) == (130, "", "policy-archive: interrupted\n")
    assert not (tmp_path / "home").exists()


@pytest.mark.faults
def test_sigterm_to_workers_too_drains_and_reports(tmp_path: Path) -> None:
    """As `systemctl stop` and `timeout` send it. The workers are gone then: what came is read by the next run."""
    with asked(tmp_path) as (wire, words, process, gate):
        os.killpg(process.pid, signal.SIGTERM)
        gate.open.set()
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130, said
        assert "Traceback" not in said
        goes_on(tmp_path, wire, words, in_flight=2)


@pytest.mark.faults
@pytest.mark.slow
def test_sigterm_as_the_first_request_comes_leaves_what_can_be_gone_on_with(tmp_path: Path) -> None:
    """The worker processes are not there yet, or are just being made."""
    gate = Gate()
    with site(tmp_path, gate) as (wire, words):
        wire.answers["/robots.txt"], robots = gate, wire.answers["/robots.txt"]
        process = started(tmp_path, words)
        assert gate.asked.wait(60)
        os.killpg(process.pid, signal.SIGTERM)
        wire.answers["/robots.txt"] = robots
        gate.open.set()
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130, said
        assert "Traceback" not in said
        done = policy_archive(tmp_path, *words)
        assert done.returncode == 0, done.stderr
        assert "going on with crawl" in done.stderr
