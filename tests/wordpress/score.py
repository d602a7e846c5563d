"""Holds a dataset against the truth of the WordPress site:
`python -m tests.wordpress.score PUBLICATIONS.jsonl TRUTH.jsonl`."""

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

SHOWN = 15
# WordPress sets quotes, dashes and dots as a printer would (wptexturize): the page shows ’ where the editor typed '.
TYPEWRITER = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})


def typed(text: str | None) -> str | None:
    """As an editor would have typed it, white space as one."""
    return " ".join(text.translate(TYPEWRITER).split()) if text is not None else None


@dataclass
class Score:
    """How many of each thing were right, of how many, and what the first wrong ones were."""

    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def hold(self, name: str, title: str, got: Any, wanted: Any) -> None:
        self.of[name] += 1
        if got == wanted:
            self.right[name] += 1
        else:
            self.wrong.append(f"{name}: {title}: got {got!r}, wanted {wanted!r}")

    def share(self, name: str) -> float:
        return self.right[name] / self.of[name] if self.of[name] else 0.0


def score(publications: list[dict[str, Any]], truths: list[dict[str, Any]]) -> Score:
    """Publications are found by title and day."""
    result = Score()
    found = {(typed(one["title"]), one["published"]): one for one in publications}
    for truth in truths:
        title = truth["title"]
        got = found.get((typed(title), truth["date"]))
        result.hold("found", title, got is not None, True)
        if got is None:
            continue
        result.hold("kind", title, got["kind"] == "legal_case", truth["kind"] == "legal_case")
        if truth["kind"] == "interview":
            result.hold("interview", title, got["kind"], "interview")
        result.hold("language", title, got["language"], truth["language"])
        result.hold("authors", title, [author["name"] for author in got["authors"]], truth["authors"])
        if "standfirst" in truth:
            result.hold("standfirst", title, typed(got["standfirst"]), typed(truth["standfirst"]))
        result.hold("state", title, got["state"], "live")
        _body(result, title, got, truth)
        if "case" in truth:
            _case(result, title, got["case"] or {}, truth["case"])
    return result


def _body(result: Score, title: str, got: dict[str, Any], truth: dict[str, Any]) -> None:
    pieces = Counter[str | None]()
    for block in got["blocks"] or ():
        pieces.update(typed(piece["text"]) for piece in block["items"] or [block])
    for paragraph in truth["paragraphs"]:
        result.hold("paragraphs", f"{title}: {paragraph[:60]}", pieces[typed(paragraph)] > 0, True)
    headings = [block for block in got["blocks"] or () if block["type"] in ("heading", "question") and block["level"]]
    result.hold(
        "headings", title, [typed(block["text"]) for block in headings], [typed(text) for text in truth["headings"]]
    )
    links = [link for piece in (*(got["blocks"] or ()), *got["author_notes"]) for link in piece["links"]]
    for link in truth["links"]:
        there = [one["url"] for one in links if typed(one["text"]) == typed(link["text"])]
        result.hold(
            "links", f"{title}: {link['text']}", bool(there) and ("url" not in link or _same(link["url"], there)), True
        )
    note = truth.get("author_note")
    if note:
        kept = any(typed(note) == typed(one["text"]) for one in got["author_notes"])
        result.hold("author_note", title, kept and typed(note) not in typed(got["text"] or ""), True)  # type: ignore[operator]


def _same(wanted: str, urls: list[str]) -> bool:
    return unquote(wanted) in {unquote(url) for url in urls}


def _case(result: Score, title: str, got: dict[str, Any], truth: dict[str, Any]) -> None:
    for side in ("claimants", "defendants"):
        result.hold(
            f"case.{side}",
            title,
            [typed(party["name"]) for party in got.get(side, ())],
            [typed(name) for name in truth[side]],
        )
    for name in ("court", "number", "status"):
        result.hold(f"case.{name}", title, typed(got.get(name)), typed(truth[name]))


def load(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    result = score(load(Path(sys.argv[1])), load(Path(sys.argv[2])))
    for name in result.of:
        print(f"{name:18} {result.right[name]:5} of {result.of[name]:5}  {result.share(name):.4f}")
    for line in result.wrong[:SHOWN]:
        print(line[:400])


if __name__ == "__main__":
    main()
