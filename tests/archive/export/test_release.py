"""Releases of a collection that the store wrote: frozen, hashed, and made again from the WARCs."""

import hashlib
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from archive.dataset.derive import PROFILE_URI, derive
from archive.dataset.worker import Workers
from archive.export.release import check, release
from archive.export.selection import ExportError
from archive.institutes import registry
from archive.store.collection import Collection
from archive.store.exchange import Resource
from archive.store.writer import Writer
from tests.archive.dataset.inside import HERE
from tests.archive.dataset.making import PROFILE, at
from tests.archive.dataset.test_derive import CASE, HOME, exchange
from tests.archive.export.making import run

ARABIC = {"title": "ملف قضية: سارة وآخرون ضد شركة", "kind": "legal_case", "language": "ar", "direction": "rtl"}


def crawl(collection: Collection, number: int, says: list[tuple[str, dict[str, str]]]) -> None:
    """A crawl that archived these pages, with its line in the ledger."""
    with collection.lock():
        writer = Writer(collection, f"crawl-{number}", "tests", {}, clock=lambda: at(number))
        body = registry.dumps(PROFILE)
        writer.write([Resource(PROFILE_URI + registry.digest(PROFILE), "application/json", body, at(number))])
        for second, (url, told) in enumerate(says):
            writer.write([exchange(url, told, number, second=second)])
        writer.seal()
        report = {"crawl": f"crawl-{number}", "exit_code": 0, "urls": {"archived": len(says), "failed": 2}}
        writer.close_crawl(report | {"completeness": {"named": 3, "held": 2}})


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    collection = Collection.open(tmp_path / "home" / "collections" / "nile", create=True)
    crawl(collection, 1, [(HOME + "a/", {"title": "One", "text": "Words."}), (CASE, ARABIC | {"text": "نصّ أوّل."})])
    return collection


@pytest.fixture
def workers(collection: Collection) -> Workers:
    return Workers(collection.path, PROFILE, 1, functions={"extract": f"{HERE}:told", "links_only": f"{HERE}:told"})


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_release_is_whole_and_names_what_it_is_made_of(collection: Collection, workers: Workers) -> None:
    with workers:
        made = release(collection, "2026-01", workers=workers)
    held = files(made.path)
    sums = dict(reversed(line.split("  ")) for line in held.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in held.items()}
    assert {name.split("/")[0] for name in held} == {
        "publications.jsonl", "history.jsonl", "legal_cases.jsonl", "data", "schema", "datapackage.json",
        "dictionary.md", "README.md", "CITATION.cff", "release.json",
    }  # fmt: skip
    assert made.told["ledger"]["head"] == collection.ledger.head()
    assert made.told["crawl"] == "crawl-1"
    assert set(made.told["warcs"]) == set(collection.sealed_warcs())
    assert {"pyarrow", "python", "trafilatura", "profile"} <= set(made.told["made_by"])
    assert ARABIC["title"] in held["legal_cases.jsonl"].decode()
    cited = yaml.safe_load(held["CITATION.cff"])
    assert (cited["version"], cited["type"]) == ("2026-01", "dataset")
    card = held["README.md"].decode()
    assert "2 of 3 publications that the site names are archived; 2 addresses could not be fetched" in card
    assert collection.ledger.head() in card
    assert not list((collection.path / "releases").glob(".new-*"))


def test_an_old_release_is_made_again_from_the_warcs_sealed_up_to_then(
    collection: Collection, workers: Workers, tmp_path: Path
) -> None:
    head = collection.ledger.head()
    with workers:
        first = release(collection, "old", workers=workers)
        before = files(first.path)
        crawl(collection, 2, [(CASE, ARABIC | {"text": "نصّ ثانٍ."}), (HOME + "b/", {"title": "Two", "text": "More."})])
        collection.toml.write_text('title = "آخر"\noperator = ""\nrights = ""\ncontact = ""\n', encoding="utf-8")
        again = Collection.open(collection.path)
        assert check(again, "old", workers=workers) == []
        shutil.move(first.path, tmp_path / "away")
        shutil.move(again.dataset_dir, tmp_path / "dataset") if again.dataset_dir.is_dir() else None
        collection.toml.write_text('title = "nile"\n', encoding="utf-8")
        made = release(Collection.open(collection.path), "old", head, workers=workers)
        assert files(made.path) == before
        now = release(Collection.open(collection.path), "now", workers=workers)
    assert now.told["publications"] == 3
    assert made.told["publications"] == 2


def test_a_release_never_changes_and_what_was_changed_is_named(collection: Collection, workers: Workers) -> None:
    with workers:
        made = release(collection, "r", workers=workers)
        with pytest.raises(ExportError, match="a release never changes"):
            release(collection, "r", workers=workers)
        path = made.path / "publications.jsonl"
        path.write_bytes(path.read_bytes().replace("أوّل".encode(), "آخَر".encode()))
        assert check(collection, "r", workers=workers) == ["publications.jsonl"]


def test_what_is_withheld_is_in_no_release_of_an_older_head(collection: Collection, workers: Workers) -> None:
    from archive.dataset.withholding import withhold

    head = collection.ledger.head()
    with workers:
        derive(collection, PROFILE, workers)
        withhold(collection, CASE, "طلب صاحبه", "archivist", at=at(3) + timedelta(days=1), workers=workers)
        made = release(collection, "old", head, workers=workers)
    assert made.told["publications"] == 1
    assert not [name for name, data in files(made.path).items() if ARABIC["title"].encode() in data]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--name", "../x"], "is no name for a release"),
        (["--name", "x", "--at", "ab" * 32], "never had the head"),
        (["--name", "x", "--check"], "there are none yet"),
    ],
)
def test_what_is_asked_wrongly_is_told(collection: Collection, words: list[str], says: str) -> None:
    done = run(collection.path.parents[1], "release", "nile", *words)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert not (collection.path / "releases").exists()
