"""A publication as one flat row of texts, for spreadsheets: CSV after RFC 4180."""

import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from archive.export.selection import Record

JOIN = "; "  # between the values of a list
_BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
# A spreadsheet runs a cell that begins so; the wide forms too, where it is set to an East Asian language.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Line = Mapping[str, Any]


def _plain(name: str) -> Callable[[Line], Any]:
    return lambda line: line[name]


def _joined(name: str, key: str | None = None) -> Callable[[Line], str]:
    return lambda line: JOIN.join(one if key is None else one[key] for one in line[name])


def _case(name: str) -> Callable[[Line], Any]:
    return lambda line: (line["case"] or {}).get(name)


def _parties(side: str) -> Callable[[Line], str]:
    return lambda line: JOIN.join(one["name"] for one in (line["case"] or {}).get(side, ()))


def _source(name: str) -> Callable[[Line], Any]:
    return lambda line: line["source"][name]


# Name → type and sentence for the table schema, and how it is read from a line.
COLUMNS: dict[str, tuple[str, str, Callable[[Line], Any]]] = {
    "id": ("string", "The publication's id; never changes.", _plain("id")),
    "institute": ("string", "The short name of the institute.", _plain("institute")),
    "kind": ("string", "What sort of publication it is.", _plain("kind")),
    "state": ("string", "What became of it on the site: live, missing, gone, restricted.", _plain("state")),
    "url": ("string", "Where it stands.", _plain("url")),
    "title": ("string", "The title.", _plain("title")),
    "standfirst": ("string", "The lines between title and body.", _plain("standfirst")),
    "language": ("string", "BCP 47 code.", _plain("language")),
    "direction": ("string", "ltr or rtl.", _plain("direction")),
    "published": ("date", "The day that the site shows.", _plain("published")),
    "published_at": ("string", "The stamp with its offset, as the page has it.", _plain("published_at")),
    "modified": ("date", "The day of the last change that the site shows.", _plain("modified")),
    "authors": ("string", "Who wrote it, joined by “; ”.", _joined("authors", "name")),
    "sections": ("string", "The institute's sections, joined.", _joined("sections")),
    "tags": ("string", "The institute's tags, joined.", _joined("tags")),
    "countries": ("string", "ISO 3166-1 alpha-2 codes, joined.", _joined("countries")),
    "translations": ("string", "Addresses of the same in other languages, joined.", _joined("translations", "url")),
    "documents": ("string", "Addresses of the files that it offers, joined.", _joined("documents", "url")),
    "case_name": ("string", "What the case is called.", _case("name")),
    "claimants": ("string", "Who brings the case, joined.", _parties("claimants")),
    "defendants": ("string", "Whom it is brought against, joined.", _parties("defendants")),
    "court": ("string", "The court, in the page's language.", _case("court")),
    "jurisdiction": ("string", "The jurisdiction, in the page's language.", _case("jurisdiction")),
    "case_number": ("string", "The docket or case number.", _case("number")),
    "filed": ("string", "YYYY, YYYY-MM or YYYY-MM-DD.", _case("filed")),
    "case_status": ("string", "Where the case stands, in the page's words.", _case("status")),
    "version": ("datetime", "The version's name: when it was first captured, UTC.", _plain("version")),
    "first_seen": ("datetime", "The first capture of the publication, UTC.", _plain("first_seen")),
    "last_seen": ("datetime", "The last capture that showed it whole, UTC.", _plain("last_seen")),
    "warnings": ("string", "Codes of what is in doubt, joined.", _joined("warnings")),
    "warc": ("string", "The proof: the WARC file.", _source("warc")),
    "offset": ("integer", "The proof: where the record begins in it.", _source("offset")),
    "captured_at": ("datetime", "The proof: when it was captured, UTC.", _source("captured_at")),
    "payload_digest": ("string", "The proof: SHA-256 of the entity.", _source("payload_digest")),
    "text": ("string", "The text.", _plain("text")),
}


def write(path: Path, records: Iterable[Record], excel: bool = False) -> None:
    """Writes the rows; `excel` begins the file with a byte order mark."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_BOM if excel else "")
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for record in records:
            writer.writerow(row(record.line))


def row(line: Line) -> list[str]:
    """The cells of a line."""
    return [cell(read(line)) for _, _, read in COLUMNS.values()]


def cell(value: Any) -> str:
    """What no spreadsheet runs: a text that would be a formula gets an apostrophe before it, which spreadsheets take
    for “this is text”.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def table_schema() -> dict[str, Any]:
    """The columns as a Frictionless Table Schema."""
    fields: list[dict[str, Any]] = [
        {"name": name, "type": kind, "description": sentence}
        | ({"format": "%Y-%m-%dT%H:%M:%S.%fZ"} if kind == "datetime" else {})
        for name, (kind, sentence, _) in COLUMNS.items()
    ]
    return {"fields": fields, "primaryKey": ["id", "version"], "missingValues": [""]}
