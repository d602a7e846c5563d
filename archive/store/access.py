"""What may not be shown: pywb's access rules (`acl/access-rules.aclj`), which `derive` writes for what is withheld.

A rule of ours blocks one index key (SURT), which pywb answers with 451, and names the ledger's lines that it comes
from. Rules that someone else put into the file are kept as they are.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from archive.store.folder import Folder
from archive.store.whole import whole
from archive.store.withheld import Withheld, Withholding

Rules = dict[str, tuple[int, ...]]  # index key → the ledger's lines that it is withheld by

_EXACT = "###"  # behind a key: this key alone, not all that begin with it
_LINES = "ledger_lines"


def hidden(folder: Folder, day: date) -> dict[str, Withholding]:
    """The index keys that must not be shown on a day, each with its reason: those that the last derivation found, and
    those that the ledger itself names, should it be newer."""
    withheld = Withheld.of(folder, day)
    if not withheld:
        return {}
    found = withheld.keys()
    by_line = {one.line: one for one in withheld}
    for key, lines in ours(folder.access_rules).items():
        known = [by_line[line] for line in lines if line in by_line]
        if known:
            found.setdefault(key, known[0])
    return found


def on(folder: Folder, day: date) -> bytes:
    """A file of access rules for pywb on a day; empty where everything may be shown."""
    rules: Rules = {key: (one.line,) for key, one in hidden(folder, day).items()}
    return _written(rules, _others(folder.access_rules))


def ours(path: Path) -> Rules:
    """The rules of a file that come from the ledger."""
    return {key.removesuffix(_EXACT): tuple(lines) for key, lines, _ in _read(path) if lines}


def write(path: Path, rules: Rules) -> None:
    """Puts these rules in the place of ours, the file whole or not at all; no file where there are none."""
    content = _written(rules, _others(path))
    if not content:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(exist_ok=True)
    with whole(path) as file:
        file.write(content)


def _others(path: Path) -> list[bytes]:
    return [line for _, lines, line in _read(path) if not lines]


def _read(path: Path) -> Iterator[tuple[str, list[int], bytes]]:
    """Key, the ledger's lines, and the line as it stands."""
    if not path.exists():
        return
    for line in path.read_bytes().splitlines(keepends=True):
        key, _, told = line.decode("utf-8", "replace").partition(" - ")
        try:
            lines = json.loads(told).get(_LINES, [])
        except (ValueError, AttributeError):
            lines = []
        yield key, lines, line


def _written(rules: Rules, others: Iterable[bytes]) -> bytes:
    """Sorted downwards by bytes, as pywb searches it."""
    lines = [
        f"{key}{_EXACT} - {json.dumps({'access': 'block', _LINES: list(numbers)})}\n".encode()
        for key, numbers in rules.items()
    ]
    return b"".join(sorted([*lines, *others], reverse=True))
