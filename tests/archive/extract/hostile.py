"""Pages that are meant to cost much: what they are made of, and what must still be read of them."""

from collections.abc import Callable
from dataclasses import dataclass

from archive.store.capture import Capture
from archive.store.exchange import Location
from tests.archive.extract.pages import LONG, LONG_ARABIC, article, capture

SAID = {"en": LONG.strip(), "ar": LONG_ARABIC.strip()}


@dataclass(frozen=True)
class Hostile:
    """A page, made when it is needed; `code` is the doubt that must be told, None where all of the text must be read;
    `told` says whether the text must be read all the same.
    """

    make: Callable[[str], str | bytes]
    code: str | None
    told: bool = True
    content_type: str = "text/html; charset=utf-8"
    whole: bool = False  # whether nearly all of the page is its text


def _attributes(quoted: str) -> str:
    return " ".join(f"a{number}={quoted}" for number in range(50_000))


PAGES = {
    "nested divs": Hostile(lambda said: f"<body>{'<div>' * 200_000}<p>{said}</p>", "too_deep"),
    "nested spans": Hostile(lambda said: f"<body>{'<span>' * 200_000}<p>{said}</p>", "too_deep"),
    "nested tables": Hostile(lambda said: f"<body>{'<table><tr><td>' * 70_000}<p>{said}</p>", "too_deep"),
    "paragraphs": Hostile(lambda said: article(f"<p>{said}</p>" * 100_000), "too_many_blocks"),
    "attributes": Hostile(lambda said: f"<body><div {_attributes('1')}><p>{said}</p></div>", "too_many_attributes"),
    "quoted attributes": Hostile(
        lambda said: f"<body><div {_attributes(chr(34) + 'x>y' + chr(34))}><p>{said}</p></div>", "too_many_attributes"
    ),
    "10 MB of text": Hostile(lambda said: f"<body>{said * (10_000_000 // len(said.encode()))}", None, whole=True),
    "10 MB in paragraphs": Hostile(lambda said: article(f"<p>{said * 90}</p>" * 600), None, whole=True),
    "10 MB of title": Hostile(lambda said: f"<title>{'x y ' * 2_500_000}</title><body><p>{said}</p>", None),
    "links": Hostile(
        lambda said: f"<body><p>{said}</p>" + "".join(f"<a href=/{n}/>x</a> " for n in range(260_000)), "too_many_links"
    ),
    "bold words": Hostile(lambda said: f"<body><p>{said}{'<b>x</b> ' * 260_000}</p>", "too_large"),
    "cells": Hostile(
        lambda said: f"<body><p>{said}</p><table>{('<tr>' + '<td>x' * 50) * 3_000}</table>", "too_many_nodes"
    ),
    "metas": Hostile(
        lambda said: f"<head>{'<meta name=a content=b>' * 300_000}<body><p>{said}</p>", "too_large", told=False
    ),
    "angle brackets": Hostile(lambda said: f"<body><p>{said}</p>{'<' * 5_000_000}", "too_large"),
    "no html": Hostile(lambda said: f"<p>{said}</p>", None),
    "no tags": Hostile(lambda said: said, "not_html"),
    "NUL bytes": Hostile(lambda said: f"<body><p>{said}</p>\0\0", "nul_bytes"),
    "empty": Hostile(lambda said: b"", "empty_body", False),
    "a picture": Hostile(lambda said: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400, "not_html", False),
    "unclosed comment": Hostile(lambda said: f"<body><!--{'--' * 3_000_000}<p>{said}", "no_body", False),
    "brackets of JSON": Hostile(
        lambda said: f"<script type=application/ld+json>{'[' * 1_000_000}</script><body><p>{said}</p>", None
    ),
    "UTF-16": Hostile(lambda said: f"<body><p>{said}</p>".encode("utf-16"), None, content_type="text/html"),
    "UTF-16 without a mark": Hostile(
        lambda said: f"<html><body><p>{said}</p>{' ' * 2000}".encode("utf-16-le"), "charset_guessed",
        content_type="text/html",
    ),
    "an unknown charset": Hostile(
        lambda said: f"<body><p>{said}</p>".encode(), None, content_type="text/html; charset=klingon"
    ),
    "windows-1256 called UTF-8": Hostile(
        lambda said: f"<body><p>{said}</p>".encode("cp1256"), "charset_guessed"
    ),
    "UTF-8 called windows-1256": Hostile(
        lambda said: f"<body><p>{said}</p>".encode(), "charset_guessed",
        content_type="text/html; charset=windows-1256",
    ),
}  # fmt: skip

EVERY = [(name, language) for name in PAGES for language in SAID]


def opener(path: str) -> Callable[[Location], Capture]:
    """For a worker: the offset says which page in which language is read."""

    def read(location: Location) -> Capture:
        name, language = EVERY[location.offset]
        headers = (("Content-Type", PAGES[name].content_type),)
        return capture(PAGES[name].make(SAID[language]), headers=headers)

    return read
