"""Addresses as people read them."""

import re
import unicodedata
import urllib.parse

_CODED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def readable(url: str) -> str:
    """A whole address, percent-decoded but for what is not text or would change how the rest is read: spaces,
    controls, marks of direction, characters that mean something in an address.
    """
    return _CODED.sub(_shown, url)


def _shown(coded: re.Match[str]) -> str:
    try:
        text = urllib.parse.unquote(coded[0], errors="strict")
    except UnicodeDecodeError:
        return coded[0]
    return "".join(one if unicodedata.category(one)[0] in "LMN" else urllib.parse.quote(one, safe="") for one in text)
