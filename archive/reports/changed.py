"""The publications that a crawl found changed, each with its version before: which fields differ, and which words."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.dataset.differences import Piece, differences
from archive.dataset.jsonl import HISTORY
from archive.dataset.side_by_side import said
from archive.store.folder import Folder

MOST = 25  # publications that are compared
_ID = re.compile(rb'"id": ?"((?:[^"\\]|\\.)*)"')
_HEAD = 400  # bytes of a line in which its id stands
_BLOCKS = 12  # of one publication
_AROUND = 8  # words shown before and after a change
_WORDS = 120  # shown of what went or came at one place
_LONGEST = 300  # code points of a field's value


@dataclass(frozen=True, slots=True)
class Changed:
    """One publication: what sort of change it is, `fields` beside the text as (name, before, after), and the blocks
    that differ, word by word.
    """

    id: str
    kinds: list[str] = field(default_factory=list)
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    blocks: list[list[Piece]] = field(default_factory=list)
    more: int = 0  # blocks that are not shown


def of(folder: Folder, listed: list[dict[str, Any]]) -> dict[str, Changed]:
    """By id, what changed in the version that each entry of a report's list names. Reads history.jsonl once."""
    wanted = {str(one["id"]): str(one["version"]) for one in listed[:MOST]}
    path = folder.dataset_dir / HISTORY
    found: dict[str, Changed] = {}
    if not wanted or not path.exists():
        return found
    before: dict[str, Any] | None = None
    for line in _lines(path, wanted):
        if before is not None and before["id"] == line["id"] and line["version"] == wanted[line["id"]]:
            found[line["id"]] = _compared(before, line)
        before = line
    return found


def _lines(path: Path, wanted: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The versions of these publications, oldest first; others are not parsed."""
    with path.open("rb") as file:
        for raw in file:
            match = _ID.search(raw[:_HEAD])
            if match and json.loads(b'"' + match[1] + b'"') in wanted:
                yield json.loads(raw)


def _compared(before: dict[str, Any], after: dict[str, Any]) -> Changed:
    told = differences(before, after)
    fields = [(name, _shown(old), _shown(new)) for name, (old, new) in told.fields.items()]
    blocks = [_cut(block.pieces) for block in told.blocks if block.op != "same" and block.pieces]
    kinds = [str(kind) for kind in told.kinds]
    return Changed(after["id"], kinds, fields, blocks[:_BLOCKS], max(0, len(blocks) - _BLOCKS))


def _cut(pieces: Sequence[Piece]) -> list[Piece]:
    """A block's pieces with the few words around each change, and a bounded length of what went or came."""
    cut: list[Piece] = []
    for number, piece in enumerate(pieces):
        words = piece.text.split()
        if piece.op != "same" and len(words) > _WORDS:
            text = " ".join(words[:_WORDS]) + f" … ({len(words) - _WORDS:,} more words)"
        elif piece.op == "same" and len(words) > 2 * _AROUND:
            head = "" if number == 0 else " ".join(words[:_AROUND])
            tail = "" if number == len(pieces) - 1 else " ".join(words[-_AROUND:])
            text = f" {head} … {tail} "
        else:
            text = piece.text
        cut.append(Piece(piece.op, text))
    return cut


def _shown(value: Any) -> str:
    told = said(value)
    return told if len(told) <= _LONGEST else told[:_LONGEST] + "…"
