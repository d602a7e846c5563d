"""The data dictionary: every field of a line with its type and its sentence, made from the schema."""

from collections.abc import Iterator
from typing import Any

from archive.dataset.schema import publication_schema


def dictionary() -> str:
    """A Markdown table. `blocks[].text` is the `text` of each of the `blocks`."""
    rows = "".join(f"| `{name}` | {kind} | {_cell(sentence)} |\n" for name, kind, sentence in fields())
    return f"| field | type | what it is |\n|---|---|---|\n{rows}"


def fields() -> Iterator[tuple[str, str, str]]:
    """Name, type and sentence of every field, those inside others after the one that holds them."""
    schema = publication_schema()
    yield from _fields(schema["properties"], schema["$defs"], "")


def _fields(properties: dict[str, Any], parts: dict[str, Any], before: str) -> Iterator[tuple[str, str, str]]:
    for name, rules in properties.items():
        kind, inner, ending = _kind(rules, parts)
        yield before + name, kind, rules.get("description", "")
        if inner:
            yield from _fields(inner, parts, f"{before}{name}{ending}.")


def _kind(rules: dict[str, Any], parts: dict[str, Any]) -> tuple[str, dict[str, Any], str]:
    """The type in words, the fields inside, and how they are reached."""
    choices = rules.get("anyOf", [rules])
    chosen = next(one for one in choices if one.get("type") != "null")
    maybe = " or null" if any(one.get("type") == "null" for one in choices) else ""
    if "$ref" in chosen:
        chosen = parts[chosen["$ref"].rpartition("/")[2]]
    if "enum" in chosen:
        return "one of " + ", ".join(f"`{one}`" for one in chosen["enum"]) + maybe, {}, ""
    if chosen.get("type") == "array":
        kind, inner, _ = _kind(chosen["items"], parts)
        return f"list of {kind}{maybe}", inner, "[]"
    if chosen.get("format") == "date-time":
        return f"time{maybe}", {}, ""
    if "properties" in chosen:
        return f"object{maybe}", chosen["properties"], ""
    return {"string": "text", "object": "map of texts"}.get(chosen["type"], chosen["type"]) + maybe, {}, ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
