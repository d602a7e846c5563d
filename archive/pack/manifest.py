"""The manifest of a package: datapackage.json, which lists every file with its hash, and datapackage-digest.json, which
has the hash of that and, if the archivist has a key, a signature.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from archive.dataset.jsonl import HISTORY, LEGAL_CASES, PUBLICATIONS
from archive.pack.container import Stored
from archive.pack.signature import signed
from archive.proof.key import Key

MANIFEST, DIGEST = "datapackage.json", "datapackage-digest.json"
PROFILE, VERSION = "data-package", "1.1.1"  # the version that readers and validators in use know
PAGES, PAGES_FORMAT = "pages/pages.jsonl", "json-pages-1.0"
INDEX, SUMMARY = "indexes/index.cdx.gz", "indexes/index.idx"
LEDGER = "ledger/ledger.jsonl"
DATASET = (PUBLICATIONS, LEGAL_CASES, HISTORY)
# In a package, and where the collection has it. py-wacz wants no deeper folders, and takes a name that ends in
# schema.json for one of its own kind.
DESCRIBED = {
    "dataset/publication-fields.json": "schema/publication.json",
    "dataset/warnings.json": "schema/warnings.json",
}
OURS = "policyArchive"  # the key of what only this program says; WACZ allows others


def manifest(stored: Iterable[Stored], created: str, software: str, about: dict[str, Any]) -> bytes:
    """datapackage.json; `about` has title, description and whatever else is known."""
    told = {
        "profile": PROFILE,
        "wacz_version": VERSION,
        **about,
        "created": created,
        "modified": created,
        "software": software,
        "resources": [_resource(one) for one in stored],
    }
    return written(told)


def _resource(one: Stored) -> dict[str, Any]:
    """A file's line. It says that it is a file: Frictionless takes lines of JSON for a table else, guesses a type for
    each key from the first lines, and calls lists of two elements wrong months.
    """
    told = {"name": one.path.lower(), "path": one.path, "hash": f"sha256:{one.sha256}", "bytes": one.size}
    return told | {"type": "file"}


def digest(manifest: bytes, created: str, software: str, key: Key | None) -> bytes:
    """datapackage-digest.json."""
    stated = "sha256:" + sha256(manifest).hexdigest()
    told: dict[str, Any] = {"path": MANIFEST, "hash": stated}
    if key is not None:
        told["signedData"] = signed(key, stated, created, software)
    return written(told)


def written(told: dict[str, Any]) -> bytes:
    """JSON as people read it."""
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
