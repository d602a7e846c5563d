"""A publication's documents with what their files say: shared, missing, cut off, too long for a line."""

from pathlib import Path

import pytest

from archive.dataset import assemble as assembling
from archive.dataset.jsonl import line
from archive.dataset.publication import Document
from archive.extract.page import FileContent, Role
from archive.store.exchange import Truncation
from tests.archive.dataset.making import Site, content, pdf

HOME = "https://nile.example/"
FILE = f"{HOME}wp-content/uploads/2026/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1.pdf"  # تقرير
REPORT = FileContent(
    title="Draft 3", author="N. N.", created="2026-01-01", page_count=2, language="ar", direction="rtl", scanned=False,
    text=("الصفحة الأولى", "الصفحة الثانية"),
)  # fmt: skip


@pytest.fixture
def site() -> Site:
    return Site()


def documents(site: Site, folder: Path) -> list[Document]:
    """The first document of each publication."""
    return [assembled.latest.documents[0] for assembled in site.assembled(folder)]


def offering(site: Site, slug: str = "report", url: str = FILE) -> None:
    site.page(f"{HOME}{slug}/", content(documents=(pdf(url, "حمّل التقرير"),)))


def test_a_document_s_text_stands_by_page_in_every_publication_that_links_to_it(site: Site, tmp_path: Path) -> None:
    offering(site, "report")
    offering(site, "the-same-report")
    site.document(FILE, b"%PDF", file=REPORT, title="Draft 3")
    for document in documents(site, tmp_path):
        assert document.text == REPORT.text
        assert (document.title, document.file_title) == ("حمّل التقرير", "Draft 3")
        assert (document.author, document.page_count, document.language) == ("N. N.", 2, "ar")
        assert (document.scanned, document.warnings) == (False, ())
        assert document.warc is not None
    assert "الصفحة الثانية" in line(site.assembled(tmp_path)[0].latest).decode()


def test_a_document_that_no_publication_links_to_makes_no_line(site: Site, tmp_path: Path) -> None:
    site.document(FILE, b"%PDF", file=REPORT)
    assert site.assembled(tmp_path) == []


def test_doubts_about_a_file_are_told_with_it(site: Site, tmp_path: Path) -> None:
    offering(site)
    scanned = FileContent(page_count=9, scanned=True)
    site.document(FILE, b"%PDF", file=scanned, warnings=("document_scanned",))
    [document] = documents(site, tmp_path)
    assert (document.scanned, document.text, document.warnings) == (True, None, ("document_scanned",))


@pytest.mark.parametrize(
    ("add", "code"),
    [
        (lambda site: site.missing(FILE), "document_missing"),
        (lambda site: site.add(FILE, Role.ERROR), "not_a_document"),
        (lambda site: site.document(FILE, b"%PDF", truncated=Truncation.LENGTH), "truncated_capture"),
        (lambda site: site.restricted(FILE), "restricted"),
    ],
)
def test_why_there_is_no_file_is_told(site: Site, tmp_path: Path, add: object, code: str) -> None:
    offering(site)
    assert callable(add)
    add(site)
    [document] = [one.latest.documents[0] for one in site.assembled(tmp_path) if one.latest.url == f"{HOME}report/"]
    assert (document.sha256, document.text, document.warnings) == (None, None, (code,))


def test_what_was_never_asked_for_has_no_doubt(site: Site, tmp_path: Path) -> None:
    offering(site)
    [document] = documents(site, tmp_path)
    assert document == Document(url=FILE, title="حمّل التقرير")


def test_a_line_holds_so_much_text_of_documents_and_no_more(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = FILE.replace(".pdf", "-2.pdf")
    site.page(f"{HOME}report/", content(documents=(pdf(FILE), pdf(other))))
    site.document(FILE, b"%PDF", file=REPORT)
    site.document(other, b"%PDF 2", file=REPORT)
    monkeypatch.setattr(assembling, "MOST_TEXT", 40)
    first, second = site.assembled(tmp_path)[0].latest.documents
    assert first.text == REPORT.text
    assert (second.text, second.page_count, second.warnings) == (None, 2, ("documents_too_large",))
