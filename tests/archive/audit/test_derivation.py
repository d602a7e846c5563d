"""The dataset against its WARCs: what differs is an error, unless other programs derived it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.audit import derivation
from archive.audit.finding import Finding, Level
from archive.audit.verify import Audit, verify
from archive.dataset.compare import Difference
from archive.errors import CollectionError
from archive.store.collection import Collection
from tests.archive.audit import samples


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return samples.with_dataset(tmp_path_factory.mktemp("home"))


@pytest.fixture
def collection(made: Collection) -> Collection:
    """The collection with its dataset as it was derived."""
    kept = {path: path.read_bytes() for path in made.dataset_dir.glob("*.jsonl")}
    yield made
    for path, data in kept.items():
        path.write_bytes(data)


def edit(collection: Collection, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the Arabic page's line in publications.jsonl."""
    path = collection.dataset_dir / "publications.jsonl"
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    for line in lines:
        if line["language"] == "ar":
            change(line)
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def test_a_dataset_that_says_what_its_warcs_say_is_good(collection: Collection) -> None:
    audit = Audit(collection)
    assert list(audit.findings()) == []
    assert audit.checked.publications == 2
    assert audit.checked.captures >= 4


def test_an_edited_line_is_an_error(collection: Collection) -> None:
    edit(collection, lambda line: line.update(title="عنوان آخر"))
    [finding] = verify(collection)
    assert (finding.level, finding.rule, finding.where) == (Level.ERROR, "dataset-field", "dataset/publications.jsonl")
    assert "عنوان آخر" in finding.detail
    assert "المحاكم والمراسيم" in finding.detail


def test_a_line_that_is_gone_or_invented_is_an_error(collection: Collection) -> None:
    edit(collection, lambda line: line.update(id="sample:invented"))
    assert {finding.rule for finding in verify(collection)} == {"dataset-extra", "dataset-missing"}


def test_a_line_that_cannot_be_read_is_an_error(collection: Collection) -> None:
    path = collection.dataset_dir / "publications.jsonl"
    path.write_bytes(path.read_bytes() + "{سطر".encode() + b"\n")
    assert "dataset-line" in {finding.rule for finding in verify(collection)}


def test_other_programs_are_no_tampering(collection: Collection) -> None:
    path = collection.dataset_dir / "publications.jsonl"
    text = path.read_text(encoding="utf-8")
    trafilatura = json.loads(text.splitlines()[0])["derived_by"]["trafilatura"]
    other = text.replace(f'"trafilatura":"{trafilatura}"', '"trafilatura":"0.0.1"')
    path.write_text(other, encoding="utf-8")
    assert list(verify(collection)) == []
    edit(collection, lambda line: line.update(title="عنوان آخر"))
    findings = list(verify(collection))
    assert [finding.level for finding in findings] == [Level.WARNING]
    assert "trafilatura==0.0.1" in findings[0].mend


def test_one_publication_is_checked_alone(collection: Collection) -> None:
    path = collection.dataset_dir / "publications.jsonl"
    lines = {line["language"]: line for line in map(json.loads, path.read_bytes().splitlines())}
    edit(collection, lambda line: line.update(title="عنوان آخر"))
    assert list(verify(collection, lines["en"]["id"])) == []
    assert [finding.rule for finding in verify(collection, lines["ar"]["id"])] == ["dataset-field"]
    with pytest.raises(CollectionError, match="no publication"):
        list(verify(collection, "sample:p0"))


def test_a_damaged_source_of_one_publication_is_named(tmp_path: Path) -> None:
    collection = samples.with_dataset(tmp_path)
    path = collection.dataset_dir / "publications.jsonl"
    [line] = [line for line in map(json.loads, path.read_bytes().splitlines()) if line["language"] == "ar"]
    warc = collection.archive_dir / line["source"]["warc"]
    data = bytearray(warc.read_bytes())
    data[line["source"]["offset"] + 200] ^= 1
    warc.write_bytes(data)
    findings = list(verify(collection, line["id"]))
    assert ("gzip", line["source"]["offset"]) in [(finding.rule, finding.offset) for finding in findings]


def test_what_differs_in_a_line_is_one_finding() -> None:
    def difference(field: str | None, expected: Any, got: Any, same: bool = True) -> Difference:
        return Difference("history.jsonl", 3, "sample:p1", "2026-11-01T12:00:00Z", field, expected, got, same)

    told = [difference("text", "نص" * 90, "x"), difference("title", "a", "b")]
    [finding] = derivation._findings(told, {})
    assert finding.line == 3
    assert finding.detail.endswith("other fields too: title")
    [finding] = derivation._findings([difference("text", "a", "b", same=False)], {"lxml": ("5.0", "6.0")})
    assert (finding.level, "lxml==5.0" in finding.mend) == (Level.WARNING, True)
    assert isinstance(finding, Finding)


def test_without_dataset_or_profile_there_is_one_finding(tmp_path: Path) -> None:
    collection = samples.collection(tmp_path)
    assert [finding.rule for finding in verify(collection)] == ["dataset-absent"]
    (collection.dataset_dir / "publications.jsonl").write_bytes(b"")
    assert [finding.rule for finding in verify(collection)] == ["underivable"]
