"""What a user does with a home in an object store: crawls into it, is killed, goes on; and another machine, that has
nothing, verifies, replays, searches, exports and derives, with the same answers as from a folder.
"""

import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import obstore
import pytest

from archive.replay.check import look
from archive.replay.server import Wayback
from archive.store.collection import Collection
from archive.store.remote import address
from crawler.demo.server import DemoServer
from tests.archive.store.remote import moto, user
from tests.archive.store.remote.faults import CUT_ANSWER, SLOW_DOWN, Proxy, Request
from tests.archive.store.remote.test_faults import check, held
from tests.crawler.command import lines, policy_archive, profile

PREFIX = "أرشيف/سياسات"
URL = f"s3://{moto.BUCKET}/{PREFIX}"
NAME = "demo"  # as test_faults.py has it
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def journey(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Proxy, Path]]:
    """A collection that a crawl made which was killed, through a proxy that now and then says 503 or cuts."""
    folder = tmp_path_factory.mktemp("journey")
    with pytest.MonkeyPatch.context() as patch, Proxy(store) as proxy:
        for name, value in {**moto.KEYS, "AWS_ENDPOINT_URL": proxy.url, "POLICY_ARCHIVE_WORK": str(folder)}.items():
            patch.setenv(name, value)
        crawled(folder / "one", proxy)
        yield proxy, folder


def crawled(machine: Path, proxy: Proxy) -> None:
    count = iter(range(1_000_000))

    def sometimes(_: Request) -> str | None:
        return {5: SLOW_DOWN, 12: CUT_ANSWER}.get(next(count) % 17)

    machine.mkdir()
    with DemoServer(pages=12) as server:
        site = profile(machine, server.url)
        words = ["crawl", site, "--collection", NAME, "--allow-private", "--delay", "0"]
        running = user.started(URL, machine, *words)
        journal = "work/*/collections/demo/state/index.journal"
        while running.poll() is None and sum(path.read_bytes().count(b"\n") for path in machine.glob(journal)) < 40:
            time.sleep(0.02)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        proxy.plan = sometimes
        done = user.run(URL, machine, *words)
        proxy.plan = lambda _: None
        assert done.returncode == 0, done.stderr
        assert "going on with crawl" in done.stderr


def test_the_crawl_is_in_the_store_and_not_here(journey: tuple[Proxy, Path]) -> None:
    proxy, folder = journey
    found = held(proxy.upstream, PREFIX)
    sealed = check(PREFIX, proxy, found)
    assert len(sealed) >= 2  # the file that the kill left, and the last
    assert not list((user.folder(folder / "one", NAME) / "archive").iterdir())
    assert proxy.done[SLOW_DOWN]
    assert proxy.done[CUT_ANSWER]


def test_another_machine_finds_all_of_it(journey: tuple[Proxy, Path]) -> None:
    _, folder = journey
    one, two = folder / "one", folder / "two"
    verified = user.run(URL, two, "verify", NAME)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert verified.stdout.rstrip().endswith("all good"), verified.stdout
    replayed = user.run(URL, two, "replay", NAME, "--check")
    assert replayed.returncode == 0, replayed.stdout
    found = user.run(URL, two, "search", "القانون", "--limit", "3")
    assert (found.returncode, found.stdout) == (0, user.run(URL, one, "search", "القانون", "--limit", "3").stdout)
    reported = user.run(URL, two, "report", NAME)
    assert reported.stdout.startswith("Complete: all "), reported.stderr
    assert not list((user.folder(two, NAME) / "archive").iterdir())


def test_what_it_derives_and_exports_is_what_a_folder_gives(journey: tuple[Proxy, Path], tmp_path: Path) -> None:
    """The WARCs alone, copied into a folder."""
    proxy, folder = journey
    local = Collection.open(tmp_path / "home" / "collections" / NAME, create=True)
    for key, data in held(proxy.upstream, PREFIX).items():
        if key.startswith("archive/"):
            (local.path / key).write_bytes(data)
    two = folder / "three"
    for done in (policy_archive(tmp_path, "derive", NAME), user.run(URL, two, "derive", NAME)):
        assert done.returncode == 0, done.stderr
    there = user.folder(two, NAME)
    for path in ("dataset/publications.jsonl", "dataset/history.jsonl", "indexes/index.cdxj"):
        assert (there / path).read_bytes() == (local.path / path).read_bytes()
    assert any(line["language"] == "ar" for line in lines(there / "dataset" / "publications.jsonl"))
    policy_archive(tmp_path, "export", NAME, "--format", "csv", "--to", str(tmp_path / "local.csv"))
    user.run(URL, two, "export", NAME, "--format", "csv", "--to", tmp_path / "stored.csv")
    assert (tmp_path / "stored.csv").read_bytes() == (tmp_path / "local.csv").read_bytes()


def test_a_page_is_replayed_from_some_kilobytes(journey: tuple[Proxy, Path]) -> None:
    proxy, _ = journey
    collection = Collection.named(address.working_home(URL) / "collections", NAME)
    line = next(line for line in lines(collection.dataset_dir / "publications.jsonl") if line["language"] == "ar")
    sizes = {name: collection.resolve(name).stat().st_size for name in collection.sealed_warcs()}
    proxy.sent.clear()
    asked = len(proxy.requests)
    with Wayback(collection) as wayback:
        result = look(wayback.content(line["url"]), line["url"], line["title"])
    assert result.ok, result.detail
    ranges = [one for one in proxy.requests[asked:] if "/archive/" in unquote(one.path).partition(NAME)[2]]
    assert ranges
    assert all(one.method == "GET" and one.range for one in ranges)
    given = sum(size for path, size in proxy.sent.items() if path.endswith(".warc.gz"))
    assert line["source"]["length"] <= given < 3 * line["source"]["length"] + 64 * 1024
    assert given < sum(sizes.values()) / 4


def test_browse_shows_it(journey: tuple[Proxy, Path]) -> None:
    _, folder = journey
    serving = user.started(URL, folder / "one", "browse", "--port", "0", output=-1)
    try:
        assert serving.stdout is not None
        base = serving.stdout.readline().strip()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{base}search?q=%D8%A7%D9%84%D9%82%D8%A7%D9%86%D9%88%D9%86", timeout=30) as answer:
            assert "القانون" in answer.read().decode()
    finally:
        os.killpg(serving.pid, signal.SIGINT)
        serving.communicate(timeout=30)


@pytest.mark.soak
def test_it_is_packed_and_frozen(journey: tuple[Proxy, Path]) -> None:
    _, folder = journey
    one = folder / "one"
    packed = user.run(URL, one, "pack", NAME, "--to", one / "all.wacz")
    assert packed.returncode == 0, packed.stderr
    first = lines(user.folder(one, NAME) / "dataset" / "publications.jsonl")[0]
    part = user.run(URL, one, "pack", NAME, "--publication", first["id"], "--to", one / "part.wacz")
    assert part.returncode == 0, part.stderr
    for package in ("all.wacz", "part.wacz"):
        assert user.run(URL, one, "verify", one / package).returncode == 0
    frozen = user.run(URL, one, "release", NAME, "--name", "2026-11")
    assert frozen.returncode == 0, frozen.stderr
    again = user.run(URL, folder / "five", "release", NAME, "--name", "2026-11", "--check")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "the same again" in again.stdout
    unpacked = user.run(URL, one, "unpack", one / "all.wacz", "--into", "copy")
    assert unpacked.returncode == 0, unpacked.stderr
    assert user.run(URL, folder / "five", "verify", "copy", "--bytes").returncode == 0


def test_no_credential_is_in_a_file_or_in_an_object(journey: tuple[Proxy, Path]) -> None:
    proxy, folder = journey
    secret = moto.KEYS["AWS_SECRET_ACCESS_KEY"].encode()
    for path in folder.rglob("*"):
        assert not path.is_file() or secret not in path.read_bytes(), path
    assert not any(secret in data for data in held(proxy.upstream, PREFIX).values())


def test_what_the_store_has_lost_is_named(journey: tuple[Proxy, Path]) -> None:
    """Last: it deletes a WARC, and damages another."""
    proxy, folder = journey
    found = held(proxy.upstream, PREFIX)
    names = sorted(key for key in found if key.startswith("archive/") and key.endswith(".warc.gz"))
    root = f"{PREFIX}/collections/{NAME}/"
    obstore.delete(moto.straight(proxy.upstream), root + names[0])
    data = bytearray(found[names[1]])
    data[len(data) // 2] ^= 1
    obstore.put(moto.straight(proxy.upstream), root + names[1], bytes(data))
    done = user.run(URL, folder / "four", "verify", NAME, "--bytes")
    assert done.returncode == 1
    assert f"{names[0]}" in done.stdout
    assert "not there" in done.stdout
    assert "SHA-256" in done.stdout
    assert "Traceback" not in done.stderr
