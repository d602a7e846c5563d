"""The JSON Schema of a publication and the Frictionless description of the dataset's files, made from the model."""

import json
from pathlib import Path
from typing import Any

from archive.dataset.publication import SCHEMA_VERSION, Publication
from archive.extract.warnings import sentences

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PACKAGE_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def publication_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of one line. Every key is always there; null is what is not known."""
    schema = Publication.model_json_schema(mode="serialization")
    for part in (schema, *schema.get("$defs", {}).values()):
        if part.get("type") == "object" and "properties" in part:
            part["required"] = list(part["properties"])
    return {"$schema": DIALECT, "$id": f"urn:policy-archive:schema:publication:{SCHEMA_VERSION}"} | schema


def warnings_table() -> dict[str, str]:
    """Each code of `warnings` with its sentence."""
    return dict(sorted(sentences().items()))


def datapackage(name: str, title: str | None, files: dict[str, tuple[str, int, str]]) -> dict[str, Any]:
    """A Frictionless package: `files` gives for each path its sentence, its size in bytes and its SHA-256 in hex.

    It holds no time: the same lines make the same package.
    """
    resources = [
        {
            "name": Path(path).stem.replace("_", "-"),
            "path": path,
            "description": sentence,
            "format": "jsonl",
            "mediatype": "application/jsonl",
            "encoding": "utf-8",
            "bytes": size,
            "hash": f"sha256:{sha256}",
            "schema": table_schema(),
        }
        for path, (sentence, size, sha256) in sorted(files.items())
    ]
    package = {"$schema": PACKAGE_PROFILE, "name": name, "resources": resources}
    return package | ({"title": title} if title else {})


def table_schema() -> dict[str, Any]:
    """The top-level keys of a line as a Frictionless Table Schema."""
    properties = publication_schema()["properties"]
    fields = [
        {"name": name, "type": _table_type(rules), "description": rules["description"]}
        for name, rules in properties.items()
    ]
    return {"fields": fields, "primaryKey": ["id", "version"]}


def _table_type(rules: dict[str, Any]) -> str:
    choices = [choice for choice in rules.get("anyOf", [rules]) if choice.get("type") != "null"]
    rule = choices[0]
    if rule.get("format") == "date-time":
        return "datetime"
    declared = rule.get("type", "object" if "$ref" in rule else "any")
    if "$ref" in rule and rule["$ref"].rpartition("/")[2] in ("Kind", "State"):
        return "string"
    return str(declared)


def written(value: Any) -> bytes:
    """JSON as people read it, ending in a line feed."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
