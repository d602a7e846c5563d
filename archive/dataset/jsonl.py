"""The dataset's files: written whole beside the old ones, synced, then renamed, so that a reader sees the old or the
new and nothing between.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from archive.dataset.publication import Publication
from archive.dataset.schema import datapackage, publication_schema, warnings_table, written
from archive.institutes.profile import Kind
from archive.store.journal import sync_folder
from archive.store.whole import WholeFile

PUBLICATIONS, LEGAL_CASES, HISTORY = "publications.jsonl", "legal_cases.jsonl", "history.jsonl"
SENTENCES = {
    PUBLICATIONS: "Every publication at its latest version, sorted by id.",
    LEGAL_CASES: "The legal cases among them.",
    HISTORY: "Every version of every publication, sorted by id and version.",
}


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a dataset, in hex: for the ledger."""
    found = {}
    for name in SENTENCES:
        with (folder / name).open("rb") as file:
            found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


# Line separators of Unicode stand unescaped in JSON, and readers that split lines as Python's str.splitlines does
# would cut there.
_SEPARATORS = (("\u2028".encode(), rb"\u2028"), ("\u2029".encode(), rb"\u2029"), ("\u0085".encode(), rb"\u0085"))


def line(publication: Publication) -> bytes:
    """One line of JSON in UTF-8 with its line feed. The keys stand in the order of the model."""
    return escaped(bytes(Publication.__pydantic_serializer__.to_json(publication))) + b"\n"


def escaped(written: bytes) -> bytes:
    """JSON in UTF-8 that every reader of lines takes as one."""
    for raw, code in _SEPARATORS:
        if raw in written:
            written = written.replace(raw, code)
    return written


class DatasetWriter:
    """Writes publications.jsonl, legal_cases.jsonl, history.jsonl, then schema/ and datapackage.json. All appear at
    the end, or none.
    """

    def __init__(self, folder: Path, name: str, title: str | None = None) -> None:
        """`name` and `title` are the collection's."""
        self.folder = folder
        self._name, self._title = name, title
        self._files = {path: WholeFile(folder / path) for path in SENTENCES}

    def add(self, versions: Iterable[Publication]) -> None:
        """All versions of one publication, oldest first. Publications come sorted by id."""
        latest, last = None, b""
        for latest in versions:
            last = line(latest)
            self._files[HISTORY].write(last)
        if latest is None:
            return
        self._files[PUBLICATIONS].write(last)
        if latest.kind is Kind.LEGAL_CASE:
            self._files[LEGAL_CASES].write(last)

    def __enter__(self) -> Self:
        for file in self._files.values():
            file.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._describe()
                for file in self._files.values():
                    file.sync()
                for file in self._files.values():
                    file.publish()
                sync_folder(self.folder)
        finally:
            for file in self._files.values():
                file.close()

    def _describe(self) -> None:
        """Adds the files that tell of the others."""
        files = {path: (SENTENCES[path], file.size, file.sha256) for path, file in self._files.items()}
        for path, value in (
            ("schema/publication.json", publication_schema()),
            ("schema/warnings.json", warnings_table()),
            ("datapackage.json", datapackage(self._name, self._title, files)),
        ):
            self._files[path] = WholeFile(self.folder / path)
            self._files[path].open()
            self._files[path].write(written(value))
