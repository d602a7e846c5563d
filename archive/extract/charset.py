"""From a page's bytes to its text: which character set it is in."""

import codecs
import re
from collections.abc import Iterable

from archive.extract.warnings import Warning

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_ARABIC_PAGE = re.compile(rb"<html[^>]{0,300}(?:lang\s*=\s*[\"']?(?:ar|fa|ur)\b|dir\s*=\s*[\"']?rtl)", re.IGNORECASE)
_NOT_ASCII = re.compile("[^\x00-\x7f]+")
_WORDS = re.compile(rb"[\x80-\xff]{3,}")
# What browsers read when a page says the left one (WHATWG Encoding Standard, "names and labels").
_LABELS = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "iso-8859-9": "cp1254",
    "x-sjis": "cp932",
    "unicode": "utf-16-le",
    "utf8": "utf-8",
    "iso-8859-8-i": "iso-8859-8",
}

_NOT_OF_THE_WEB = frozenset(["utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"])


def decode(body: bytes, content_type: str | None, warnings: list[str]) -> str:
    """Bytes to text: byte order mark, header, meta, then UTF-8, then by guess. Text that is good UTF-8 is read as such
    where a set of 8 bits is named. Codes of what was doubtful are added to `warnings`, and where mark, header and meta
    do not name the same."""
    head = body[:4096]
    header = _HEADER_CHARSET.search(content_type or "")
    meta = _META_CHARSET.search(head) or _META_CHARSET.search(body[:100_000])
    declared = [_codec(header[1])] if header else []
    for mark, name in _BOMS:
        if body.startswith(mark):
            _compare([name, *declared], warnings)
            return _replaced(body[len(mark) :], name, warnings)
    if head.count(0) > len(head) // 4:  # UTF-16 that forgot its mark: every other byte of markup is NUL
        warnings.append(Warning.CHARSET_GUESSED)
        return _replaced(body, "utf-16-le" if head[1:2] == b"\0" else "utf-16-be", warnings)
    if meta:
        # A page that can be read so far is no UTF-16, whatever it says (HTML Standard, 13.2.3.2).
        named = _codec(meta[1].decode("ascii"))
        declared.append("utf-8" if named and named.startswith("utf-16") else named)
    candidates = [name for name in declared if name]
    if not body.isascii():  # else all of them say the same of it
        _compare(declared, warnings)
    # Text of another character set is hardly ever good UTF-8 by chance, so that says more than any label.
    of_8_bits = [name for name in candidates if not name.startswith("utf-")]
    if of_8_bits and not body.isascii() and _is_utf8(body):
        if len(of_8_bits) == len(candidates):
            warnings.append(Warning.CHARSET_GUESSED)
        return body.decode()
    for name in dict.fromkeys((*candidates, "utf-8")):
        try:
            text = body.decode(name)
        except UnicodeDecodeError:
            continue
        if candidates and name not in candidates:
            warnings.append(Warning.CHARSET_GUESSED)
        return text
    if candidates and (candidates[0] != "utf-8" or _is_mostly_utf8(body)):
        return _replaced(body, candidates[0], warnings)
    warnings.append(Warning.CHARSET_GUESSED)
    return _replaced(body, "cp1256" if _ARABIC_PAGE.search(head) or _is_in_words(body) else "cp1252", warnings)


def _compare(named: Iterable[str | None], warnings: list[str]) -> None:
    if len({"utf-16" if name.startswith("utf-16") else name for name in named if name}) > 1:
        warnings.append(Warning.CHARSET_CONFLICT)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(body: bytes) -> bool:
    """Whether some bytes of a page of UTF-8 are damaged: in text of 8 bits a letter, hardly any of the others fit."""
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return wrong * 2 < sum(map(len, _NOT_ASCII.findall(text)))


def _is_in_words(body: bytes) -> bool:
    """Whether the letters beyond ASCII stand in words of them, as Arabic ones do, and not among Latin letters."""
    together = sum(map(len, _WORDS.findall(body)))
    return together * 2 > sum(body.count(byte) for byte in range(0x80, 0x100))


def _codec(label: str) -> str | None:
    label = label.strip().lower()
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name
        "".encode(name)  # refuses codecs that are not of text, such as zip
    except (LookupError, ValueError):
        return None
    return None if name in _NOT_OF_THE_WEB else name


def _replaced(body: bytes, name: str, warnings: list[str]) -> str:
    text = body.decode(name, "replace")
    if "\ufffd" in text:
        warnings.append(Warning.CHARSET_ERRORS)
    return text
