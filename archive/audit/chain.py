"""The ledger: its chain, the files that it names, and the lists of their members.

The chain is read from the bytes here, and not through the store's own reader, which stops at the first fault.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.audit.finding import Finding, error, warning
from archive.audit.inventory import Inventory
from archive.audit.readers import sha256
from archive.errors import CollectionError
from archive.proof.attest import SIGNED, STAMPED
from archive.store.folder import Folder
from archive.store.withheld import LIFTED, WITHHELD

LEDGER = "ledger.jsonl"
GENESIS = "0" * 64  # what the first line has as `previous`
_TAMPERED = "compare with a copy from elsewhere: someone, or a failing disk, has changed it"
_RESTORE = "the sealed file is not what it was: copy it back from a backup"
_DERIVE = "run `policy-archive derive`, which makes the list again, and compare"
_LATE = "a process that had lost the collection wrote it: `policy-archive derive`, and crawl again what it names"
_RECOVER = "run `policy-archive derive` or the next crawl: both finish what a crash left"


@dataclass(slots=True)
class Chain:
    """A ledger as it was read."""

    lines: int = 0
    heads: set[str] = field(default_factory=set)  # the hash of every line: each was the head once
    head: str = GENESIS
    sealed: dict[str, tuple[int, dict[str, Any]]] = field(
        default_factory=dict
    )  # WARC name → its last line's number, and the line
    torn: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    attested: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # signed and time-stamped
    published: tuple[int, dict[str, str]] | None = None  # the newest line with the dataset's hashes, and these
    withheld: int = 0  # the newest line that withholds or lifts
    fence: int = 0  # the highest number of an owner so far


def known_head(text: str) -> str:
    """A head as a person gives it; raises CollectionError where it is no SHA-256 in hex."""
    head = text.strip().lower().removeprefix("sha256:")
    if not re.fullmatch(r"[0-9a-f]{64}", head):
        raise CollectionError(
            f"--head {text!r} is not a ledger's head: give the 64 hexadecimal digits that a report printed"
        )
    return head


def read(path: Path, chain: Chain) -> Iterator[Finding]:
    """Reads the ledger into `chain`, and says where a line does not follow from the one before."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                yield warning(LEDGER, "ledger-torn", "the last line was not written to its end", _RECOVER, line=number)
                return
            chain.lines += 1
            try:
                entry = json.loads(line)
                event, previous = entry["event"], entry["previous"]
            except (ValueError, KeyError, TypeError):
                yield error(LEDGER, "ledger-line", "not a line of the ledger", _TAMPERED, line=number)
                event, previous, entry = "", chain.head, {}
            if previous != chain.head:
                detail = f"it follows a line with the hash {previous}, but the line before has {chain.head}"
                yield error(LEDGER, "ledger-chain", detail, _TAMPERED, line=number)
            yield from _fence(chain, entry, number)
            chain.head = hashlib.sha256(line.rstrip(b"\n")).hexdigest()
            chain.heads.add(chain.head)
            if event == "sealed":
                chain.sealed[str(entry.get("warc"))] = (number, entry)
            elif event == "torn":
                chain.torn.append((number, entry))
            elif event in (SIGNED, STAMPED):
                chain.attested.append((number, entry))
            elif event in (WITHHELD, LIFTED):
                chain.withheld = number
            elif event in ("crawl", "derived") or (event == "saved" and entry.get("dataset")):
                chain.published = number, entry.get("dataset") or (entry.get("report") or {}).get("dataset") or {}


def _fence(chain: Chain, entry: dict[str, Any], number: int) -> Iterator[Finding]:
    """Where many machines crawl, each owner of the collection has a higher number than the one before."""
    fence = entry.get("fence")
    if not isinstance(fence, int):
        return
    if fence < chain.fence:
        detail = f"written by {entry.get('owner')} (number {fence}) after number {chain.fence} had the collection"
        yield error(LEDGER, "ledger-fence", detail, _LATE, line=number)
    chain.fence = max(chain.fence, fence)


def check_head(chain: Chain, head: str) -> Iterator[Finding]:
    """Whether a head that was written down elsewhere is still in the chain: then nothing up to there was changed."""
    if head not in chain.heads:
        detail = f"no line has the hash {head}: what led to it was changed, or it is the head of another collection"
        yield error(LEDGER, "ledger-head", detail, _TAMPERED)


def check_file(folder: Folder, chain: Chain, name: str, found: str, inventory: Inventory) -> Iterator[Finding]:
    """A sealed file whose SHA-256 is `found`, and its list of members, against the file's line.

    The file's records must be in the inventory.
    """
    where = f"archive/{name}"
    if name not in chain.sealed:
        detail = "a file without a line in the ledger: sealing was cut off, or it was put there by hand"
        yield error(where, "ledger-missing", detail, _RECOVER)
        return
    number, entry = chain.sealed[name]
    size = folder.resolve(name).stat().st_size
    if size != entry.get("size"):
        detail = f"{size:,} bytes long, the ledger (line {number}) says {entry.get('size')}"
        yield error(where, "file-hash", detail, _RESTORE)
    elif found != entry.get("sha256"):
        detail = f"SHA-256 is {found}, the ledger (line {number}) says {entry.get('sha256')}"
        yield error(where, "file-hash", detail, _RESTORE)
    if entry.get("damage"):
        detail = f"damaged when it was sealed: {entry['damage']}"
        yield warning(
            where, "sealed-damaged", detail, "what was lost then is not in the archive: crawl those pages again"
        )
    path = folder.members_of(name)
    listed = f"indexes/{path.name}"
    if not path.exists():
        yield error(listed, "members-missing", f"the ledger (line {number}) says that there is a list", _DERIVE)
        return
    if (found := sha256(path)) != entry.get("members"):
        detail = f"SHA-256 is {found}, the ledger (line {number}) says {entry.get('members')}"
        yield error(listed, "members-hash", detail, _DERIVE)
    yield from _members(path, listed, name, inventory)


def check_absent(folder: Folder, chain: Chain) -> Iterator[Finding]:
    """What the ledger names and is not there, and what is there and not sealed."""
    there = set(folder.sealed_warcs())
    for name, (number, _) in sorted(chain.sealed.items()):
        if name not in there:
            detail = f"the ledger (line {number}) says that the file was sealed, but it is not there"
            yield error(f"archive/{name}", "file-missing", detail, "copy it back from a backup")
    for number, entry in chain.torn:
        kept = folder.archive_dir / str(entry.get("kept"))
        if not kept.exists() or kept.stat().st_size != entry.get("length"):
            detail = f"the tail that was cut off (ledger line {number}) is not there, or not whole"
            yield warning(
                f"archive/{kept.name}", "torn-missing", detail, "copy it back from a backup; no whole record was in it"
            )
    for name in folder.open_warcs():
        detail = "not sealed: a crawl is writing it, or was killed; the ledger vouches for none of it yet"
        yield warning(f"archive/{name}.open", "unsealed", detail, _RECOVER)


def check_dataset(folder: Folder, chain: Chain) -> Iterator[Finding]:
    """The dataset's files against the hashes that the newest line of a crawl, or of a derivation after something was
    withheld, has of them, where it has any. Where something was withheld since, they are of another dataset.
    """
    if chain.published is None or chain.withheld > chain.published[0]:
        return
    number, hashes = chain.published
    for name, stated in sorted(hashes.items()):
        path = folder.dataset_dir / name
        if not path.exists():
            yield error(f"dataset/{name}", "dataset-missing-file", f"the ledger (line {number}) has its hash", _DERIVE)
        elif (found := sha256(path)) != str(stated).removeprefix("sha256:"):
            detail = f"SHA-256 is {found}, the ledger (line {number}) says {stated}"
            mend = "right if `derive` was run with other programs since; else run it and compare"
            yield warning(f"dataset/{name}", "dataset-hash", detail, mend)


def _members(path: Path, where: str, name: str, inventory: Inventory) -> Iterator[Finding]:
    query = "SELECT offset, length, sha256, id, type FROM named_record WHERE place = ? ORDER BY offset"
    expected = inventory.rows(query, name)
    record = next(expected, None)
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if record is not None and line == _line(*record):
                record = next(expected, None)
                continue
            try:
                told = json.loads(line)
                member = (told["offset"], told["length"], told["sha256"], f"<{told['id']}>")
            except (ValueError, KeyError, TypeError):
                yield error(where, "members-line", "not a line of a list of members", _DERIVE, line=number)
                continue
            while record is not None and record[0] < member[0]:
                detail = f"a record that the list of members (line {number}) does not have"
                yield error(f"archive/{name}", "members-mismatch", detail, _RESTORE, offset=record[0])
                record = next(expected, None)
            if record is None or record[0] > member[0]:
                if not inventory.is_lost(name, member[0]):
                    detail = f"the list of members (line {number}) has a record here, the file has none"
                    yield error(f"archive/{name}", "members-mismatch", detail, _RESTORE, offset=member[0])
                continue
            if record[:4] != member:
                detail = f"not what was written: SHA-256 is {record[2]}, the list (line {number}) says {member[2]}"
                yield error(f"archive/{name}", "members-mismatch", detail, _RESTORE, offset=member[0])
            record = next(expected, None)
    while record is not None:
        detail = "a record behind the end of the list of members"
        yield error(f"archive/{name}", "members-mismatch", detail, _RESTORE, offset=record[0])
        record = next(expected, None)


def _line(offset: int, length: int, digest: str, name: str, kind: str) -> bytes:
    """As the store writes it, but quicker: a name that JSON spells otherwise is then read and compared as JSON."""
    told = f'{{"offset": {offset}, "length": {length}, "sha256": "{digest}", "id": "{name[1:-1]}", "type": "{kind}"}}\n'
    return told.encode()
