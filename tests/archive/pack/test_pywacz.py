"""py-wacz on our packages, and we on those that it makes."""

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.audit.package import Package
from archive.audit.verify import Audit
from archive.pack.unpack import unpack
from archive.pack.wacz import pack
from archive.proof.key import Key
from archive.replay.check import replay_check
from archive.store.collection import Collection
from tests.archive.audit import samples
from tests.archive.audit.samples import record
from tests.archive.pack import forging, making, pywacz
from tests.archive.pack.forging import Forged

pytestmark = pytest.mark.slow
AT = datetime(2026, 11, 22, 20, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def wacz(pytestconfig: pytest.Config) -> Path:
    return pywacz.command(Path(pytestconfig.cache.mkdir("pywacz")))


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return making.collection(tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("part", ["whole", "crawl", "publications", "without a dataset"])
def test_it_accepts_what_we_pack(wacz: Path, collection: Collection, tmp_path: Path, part: str) -> None:
    source = collection
    if part == "without a dataset":
        source = Collection.open(shutil.copytree(collection.path, tmp_path / "sample"))
        shutil.rmtree(source.dataset_dir)
        source.dataset_dir.mkdir()
    story = [making.ident(collection, making.TITLE)]
    chosen = {"crawl": {"crawl": "20261102120000"}, "publications": {"publications": story}}.get(part, {})
    made = pack(source, tmp_path / "a.wacz", key=Key.new(tmp_path / "a.key"), at=AT, **chosen)  # type: ignore[arg-type]
    done = pywacz.run(wacz, tmp_path, "validate", "-f", made.path)
    assert done.returncode == 0, done.stdout
    assert "the passed WACZ is valid" in done.stdout


@pytest.fixture
def theirs(wacz: Path, collection: Collection, tmp_path: Path) -> Path:
    """A package that py-wacz made of the same WARCs."""
    lines = [
        {"format": "json-pages-1.0", "id": "pages", "title": "صفحات"},
        {"url": making.STORY, "ts": "2026-11-01T12:10:00Z", "title": making.TITLE},
        {"url": making.RULING, "ts": "2026-11-01T12:09:00Z", "title": making.RULING_TITLE},
    ]
    (tmp_path / "pages.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    warcs = [collection.archive_dir / name for name in collection.sealed_warcs()]
    done = pywacz.run(wacz, tmp_path, "create", "-o", "theirs.wacz", "-p", "pages.jsonl", "-t", *warcs)
    assert done.returncode == 0, done.stderr
    return tmp_path / "theirs.wacz"


def test_a_package_of_its_making_has_no_finding(theirs: Path) -> None:
    audit = Package(theirs, processes=1)
    assert list(audit.findings()) == []
    assert (audit.checked.records, audit.signed_by) == (58, None)


def test_a_package_of_its_making_becomes_a_collection(theirs: Path, tmp_path: Path) -> None:
    audit = Package(theirs, processes=1)
    assert list(audit.container()) == []
    made = unpack(theirs, tmp_path / "collections", "theirs", audit.manifest)
    assert list(Audit(made.collection, only_bytes=True, processes=1).findings()) == []
    results = replay_check(made.collection, [(making.STORY, making.TITLE), (making.RULING, making.RULING_TITLE)])
    assert [result.ok for result in results] == [True, True]


def browsertrix(path: Path, number: int, url: str, title: str) -> Path:
    """A WARC as Browsertrix writes them: page, request, and what it says of the page, under URNs and headers of its
    own.
    """
    page = f"<!doctype html><html dir=rtl><title>{title}</title><h1>{title}</h1></html>".encode()
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(page)
    payload = f"sha256:{hashlib.sha256(page).hexdigest()}"
    date = f"2026-11-0{number}T10:00:00.123Z"
    info, answer = (
        f"<urn:uuid:0000000{number}-0000-4000-8000-000000000000>",
        f"<urn:uuid:1000000{number}-0000-4000-8000-000000000000>",
    )
    own = f"WARC-Date: {date}\nWARC-Warcinfo-ID: {info}\nWARC-Page-ID: page-{number}"
    about = json.dumps({"pageid": f"page-{number}", "url": url, "urls": {url: {"status": 200, "mime": "text/html"}}})
    software = b"software: Browsertrix-Crawler 1.14.0 (with warcio.js 2.4.11)\r\nformat: WARC File Format 1.1\r\n"
    asked = b"GET / HTTP/1.1\r\nHost: institute.example\r\n\r\n"
    return samples.warc_file(
        path,
        record(
            f"WARC-Type: warcinfo\nWARC-Record-ID: {info}\nWARC-Date: {date}\nWARC-Filename: {path.name}\n"
            "Content-Type: application/warc-fields",
            software,
        ),
        record(
            f"WARC-Type: response\nWARC-Record-ID: {answer}\nWARC-Target-URI: {url}\nWARC-Payload-Digest: {payload}\n"
            f"WARC-Resource-Type: document\nWARC-Protocol: h2\nWARC-Protocol: tls/1.3\n{own}\n"
            "Content-Type: application/http; msgtype=response",
            http + page,
        ),
        record(
            f"WARC-Type: request\nWARC-Concurrent-To: {answer}\nWARC-Target-URI: {url}\n{own}\n"
            "Content-Type: application/http; msgtype=request",
            asked,
        ),
        *(
            record(f"WARC-Type: resource\nWARC-Target-URI: urn:{kind}:{url}\n{own}\nContent-Type: {media_type}", block)
            for kind, media_type, block in (
                ("pageinfo", "application/json", about.encode()),
                ("text", "text/plain", title.encode()),
            )
        ),
    )


def test_a_package_like_browsertrix_is_good_and_becomes_a_collection(wacz: Path, tmp_path: Path) -> None:
    found = {f"{samples.HOME}/{quote('الأولى')}/": "الصفحة الأولى", f"{samples.HOME}/second/": "The second page"}
    warcs = [
        browsertrix(tmp_path / f"rec-0a1b2c-crawl-2026110{number}100000123-{number}.warc.gz", number, *page)
        for number, page in enumerate(found.items(), 1)
    ]
    for name, (number, (url, title)) in zip(("pages", "extraPages"), enumerate(found.items(), 1), strict=True):
        lines = [
            {"format": "json-pages-1.0", "id": name, "title": name, "hasText": "true"},
            {"id": f"page-{number}", "url": url, "title": title, "loadState": 4, "status": 200, "seed": number == 1,
             "mime": "text/html", "depth": 0, "ts": f"2026-11-0{number}T10:00:00.123Z", "text": title},
        ]  # fmt: skip
        (tmp_path / f"{name}.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "crawl-2026.log").write_text('{"logLevel": "info", "message": "تم"}\n', encoding="utf-8")
    pages = ["-c", "-p", "pages.jsonl", "-e", "extraPages.jsonl", "-l", "logs"]
    done = pywacz.run(wacz, tmp_path, "create", "-o", "crawl.wacz", *pages, *warcs)
    assert done.returncode == 0, done.stderr
    audit = Package(tmp_path / "crawl.wacz", processes=1)
    assert list(audit.findings()) == []
    assert (audit.checked.files, audit.checked.records) == (2, 10)
    made = unpack(tmp_path / "crawl.wacz", tmp_path / "collections", "crawl", audit.manifest)
    assert list(Audit(made.collection, only_bytes=True, processes=1).findings()) == []
    results = replay_check(made.collection, list(found.items()))
    assert [result.ok for result in results] == [True, True]


def test_it_calls_valid_what_was_forged_and_we_do_not(wacz: Path, collection: Collection, tmp_path: Path) -> None:
    """Why we have a verifier of our own: pages forged, all hashes done again, the old signature kept."""
    key = Key.new(tmp_path / "a.key")
    path = pack(collection, tmp_path / "a.wacz", key=key, at=AT).path
    made = Forged.of(path, key)
    forging.forged_pages_with_all_hashes_done_again_and_the_old_signature(made)
    made.write()
    assert pywacz.run(wacz, tmp_path, "validate", "-f", path).returncode == 0
    assert [finding.rule for finding in Package(path, processes=1).findings()] == ["signature-digest"]
