"""Documents that stand embedded in a page."""

import pytest

from tests.archive.extract.pages import LONG, LONG_ARABIC, content

FILE = "https://institute.example/uploads/report.pdf"


@pytest.mark.parametrize(
    ("markup", "url"),
    [
        ('<iframe src="/uploads/report.pdf" title="تقرير"></iframe>', FILE),
        ('<object data="/uploads/report.pdf" aria-label="تقرير"></object>', FILE),
        ('<iframe data-src="/uploads/report.pdf" src="about:blank" title="تقرير"></iframe>', FILE),
        (f'<iframe src="https://docs.google.com/gview?embedded=true&url={FILE}" title="تقرير"></iframe>', FILE),
        (f'<iframe src="https://view.officeapps.live.com/op/embed.aspx?src={FILE}" title="تقرير"></iframe>', FILE),
        (f'<iframe src="/plugins/pdfjs/web/viewer.html?file={FILE}&x=1" title="تقرير"></iframe>', FILE),
        (
            '<iframe src="https://www.scribd.com/embeds/123/content" title="تقرير"></iframe>',
            "https://www.scribd.com/embeds/123/content",
        ),
    ],
)
def test_a_document_in_a_frame_is_a_document(markup: str, url: str) -> None:
    found = content(f"<p>{LONG * 3}</p>{markup}<p>{LONG_ARABIC}</p>")
    assert [(one.url, one.title) for one in found.documents] == [(url, "تقرير")]


@pytest.mark.parametrize("src", ["https://www.youtube.com/embed/abc", "/map/?url=1", "about:blank", ""])
def test_other_frames_are_none(src: str) -> None:
    assert content(f'<p>{LONG * 3}</p><iframe src="{src}"></iframe>').documents == ()
