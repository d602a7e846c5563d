"""The names of WARC files."""

from archive.errors import CollectionError

OPEN = ".open"  # at the end of a WARC's name while it is being written


def plain(warc: str) -> str:
    """The name, which is a file's alone. Raises CollectionError: an index from elsewhere may name anything."""
    if not warc or warc in (".", "..") or any(sign in warc for sign in "/\\\0"):
        raise CollectionError(f"{warc!r} is no file's name: `derive` makes the index anew")
    return warc
