"""How a publication is cited: as a sentence, as CSL-JSON, as BibTeX and as RIS.

Each names the proof: when the page was captured, the WARC record, its digest, and the head of the ledger that vouches
for it. The day of access is the day of the capture. Formats: CSL 1.0.2's schema of data, BibTeX as BibTeX and Biber
read it, RIS as Zotero reads it.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.export.person import parted
from archive.export.selection import Record

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Archive:
    """The collection that a line is of, for what a citation says of the archive."""

    name: str
    title: str = ""  # of the collection; the publisher, in a bibliography
    head: str | None = None  # of its ledger

    @property
    def publisher(self) -> str:
        return self.title or self.name


# Kind → the type of CSL, RIS and BibTeX. What a site publishes day by day is a post.
_TYPES = {
    "analysis": ("post-weblog", "BLOG", "misc"),
    "interview": ("interview", "BLOG", "misc"),
    "brief": ("report", "RPRT", "techreport"),
    "weekly_brief": ("report", "RPRT", "techreport"),
    "report": ("report", "RPRT", "techreport"),
    "legal_case": ("legal_case", "CASE", "misc"),
}
_JOINERS = "\u200c\u200d\u200e\u200f"  # marks that Arabic and Persian need
_PAGE = ("webpage", "ELEC", "misc")  # statements, events, tables and other pages


def key(line: Line, archive: Archive, version: bool = False) -> str:
    """The name of an entry: the publication's id, which never changes; with `version`, that of one version. No two
    lines of a home have the same, since another collection's name stands before an id that is not its institute's own.
    """
    ident = re.sub(r"[^A-Za-z0-9:.+/-]", "_", line["id"])
    ident = ident if archive.name == line["institute"] else f"{re.sub(r'[^A-Za-z0-9.-]', '_', archive.name)}/{ident}"
    return f"{ident}@{re.sub(r'[^0-9]', '', line['version'])}" if version else ident


def plain(line: Line, archive: Archive) -> str:
    """One sentence."""
    authors = ", ".join(author["name"] for author in line["authors"]) or archive.publisher
    title = _one_line(line["title"] or "(no title)")
    stop = "" if authors.endswith(".") else "."
    source = line["source"]
    return (
        f"{authors}{stop} “{title}.” {archive.publisher}, {line['published'] or 'n.d.'}. {line['url']}. "
        f"Archived {source['captured_at'][:10]}, {source['payload_digest']}."
    )


def proof(line: Line, archive: Archive) -> str:
    """Where the bytes lie that the line was read from."""
    source = line["source"]
    told = [
        f"Archived {source['captured_at']}",
        f"{source['warc']} at byte {source['offset']}",
        f"record {source['record_id']}",
        source["payload_digest"],
        f"publication {line['id']}, version {line['version']}",
    ]
    return "; ".join(told + ([f"ledger head sha256:{archive.head}"] if archive.head else []))


# CSL-JSON


def csl(line: Line, archive: Archive, version: bool = False) -> dict[str, Any]:
    """One item of a bibliography."""
    case = line["case"] or {}
    told = {
        "id": key(line, archive, version),
        "type": _type(line)[0],
        "title": _one_line(line["title"]),
        "author": [_csl_name(author["name"]) for author in line["authors"]],
        "issued": _csl_day(line["published"]),
        "accessed": _csl_day(line["source"]["captured_at"][:10]),
        "URL": line["url"],
        "language": line["language"],
        "abstract": _one_line(line["standfirst"]),
        "keyword": ", ".join(map(_one_line, line["tags"])),
        "genre": line["kind"].replace("_", " "),
        "publisher": archive.publisher,
        "container-title": archive.publisher if _type(line)[0] in ("post-weblog", "webpage") else None,
        "authority": _one_line(case.get("court")),
        "number": _one_line(case.get("number")),
        "archive": f"policy-archive: {archive.publisher}",
        "archive_location": f"{line['source']['warc']}, byte {line['source']['offset']}",
        "note": proof(line, archive),
    }
    return {name: value for name, value in told.items() if value}


def _csl_name(name: str) -> dict[str, str]:
    parts = parted(name)
    return {"family": parts[0], "given": parts[1]} if parts else {"literal": _one_line(name)}


def _csl_day(day: str | None) -> dict[str, Any] | None:
    return {"date-parts": [[int(part) for part in day.split("-")]]} if day else None


# BibTeX

_TEX = {
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}", **{sign: "\\" + sign for sign in "$&#_%"},
}  # fmt: skip


def bibtex(line: Line, archive: Archive, version: bool = False) -> str:
    """One entry, in UTF-8, ending in a line feed."""
    case, kind = line["case"] or {}, _type(line)[2]
    publisher = "institution" if kind == "techreport" else "organization"
    fields = {
        "author": " and ".join(_tex_name(author["name"]) for author in line["authors"]),
        "title": f"{{{_tex(line['title'])}}}" if line["title"] else "",
        publisher: f"{{{_tex(archive.publisher)}}}",
        "year": (line["published"] or "")[:4],
        "date": line["published"],
        "url": _tex_url(line["url"]),
        "urldate": line["source"]["captured_at"][:10],
        "langid": {"ar": "arabic", "en": "english"}.get(line["language"] or "", ""),
        "abstract": _tex(line["standfirst"]),
        "keywords": ", ".join(_tex(tag) for tag in line["tags"]),
        "number": _tex(case.get("number")),
        "note": _tex(proof(line, archive)),
    }
    written = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{{key(line, archive, version)}{written}\n}}\n"


def _tex(text: str | None) -> str:
    return "".join(_TEX.get(sign, sign) for sign in _one_line(text))


def _tex_name(name: str) -> str:
    parts = parted(name)
    return f"{_tex(parts[0])}, {_tex(parts[1])}" if parts else f"{{{_tex(name)}}}"


def _tex_url(url: str) -> str:
    """Verbatim, but for what would end the field."""
    return re.sub(r"[{}\\]", lambda found: f"%{ord(found[0]):02X}", url)


# RIS


def ris(line: Line, archive: Archive, version: bool = False) -> str:
    """One record; its lines end in CR LF."""
    case, source = line["case"] or {}, line["source"]
    told: list[tuple[str, str | None]] = [
        ("TY", _type(line)[1]),
        ("ID", key(line, archive, version)),
        *(("AU", ", ".join(parted(author["name"]) or (author["name"],))) for author in line["authors"]),
        ("TI", line["title"]),
        ("T2", archive.publisher if _type(line)[1] in ("BLOG", "ELEC") else None),
        ("PB", archive.publisher),
        ("PY", (line["published"] or "")[:4]),
        ("DA", line["published"] and line["published"].replace("-", "/") + "/"),
        ("Y2", source["captured_at"][:10].replace("-", "/") + "/"),
        ("UR", line["url"]),
        ("LA", line["language"]),
        ("AB", line["standfirst"]),
        *(("KW", tag) for tag in line["tags"]),
        ("CN", case.get("number")),
        ("A3", case.get("court")),
        ("DB", f"policy-archive: {archive.publisher}"),
        ("N1", proof(line, archive)),
    ]
    lines = [f"{tag}  - {_one_line(value)}\r\n" for tag, value in told if value]
    return "".join(lines) + "ER  - \r\n\r\n"


# Files


@dataclass(frozen=True, slots=True)
class Format:
    """One way of writing citations."""

    suffix: str
    media_type: str
    one: Callable[[Line, Archive, bool], str]
    before: str = ""
    between: str = ""
    after: str = ""

    def whole(self, line: Line, archive: Archive, version: bool = False) -> str:
        """A file with one citation."""
        return self.before + self.one(line, archive, version) + self.after

    def write(self, path: Path, records: Iterable[Record], archives: Mapping[str, Archive], versions: bool) -> None:
        """A file with many; `archives` goes by the collection's name."""
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(self.before)
            for number, record in enumerate(records):
                file.write(
                    (self.between if number else "") + self.one(record.line, archives[record.collection], versions)
                )
            file.write(self.after)


def _csl_text(line: Line, archive: Archive, version: bool) -> str:
    return json.dumps(csl(line, archive, version), ensure_ascii=False)


FORMATS = {
    "csl": Format("json", "application/vnd.citationstyles.csl+json", _csl_text, "[\n", ",\n", "\n]\n"),
    "bibtex": Format("bib", "application/x-bibtex", bibtex, between="\n"),
    "ris": Format("ris", "application/x-research-info-systems", ris),
    "plain": Format("txt", "text/plain", lambda line, archive, _: plain(line, archive) + "\n"),
}


def _type(line: Line) -> tuple[str, str, str]:
    return _TYPES.get(line["kind"], _PAGE)


def _one_line(text: str | None) -> str:
    """Without line ends and controls: both formats of lines would read them as an end of the field."""
    kept = (sign if sign.isprintable() or sign in _JOINERS else " " for sign in text or "")
    return " ".join("".join(kept).split())
