"""Replay of the sample collection through pywb, in its own process, over loopback alone."""

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from archive.replay import server
from archive.replay.check import newest, replay_check
from archive.replay.server import ReplayError, Wayback, recovered
from archive.store.collection import Collection
from archive.store.exchange import Exchange
from archive.store.writer import Writer
from tests.archive.audit import samples
from tests.archive.store.samples import ARABIC_CODED, PAGE
from tests.archive.store.test_not_modified import asked_again

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20 + b"\n%%EOF\n"
IMAGES = '<img src="/a.png" srcset="/a.png 1x, /b.png 2x" alt="صورة">'.encode()
MORE = [
    samples.exchange(f"{samples.HOME}/images/", samples.response(IMAGES, "Content-Type: text/html; charset=utf-8"), 10),
    samples.exchange(
        f"{samples.HOME}/report.pdf",
        samples.response(PDF, "Content-Type: application/pdf", f"Content-Length: {len(PDF)}"),
        11,
    ),
    samples.exchange(
        f"{samples.HOME}/cookies/",
        samples.response(b"<p>ok</p>", "Content-Type: text/html", "Set-Cookie: a=b", "Clear-Site-Data: *"),
        12,
    ),
]


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return samples.collection(tmp_path_factory.mktemp("home"), more=MORE)


@pytest.fixture(scope="module")
def wayback(collection: Collection) -> Iterator[Wayback]:
    with Wayback(collection) as running:
        yield running


def get(address: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(address)
    assert parts.hostname == "127.0.0.1"
    connection = HTTPConnection(parts.hostname, parts.port or 80, timeout=120)
    try:
        connection.request("GET", address.partition(parts.netloc)[2])
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("timestamp", ["", "20261101120000", "20261102120000"])
@pytest.mark.parametrize(
    ("url", "title"), [(samples.ENGLISH, "Courts &amp; decrees"), (samples.ARABIC, "المحاكم والمراسيم")]
)
def test_pages_are_replayed_at_both_visits(wayback: Wayback, url: str, title: str, timestamp: str) -> None:
    """The English one is gzipped and chunked; the second visit of each is a revisit."""
    status, _, body = get(wayback.content(url, timestamp))
    assert status == 200
    assert f"<title>{title}</title>" in body.decode()


def test_an_arabic_address_is_found_in_every_spelling(wayback: Wayback) -> None:
    for spelling in (samples.ARABIC, samples.ARABIC.lower(), samples.ARABIC.replace("https:", "http:")):
        assert get(wayback.content(spelling))[0] == 200


def test_redirects_and_errors_are_replayed(wayback: Wayback) -> None:
    status, headers, _ = get(wayback.content(samples.MOVED))
    assert status == 301
    assert headers["location"].endswith(f"mp_/{samples.ENGLISH}")
    assert get(wayback.content(f"{samples.HOME}/gone/"))[0] == 404


def test_a_pdf_is_the_bytes_that_were_captured(wayback: Wayback) -> None:
    status, headers, body = get(wayback.content(f"{samples.HOME}/report.pdf"))
    assert (status, headers["content-type"], body) == (200, "application/pdf", PDF)


def test_images_are_led_to_the_archive(wayback: Wayback) -> None:
    body = get(wayback.content(f"{samples.HOME}/images/"))[2].decode()
    for image in ("a.png", "b.png"):
        assert f"_/{samples.HOME}/{image}" in body


def test_nothing_comes_from_the_live_web(wayback: Wayback) -> None:
    with socket.create_server(("127.0.0.1", 0)) as live:
        live.settimeout(0.2)
        status, _, _ = get(wayback.content(f"http://127.0.0.1:{live.getsockname()[1]}/"))
        with pytest.raises(TimeoutError):
            live.accept()
    assert status == 404
    assert get(wayback.base.replace("/sample/", f"/live/mp_/{samples.HOME}/"))[0] == 404


def test_pages_run_sandboxed_and_leave_no_trace(wayback: Wayback) -> None:
    _, headers, _ = get(wayback.content(f"{samples.HOME}/cookies/"))
    assert "sandbox allow-scripts" in headers["content-security-policy"]
    assert "allow-same-origin" not in headers["content-security-policy"]
    assert not {"set-cookie", "clear-site-data"} & headers.keys()
    _, headers, _ = get(wayback.page(samples.ENGLISH))
    assert "sandbox" not in headers["content-security-policy"]
    assert "frame-src 'self'" in headers["content-security-policy"]
    _, headers, _ = get(wayback.content(samples.STYLE).replace("mp_/", "cs_/"))
    assert headers["access-control-allow-origin"] == "null"


def test_nothing_is_written_to_the_collection(collection: Collection, wayback: Wayback) -> None:
    before = sorted(collection.path.rglob("*"))
    get(wayback.content(samples.ENGLISH))
    get(wayback.base)
    assert sorted(collection.path.rglob("*")) == before


def test_replay_check_says_what_is_missing(collection: Collection) -> None:
    samples_ = [
        (samples.ENGLISH, "Courts & decrees"),
        (samples.ARABIC, "المحاكم والمراسيم"),
        (unquote(samples.ARABIC), "المحاكم والمراسيم"),
        (samples.ARABIC, "شيء آخر"),
        (f"{samples.HOME}/never/", "anything"),
    ]
    results = replay_check(collection, samples_)
    assert [(result.ok, result.status) for result in results] == [(True, 200)] * 3 + [(False, 200), (False, 404)]


def test_what_is_not_sealed_yet_is_replayed(tmp_path: Path) -> None:
    made = samples.collection(tmp_path, crawls=1)
    late = samples.exchange(f"{samples.HOME}/late/", samples.response("خبر عاجل".encode(), "Content-Type: text/html"))
    with made.lock():
        writer = Writer(made, "20261105120000", "policy-archive test", {}, clock=lambda: samples.BEGAN)
        writer.write([late])
        assert [result.ok for result in replay_check(made, [(late.url, "خبر عاجل")])] == [True]
        assert not recovered(Collection.open(made.path))
    assert recovered(Collection.open(made.path))
    assert made.open_warcs() == []
    assert [result.ok for result in replay_check(made, [(late.url, "خبر عاجل")])] == [True]


def test_an_index_cannot_lead_out_of_the_collection(tmp_path: Path) -> None:
    made = samples.collection(tmp_path / "inside", crawls=1)
    other = samples.collection(tmp_path / "outside", crawls=1, more=[secret()])
    line = next(iter(other.captures_of(secret().url)))
    path = f"{'../' * 8}{other.archive_dir}/{line.filename}"
    made.index.merge([f"{line._replace(filename=path)}\n".encode()])
    [result] = replay_check(made, [(secret().url, "سرّ")])
    assert not result.ok


def secret() -> Exchange:
    return samples.exchange(f"{samples.HOME}/secret/", samples.response("سرّ".encode(), "Content-Type: text/html"))


def test_a_port_that_is_taken_is_one_clear_line(collection: Collection) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ReplayError, match=f"port {port}: Address already in use"), Wayback(collection, port):
            pass


def test_without_pywb_the_way_to_install_it_is_told(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ReplayError, match=r"pip install 'policy-archive\[replay\]'"), Wayback(collection):
        pass


def test_the_newest_of_each_language_is_offered(tmp_path: Path) -> None:
    made = Collection.open(tmp_path / "sample", create=True)
    lines = [
        ("en", "2025-01-01", "Old", "live"),
        ("en", "2025-03-01", "New", "live"),
        ("en", "2025-04-01", "Gone", "gone"),
        ("ar", "2024-03-01", "خبر", "live"),
        ("ar", None, "بلا تاريخ", "live"),
    ]
    written = [
        json.dumps(
            {
                "url": f"{samples.HOME}/{title}",
                "title": title,
                "language": language,
                "published": day,
                "state": state,
                "text": "x",
            }
        )
        for language, day, title, state in lines
    ]
    assert newest(made) == []
    (made.dataset_dir / "publications.jsonl").write_text("\n".join(written) + "\n", encoding="utf-8")
    assert [title for _, title in newest(made)] == ["New", "خبر"]
    assert [title for _, title in newest(made, ("fr",))] == ["New"]


def test_a_visit_that_found_nothing_changed_shows_what_was_there(tmp_path: Path) -> None:
    collection, _, _ = asked_again(tmp_path)
    with Wayback(collection) as wayback:
        status, headers, body = get(wayback.content(ARABIC_CODED, "20261122180100"))
        assert status == 200
        assert body.endswith(PAGE.removeprefix(b"<!doctype html>"))
        assert headers["memento-datetime"] == "Sun, 22 Nov 2026 18:01:00 GMT"
