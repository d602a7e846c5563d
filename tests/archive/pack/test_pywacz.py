"""py-wacz on our packages, and we on those that it makes."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.audit.package import Package
from archive.audit.verify import Audit
from archive.pack.unpack import unpack
from archive.pack.wacz import pack
from archive.proof.key import Key
from archive.replay.check import replay_check
from archive.store.collection import Collection
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


def test_it_calls_valid_what_was_forged_and_we_do_not(wacz: Path, collection: Collection, tmp_path: Path) -> None:
    """Why we have a verifier of our own: pages forged, all hashes done again, the old signature kept."""
    key = Key.new(tmp_path / "a.key")
    path = pack(collection, tmp_path / "a.wacz", key=key, at=AT).path
    made = Forged.of(path, key)
    forging.forged_pages_with_all_hashes_done_again_and_the_old_signature(made)
    made.write()
    assert pywacz.run(wacz, tmp_path, "validate", "-f", path).returncode == 0
    assert [finding.rule for finding in Package(path, processes=1).findings()] == ["signature-digest"]
