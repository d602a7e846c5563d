"""Small pages and captures for the tests of the extraction."""

from datetime import UTC, datetime

from archive.extract.extract import extract
from archive.extract.html import Document
from archive.extract.page import Block, Content, Page
from archive.institutes.profile import FieldRule, Profile
from archive.store.capture import Capture
from archive.store.exchange import Location

HOME = "https://institute.example/"
URL = "https://institute.example/2024/03/05/a-page/"
PROFILE = Profile(
    id="example",
    name="Example Institute",
    home=HOME,
    languages=("en", "ar"),
    interviewers=("EXIN",),
    fields=(FieldRule(field="body", select=".entry-content"),),
)
PLAIN = Profile(id="plain", name="Example Institute", home=HOME)

LONG = "The committee met for the third time this year, and nobody who took part would say what had been decided. "
LONG_ARABIC = "اجتمعت اللجنة للمرة الثالثة هذا العام، ولم يقل أحد ممن شاركوا في الاجتماع ما الذي تقرر في نهايته. "


def document(markup: str | bytes, url: str = URL, content_type: str | None = None) -> Document:
    body = markup.encode() if isinstance(markup, str) else markup
    return Document.from_bytes(body, url, content_type)


def capture(
    body: str | bytes = b"",
    *,
    url: str = URL,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),),
) -> Capture:
    raw = body.encode() if isinstance(body, str) else body
    return Capture(url, datetime(2026, 5, 1, tzinfo=UTC), status, headers, raw, Location("w", 0, 1), "<urn:uuid:1>")


def page(body: str | bytes, profile: Profile = PROFILE, **more: object) -> Page:
    return extract(capture(body, **more), profile)  # type: ignore[arg-type]


def article(body: str, title: str = "A title", head: str = "", language: str = "en") -> str:
    return (
        f'<html lang="{language}"><head><title>{title}</title>{head}</head><body class="single single-post">'
        f'<main><h1>{title}</h1><div class="entry-content">{body}</div></main></body></html>'
    )


def content(body: str, profile: Profile = PROFILE, **more: str) -> Content:
    found = page(article(body, **more), profile).content
    assert found is not None
    return found


def blocks(body: str, profile: Profile = PROFILE) -> list[Block]:
    return list(content(body, profile).blocks)


def texts(body: str, profile: Profile = PROFILE) -> list[str]:
    return [block.text for block in blocks(body, profile)]
