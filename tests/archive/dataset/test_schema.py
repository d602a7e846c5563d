"""The dataset describes itself: every key has a sentence, every line is what the schema says."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from archive.dataset.derived_by import DISTRIBUTIONS, derived_by, fingerprint
from archive.dataset.jsonl import DatasetWriter
from archive.dataset.publication import Publication
from archive.dataset.schema import publication_schema, table_schema
from archive.extract.page import Author, Block, Case, Party, TextLink
from archive.extract.warnings import sentences
from archive.institutes.profile import Kind
from tests.archive.dataset.making import Site, content, pdf

SCHEMA = publication_schema()
URL = "https://nile.example/a/"


def all_properties() -> list[tuple[str, str, dict[str, Any]]]:
    models = {"Publication": SCHEMA} | SCHEMA["$defs"]
    return [
        (model, name, rules) for model, part in models.items() for name, rules in part.get("properties", {}).items()
    ]


@pytest.mark.parametrize(("model", "name", "rules"), all_properties(), ids=lambda value: str(value)[:20])
def test_every_key_has_a_sentence(model: str, name: str, rules: dict[str, Any]) -> None:
    assert rules.get("description", "").strip(), f"{model}.{name}"


def test_flat_keys_come_first_class() -> None:
    """`pandas.read_json(lines=True)` and DuckDB find these with no code."""
    assert {"id", "text", "url", "published", "language"} <= set(SCHEMA["properties"])
    assert set(SCHEMA["required"]) == set(Publication.model_fields)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    site = Site()
    site.page(
        URL,
        content(
            title="ملف قضية: نقابة المحامين ضد شركة",
            kind=Kind.LEGAL_CASE,
            blocks=(
                Block(type="paragraph", text="نصّ الحكم", links=(TextLink(text="نصّ", url=URL, start=0, end=3),)),
                Block(type="table", text="a\tb", rows=(("a", "b"),), header_rows=0),
            ),
            authors=(Author(name="TIMEP", name_raw="By TIMEP"),),
            documents=(pdf("https://nile.example/a.pdf"),),
            case=Case(claimants=(Party(name="نقابة المحامين", name_raw="نقابة المحامين"),), claimants_others=True),
            published="2025-07-28",
        ),
    )
    site.document("https://nile.example/a.pdf", b"%PDF")
    site.restricted("https://nile.example/shut/")
    with DatasetWriter(tmp_path / "dataset", "nile", "Nile") as writer:
        for one in site.assembled(tmp_path):
            writer.add(one.versions)
    return tmp_path / "dataset"


def test_every_line_is_what_the_schema_says(dataset: Path) -> None:
    schema = json.loads((dataset / "schema" / "publication.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    lines = [json.loads(line) for line in (dataset / "history.jsonl").read_bytes().splitlines()]
    assert len(lines) == 2
    for line in lines:
        assert [error.message for error in validator.iter_errors(line)] == []
        assert list(line) == list(Publication.model_fields)


def test_nothing_is_an_empty_text(dataset: Path) -> None:
    for line in (dataset / "publications.jsonl").read_bytes().splitlines():
        assert "" not in json.loads(line).values()


def test_a_line_is_read_back_as_it_was(dataset: Path) -> None:
    for line in (dataset / "publications.jsonl").read_bytes().splitlines():
        assert Publication.model_validate_json(line).model_dump_json().encode() == line


def test_the_package_names_the_bytes(dataset: Path) -> None:
    package = json.loads((dataset / "datapackage.json").read_bytes())
    assert (package["name"], package["title"]) == ("nile", "Nile")
    assert [one["path"] for one in package["resources"]] == ["history.jsonl", "legal_cases.jsonl", "publications.jsonl"]
    for resource in package["resources"]:
        data = (dataset / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
    types = {field["name"]: field["type"] for field in table_schema()["fields"]}
    assert (types["version"], types["blocks"], types["case"], types["kind"]) == (
        "datetime",
        "array",
        "object",
        "string",
    )


def test_every_warning_of_the_dataset_has_a_sentence(dataset: Path) -> None:
    told = json.loads((dataset / "schema" / "warnings.json").read_bytes())
    assert told == dict(sorted(sentences().items()))
    for line in (dataset / "publications.jsonl").read_bytes().splitlines():
        assert set(json.loads(line)["warnings"]) <= set(told)


def test_derived_by_names_what_shapes_a_line() -> None:
    tools = derived_by("ab" * 32)
    wanted = {"policy-archive", "profile", "python", "unicode", "libxml2", "lxml", "trafilatura", "beautifulsoup4"}
    assert wanted <= set(tools) <= wanted | set(DISTRIBUTIONS)
    assert list(tools) == sorted(tools)
    assert fingerprint(tools) != fingerprint(derived_by("cd" * 32))
