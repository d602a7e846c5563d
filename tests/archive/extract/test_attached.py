"""Pictures and files of a publication."""

import pytest

from tests.archive.extract.pages import LONG, LONG_ARABIC, PLAIN, page

BODY = f"<p>{LONG}</p><p>{LONG}</p><p>{LONG}</p>"
BODY_ARABIC = f"<p>{LONG_ARABIC}</p><p>{LONG_ARABIC}</p>"
FILES = "https://institute.example/files/"


def read(beside: str, body: str = BODY) -> tuple[list[tuple[str, str | None]], list[tuple[str | None, ...]]]:
    """The documents and the images of a page; `beside` stands between title and body."""
    markup = (
        f'<html><body class="single"><main><h1>Courts</h1>{beside}'
        f'<article class="entry-content">{body}</article></main></body></html>'
    )
    found = page(markup, PLAIN).content
    assert found is not None
    images = [(image.url.removeprefix(FILES), image.alt, image.caption, image.credit) for image in found.images]
    return [(one.url.removeprefix(FILES), one.title) for one in found.documents], images


@pytest.mark.parametrize(
    ("beside", "body", "wanted"),
    [
        # in the words
        ("", f'{BODY}<p>The <a href="/files/a.pdf">ruling</a> is short.</p>', [("a.pdf", "ruling")]),
        ("", f'{BODY_ARABIC}<p>نُشر <a href="/files/a.pdf">الحكم</a> أمس.</p>', [("a.pdf", "الحكم")]),
        # embedded
        (
            "",
            f'{BODY}<object data="/files/a.pdf" type="application/pdf" title="Ruling"></object>',
            [("a.pdf", "Ruling")],
        ),
        # offered beside the body
        (
            '<div class="hero"><a class="button" href="/files/a.pdf">Download PDF</a></div>',
            BODY,
            [("a.pdf", "Download PDF")],
        ),
        ('<aside><a href="/files/a.docx?ver=2">Full Report</a></aside>', BODY, [("a.docx?ver=2", "Full Report")]),
        ('<div><a href="/files/a.pdf">تحميل التقرير</a></div>', BODY_ARABIC, [("a.pdf", "تحميل التقرير")]),
        # of others, or no offer
        ('<div class="related"><a href="/files/a.pdf">Download PDF</a></div>', BODY, []),
        ('<nav><a href="/files/a.pdf">Download our brochure</a></nav>', BODY, []),
        ('<div><a href="/files/a.pdf">Privacy policy</a></div>', BODY, []),
        ('<div><a href="/files/a.pdf">حملة المعهد</a></div>', BODY_ARABIC, []),
        ('<div><a href="/download/">Download</a></div>', BODY, []),
    ],
)
def test_documents(beside: str, body: str, wanted: list[tuple[str, str | None]]) -> None:
    assert read(beside, body)[0] == wanted


def test_the_posts_picture_comes_first_and_no_others() -> None:
    beside = (
        '<figure class="wp-block-post-featured-image"><img src="/files/top.jpg" alt="A court">'
        "<figcaption>محكمة في بيروت</figcaption></figure>"
        '<div class="card"><img class="wp-post-image" src="/files/other.jpg"></div>'
    )
    body = f'{BODY}<figure><img src="/files/in.jpg" alt="A judge"><figcaption>The judge.</figcaption></figure>{BODY}'
    assert read(beside, body)[1] == [
        ("top.jpg", "A court", "محكمة في بيروت", None),
        ("in.jpg", "A judge", "The judge.", None),
    ]
