"""The dataset against the WARCs: everything is derived again, and each line must say the same."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archive.audit.finding import Finding, Level
from archive.dataset.compare import ACCESS, Difference, rederive
from archive.dataset.derive import Summary, stored_profile
from archive.dataset.derived_by import derived_by
from archive.dataset.jsonl import PUBLICATIONS
from archive.institutes import registry
from archive.store.collection import Collection

_DERIVE = "the dataset is derived: run `policy-archive derive` to make it again from the WARCs, and ask who changed it"
_ACCESS = "the rules are derived from the ledger: run `policy-archive derive`, and ask who changed them"
_SHOWN = 70  # characters of a value in a finding


@dataclass
class Derivation:
    """What deriving again showed. `summary` is there once `check` began to yield."""

    summary: Summary | None = None
    other_tools: dict[str, tuple[str | None, str | None]] = field(
        default_factory=dict
    )  # program → the dataset's version, ours


def check(collection: Collection, told: Derivation, only: str | None = None) -> Iterator[Finding]:
    """Every line of the dataset (or those of one publication) against what the WARCs say now."""
    path = collection.dataset_dir / PUBLICATIONS
    if not path.exists():
        mend = "run `policy-archive derive` to make it from the WARCs"
        yield Finding(
            Level.WARNING, f"dataset/{PUBLICATIONS}", "dataset-absent", "there is no dataset to compare", mend
        )
        return
    profile = stored_profile(collection)
    told.other_tools = _other_tools(path, derived_by(registry.digest(profile)))
    with TemporaryDirectory(prefix="policy-archive-verify-") as folder:
        told.summary, differences = rederive(collection, profile, Path(folder), only=only)
        for place, why in told.summary.underived.items():
            warc, _, offset = place.rpartition(":")
            mend = "verify again; if it stays so, extraction cannot cope with the page: report it as a fault"
            yield Finding(Level.ERROR, f"archive/{warc}", "underived", why, mend, offset=int(offset))
        yield from _findings(differences, told.other_tools, bool(told.summary.underived))


def _findings(
    differences: Iterable[Difference], other_tools: dict[str, Any], underived: bool = False
) -> Iterator[Finding]:
    """One finding a line of the dataset, however many of its fields differ.

    Differences accuse nobody where other programs derived the dataset, or where pages are underived, which are told.
    """
    mend = _DERIVE
    if underived:
        mend = "some pages could not be derived: mend that first"
    elif other_tools:
        mend = f"derived by other programs: install {_constraints(other_tools)} and verify again"
    for key, group in groupby(differences, key=lambda one: (one.file, one.line, one.id, one.version)):
        file, line, name, version = key
        fields = list(group)
        first = fields[0]
        level = Level.WARNING if underived or other_tools or not first.same_tools else Level.ERROR
        where, what = f"dataset/{file}", f"{name} of {version}"
        if file == ACCESS:
            said = "may be shown" if first.got is None else "may not be shown"
            detail = f"{name} {said}, by the ledger's lines {first.got or first.expected} it is otherwise"
            yield Finding(level, file, "access-rules", detail, _ACCESS, line=line)
        elif name is None:
            yield Finding(Level.ERROR, where, "dataset-line", "not a line of the dataset", _DERIVE, line=line)
        elif first.field is not None:
            others = f"; other fields too: {', '.join(one.field or '' for one in fields[1:])}" if fields[1:] else ""
            detail = f"{what}: {first.field} is {_short(first.got)}, the WARCs say {_short(first.expected)}{others}"
            yield Finding(level, where, "dataset-field", detail, mend, line=line)
        elif first.expected is None:
            yield Finding(
                level, where, "dataset-extra", f"{what} is in the dataset, but not in the WARCs", mend, line=line
            )
        else:
            yield Finding(level, where, "dataset-missing", f"{what} is in the WARCs, but not in the dataset", mend)


def _other_tools(path: Path, ours: dict[str, str]) -> dict[str, tuple[str | None, str | None]]:
    """What the dataset was derived by and we are not; all its lines are written at once, so that the first speaks for
    all.
    """
    with path.open("rb") as lines:
        try:
            theirs = json.loads(next(lines, b"{}")).get("derived_by", {})
        except (ValueError, AttributeError):
            return {}
    if not isinstance(theirs, dict) or not theirs:
        return {}
    return {
        name: (theirs.get(name), ours.get(name))
        for name in sorted(theirs.keys() | ours.keys())
        if theirs.get(name) != ours.get(name)
    }


def _constraints(other_tools: dict[str, tuple[str | None, str | None]]) -> str:
    """What to install to derive as the dataset was derived, as pip takes it; the profile is no program."""
    return " ".join(
        f"{name}=={theirs}" if theirs else f"no {name}"
        for name, (theirs, _) in other_tools.items()
        if name != "profile"
    ) or ("nothing, but take the older profile")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
