"""The page of a crawl: what it says, and that nothing a site says can turn it into something else."""

import itertools
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from archive.errors import CollectionError
from archive.reports import charts, crawls, doubts, page, verdict
from tests.archive.reports.making import ARABIC, FIRST, HOSTILE, SECOND, made, report


class Outline(HTMLParser):
    """Tags with their attributes, and whether they are closed in order."""

    VOID = ("meta", "br", "img", "link", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(autouse=True)
def _no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(charts.OFF, "off")


def test_verdict_comes_first_then_completeness_then_changes_then_what_went_wrong(tmp_path: Path) -> None:
    text = page.write(made(tmp_path / "test")).read_text(encoding="utf-8")
    ids = re.findall(r'<section id="(\w+)"', text)
    assert ids == ["completeness", "changes", "wrong", "charts", "numbers", "proof"]
    assert text.index("Finished with failures: 8 of 9 publications") < text.index('id="completeness"')
    for wanted in ("88.9 %", "policy-archive patch test --from missing", "1 could not be had", "cd" * 32, "7.7 MB"):
        assert wanted in text
    assert "1 of 400 are shown" in text
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_change_is_shown_word_by_word_with_its_fields(tmp_path: Path) -> None:
    text = page.write(made(tmp_path / "test")).read_text(encoding="utf-8")
    assert "بلغت الميزانية <del>مليون</del><ins>مليوني</ins> دينار." in text
    assert '<dt>authors</dt><dd><del><bdi dir="auto">ليلى</bdi></del> <ins><bdi dir="auto">—</bdi></ins>' in text


def test_what_a_site_says_is_data(tmp_path: Path) -> None:
    """Titles, reasons, hosts and types are escaped; no address but http and https is a link; marks that turn the
    direction of a line are taken out, and every title is isolated from what stands around it.
    """
    text = page.write(made(tmp_path / "test")).read_text(encoding="utf-8")
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text
    outline = Outline(text)
    assert outline.open == []
    assert not {"script", "iframe", "object", "embed", "img", "form", "link"} & {tag for tag, _ in outline.tags}
    assert not [name for _, attributes in outline.tags for name in attributes if name.startswith("on")]
    links = {str(attributes["href"]) for tag, attributes in outline.tags if tag == "a"}
    assert {link.partition(":")[0] for link in links if not link.startswith("#")} == {"https"}
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
    assert f'<bdi dir="auto">{ARABIC}</bdi>' in text


def test_the_page_asks_for_nothing(tmp_path: Path) -> None:
    text = page.write(made(tmp_path / "test")).read_text(encoding="utf-8")
    assert not {"src", "srcset", "poster", "data"} & {name for _, found in Outline(text).tags for name in found}
    assert not re.search(r"@import|url\((?!#)", text)
    assert "default-src 'none'" in text


def test_headings_captions_and_labels(tmp_path: Path) -> None:
    text = page.write(made(tmp_path / "test")).read_text(encoding="utf-8")
    outline = Outline(text)
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    tags = [tag for tag, _ in outline.tags]
    assert tags.count("table") == tags.count("caption") > 8
    assert all(attributes.get("scope") for tag, attributes in outline.tags if tag == "th")
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "told",
    [
        {}, {"crawl": SECOND}, {"crawl": "x", "exit_code": 5, "why": "لا جواب"},
        {"crawl": SECOND, "exit_code": 4, "urls": {"limit": 3}, "completeness": {"named": 0, "held": 0, "share": None}},
    ],
)  # fmt: skip
def test_a_report_of_another_version_has_a_page_too(tmp_path: Path, told: dict[str, object]) -> None:
    folder = made(tmp_path / "test", {"crawl": SECOND})
    assert Outline(page.render(folder, told)).open == []
    shutil.rmtree(tmp_path / "test" / "dataset")
    assert "What changed" in page.render(folder, {**report(), **told})


def test_which_crawl_is_meant(tmp_path: Path) -> None:
    folder = made(tmp_path / "test")
    assert crawls.read(folder)["crawl"] == SECOND
    assert crawls.read(folder, FIRST)["exit_code"] == 0
    with pytest.raises(CollectionError, match=f"no crawl '3'.*{FIRST}, {SECOND}"):
        crawls.read(folder, "3")
    crawls.path_of(folder, SECOND).with_name("report.json").write_text("ليس", encoding="utf-8")
    with pytest.raises(CollectionError, match="cannot be read"):
        crawls.read(folder)
    assert [one["crawl"] for one in crawls.newest(folder, SECOND, 9)] == [FIRST]


@pytest.mark.parametrize(
    ("told", "wanted", "tone"),
    [
        ({"exit_code": 0, "completeness": {"named": 1, "held": 1}}, "Complete: all 1 publication that", "good"),
        ({"exit_code": 0, "completeness": {"named": 2000, "held": 1999}}, "(99.9 %), 1 missing", "doubtful"),
        ({"exit_code": 4, "completeness": {"named": 9, "held": 3}}, "Stopped at a limit: 3 of 9", "doubtful"),
        ({"exit_code": 5, "completeness": {"named": 9, "held": 0}}, "Nothing could be archived: 0 of 9", "bad"),
        ({"exit_code": 0, "found": 3, "urls": {"archived": 2}}, "2 of 3 addresses archived", "good"),
    ],
)
def test_the_verdict(told: dict[str, object], wanted: str, tone: str) -> None:
    assert wanted in verdict.sentence(told)
    assert verdict.tone(told) == tone


def test_doubts_are_told_by_field_with_their_sentence() -> None:
    found = doubts.of({"charset_guessed": 1, "no_author": 3, "date_from_url": 2, "no_date": 5})
    assert [(one.field, one.code, one.count) for one in found] == [
        ("authors", "no_author", 3),
        ("dates", "no_date", 5),
        ("dates", "date_from_url", 2),
        ("the page itself", "charset_guessed", 1),
    ]
    assert all(one.sentence.endswith(".") for one in found)


def test_charts_are_drawn_with_their_numbers_beside_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("vl_convert")
    folder = made(tmp_path / "test")
    assert "charts are left out: POLICY_ARCHIVE_CHARTS says so" in page.render(folder, report())
    monkeypatch.delenv(charts.OFF)
    drawn, why = charts.draw(folder, report(), list(crawls.newest(folder, SECOND, 9)))
    assert why is None
    assert [chart.title for chart in drawn] == [
        "Publications by month and kind",
        "The collection's crawls",
        "Statuses",
    ]
    assert all(chart.svg and chart.svg.startswith("<svg") and chart.rows for chart in drawn)
    text = page.render(folder, report())
    outline = Outline(text)
    assert outline.open == []
    drawings = [attributes for tag, attributes in outline.tags if "drawing" in str(attributes.get("class"))]
    assert [one["role"] for one in drawings] == ["img"] * 3
    assert all(one["aria-label"] for one in drawings)
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_without_the_library_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(charts.OFF)
    monkeypatch.setattr(charts, "installed", lambda: False)
    text = page.render(made(tmp_path / "test"), report())
    assert "pip install &#39;policy-archive[charts]&#39;" in text
    assert "<svg" not in text


def test_a_page_that_was_being_written_when_the_process_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made(tmp_path / "test")
    before = page.write(folder).read_text(encoding="utf-8")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        page.write(folder)
    monkeypatch.undo()
    monkeypatch.setenv(charts.OFF, "off")
    assert crawls.path_of(folder, SECOND).read_text(encoding="utf-8") == before
    page.write(folder)
    assert json.loads((folder.crawls_dir / SECOND / "report.json").read_text())["found"] == 411
    assert not list(tmp_path.rglob("*.tmp"))
