"""Parquet, CSV and data packages, loaded by what researchers load them with; each value is the line's own."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from archive.dataset.publication import Publication
from archive.export import parquet
from archive.export.arrow import schema
from archive.export.coverage import Coverage
from archive.export.dictionary import dictionary, fields
from archive.export.export import export
from archive.export.flat import cell
from archive.export.selection import Selection, Source
from archive.store.collection import Collection
from tests import shelf
from tests.archive.export.making import ARABIC

COUNT = 60
NEW = '=HYPERLINK("http://127.0.0.1/","انقر")\r\n"نصٌّ" جديد عن الزلازل، ‏2026.'


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return shelf.fill(tmp_path_factory.mktemp("home"), COUNT, edited={ARABIC: NEW})


@pytest.fixture(scope="module")
def lines(collection: Collection) -> dict[str, dict[str, Any]]:
    with (collection.dataset_dir / "publications.jsonl").open(encoding="utf-8") as file:
        return {told["id"]: told for told in map(json.loads, file)}


@pytest.fixture(scope="module")
def folder(collection: Collection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same publications in each form."""
    made = tmp_path_factory.mktemp("exports")
    for form in ("parquet", "datapackage"):
        export([Source(collection)], made / form, form, Selection())
    export([Source(collection)], made / "table.csv", "csv", Selection(), excel=True)
    return made


def rows(table: Any) -> Iterator[dict[str, Any]]:
    yield from table.to_pylist()


def test_every_value_of_a_line_is_in_the_table_in_its_type(folder: Path, lines: dict[str, dict[str, Any]]) -> None:
    import pyarrow.dataset

    table = pyarrow.dataset.dataset(folder / "parquet" / "data", partitioning="hive").to_table()
    assert table.num_rows == COUNT
    assert table.schema.field("published").type == pyarrow.date32()
    assert table.schema.field("version").type == pyarrow.timestamp("us", "UTC")
    for row in rows(table):
        told = lines[row["id"]]
        assert row.pop("year") == int(told["published"][:4])
        row["derived_by"] = {one["name"]: one["version"] for one in row["derived_by"]}
        again = Publication.model_validate(row | {name: _text(row[name]) for name in ("published", "modified")})
        assert again == Publication.model_validate(told)


def _text(day: Any) -> str | None:
    return day.isoformat() if day else None


def test_the_columns_are_the_model_s() -> None:
    assert schema().names == list(Publication.model_fields)
    block = schema().field("blocks").type.value_type
    assert block.field("links").type.value_type.field("start").type == pyarrow.int64()
    assert schema().field("source").type.field("captured_at").type == pyarrow.timestamp("us", "UTC")
    assert all(field.metadata[b"description"] for field in schema())


def test_pandas_loads_it(folder: Path, lines: dict[str, dict[str, Any]]) -> None:
    import pandas

    table = pandas.read_parquet(folder / "parquet" / "data")
    assert set(table["id"]) == set(lines)
    assert set(table["institute"]) == {"demo"}
    assert str(table["version"].dtype) == "datetime64[us, UTC]"
    assert table.set_index("id").loc[ARABIC, "text"] == NEW
    flat = pandas.read_csv(folder / "table.csv", encoding="utf-8-sig", keep_default_na=False)
    assert flat["title"].tolist() == [cell(told["title"]) for told in lines.values()]


def test_duckdb_loads_it(folder: Path, lines: dict[str, dict[str, Any]]) -> None:
    import duckdb

    files = f"{folder / 'parquet' / 'data'}/**/*.parquet"
    told = duckdb.sql(
        f"SELECT year, language, count(*), min(published), sum(len(blocks)) FROM '{files}' GROUP BY ALL"
    ).fetchall()
    assert sum(row[2] for row in told) == COUNT
    assert {row[1] for row in told} == {"ar", "en"}
    assert all(row[3].year == row[0] for row in told)
    assert sum(row[4] for row in told) == sum(len(one["blocks"]) for one in lines.values())
    ((title,),) = duckdb.sql(f"SELECT title FROM '{files}' WHERE id = '{ARABIC}'").fetchall()
    assert title == lines[ARABIC]["title"]


def test_datasets_loads_it(
    folder: Path, lines: dict[str, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    datasets.disable_progress_bars()
    files = str(folder / "parquet" / "data" / "**" / "*.parquet")
    loaded = datasets.load_dataset("parquet", data_files=files, split="train", cache_dir=str(tmp_path))
    assert set(loaded["id"]) == set(lines)
    row = next(row for row in loaded if row["id"] == ARABIC)
    assert row["blocks"][0]["text"] == NEW


def test_frictionless_calls_the_package_valid(folder: Path, lines: dict[str, dict[str, Any]]) -> None:
    import frictionless

    report = frictionless.validate(str(folder / "datapackage" / "datapackage.json"))
    assert report.valid, report.flatten(["message"])
    assert {task.name for task in report.tasks} == {"publications", "table"}
    package = frictionless.Package(str(folder / "datapackage" / "datapackage.json"))
    assert [row["id"] for row in package.get_resource("table").read_rows()] == list(lines)


def test_no_cell_is_a_formula(folder: Path) -> None:
    with (folder / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == COUNT
    assert not [value for row in table for value in row.values() if value.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert next(row["text"] for row in table if row["id"] == ARABIC) == "'" + NEW
    assert (folder / "table.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=cmd|' /C calc'!A0"])
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell(f"سطر {text}") == f"سطر {text}"


def test_the_same_lines_make_the_same_bytes(collection: Collection, folder: Path, tmp_path: Path) -> None:
    export([Source(collection)], tmp_path / "again", "parquet", Selection())
    files = {path.relative_to(tmp_path / "again"): path.read_bytes() for path in (tmp_path / "again").rglob("*.*")}
    assert len(files) > 5
    for name, data in files.items():
        assert (folder / "parquet" / name).read_bytes() == data


@pytest.mark.soak
def test_many_years_and_large_rows_are_written_in_part(
    collection: Collection, lines: dict[str, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year a publication, few open files, small row groups: nothing is lost, and an unknown day has its place."""
    import pyarrow.dataset

    for name, value in (("_CHUNK", 60_000), ("_GROUP", 30_000), ("_WAITING", 90_000), ("_MOST_OPEN", 2)):
        monkeypatch.setattr(parquet, name, value)
    other = Collection.open(tmp_path / "other", create=True)
    path = other.dataset_dir / "publications.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number, told in enumerate(lines.values()):
            day = None if number == 7 else f"{1990 + number % 9}-01-31"
            file.write(json.dumps(told | {"published": day}, ensure_ascii=False, separators=(",", ":")) + "\n")
    coverage = Coverage()
    parquet.write(tmp_path / "data", [Source(other)], Selection(), coverage)
    assert coverage.lines == COUNT
    table = pyarrow.dataset.dataset(tmp_path / "data", partitioning="hive").to_table(columns=["id", "year", "text"])
    assert {row["id"]: row["text"] for row in rows(table)} == {one["id"]: one["text"] for one in lines.values()}
    assert [row["id"] for row in rows(table) if row["year"] is None] == [list(lines)[7]]
    assert len(list((tmp_path / "data").rglob("part-1.parquet"))) > 0


def test_a_file_is_closed_before_its_writer_remembers_much(
    collection: Collection, lines: dict[str, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two row groups a file: the rows are all there, in their order, and what a writer keeps of a group has an end."""
    import pyarrow.parquet

    for name, value in (("_CHUNK", 60_000), ("_GROUP", 30_000), ("_MOST_GROUPS", 2)):
        monkeypatch.setattr(parquet, name, value)
    parquet.write(tmp_path, [Source(collection)], Selection(), Coverage())
    files = sorted(tmp_path.rglob("part-*.parquet"), key=lambda path: int(path.stem.partition("-")[2]))
    groups = [pyarrow.parquet.ParquetFile(path).num_row_groups for path in files]
    assert max(groups) == 2
    assert len(files) > len({path.parent for path in files})
    wanted: dict[str, list[str]] = {}
    for one in lines.values():
        wanted.setdefault(one["published"][:4], []).append(one["id"])
    found: dict[str, list[str]] = {}
    for path in files:
        ids = pyarrow.parquet.read_table(path, columns=["id"], partitioning=None)["id"].to_pylist()
        found.setdefault(path.parent.name.removeprefix("year="), []).extend(ids)
    assert found == wanted


def test_the_dictionary_has_every_field_with_a_sentence() -> None:
    told = list(fields())
    assert {name for name, _, _ in told} >= {
        *Publication.model_fields,
        "blocks[].links[].start",
        "case.timeline[].date",
    }
    assert all(kind for _, kind, _ in told)
    assert [name for name, _, sentence in told if not sentence] == []
    assert dictionary().count("\n") == len(told) + 2
