"""A PDF content stream as operators with their operands (ISO 32000-2, 7.2, 7.3 and 7.8.2)."""

import re
from collections.abc import Callable, Iterator
from typing import Any

MAX_NESTED = 8  # arrays and dictionaries in each other

# Tokens (ISO 32000-2, 7.2 and 7.3). A string that holds brackets or backslashes is read by `_string`.
_TOKEN = re.compile(
    rb"[\0\t\n\f\r ]*(?:(?P<number>[+-]*(?:\d+\.?\d*|\.\d+)[\d.-]*)|(?P<operator>[A-Za-z'\"][A-Za-z0-9*'\"]*)"
    rb"|<(?P<hex>[0-9A-Fa-f\0\t\n\f\r ]*)>|\((?P<plain>[^()\\\r]*)\)|(?P<string>\()"
    rb"|/(?P<name>[^\0\t\n\f\r ()<>\[\]{}/%]*)|(?P<mark><<|>>|\[|\])|(?P<comment>%[^\r\n]*)|(?P<other>.))",
    re.DOTALL,
)
_IN_STRING = re.compile(rb"[^()\\]+|\\(?:([0-7]{1,3})|\r\n|(.))|[()]", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b""}
_END_OF_IMAGE = re.compile(rb"[\0\t\n\f\r ]EI(?=[\0\t\n\f\r ]|\Z)")
_OPEN, _CLOSE, _DICTIONARY, _END = object(), object(), object(), object()
_MARKS = {b"[": _OPEN, b"]": _CLOSE, b"<<": _DICTIONARY, b">>": _END}


class Name(str):
    __slots__ = ()


def _string(data: bytes, at: int) -> tuple[bytes, int]:
    """The string whose content begins at `at`, and where it ends."""
    parts: list[bytes] = []
    depth = 1
    while depth and (found := _IN_STRING.match(data, at)):
        at = found.end()
        piece = found[0]
        if found[1]:
            piece = bytes([int(found[1], 8) & 0xFF])
        elif piece[:1] == b"\\":
            piece = _ESCAPES.get(found[2], found[2]) if found[2] else b""
        elif piece == b"(":
            depth += 1
        elif piece == b")":
            depth -= 1
        if depth:
            parts.append(piece)
    return b"".join(parts), max(at, 1)


def _number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:  # such as `--5` and `1.2.3`, which other readers read as far as they can
        found = re.match(rb"[+-]*(\d+\.?\d*|\.\d+)", text)
        value = float(found[1]) if found else 0.0
        return -value if text.startswith(b"-") else value


def operations(data: bytes, spend: Callable[[], None]) -> Iterator[tuple[str, list[Any]]]:
    """Each operator with its operands: floats, bytes, names, lists of these, dictionaries as flat lists."""
    operands: list[Any] = []
    stack: list[list[Any]] = []
    at, match = 0, _TOKEN.match
    while token := match(data, at):
        spend()
        at = token.end()
        kind = token.lastgroup
        if kind == "number":
            operands.append(_number(token["number"]))
        elif kind == "operator":
            name = token["operator"].decode("latin-1")
            if stack:  # a bracket that was never closed
                operands, stack = stack[0], []
            if name == "BI":
                end = _END_OF_IMAGE.search(data, at)
                at = end.end() if end else len(data)
            else:
                yield name, operands
            operands = []
        elif kind == "hex":
            digits = token["hex"].translate(None, b"\0\t\n\f\r ")
            operands.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")))
        elif kind == "plain":
            operands.append(token["plain"])
        elif kind == "string":
            value, at = _string(data, at)
            operands.append(value)
        elif kind == "name":
            operands.append(Name("/" + token["name"].decode("latin-1")))
        elif kind == "mark":
            mark = _MARKS[token["mark"]]
            if mark in (_OPEN, _DICTIONARY):
                if len(stack) < MAX_NESTED:
                    stack.append(operands)
                    operands = []
            elif stack:
                outer = stack.pop()
                outer.append(operands)
                operands = outer
