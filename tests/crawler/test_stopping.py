"""A crawl that is stopped, by a person, a limit or a full disk: sealed or valid, reported, and the same command goes on
to the same end.
"""

import contextlib
import json
import os
import pty
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.demo.server import DemoServer
from tests.crawler.command import environment, lines, policy_archive, profile, started
from tests.crawler.sockets import Script, Wire, scripted

ROBOTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
PATHS = [f"/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7-{number}/" for number in range(6)]  # سوريا
BODY = "<html><body><h1>سوريا</h1><p>نص</p></body></html>".encode()
PAGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY) + BODY
)


class Gate:
    """A page whose answer waits until it is let through."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.open = threading.Event()

    def __call__(self, path: str, connection: socket.socket) -> None:
        self.asked.set()
        self.open.wait(50)  # less than a crawl waits for an answer
        connection.sendall(PAGE)


@contextlib.contextmanager
def site(folder: Path, gate: Gate) -> Iterator[tuple[Wire, list[str]]]:
    """Six pages, of which the third waits; and the command that crawls them."""
    served: dict[str, bytes | Script] = {"/robots.txt": ROBOTS, **dict.fromkeys(PATHS, PAGE), PATHS[2]: gate}
    with scripted(served) as wire:
        home = f"http://127.0.0.1:{wire.port}"
        (folder / "urls.txt").write_text("".join(f"{home}{path}\n" for path in PATHS))
        command = ["crawl", str(profile(folder, home + "/")), "--urls", "urls.txt", "--collection", "stop"]
        try:
            yield wire, [*command, "--allow-private", "--delay", "0.01"]
        finally:
            gate.open.set()


@contextlib.contextmanager
def asked(folder: Path) -> Iterator[tuple[Wire, list[str], "subprocess.Popen[str]", Gate]]:
    """That crawl, while it waits for the third page."""
    gate = Gate()
    with site(folder, gate) as (wire, words):
        process = started(folder, words)
        assert gate.asked.wait(60)
        yield wire, words, process, gate


def ends(folder: Path) -> dict[str, str]:
    (urls,) = (folder / "home").rglob("urls.jsonl")
    return {line["url"][-3:]: line["end"] for line in lines(urls)}


def goes_on(folder: Path, wire: Wire, words: list[str], in_flight: int = 0) -> None:
    """The same command ends the crawl, with every page once, and what was fetched is not fetched again but for what was
    in flight.
    """
    done = policy_archive(folder, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "going on with crawl" in done.stderr
    assert set(ends(folder).values()) == {"archived"}
    asked = [request.split(b" ")[1].decode() for request in wire.requests]
    pages = [path for path in asked if path != "/robots.txt"]
    assert set(pages) == set(PATHS)
    assert len(pages) <= len(PATHS) + in_flight
    assert len(lines(folder / "home/collections/stop/dataset/publications.jsonl")) == len(PATHS)
    verified = policy_archive(folder, "verify", "stop")
    assert verified.returncode == 0, verified.stdout


@pytest.mark.faults
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_one_signal_drains_seals_and_reports(tmp_path: Path, number: signal.Signals) -> None:
    with asked(tmp_path) as (wire, words, process, gate):
        send = os.killpg if number == signal.SIGINT else os.kill  # a terminal's Ctrl-C reaches the workers too
        send(process.pid, number)
        gate.open.set()
        told, said = process.communicate(timeout=60)
        assert process.returncode == 130, said
        assert "run the same command again" in said
        assert "Traceback" not in said
        assert "interrupted" in told
        archive = tmp_path / "home/collections/stop/archive"
        assert [path.suffix for path in archive.iterdir()] == [".gz"]  # sealed
        assert ends(tmp_path)["-2/"] == "archived"  # what was in flight was waited for
        report = json.loads(next((tmp_path / "home").rglob("report.json")).read_text())
        assert report["exit_code"] == 130
        assert sum(report["urls"].values()) == report["found"] == len(PATHS)
        goes_on(tmp_path, wire, words)


@pytest.mark.faults
def test_a_second_signal_ends_it_at_once_and_leaves_a_valid_archive(tmp_path: Path) -> None:
    with asked(tmp_path) as (wire, words, process, gate):
        os.killpg(process.pid, signal.SIGINT)
        os.kill(process.pid, signal.SIGTERM)
        began = time.monotonic()
        _, said = process.communicate(timeout=60)
        assert time.monotonic() - began < 20  # seconds: the answer that a single signal waits for never comes
        assert process.returncode == 130
        assert "Traceback" not in said
        assert "leaked" not in said
        verified = policy_archive(tmp_path, "verify", "stop", "--bytes")
        assert verified.returncode == 0, verified.stdout
        gate.open.set()
        goes_on(tmp_path, wire, words, in_flight=2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limit", "delay"),  # seconds: with a delay no machine, however fast, has all of it within --max-minutes
    [
        (("--max-pages", "7"), 0),
        pytest.param(("--max-minutes", "0.03"), 0.1, marks=pytest.mark.soak),
        (("--max-megabytes", "0.2"), 0),
    ],
)
def test_a_limit_ends_with_exit_code_4_and_the_same_command_goes_on(
    tmp_path: Path, limit: tuple[str, str], delay: float
) -> None:
    with DemoServer(pages=12) as server:
        site = str(profile(tmp_path, server.url, extends="demo", etiquette={"delay": delay}))
        words = ["crawl", site, "--collection", "stop", "--allow-private"]
        first = policy_archive(tmp_path, *words, *limit, "--json")
        report = json.loads(first.stdout)
        assert first.returncode == 4
        assert "same command again" in first.stderr
        assert report["urls"]["limit"] > 0
        second = policy_archive(tmp_path, *words, *limit, "--json")
        assert second.returncode in (0, 4), second.stderr
        assert "going on" in second.stderr
        assert json.loads(second.stdout)["urls"].get("archived", 0) >= report["urls"].get("archived", 0)
        if second.returncode == 4:
            last = policy_archive(tmp_path, *words)
            assert last.returncode == 0, last.stderr
            assert "going on" in last.stderr
    assert len(list((tmp_path / "home/collections/stop/crawls").iterdir())) == 1
    assert policy_archive(tmp_path, "verify", "stop").returncode == 0


@pytest.mark.faults
@pytest.mark.parametrize("size", [1_000, pytest.param(400_000, marks=pytest.mark.slow)])
def test_a_full_disk_is_one_line_and_nothing_is_lost(tmp_path: Path, size: int) -> None:
    with DemoServer(pages=12) as server:
        words = ["crawl", str(profile(tmp_path, server.url, extends="demo")), "--collection", "stop", "--allow-private"]
        full = subprocess.run(
            [sys.executable, "-m", "crawler.cli", "--home", str(tmp_path / "home"), *words],
            cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=120, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        )  # fmt: skip
        assert full.returncode == 3, full.stdout + full.stderr
        (told,) = full.stderr.strip().splitlines()
        assert "no space left" in told
        assert "make room" in told
        done = policy_archive(tmp_path, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        wanted = sum(server.institute().is_live(number) for number in range(12))
    publications = lines(tmp_path / "home/collections/stop/dataset/publications.jsonl")
    assert sum(one["kind"] != "page" for one in publications) == wanted
    assert policy_archive(tmp_path, "verify", "stop").returncode == 0


def test_a_terminal_sees_one_live_line_without_colour_where_none_is_wanted(tmp_path: Path) -> None:
    gate = Gate()
    with site(tmp_path, gate) as (_, words):
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "crawler.cli", "--home", str(tmp_path / "home"), *words],
            cwd=tmp_path, env={**environment(), "TERM": "xterm", "COLUMNS": "160"},
            stdout=subprocess.PIPE, stderr=slave,
        )  # fmt: skip
        os.close(slave)
        seen = b""
        with contextlib.suppress(OSError):  # EIO at its end
            while data := os.read(master, 4096):
                seen += data
                if b"pages/s" in seen:
                    gate.open.set()
        os.close(master)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    told = seen.decode()
    assert " found · " in told
    assert " GB free" in told
    assert "\x1b[3" not in told.replace("\x1b[3J", "")  # NO_COLOR: no colours
    assert b"\x1b" not in out
