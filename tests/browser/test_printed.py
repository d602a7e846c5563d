"""PDFs that a browser prints, with real fonts, read back."""

import html
from collections import Counter
from itertools import pairwise

import pytest
from playwright.sync_api import Browser

from archive.extract import pdf
from crawler.demo.institute import Institute
from crawler.demo.truth import truth

pytestmark = pytest.mark.browser
HOME = "http://127.0.0.1:8765/"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_a_browser_prints_is_read_in_order(browser: Browser, language: str) -> None:
    institute = Institute(HOME, 60, 5, 2)
    paragraphs = next(
        true["document_text"]
        for true in (truth(institute, number) for number in range(60))
        if true["language"] == language and true["document_text"]
    )
    paragraphs = [
        *paragraphs[: len(paragraphs) // 3],
        "قال «المدعي» (وهو محامٍ) إنّ قانون رقم 107 لسنة 2013، المعدّل في 12/5/2016، لا يشمل شركة Google LLC.",
        "في عام ٢٠١٤–٢٠١٥ كان العدد ١٬٢٣٤٫٥ تقريبًا [3].",
    ]
    shown = "".join(f"<p dir=auto>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    page = browser.new_page()
    page.set_content(f"<html lang={language} dir={'rtl' if language == 'ar' else 'ltr'}><body>{shown}")
    found, warnings = pdf.read(page.pdf())
    page.close()
    assert found is not None
    assert found.text is not None
    expected, got = " ".join(paragraphs).split(), " ".join(found.text).split()
    pairs = Counter(pairwise(expected))
    assert (pairs & Counter(pairwise(got))).total() > 0.95 * pairs.total()  # a line may end within a word
    assert (found.language, warnings) == (language, [])
