"""A run of words: text gathered from inline elements, tidied while it grows, with the places of its links."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.extract.page import TextLink

# White space that HTML does not show, and the two separators that are line ends. NBSP and the other spaces of
# typography are the author's own. One plain space is left as it is.
_SPACES = re.compile("[ \t\n\r\f\v\u0085\u2028\u2029]{2,}|[\t\n\r\f\v\u0085\u2028\u2029]")

# Address, start, end. An address that begins with # is a place on the same page: it ties a note to its mark
# (footnotes.py) and is no link.
Place = tuple[str, int, int]


@dataclass(slots=True)
class Run:
    """Text and links so far. `add` collapses white space; `close` gives NFC text, trimmed, with places that point
    into it."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    at_space: bool = True
    open: list[tuple[str, int]] = field(default_factory=list)
    links: list[Place] = field(default_factory=list)
    strong: int = 0  # characters in bold
    slanted: int = 0  # characters in italics
    inked: int = 0  # characters that are no space
    bold: int = 0  # depth of <b> and <strong> now
    italic: int = 0

    def add(self, words: str) -> None:
        words = _SPACES.sub(" ", words)
        if self.at_space and words[0] == " ":
            words = words[1:]
        if words:
            self.parts.append(words)
            self.length += len(words)
            self.at_space = words[-1] == " "
            ink = len(words) - words.count(" ")
            self.inked += ink
            if self.bold:
                self.strong += ink
            if self.italic:
                self.slanted += ink

    def add_raw(self, words: str | None) -> None:
        """Words whose white space stays as it is."""
        if words:
            self.parts.append(words)
            self.length += len(words)

    def end_line(self, mark: str = "\n") -> None:
        """A line end: the space before it goes, none may follow."""
        if not self.length:
            return
        if self.parts[-1][-1] in " \n":
            if self.parts[-1][-1] == "\n":
                return
            self.parts[-1] = self.parts[-1][:-1]
            self.length -= 1
            if not self.parts[-1]:
                self.parts.pop()
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append(mark)
            self.length += len(mark)
        self.at_space = True

    def mark(self, words: str, address: str) -> None:
        """A place for the words that the text ends with now; none where it ends with others."""
        tail = "".join(self.parts[-4:])
        end = self.length - (len(tail) - len(tail.rstrip(" ")))
        if words and tail.rstrip(" ").endswith(words):
            self.links.append((address, end - len(words), end))

    @property
    def after_line_end(self) -> bool:
        return bool(self.parts) and self.parts[-1] == "\n"

    def start_link(self, url: str) -> None:
        self.open.append((url, self.length))

    def end_link(self) -> None:
        url, start = self.open.pop()
        if self.length > start:
            self.links.append((url, start, self.length))

    def successor(self) -> "Run":
        """The run that goes on where this one was cut: inside the same links and emphasis."""
        return Run(open=[(url, 0) for url, _ in self.open], bold=self.bold, italic=self.italic)

    def close(self) -> tuple[str, list[Place]]:
        """The tidied text and its links; the run is not used afterwards."""
        for url, start in self.open:
            if self.length > start:
                self.links.append((url, start, self.length))
        text = "".join(self.parts)
        links = self.links
        if not unicodedata.is_normalized("NFC", text):
            moved = _composed(text, sorted({place for _, start, end in links for place in (start, end)}))
            links = [(url, moved[start], moved[end]) for url, start, end in links]
            text = unicodedata.normalize("NFC", text)
        return trimmed(text, links)


def _composed(text: str, places: list[int]) -> dict[int, int]:
    """Where each place (they rise) lies in the NFC text. No letter of ASCII composes with what stands before it, so
    that the text is composed piece by piece, each from the last such letter on."""
    moved = {}
    start = length = 0  # of the text that is done, and of its NFC
    for place in places:
        safe = place
        while safe > start and not (safe < len(text) and text[safe].isascii()):
            safe -= 1
        length += len(unicodedata.normalize("NFC", text[start:safe]))
        start = safe
        moved[place] = length + len(unicodedata.normalize("NFC", text[start:place]))
    return moved


def trimmed(text: str, links: list[Place]) -> tuple[str, list[Place]]:
    """Text without white space at its ends; links without white space at theirs, in order, the empty ones dropped."""
    kept = text.strip(" \n")
    shift = len(text) - len(text.lstrip(" \n"))
    found = []
    for url, start, end in links:
        start, end = max(start - shift, 0), min(end - shift, len(kept))
        while start < end and kept[start].isspace():
            start += 1
        while end > start and kept[end - 1].isspace():
            end -= 1
        if start < end:
            found.append((url, start, end))
    return kept, sorted(found, key=lambda place: place[1])


def text_links(text: str, links: Iterable[Place]) -> tuple[TextLink, ...]:
    """The links with their words: each one's text is the text at its place."""
    return tuple(
        TextLink(text=text[start:end], url=url, start=start, end=end)
        for url, start, end in links
        if start < end and url[0] != "#"
    )


def joined(parts: list[tuple[str, list[Place]]], separator: str) -> tuple[str, list[Place]]:
    """Several texts as one, their links moved along."""
    links: list[Place] = []
    length = 0
    for text, places in parts:
        links.extend((url, start + length, end + length) for url, start, end in places)
        length += len(text) + len(separator)
    return separator.join(text for text, _ in parts), links
