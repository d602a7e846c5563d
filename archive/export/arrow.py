"""The Arrow schema of a line, made from the model of a publication: here alone is it said which column has which type.

Lists and structs stay what they are; times are microseconds in UTC, days are date32, and `derived_by` is a list of
names with their versions: a map is a type that not every reader has (`datasets` has none).
"""

import json
import types
import typing
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import pyarrow
import pyarrow.json
from pydantic import BaseModel

from archive.dataset.publication import Publication

TIME = pyarrow.timestamp("us", "UTC")
PROGRAMS = pyarrow.list_(pyarrow.struct([("name", pyarrow.string()), ("version", pyarrow.string())]))
DAYS = ("published", "modified")  # texts in the model, since JSON has no days
_DERIVED_BY = "derived_by"
_KEY = b'"derived_by":{'  # no text of a line holds these bytes: a quote inside a text is escaped


@cache
def schema() -> pyarrow.Schema:
    """Of a table of lines. Each column has the sentence of the JSON Schema as its description."""
    return pyarrow.schema(
        [
            pyarrow.field(
                name,
                pyarrow.date32() if name in DAYS else _type(told.annotation),
                metadata={"description": told.description or ""},
            )
            for name, told in Publication.model_fields.items()
        ]
    )


def _type(annotation: Any) -> pyarrow.DataType:
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _type(inner[0])
    if origin in (typing.Union, types.UnionType):
        return _type(next(one for one in inner if one is not type(None)))
    if origin is tuple:
        return pyarrow.list_(_type(inner[0]))
    if origin is dict:
        return PROGRAMS
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            fields = annotation.model_fields.items()
            return pyarrow.struct([pyarrow.field(name, _type(told.annotation)) for name, told in fields])
        if issubclass(annotation, datetime):
            return TIME
        if issubclass(annotation, bool):
            return pyarrow.bool_()
        if issubclass(annotation, int):
            return pyarrow.int64()
    return pyarrow.string()  # texts, and words of which there are a few (StrEnum, Literal)


@cache
def _as_read() -> pyarrow.Schema:
    """As Arrow's reader of JSON is to take it: days and the times of the top come later, `derived_by` apart."""
    fields = [field for field in schema() if field.name != _DERIVED_BY]
    return pyarrow.schema(
        [field.with_type(pyarrow.string()) if field.type in (TIME, pyarrow.date32()) else field for field in fields]
    )


def read(lines: Sequence[bytes]) -> pyarrow.Table:
    """The lines as a table, days and times of the top still the texts that they are in the lines; `typed` ends it."""
    data = b"".join(lines)
    table = pyarrow.json.read_json(
        pyarrow.BufferReader(data),
        # One block: Arrow cuts a block at a line's end, and a line may be longer than any block.
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(data) + 1),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=_as_read(), unexpected_field_behavior="ignore"),
    )
    return table.append_column(_DERIVED_BY, _derived_by(lines))


def typed(table: pyarrow.Table) -> pyarrow.Table:
    """A table of `read`, or some of its rows, with every column in its type."""
    return table.select(schema().names).cast(schema())


def _derived_by(lines: Sequence[bytes]) -> pyarrow.Array:
    """The column `derived_by`. It is an object without objects, of names and versions, and the same on most lines: each
    is read once.
    """
    places: dict[bytes, int] = {}
    rows = []
    for line in lines:
        start = line.rindex(_KEY) + len(_KEY) - 1
        rows.append(places.setdefault(line[start : line.index(b"}", start) + 1], len(places)))
    distinct = [[{"name": name, "version": version} for name, version in json.loads(value).items()] for value in places]
    return pyarrow.array(distinct, PROGRAMS).take(pyarrow.array(rows, pyarrow.int64()))
