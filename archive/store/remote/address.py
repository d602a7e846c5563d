"""The URL that a home or a collection lies at, and the folder on this machine that works for it.

The working folder has a home's own layout. It holds what is not in the store yet (the WARC that is being written, the
frontier) and copies of the small files; sealed WARCs are in the store alone. A file `remote` in it, and one in the
`state/` of each collection, has the URL: whoever opens the folder knows from it where the rest is.
"""

import hashlib
import os
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import CollectionError

WORK = "POLICY_ARCHIVE_WORK"  # an environment variable: the folder of all working folders
COLLECTIONS = "collections"
_POINTER = "remote"


def is_url(text: str) -> bool:
    """Whether a home is named by a URL, and not by a folder."""
    return "://" in text


def checked(url: str) -> str:
    """The URL without a slash at its end. Raises CollectionError where it holds what belongs into the environment: a
    URL stands in files and logs."""
    parts = urlsplit(url)
    if "@" in parts.netloc or parts.query or parts.fragment:
        shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        raise CollectionError(
            f"{shown} was given with a user, a key or options in the URL: credentials come from the environment alone "
            "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL, …); leave them out of the URL"
        )
    if not parts.scheme or not (parts.netloc or parts.path.strip("/")):
        raise CollectionError(f"{url!r} names no place: write it as s3://bucket/prefix")
    return url.rstrip("/")


def working_home(url: str) -> Path:
    """The folder that works for a home in a store; made where there is none."""
    url = checked(url)
    folder = _folder_of_all() / hashlib.sha256(url.encode()).hexdigest()[:16]
    _point(folder, url)
    return folder


def of_home(home: Path) -> str | None:
    """The URL that a home works for; None for one that is a folder and no more."""
    return _read(home / _POINTER)


def of_collection(state: Path) -> str | None:
    """The URL that a collection works for, by its folder `state/`."""
    return _read(state / _POINTER)


def bind(state: Path, url: str) -> None:
    """From here on the collection works for that URL."""
    _point(state, url)


def _folder_of_all() -> Path:
    if given := os.environ.get(WORK):
        return Path(given).resolve()
    # Not the cache: a crawl's spool lies there until the store has acknowledged it.
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "policy-archive"


def _point(folder: Path, url: str) -> None:
    pointer = folder / _POINTER
    if _read(pointer) == url:
        return
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{_POINTER}-{os.getpid()}.tmp"
    beside.write_text(url + "\n", encoding="utf-8")
    beside.replace(pointer)


def _read(pointer: Path) -> str | None:
    try:
        return pointer.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
