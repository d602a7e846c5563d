"""`export`, as a person runs it: forms, filters, cards, and what it refuses."""

import json
import re
from pathlib import Path
from typing import Any

import pyarrow.dataset
import pytest
import yaml

from archive.store.collection import Collection
from tests import shelf
from tests.archive.export.making import ARABIC, run

COUNT = 40
NEW = "نصٌّ جديدٌ قصير عن <b>الزلازل</b> في القاهرة.\u2028سطر"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    shelf.fill(folder, COUNT, edited={ARABIC: NEW})
    copy = shelf.fill(folder, 10, "copy")
    toml = copy.toml.read_text(encoding="utf-8")
    toml = toml.replace('title = "copy"', 'title = "نسخة"').replace('rights = ""', 'rights = "CC BY 4.0"')
    copy.toml.write_text(toml, encoding="utf-8")
    return folder


def wanted(**only: Any) -> list[str]:
    found = [one for one in shelf.publications(COUNT) if all(one[name] == value for name, value in only.items())]
    return sorted(one["id"] for one in found)


def ids(path: Path) -> list[str]:
    return [item["id"] for item in json.loads(path.read_text(encoding="utf-8"))]


def test_filters_choose_the_lines(home: Path, tmp_path: Path) -> None:
    first = next(iter(shelf.publications(COUNT)))
    tag = first["tags"][0]
    for number, (options, expected) in enumerate(
        [
            (["--language", "ar"], wanted(language="ar")),
            (["--kind", "legal_case", "--language", "ar"], wanted(kind="legal_case", language="ar")),
            (["--since", first["published"], "--until", first["published"]], wanted(published=first["published"])),
            (["--changed-since", "2026-11-02"], [ARABIC]),
            (["--text", "الزلازل القاهره"], [ARABIC]),
            (["--tag", tag], [one["id"] for one in shelf.publications(COUNT) if tag in one["tags"]]),
        ]
    ):  # fmt: skip
        to = tmp_path / f"{number}.json"
        done = run(home, "export", "demo", "--format", "csl", "--to", to, *options)
        assert done.returncode == 0, done.stderr
        assert ids(to) == sorted(expected), options
        assert f"{len(expected)} publication" in done.stdout


def test_nothing_found_is_an_export_of_nothing(home: Path, tmp_path: Path) -> None:
    for form in ("parquet", "csl", "markdown"):
        done = run(home, "export", "demo", "--format", form, "--to", tmp_path / form, "--language", "xx")
        assert done.returncode == 1, done.stderr
        assert done.stdout.startswith("0 publications")
    assert ids(tmp_path / "csl") == []


def test_several_collections_and_versions_have_keys_of_their_own(home: Path, tmp_path: Path) -> None:
    done = run(home, "export", "demo", "copy", "--format", "csl", "--to", tmp_path / "x.json", "--versions")
    assert done.stdout.startswith(f"{COUNT + 1 + 10} versions")
    assert len(set(ids(tmp_path / "x.json"))) == COUNT + 1 + 10
    card = (tmp_path / "x.json.README.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in card
    assert "نسخة" in card


def test_all_collections_are_one_set_of_parquet_by_institute_and_year(home: Path, tmp_path: Path) -> None:
    """One that has no dataset is left out."""
    Collection.open(home / "collections" / "empty", create=True)
    done = run(home, "export", "--all", "--format", "parquet", "--to", tmp_path / "all")
    assert done.stdout.startswith(f"{COUNT + 10} publications"), done.stderr
    folders = {path.parent.relative_to(tmp_path / "all" / "data") for path in (tmp_path / "all").rglob("*.parquet")}
    assert all(re.fullmatch(r"institute=demo/year=(\d{4}|__\w+__)", folder.as_posix()) for folder in folders)
    assert len(pyarrow.dataset.dataset(tmp_path / "all" / "data", partitioning="hive").to_table()) == COUNT + 10


def test_markdown_files_have_front_matter(home: Path, tmp_path: Path) -> None:
    to = tmp_path / "md"
    assert run(home, "export", "demo", "--format", "markdown", "--to", to).returncode == 0
    files = sorted(to.glob("demo/*/*.md"))
    assert len(files) == COUNT
    told = {one["id"]: one for one in shelf.publications(COUNT)}
    for path in files:
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        read = yaml.safe_load(front)
        assert path.name == read["id"].replace(":", "_") + ".md"
        assert read["title"] == told[read["id"]]["title"]
        assert read["authors"] == told[read["id"]]["authors"]
        assert read["source"]["payload_digest"].startswith("sha256:")
        assert body.strip()
    assert NEW in (to / "demo" / told[ARABIC]["published"][:4] / "demo_p1216.md").read_text(encoding="utf-8")


def test_a_card_says_what_is_in_it_and_what_is_not(home: Path, tmp_path: Path) -> None:
    to = tmp_path / "data"
    assert run(home, "export", "demo", "--format", "datapackage", "--to", to, "--language", "ar").returncode == 0
    card = (to / "README.md").read_text(encoding="utf-8")
    count = len(wanted(language="ar"))
    assert f"\n{count} publications of 1 institute" in card
    assert "of all, language ar" in card
    assert f"| ar | {count} |" in card
    assert "it is not known what is missing" in card
    without = sum(not one["authors"] for one in shelf.publications(COUNT) if one["language"] == "ar")
    assert f"| `no_author` | {without} | No author was found. |" in card or not without
    for section in ("Coverage", "Known gaps", "Doubts", "Rights", "How to cite"):
        assert f"\n## {section}\n" in card


def test_an_export_takes_the_place_of_an_export_alone(home: Path, tmp_path: Path) -> None:
    folder, file = tmp_path / "f", tmp_path / "x.ris"
    mine, strange = tmp_path / "mine", tmp_path / "mine.txt"
    mine.mkdir()
    (mine / "README.md").write_text("# كتابي\n", encoding="utf-8")
    strange.write_text("x", encoding="utf-8")
    for to, form in ((folder, "markdown"), (file, "ris")):
        words = ("export", "copy", "--format", form, "--to", to)
        assert run(home, *words).returncode == 0
        assert "is there already" in run(home, *words).stderr
        assert run(home, *words, "--replace").returncode == 0
    for to, form in ((mine, "markdown"), (strange, "ris"), (mine, "csv")):
        refused = run(home, "export", "copy", "--format", form, "--to", to, "--replace")
        assert refused.returncode == 2
        assert "is no export, and is not replaced" in refused.stderr
    assert (mine / "README.md").read_text(encoding="utf-8") == "# كتابي\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f", "mine", "mine.txt", "x.ris", "x.ris.README.md"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["demo", "--format", "xls", "--to", "x"], "there are parquet, csv"),
        (["demo", "--format", "csv"], "say what is to be exported"),
        (["nowhere", "--format", "csv", "--to", "x"], "no collection 'nowhere'"),
        (["demo", "--format", "csv", "--to", "x", "--since", "١ يناير"], "is no day"),
        (["demo", "--all", "--format", "csv", "--to", "x"], "leave it out, or the names"),
        (["demo", "--format", "csv", "--to", "x", "--kind", "قضية"], "is not one of"),
        (["demo", "--format", "csv", "--to", "x", "--language", "عربي"], "is no language's code"),
    ],
)
def test_what_is_asked_wrongly_is_told(home: Path, tmp_path: Path, words: list[str], says: str) -> None:
    done = run(home, "export", *[str(tmp_path / "x") if word == "x" else word for word in words])
    assert done.returncode == 2
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_dictionary_is_printed(home: Path) -> None:
    done = run(home, "export", "--dictionary")
    assert done.returncode == 0
    assert done.stdout.startswith("| field | type | what it is |")
