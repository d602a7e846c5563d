"""Citations, read back by small strict readers of each format, and by a CSL processor.

Zotero itself cannot run here: the tags and fields are those of its translators for RIS, BibTeX and CSL-JSON.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from archive.dataset.jsonl import line as written
from archive.export.citations import FORMATS, Archive, bibtex, csl, key, plain, ris
from archive.export.person import parted
from tests import shelf

ARCHIVE = Archive("demo", "Demo & Institute", "ab" * 32)
HOSTILE = 'A {brace, 50% of $5 & #1_x ^~ \\end "سطر\nثانٍ" }}'


def lines(count: int = 60) -> list[dict[str, Any]]:
    return [json.loads(written(shelf.publication(told))) for told in shelf.publications(count)]


def hostile() -> dict[str, Any]:
    told = next(one for one in lines() if one["language"] == "ar" and one["authors"])
    author = told["authors"][0] | {"name": "Smith and Sons, {Ltd"}
    arabic = told["authors"][0] | {"name": "ليلى حسن"}
    return told | {"title": HOSTILE, "standfirst": HOSTILE, "tags": [HOSTILE], "authors": [author, arabic]}


def read_ris(text: str) -> Iterator[list[tuple[str, str]]]:
    """Records of RIS; every line is a tag, two blanks, a dash and a value, and each record is ended."""
    record: list[tuple[str, str]] = []
    assert text.endswith("\r\n")
    for line in text.split("\r\n"):
        if not line:
            assert not record
            continue
        found = re.fullmatch(r"([A-Z][A-Z0-9])  - ([^\r\n]*)", line)
        assert found, line
        assert (found[1] == "TY") == (not record)
        if found[1] == "ER":
            yield record
            record = []
        else:
            record.append((found[1], found[2]))


def read_bibtex(text: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Type, key and fields of each entry. Braces are counted as BibTeX counts them: a backslash hides none."""
    at = 0
    while (at := text.find("@", at)) >= 0:
        head = re.compile(r"@([a-z]+)\{([^,\s{}\"#%~\\]+),\s*").match(text, at)
        assert head, text[at : at + 80]
        at, fields = head.end(), dict[str, str]()
        while text[at] != "}":
            name = re.compile(r"([a-z]+) = \{").match(text, at)
            assert name, text[at : at + 80]
            start = at = name.end()
            depth = 1
            while depth:
                depth += {"{": 1, "}": -1}.get(text[at], 0)
                at += 1
            assert name[1] not in fields
            fields[name[1]] = text[start : at - 1]
            between = re.compile(r",?\s*").match(text, at)
            assert between
            at = between.end()
        yield head[1], head[2], fields


def untexed(text: str) -> str:
    for name, sign in (
        ("textbackslash", "\\"), ("textbraceleft", "\x01"), ("textbraceright", "\x02"), ("textasciitilde", "~"),
        ("textasciicircum", "^"),
    ):  # fmt: skip
        text = text.replace(f"{{\\{name}}}", sign if sign != "\\" else "\x03")
    text = re.sub(r"\\([$&#_%])", r"\1", text)
    return text.replace("{", "").replace("}", "").translate({1: "{", 2: "}", 3: "\\"})


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_ris_says_what_the_line_says() -> None:
    for told in [*lines(), hostile()]:
        (record,) = read_ris(ris(told, ARCHIVE))
        values = {tag: value for tag, value in record if tag not in ("AU", "KW")}
        assert len(values) == len([tag for tag, _ in record if tag not in ("AU", "KW")])
        wanted = {"legal_case": "CASE", "report": "RPRT", "analysis": "BLOG", "page": "ELEC"}
        assert values["TY"] == wanted.get(told["kind"], values["TY"])
        assert values["TI"] == one_line(told["title"])
        assert values["UR"] == told["url"]
        assert values["LA"] == told["language"]
        assert values["PY"] == told["published"][:4]
        assert values["DA"] == told["published"].replace("-", "/") + "/"
        assert values["Y2"] == "2026/11/01/"
        assert [value for tag, value in record if tag == "KW"] == [one_line(tag) for tag in told["tags"]]
        assert len([1 for tag, _ in record if tag == "AU"]) == len(told["authors"])
        for proof in (told["source"]["warc"], told["source"]["payload_digest"], told["id"], "ab" * 32):
            assert proof in values["N1"]


def test_bibtex_says_what_the_line_says() -> None:
    for told in [*lines(), hostile()]:
        ((kind, name, fields),) = read_bibtex(bibtex(told, ARCHIVE))
        assert kind == ("techreport" if told["kind"] in ("report", "brief", "weekly_brief") else "misc")
        assert name == told["id"]
        assert untexed(fields["title"]) == one_line(told["title"])
        assert fields["url"] == told["url"]
        assert (fields["year"], fields["date"]) == (told["published"][:4], told["published"])
        assert fields["urldate"] == "2026-11-01"
        assert told["source"]["payload_digest"] in untexed(fields["note"])
        assert "Demo & Institute" in {untexed(fields.get(one, "")) for one in ("institution", "organization")}
    ((_, _, fields),) = read_bibtex(bibtex(hostile(), ARCHIVE))
    people = re.split(r" and (?![^{]*\})", fields["author"].replace(r"{\textbraceleft}", "<"))
    assert people == ["{Smith and Sons, <Ltd}", "{ليلى حسن}"]


def test_csl_json_says_what_the_line_says() -> None:
    for told in [*lines(), hostile()]:
        item = csl(told, ARCHIVE)
        assert item["id"] == told["id"]
        assert item["title"] == one_line(told["title"])
        assert item["issued"]["date-parts"] == [[int(part) for part in told["published"].split("-")]]
        assert item["accessed"]["date-parts"] == [[2026, 11, 1]]
        assert told["source"]["payload_digest"] in item["note"]
        names = [one.get("literal") or f"{one['given']} {one['family']}" for one in item.get("author", [])]
        assert names == [one["name"] for one in told["authors"]]
        if told["language"] == "ar":
            assert all("literal" in one for one in item.get("author", []) if not re.search("[a-z]", str(one)[12:]))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Leila O’Farrell", ("O’Farrell", "Leila")),
        ("Mohamed el Baradei", ("el Baradei", "Mohamed")),
        ("Ludwig van der Berg", ("van der Berg", "Ludwig")),
        ("Samer Al-Khatib", ("Al-Khatib", "Samer")),
        ("ليلى حسن", None),
        ("DIRP", None),
        ("Human Rights Watch", None),
        ("Center for Policy", None),
        ("Smith, John", None),
        ("ليلى Hassan", None),
    ],
)
def test_only_a_person_in_latin_letters_has_a_family_name(name: str, parts: tuple[str, str] | None) -> None:
    assert parted(name) == parts


def test_keys_are_stable_and_no_two_are_the_same() -> None:
    told = lines()
    keys = {key(one, archive, version) for one in told for archive in (ARCHIVE, Archive("copy")) for version in (0, 1)}
    assert len(keys) == 4 * len(told)
    assert all(re.fullmatch(r"[A-Za-z0-9:.@/_+-]+", one) for one in keys)


def test_a_sentence_names_author_title_day_address_and_digest() -> None:
    for told in lines():
        sentence = plain(told, ARCHIVE)
        for part in (told["title"], told["published"], told["url"], told["source"]["payload_digest"], "2026-11-01"):
            assert part in sentence
    assert "n.d." in plain(lines()[0] | {"published": None}, ARCHIVE)


def test_a_csl_processor_makes_a_bibliography_in_both_languages() -> None:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    items = [item for one in lines(20) for item in json.loads(FORMATS["csl"].whole(one, ARCHIVE))]
    assert {"ar", "en"} <= {item["language"] for item in items}
    source = CiteProcJSON(items)
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    for item in items:
        bibliography.register(Citation([CitationItem(item["id"])]))
    shown = "\n".join(map(str, bibliography.bibliography()))
    for item in items:
        assert item["title"].split("“")[0].split(":")[0].strip().lower() in shown.lower()
        for author in item.get("author", []):
            assert (author.get("family") or author["literal"]) in shown
