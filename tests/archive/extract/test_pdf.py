"""PDFs as they are captured: whole ones in both scripts, and those that are hostile, shut, cut off or no PDF at all."""

import logging
from collections.abc import Callable
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from pypdf import PdfReader, PdfWriter

from archive.extract import pdf
from archive.extract.extract import extract
from archive.extract.page import FileContent, Role
from archive.institutes import registry
from archive.store.capture import Capture
from archive.store.exchange import Location, Truncation
from crawler.demo.institute import Institute
from crawler.demo.pdf import of_contents, of_objects, stream
from crawler.demo.pdf import pdf as made
from crawler.demo.site import Site
from crawler.demo.truth import truth
from tests.archive.extract.pages import PROFILE, capture

HOME = "http://127.0.0.1:8765/"
FILE = "https://institute.example/wp-content/uploads/2024/03/تقرير.pdf"
PDF = (("Content-Type", "application/pdf"),)
HELLO = b"BT /F1 12 Tf 1 0 0 1 50 700 Tm <00480065006c006c006f> Tj ET"


def read(body: bytes) -> tuple[FileContent, list[str]]:
    found, warnings = pdf.read(body)
    assert found is not None
    return found, warnings


def words(found: FileContent) -> str:
    return " ".join(" ".join(found.text or ()).split())


def test_every_document_of_the_demo_says_what_was_printed() -> None:
    institute = Institute(HOME, 60, 5, 2)
    site, profile = Site(institute), registry.load("demo").model_copy(update={"home": HOME})
    languages = set()
    for number in range(24, 50):
        true = truth(institute, number)
        for document in true["documents"]:
            answer = site.answer(urlsplit(document["url"]).path)
            assert isinstance(answer.body, bytes)
            page = extract(capture(answer.body, url=document["url"], headers=PDF), profile)
            assert page.file is not None
            assert words(page.file) == " ".join(" ".join(true["document_text"]).split())
            assert (page.role, page.warnings, page.file.language) == (Role.DOCUMENT, (), true["language"])
            assert page.file.direction == ("rtl" if true["language"] == "ar" else "ltr")
            assert page.title == page.file.title == f"{true['title']} ({document['title']})"
            assert page.file.text is not None
            assert len(page.file.text) == page.file.page_count
            languages.add(page.file.language)
    assert languages == {"ar", "en"}


def test_a_file_says_who_made_it_and_when() -> None:
    found, warnings = read(made("ملف قضية", ["قرار المحكمة رقم ١٢"], "معهد", "20170420093000+02'00'"))
    assert warnings == []
    assert found == FileContent(
        title="ملف قضية",
        author="معهد",
        created="2017-04-20T09:30:00+02:00",
        page_count=1,
        language="ar",
        direction="rtl",
        scanned=False,
        text=("قرار المحكمة رقم ١٢",),
    )


@pytest.mark.parametrize(
    ("written", "stamp"),
    [
        ("D:20170420", "2017-04-20"),
        ("D:2017", "2017"),
        ("20170420093015Z", "2017-04-20T09:30:15Z"),
        ("D:20170420093015-05'30'", "2017-04-20T09:30:15-05:30"),
        ("2017-04-20T09:30:15+02:00", "2017-04-20T09:30:15+02:00"),
        ("D:20171320", None),
        ("آذار", None),
        (None, None),
    ],
)
def test_times_are_read_as_far_as_they_go(written: str | None, stamp: str | None) -> None:
    about = b"<</CreationDate<feff%s>>>" % written.encode("utf-16-be").hex().encode() if written else b"<<>>"
    assert read(of_contents([HELLO], about=about))[0].created == stamp


def test_pages_that_are_pictures_are_scanned() -> None:
    picture = b"q 500 0 0 700 50 50 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \xff EI Q"
    found, warnings = read(of_contents([picture, picture]))
    assert (found.scanned, found.text, found.page_count, found.language) == (True, None, 2, None)
    assert warnings == ["document_scanned"]


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_file_with_a_password_is_not_read_and_one_that_anyone_may_open_is(algorithm: str) -> None:
    def shut(password: str) -> bytes:
        writer = PdfWriter(clone_from=PdfReader(BytesIO(made("t", ["قرار المحكمة"]))))
        writer.encrypt(password, "the owner's", algorithm=algorithm)
        out = BytesIO()
        writer.write(out)
        return out.getvalue()

    assert pdf.read(shut("سر")) == (None, ["document_encrypted"])
    assert read(shut(""))[0].text == ("قرار المحكمة",)


def in_loop(count: int) -> bytes:
    """A tree of pages that holds itself."""
    return of_objects(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[2 0 R 2 0 R]>>" % count, *[b"<<>>"] * 4]
    )


def nested(depth: int) -> bytes:
    return of_objects([b"<</Type/Catalog/Pages 2 0 R>>", b"[" * depth + b"]" * depth, *[b"<<>>"] * 4])


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7\n",
        b"%PDF-1.7\n" + bytes(range(256)) * 40,
        made("t", ["نص"])[:400],
        made("t", ["نص"]).replace(b"/Kids[", b"/Kinds["),
        in_loop(2),
        in_loop(10**9),
        nested(100_000),
        b"%PDF-1.7\n" + b"1 0 obj\n" * 50_000,
        b"<html>not a PDF</html>",
        b"",
    ],
)
def test_what_is_no_whole_file_is_damaged_and_never_raised(body: bytes) -> None:
    found, warnings = pdf.read(body)
    assert found is None or not found.text
    assert set(warnings) & {"document_damaged", "document_too_large"}


def test_a_broken_table_of_objects_is_mended() -> None:
    body = made("t", ["قرار المحكمة"])
    found, _ = read(body[: body.rindex(b"startxref")] + b"startxref\n7\n%%EOF\n")
    assert found.text == ("قرار المحكمة",)


def test_a_page_that_is_damaged_takes_no_other_with_it() -> None:
    good = of_contents([HELLO, HELLO.replace(b"6f", b"6f6f"), HELLO])
    start = good.index(b"stream\n", good.index(b"10 0 obj"))
    found, warnings = read(good[: start + 9] + b"\xff" * 12 + good[start + 21 :])
    assert found.text is not None
    assert (found.text[0], found.text[2], warnings) == ("Hello", "Hello", ["document_damaged"])


def bomb() -> bytes:
    return of_contents([HELLO, HELLO + b" " * (200 << 20)])


def form_in_itself() -> bytes:
    form = stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</X 8 0 R>>>>")
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 7 0 R/Resources<</XObject<</X 8 0 R>>>>>>"
    return of_objects(
        [
            b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page, b"<<>>", b"<<>>", b"<<>>",
            stream(b"/X Do"), form,
        ]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "pages"),
    [
        (bomb, 2),
        (form_in_itself, 1),
        (lambda: of_contents([b"BT /F1 9 Tf <0048> Tj " + b"<0049> Tj " * 110_000]), 1),
        (lambda: of_contents([HELLO + b" q" * 1_600_000]), 1),
        (lambda: of_contents([HELLO + b" [" * 1_000_000]), 1),
        (lambda: of_contents([HELLO] * (pdf.MAX_PAGES + 5)), pdf.MAX_PAGES + 5),
    ],
    ids=["bomb", "form in itself", "glyphs", "operators", "arrays", "pages"],
)
def test_what_is_past_a_limit_is_left_out_and_told(body: Callable[[], bytes], pages: int) -> None:
    found, warnings = read(body())
    assert found.page_count == pages
    assert len(found.text or ()) <= pdf.MAX_PAGES
    assert set(warnings) & {"document_too_large", "document_damaged"} or found.text == ("Hello",)


def test_signs_that_a_font_does_not_explain_are_told_and_not_guessed() -> None:
    font = b"<</F1<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[4 0 R]>>>>"
    found, warnings = read(of_contents([HELLO], fonts=font))
    assert (found.text, found.scanned, warnings) == (None, None, ["document_unmapped"])


def test_pypdf_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        pdf.read(b"%PDF-1.7\n1 0 obj <<>> endobj trailer <</Root 1 0 R>>")
    assert caplog.records == []


def test_a_page_in_the_place_of_a_file_is_no_document_and_no_publication() -> None:
    found = extract(capture("<html><body><p>الملف غير متاح</p>", url=FILE), PROFILE)
    assert (found.role, found.content) == (Role.ERROR, None)
    assert "not_a_document" in found.warnings


def test_a_file_that_was_cut_off_is_not_read() -> None:
    whole = capture(made("t", ["نص"]), url=FILE, headers=PDF)
    cut = Capture(
        whole.url, whole.captured_at, 200, PDF, whole.entity, Location("w", 0, 1), "<urn:uuid:1>", Truncation.DISCONNECT
    )
    found = extract(cut, PROFILE)
    assert (found.role, found.file, found.warnings) == (Role.DOCUMENT, None, ("truncated_capture",))


def test_other_formats_are_documents_whose_text_is_not_read() -> None:
    found = extract(capture(b"\xd0\xcf\x11\xe0", url=FILE, headers=(("Content-Type", "application/msword"),)), PROFILE)
    assert (found.role, found.file, found.warnings) == (Role.DOCUMENT, None, ("document_unread",))
