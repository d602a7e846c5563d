"""What a capture is good for: told from its status, its media type, its address and, where these leave it open, its
page."""

import re

from archive.extract.botwall import is_challenge
from archive.extract.html import Document
from archive.extract.page import Role
from archive.extract.warnings import Warning
from archive.institutes.profile import Profile
from archive.institutes.rules import UrlRule
from archive.institutes.urls import classify, inside
from archive.store.capture import Capture

_HTML = frozenset(("text/html", "application/xhtml+xml"))
PDF = frozenset(("application/pdf", "application/x-pdf"))
_DOCUMENTS = PDF | frozenset(
    (
        "application/msword",
        "application/rtf",
        "application/epub+zip",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
    )
)
_SOURCES = frozenset(
    (
        "application/xml",
        "text/xml",
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/json",
        "application/feed+json",
    )
)
_RESOURCES = ("image/", "font/", "audio/", "video/")
_RESOURCE_TYPES = frozenset(
    (
        "text/css",
        "text/javascript",
        "application/javascript",
        "application/x-javascript",
        "application/font-woff",
        "application/font-woff2",
        "application/x-font-ttf",
        "application/x-font-woff",
        "application/vnd.ms-fontobject",
        "application/manifest+json",
        "application/wasm",
    )
)
_ROBOTS = re.compile(r"^https?://[^/]+/robots\.txt$")
_PASSWORD = (b"post-password-form", b"wp-login.php?action=postpass")
_LOGIN = re.compile(r"/wp-login\.php|/login/?(?:\?|$)", re.IGNORECASE)


def media_type(capture: Capture) -> str | None:
    """The type that the response names, without parameters, lower-case."""
    value = (capture.header("Content-Type") or "").partition(";")[0].strip().lower()
    return value or None


def before_reading(capture: Capture, profile: Profile, body: bytes) -> Role | None:
    """The role as far as status, media type and first bytes tell it; None when the page must be read."""
    kind = sniffed(media_type(capture), body)
    if capture.status in (404, 410):
        return Role.MISSING
    if capture.status in (301, 302, 303, 307, 308):
        return Role.REDIRECT if capture.header("Location") else Role.ERROR
    if capture.status in (401, 407):
        return Role.RESTRICTED
    if capture.status != 200:
        return Role.BOTWALL if is_challenge(body, capture.status, capture.headers) else Role.ERROR
    if _ROBOTS.match(capture.url):
        return Role.SOURCE
    if kind in _DOCUMENTS:
        return Role.DOCUMENT
    if kind in _RESOURCE_TYPES or (kind or "").startswith(_RESOURCES):
        return Role.RESOURCE
    if kind in _SOURCES:
        return Role.SOURCE
    if kind not in _HTML:
        return Role.RESOURCE
    if not inside(capture.url, profile):
        return Role.OUTSIDE
    return None


def sniffed(stated: str | None, body: bytes) -> str | None:
    """The media type, corrected where servers are often wrong: PDFs as octet-stream, pages without a type, feeds as
    text."""
    start = body[:512].lstrip()[:64].lower()
    if start.startswith(b"%pdf-"):
        return "application/pdf"
    if stated in (
        None,
        "application/octet-stream",
        "binary/octet-stream",
        "text/plain",
        "application/unknown",
        "unknown/unknown",
        "*/*",
    ):
        if start.startswith((b"<!doctype html", b"<html", b"\xef\xbb\xbf<!doctype html")):
            return "text/html"
        if start.startswith((b"<?xml", b"<rss", b"<feed", b"<urlset", b"<sitemapindex")):
            return "application/xml"
        if stated is None:
            return "text/html" if b"<" in start or not start else "text/plain"
    return stated


def of_page(capture: Capture, profile: Profile, document: Document, body: bytes) -> Role:
    """The role of an HTML page of the institute that answered 200."""
    if is_challenge(body, capture.status, capture.headers):
        return Role.BOTWALL
    if is_restricted(body, capture):
        return Role.RESTRICTED
    rule = classify(capture.url, profile)
    if rule is UrlRule.OUTSIDE:
        return Role.OUTSIDE
    if rule is UrlRule.DOCUMENT:  # a message, or a page that leads to the file: no publication
        document.warnings.append(Warning.NOT_A_DOCUMENT)
        return Role.ERROR
    if rule in (UrlRule.LISTING, UrlRule.DENIED, UrlRule.TRAP):
        return Role.LISTING
    classes = document.body_classes
    if classes & {"archive", "blog", "search", "search-results", "post-type-archive"} and not classes & {
        "single",
        "page",
        "singular",
    }:
        return Role.LISTING
    if "error404" in classes:
        return Role.MISSING
    return Role.LISTING if _is_home(capture.url, profile) else Role.PUBLICATION


def _is_home(url: str, profile: Profile) -> bool:
    return url.rstrip("/") == profile.home.rstrip("/")


def is_restricted(body: bytes, capture: Capture) -> bool:
    """WordPress' form for the password of a post, in the place of its text; or a login page at a publication's
    address."""
    return any(mark in body for mark in _PASSWORD) or bool(_LOGIN.search(capture.url))
