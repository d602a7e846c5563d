"""Documents that stand embedded in a page: files in frames, and the viewers that show files of elsewhere."""

import re
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from archive.institutes.urls import absolute

FILE = re.compile(r"\.(?:pdf|docx?|odt|rtf|xlsx?|ods|pptx?|odp|epub)(?:[?]|$)", re.IGNORECASE)
# A viewer's parameter that names the file: Google's, Microsoft's, and pdf.js' that plugins bring with them.
_NAMES_FILE = ("url", "src", "file", "pdf", "document")
_VIEWERS = re.compile(
    r"^https?://(?:docs\.google\.com/(?:gview|viewer)|view\.officeapps\.live\.com/op/)", re.IGNORECASE
)
# Those that hold the document themselves: the frame's own address is all that the page says of it.
_HOLDERS = re.compile(
    r"^https?://(?:(?:www\.|[a-z]{2}\.)?scribd\.com/(?:embeds|doc|document)/\d|e\.issuu\.com/|issuu\.com/[^/]+/docs/"
    r"|(?:www\.)?slideshare\.net/slideshow/embed|(?:www\.|embed\.)?documentcloud\.org/documents/"
    r"|drive\.google\.com/file/d/|docs\.google\.com/(?:document|presentation|spreadsheets)/d/)",
    re.IGNORECASE,
)


def file_of(element: HtmlElement, base: str) -> str | None:
    """The absolute address of the document that an <iframe>, <object> or <embed> shows; null where it shows none."""
    address = element.get("data") or element.get("src") or ""
    if address in ("", "about:blank"):  # loaded lazily
        address = element.get("data-src") or element.get("data-lazy-src") or ""
    url = absolute(address, base) if address else None
    if url is None:
        return None
    for name, value in parse_qsl(urlsplit(url).query):
        if name.lower() in _NAMES_FILE and (FILE.search(value) or (_VIEWERS.match(url) and "/" in value)):
            return absolute(value, url)
    return url if FILE.search(url) or _HOLDERS.match(url) else None
