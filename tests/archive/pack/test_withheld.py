"""Packages leave out what is withheld, and are whole packages all the same."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.audit.package import Package
from archive.audit.verify import Audit
from archive.dataset import withholding
from archive.errors import BadPackage
from archive.pack.manifest import LEDGER
from archive.pack.unpack import unpack
from archive.pack.wacz import pack
from archive.store.collection import Collection
from tests.archive.pack import making
from tests.archive.pack.making import OLD, PICTURE, REPORT, RULING, SHEET, STORY, TITLE

AT = datetime(2026, 11, 22, 20, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    made = making.collection(tmp_path_factory.mktemp("home"))
    withholding.withhold(made, STORY, "طلب الكاتب", "Nour", at=AT)
    return made


@pytest.mark.parametrize("crawl", [None, "20261101120000", "20261102120000"])
def test_no_byte_of_it_is_in_a_package(collection: Collection, tmp_path: Path, crawl: str | None) -> None:
    made = pack(collection, tmp_path / "a.wacz", crawl=crawl, at=AT)
    assert made.withheld == 1
    assert {STORY, OLD, PICTURE, REPORT}.isdisjoint(making.urls(made.path))
    assert {RULING, SHEET} <= making.urls(made.path)
    assert all(TITLE not in str(line) for line in making.told(made.path, "pages/pages.jsonl"))
    assert all(TITLE not in str(line) for line in making.told(made.path, "dataset/history.jsonl"))
    assert LEDGER not in making.names(made.path)
    assert all("part-of-" in name for name in making.names(made.path) if name.startswith("archive/sample-2026110[12]"))
    assert list(Package(made.path, processes=1).findings()) == []


def test_a_package_of_all_the_rest_becomes_a_collection_that_verifies(collection: Collection, tmp_path: Path) -> None:
    package = pack(collection, tmp_path / "a.wacz", at=AT).path
    audit = Package(package, processes=1)
    list(audit.container())
    made = unpack(package, tmp_path / "collections", "copy", audit.manifest).collection
    assert list(Audit(made, processes=1).findings()) == []
    assert making.publications(made) != []
    assert not made.captures_of(STORY)


def test_it_cannot_be_packed_itself(collection: Collection, tmp_path: Path) -> None:
    ident = next(entry["id"] for entry in collection.ledger if entry["event"] == "withheld")
    with pytest.raises(BadPackage, match="is withheld since 2026-11-22"):
        pack(collection, tmp_path / "a.wacz", publications=[ident], at=AT)


def test_lifted_it_is_packed_again_byte_for_byte(collection: Collection, tmp_path: Path) -> None:
    withholding.lift(collection, STORY, "agreed", "Nour", AT)
    made = pack(collection, tmp_path / "a.wacz", at=AT)
    assert made.withheld == 0
    assert STORY in making.urls(made.path)
    assert LEDGER in making.names(made.path)
    assert list(Package(made.path, processes=1).findings()) == []
