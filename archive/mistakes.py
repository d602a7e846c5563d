"""What is wrong in a file that a person wrote, in one line: file, key, value, and the nearest valid one. For the
pydantic models of profiles, schedules and alerts.
"""

import difflib
import re
import types
import typing

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_TYPES = {
    "string": "text",
    "tuple": "a list",
    "list": "a list",
    "dict": "a table",
    "model": "a table",
    "bool": "true or false",
}


def told(file: str, error: ValidationError, model: type[BaseModel]) -> str:
    """All mistakes of a file in one line, first things first. `model` is what the file was held against."""
    problems = [f"{_key(details['loc'])}{_told(details, model)}" for details in error.errors(include_url=False)]
    return f"{file}: {'; '.join(problems)}"


def _key(loc: tuple[int | str, ...]) -> str:
    key = ""
    for part in loc:
        if part == "[key]":
            continue
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else part
    return f"{key}: " if key else ""


def _told(details: ErrorDetails, model: type[BaseModel]) -> str:
    kind, loc = details["type"], details["loc"]
    if kind == "extra_forbidden":
        valid = _keys_at(loc[:-1], model)
        return f"there is no such key{nearest(str(loc[-1]), valid)}; valid here: {', '.join(sorted(valid))}"
    if kind == "missing":
        return "is missing"
    if kind in ("enum", "literal_error"):
        valid = re.findall(r"'([^']*)'", str(details.get("ctx", {}).get("expected", "")))
        return f"{details['input']!r} is not known{nearest(str(details['input']), valid)}; valid: {', '.join(valid)}"
    if kind == "value_error":
        return str(details["ctx"]["error"])
    if kind == "string_pattern_mismatch":
        return f"{details['input']!r} must be lower-case letters, digits, - and _, at most 64, and name a folder"
    wanted = _TYPES.get(kind.removesuffix("_type"))
    if wanted and kind.endswith("_type"):
        return f"must be {wanted}, not {details['input']!r}"
    return f"{details['msg'][:1].lower()}{details['msg'][1:]}, not {details['input']!r}"


def _keys_at(loc: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    """The keys that are valid in the table at `loc`."""
    for part in loc:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if (
        isinstance(annotation, type)
        and not isinstance(annotation, types.GenericAlias)
        and issubclass(annotation, BaseModel)
    ):
        return annotation
    return next((found for part in typing.get_args(annotation) if (found := _model_in(part))), None)


def nearest(word: str, valid: list[str]) -> str:
    """` (did you mean …?)`, or nothing where none is near."""
    near = difflib.get_close_matches(word.lower(), valid, n=1, cutoff=0.5)
    return f" (did you mean {near[0]!r}?)" if near else ""
