from pathlib import Path

import pytest

from archive.errors import CollectionBusy, CollectionError, DamagedRecord
from archive.store import cdxj, http
from archive.store.collection import Collection, Meta
from archive.store.exchange import Location, Resource, Truncation
from tests.archive.store.samples import (
    ARABIC,
    ARABIC_CODED,
    BEGAN,
    CHUNKED,
    EARLY,
    GZIP,
    PAGE,
    PLAIN,
    exchange,
    sealed,
    writer,
)


def test_a_new_collection_has_its_folders_and_its_toml(tmp_path: Path) -> None:
    meta = Meta(title='معهد "التحرير"', operator="me", rights="none\x7f", contact="a@b.example")
    made = Collection.open(tmp_path / "demo", create=True, meta=meta)
    assert made.meta == meta
    assert Collection.open(tmp_path / "demo").meta == meta
    assert {path.name for path in made.path.iterdir() if path.is_dir()} == {
        "archive",
        "indexes",
        "dataset",
        "crawls",
        "packages",
        "state",
    }


def test_what_the_archivist_wrote_is_kept(tmp_path: Path) -> None:
    Collection.open(tmp_path / "demo", create=True)
    (tmp_path / "demo/collection.toml").write_text('title = "mine"\n', encoding="utf-8")
    assert Collection.open(tmp_path / "demo", create=True, meta=Meta(title="theirs")).meta.title == "mine"


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ("titel = 'x'", "nearest that exists is 'title'"),
        ("title = 3", "must be a text"),
        ("title = ", "cannot be read"),
    ],
)
def test_a_wrong_toml_is_named(toml: str, why: str, tmp_path: Path) -> None:
    Collection.open(tmp_path / "demo", create=True).toml.write_text(toml, encoding="utf-8")
    with pytest.raises(CollectionError, match=why):
        Collection.open(tmp_path / "demo")


def test_a_folder_that_is_no_collection_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match=r"no collection\.toml"):
        Collection.open(tmp_path)
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(CollectionError, match=r"holds other things \(thesis\.docx\)"):
        Collection.open(tmp_path, create=True)
    with pytest.raises(CollectionError, match="is a file"):
        Collection.open(tmp_path / "thesis.docx", create=True)
    with pytest.raises(CollectionError, match="collection name"):
        Collection.open(tmp_path / "a b", create=True)


def test_one_holds_the_lock(tmp_path: Path) -> None:
    one, other = (Collection.open(tmp_path / "demo", create=True) for _ in range(2))
    with one.lock(), one.lock(), pytest.raises(CollectionBusy, match="in use by process"), other.lock():
        pass
    assert not one.locked
    with other.lock():
        assert other.locked


def test_writing_needs_the_lock(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="is not locked"):
        writer(Collection.open(tmp_path / "demo", create=True))


@pytest.mark.parametrize("response", [PLAIN, CHUNKED, GZIP, EARLY + PLAIN])
@pytest.mark.parametrize("still_open", [False, True])
def test_a_capture_is_read_by_its_location(response: bytes, still_open: bool, tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "demo", create=True)
    with collection.lock():
        hand = writer(collection)
        (location,) = hand.write([exchange(response=response)])
        assert collection.resolve(location.warc).suffix == ".open"
        if not still_open:
            hand.seal()
        capture = Collection.open(collection.path).read(location)
    assert (capture.url, capture.status, capture.captured_at, capture.truncated) == (ARABIC_CODED, 200, BEGAN, None)
    assert http.decode(capture.entity, capture.headers, 1 << 20) == PAGE
    assert capture.location == location


def test_captures_come_from_index_and_journal_in_order(tmp_path: Path) -> None:
    urls = [f"https://institute.example/{name}" for name in ("b", "a", "ج")]
    collection, first = sealed(tmp_path / "demo", *map(exchange, urls))
    with collection.lock():
        hand = writer(collection)
        second = hand.write([exchange(url, EARLY + PLAIN.replace(b"200", b"203"), 1) for url in urls])
        lines = list(collection.captures())
        assert lines == sorted(lines, key=lambda line: (line.key, line.timestamp))
        assert {line.location for line in lines} == {*first, *second}
        hand.seal()
        assert list(collection.captures()) == lines


def test_a_truncated_capture_says_so(tmp_path: Path) -> None:
    collection, (location, unsaid) = sealed(
        tmp_path / "demo",
        exchange(response=PLAIN[:-9], truncated=Truncation.DISCONNECT),
        exchange(response=CHUNKED[:-40], after=1),
    )
    assert collection.read(location).truncated is Truncation.DISCONNECT
    assert collection.read(unsaid).truncated is Truncation.UNSPECIFIED


def test_what_is_no_response_is_not_read_as_one(tmp_path: Path) -> None:
    collection, (location,) = sealed(tmp_path / "demo", exchange(response=b"", error="refused"))
    with pytest.raises(CollectionError, match="holds a metadata record"):
        collection.read(location)
    with pytest.raises(DamagedRecord, match="at offset 7"):
        collection.read(Location(location.warc, 7, 60))
    with pytest.raises(CollectionError, match=r"has no file none\.warc\.gz"):
        collection.read(Location("none.warc.gz", 0, 9))


def test_the_newest_resource_is_found(tmp_path: Path) -> None:
    collection, _ = sealed(tmp_path / "demo", exchange())
    prefix = "urn:policy-archive:profile:"
    assert collection.resource(prefix) is None
    old, new = (
        Resource(f"{prefix}{digest}", "application/json", f'{{"اسم": "{digest}"}}'.encode(), made)
        for digest, made in (("ffAA", BEGAN), ("00bb", BEGAN.replace(hour=19)))
    )
    with collection.lock():
        hand = writer(collection)
        hand.write([old])
        hand.seal()
        hand.write([new])
        assert collection.resource(prefix) == new
        hand.seal()
    assert collection.resource(prefix) == new
    assert collection.resource(f"{prefix}ff") == old
    assert [line.url for line in collection.captures()] == [ARABIC_CODED]


def test_the_same_payload_is_a_revisit_and_is_read_as_a_response(tmp_path: Path) -> None:
    collection, (original,) = sealed(tmp_path / "demo", exchange(response=GZIP))
    with collection.lock():
        hand = writer(collection)
        again = exchange(response=EARLY + GZIP.replace(b"200 OK", b"200 Fine\r\nX-New: yes"), after=60)
        (location,) = hand.write([again])
        open_capture = collection.read(location)
        hand.seal()
    record = collection.record(location)
    assert record.type == "revisit"
    assert record.block == again.response.removeprefix(EARLY).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert {
        name: record.field(name)
        for name in ("WARC-Profile", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date", "WARC-Truncated")
    } == {
        "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        "WARC-Refers-To-Target-URI": ARABIC_CODED,
        "WARC-Refers-To-Date": "2026-11-22T18:00:00.123456Z",
        "WARC-Truncated": "length",
    }
    capture = collection.read(location)
    assert capture == open_capture
    assert record.ids("WARC-Refers-To") == [collection.record(original).record_id]
    assert capture.entity == collection.read(original).entity
    assert (capture.header("x-new"), capture.truncated) == ("yes", None)
    line = collection.captures_of(ARABIC)[-1]
    assert (line.mime, line.status, line.location) == (cdxj.REVISIT, 200, location)


@pytest.mark.parametrize(
    "again",
    [
        exchange(ARABIC + "2/"),  # another URL
        exchange(response=PLAIN.replace(b"for testing", b"for reading")),  # another body
        exchange(response=CHUNKED),  # the same entity in another framing
        exchange(truncated=Truncation.TIME),  # not known to be whole
    ],
)
def test_anything_else_is_stored_in_full(again: object, tmp_path: Path) -> None:
    collection, _ = sealed(tmp_path / "demo", exchange())
    with collection.lock():
        (location,) = writer(collection).write([again])  # type: ignore[list-item]
        assert collection.record(location).type == "response"


def test_the_index_is_rebuilt_from_the_warcs_alone(tmp_path: Path) -> None:
    collection, _ = sealed(
        tmp_path / "demo", exchange(), exchange(response=CHUNKED, after=1), exchange(response=b"", error="x")
    )
    with collection.lock():
        hand = writer(collection)
        hand.write([exchange(after=5), Resource("urn:policy-archive:log", "text/plain", "سجل".encode(), BEGAN)])
        hand.seal()
    before = {path.name: path.read_bytes() for path in collection.indexes_dir.iterdir()}
    for path in collection.indexes_dir.iterdir():
        path.unlink()
    assert collection.rebuild_index() == 4
    assert {path.name: path.read_bytes() for path in collection.indexes_dir.iterdir()} == before
