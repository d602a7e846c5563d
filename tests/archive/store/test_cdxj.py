import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from surt import surt

from archive.errors import DamagedRecord
from archive.store import cdxj, records
from archive.store.cdxj import Index, IndexLine
from archive.store.exchange import Resource
from tests.archive.store.samples import (
    ARABIC,
    ARABIC_CODED,
    BEGAN,
    CHUNKED,
    GZIP,
    HOSTILE,
    PAGE,
    PLAIN,
    exchange,
    sealed,
    writer,
)

LINE = IndexLine(
    key="example,institute)/%d8%aa",
    timestamp="20261122180000",
    url="https://institute.example/%D8%AA",
    mime="text/html",
    status=200,
    digest="sha256:00",
    length=10,
    offset=20,
    filename="demo.warc.gz",
)


def test_a_line_is_read_as_it_was_written() -> None:
    assert cdxj.parse(f"{LINE}\n".encode()) == LINE
    bare = LINE._replace(mime=None, status=None)
    assert cdxj.parse(str(bare).encode()) == bare


@pytest.mark.parametrize(
    "line", [b"", b"key 2026", b"key 2026 {}", b"key 2026 []", b"\xff 2026 {}", b'key 2026 {"url": "torn']
)
def test_what_is_no_line_is_refused(line: bytes) -> None:
    with pytest.raises(DamagedRecord, match="not a CDXJ line"):
        cdxj.parse(line)


def test_the_index_is_what_cdxj_indexer_makes(tmp_path: Path) -> None:
    """But for digests of chunked bodies, which cdxj-indexer takes over the chunk framing, and in SHA-1."""
    urls = [
        ARABIC,
        "http://127.0.0.1:8090/?p=3&a=1",
        "https://www.institute.example//a/../B/;x?",
        "http://[::1]:8080/é",
    ]
    responses = [PLAIN, GZIP, CHUNKED, HOSTILE["no reason"]]
    batch = [exchange(url, response, n) for n, (url, response) in enumerate(zip(urls * 4, responses * 4, strict=True))]
    failed = exchange(response=b"", error="refused")
    collection, _ = sealed(tmp_path / "demo", *batch, failed)
    with collection.lock():
        hand = writer(collection)
        hand.write(
            [Resource("urn:policy-archive:profile:1", "application/json", b'{"name": "\xd9\x85"}', BEGAN), *batch]
        )
        hand.seal()
    paths = sorted(collection.archive_dir.iterdir())
    command = [sys.executable, "-m", "cdxj_indexer.main", "--sort", *map(str, paths)]
    theirs = subprocess.run(command, capture_output=True, check=True).stdout.splitlines(keepends=True)
    ours = list(collection.index)

    assert len(theirs) == len(ours) == 33
    for their, our in zip(theirs, ours, strict=True):
        their_head, _, their_json = their.partition(b"{")
        our_head, _, our_json = our.partition(b"{")
        expected = json.loads(b"{" + their_json)
        if expected["digest"].startswith("sha1:"):
            expected["digest"] = records.sha256(PAGE)
        assert (our_head, json.loads(b"{" + our_json)) == (their_head, expected)
    assert ours == sorted(ours)


@given(st.sets(st.text("abc", max_size=4), max_size=40), st.text("abc", max_size=4))
def test_binary_search_finds_what_a_scan_finds(words: set[str], wanted: str) -> None:
    path = Path("/dev/shm") / "policy-archive-test.cdxj"
    lines = sorted(f"{word} 2026\n".encode() for word in words)
    path.write_bytes(b"".join(lines))
    try:
        assert list(Index(path).since(wanted.encode())) == [line for line in lines if line >= wanted.encode()]
    finally:
        path.unlink()


def test_merge_sorts_and_drops_what_is_there_twice(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.cdxj")
    assert list(index) == []
    index.merge([b"b\n", b"c\n"])
    index.merge([b"a\n", b"b\n", b"d\n"])
    assert list(index) == [b"a\n", b"b\n", b"c\n", b"d\n"]
    assert [path.name for path in tmp_path.iterdir()] == ["index.cdxj"]


def test_captures_are_found_in_both_spellings_and_not_by_surt_alone(tmp_path: Path) -> None:
    other = ARABIC_CODED.replace("https", "http")  # has the same SURT
    collection, _ = sealed(tmp_path / "demo", exchange(ARABIC), exchange(other, after=1), exchange(ARABIC, after=2))
    assert cdxj.key(ARABIC_CODED) == cdxj.key(other)
    for url in (ARABIC, ARABIC_CODED):
        assert [line.timestamp[-2:] for line in collection.index.captures(url)] == ["00", "02"]
    assert [line.url for line in collection.index.captures(other)] == [other]


def test_lookup_in_a_large_index_reads_little(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.cdxj")
    line = LINE._replace(url="https://institute.example/x")
    index.merge(f"{line._replace(key=f'k{n:06}')}\n".encode() for n in range(50_000))
    assert [found.key for found in index.prefix("k04999")] == [f"k04999{n}" for n in range(10)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("20260301120000", "20260301120000"),  # that very second
        ("20260301120001", "20260301120000"),
        ("20260228", "20260301120000"),  # later, and nearer than what is earlier
        ("2026", "20251201000000"),
        ("202603020000", "20260301120000"),
        ("20260302000000", "20260301120000"),  # as near to both: the earlier
        ("1999", "20251201000000"),
        ("20990101", "20260302120000"),
    ],
)
def test_the_closest_capture_is_exact_or_nearest_in_time(tmp_path: Path, asked: str, found: str) -> None:
    index = Index(tmp_path / "index.cdxj")
    moments = ["20251201000000", "20260301120000", "20260302120000"]
    others = [LINE._replace(url=LINE.url.replace("https", "http"), timestamp="20260302000000")]
    lines = [LINE._replace(timestamp=moment) for moment in moments]
    index.merge(sorted(f"{line}\n".encode() for line in (*lines, *others)))
    closest = index.closest("https://institute.example/\u062a", asked)
    assert closest is not None
    assert closest.timestamp == found


def test_nothing_is_closest_to_what_was_never_captured(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.cdxj")
    assert index.closest(ARABIC, "2026") is None
    with pytest.raises(ValueError, match="'٢٠٢٦'"):
        index.closest(ARABIC, "٢٠٢٦")


@given(
    scheme=st.sampled_from(["http", "https", "ftp"]),
    host=st.lists(st.sampled_from(["www", "www2", "timep", "org", "co", "1", "x-y", "0x7f", "wwwx"]), min_size=1).map(
        ".".join
    ),
    path=st.lists(
        st.text("abXY01_-.%~", max_size=5) | st.sampled_from(["%D8%AA%d9%82", "%2F", "..", ".", "(x)", "www", "%zz"]),
        max_size=4,
    ),
    end=st.sampled_from(["", "/", "//", "?", "?b=1&a=2", "#x", ":80", ";jsessionid=" + "0" * 32]),
)
def test_a_simple_key_is_what_surt_makes(scheme: str, host: str, path: list[str], end: str) -> None:
    url = f"{scheme}://{host}" + "".join(f"/{segment}" for segment in path) + end
    if cdxj._SIMPLE.fullmatch(url):
        assert cdxj.key(url) == surt(url)
