"""Broken WARCs of every kind: each is made of a good one by one small change, and `verify` names it by its rule, at the
record that was changed, and says nothing of the others.

Nothing here is about our own writer: the good one has what any crawler's has, with an Arabic address and Arabic text.
"""

import gzip
import hashlib
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.audit import repair
from archive.audit.finding import Finding, Level
from archive.audit.reading import Files
from archive.audit.source import of_path
from tests.archive.audit.samples import chunked, record, response

pytestmark = pytest.mark.faults

URL = "https://institute.example/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1/"
TEXT = "تقرير عن المحاكم والمراسيم\n".encode() * 30
CHUNKED = response(chunked(TEXT), "Transfer-Encoding: chunked", "Content-Type: text/plain; charset=utf-8")
CODED = gzip.compress(TEXT, mtime=0)
PAGE = response(CODED, "Content-Encoding: gzip", f"Content-Length: {len(CODED)}")
HEAD = PAGE[: -len(CODED)]
SAME = "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
INFO, REQUEST, WIRE, LATER, AGAIN, NOTE, FIRST, SECOND = range(8)  # the records' numbers


def sha(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def named(number: int) -> str:
    return f"<urn:uuid:00000000-0000-4000-8000-00000000000{number}>"


def good() -> list[bytes]:
    """Warcinfo; request and chunked response; a coded response; its revisit; a metadata record; two segments."""
    common = f"WARC-Warcinfo-ID: {named(INFO)}\nWARC-IP-Address: 2001:db8::1"
    http = "Content-Type: application/http; msgtype=response"
    later = "WARC-Date: 2026-11-02T12:00:00.5Z"
    return [
        record(
            f"WARC-Type: warcinfo\nWARC-Record-ID: {named(INFO)}\nContent-Type: application/warc-fields\n"
            "WARC-Filename: good.warc.gz",
            "software: اختبار\r\n".encode(),
        ),
        record(
            f"WARC-Type: request\nWARC-Record-ID: {named(REQUEST)}\nWARC-Target-URI: {URL}\n{common}\n"
            f"Content-Type: application/http; msgtype=request\nWARC-Concurrent-To: {named(WIRE)}",
            b"GET /%D8%AA%D9%82%D8%B1%D9%8A%D8%B1/ HTTP/1.1\r\nHost: institute.example\r\n\r\n",
        ),
        record(
            f"WARC-Type: response\nWARC-Record-ID: {named(WIRE)}\nWARC-Target-URI: {URL}\n{common}\n{http}\n"
            f"WARC-Concurrent-To: {named(REQUEST)}\nWARC-Payload-Digest: {sha(TEXT)}",
            CHUNKED,
        ),
        record(
            f"WARC-Type: response\nWARC-Record-ID: {named(LATER)}\nWARC-Target-URI: {URL}page\n{common}\n{http}\n"
            f"WARC-Payload-Digest: {sha(CODED)}",
            PAGE,
        ),
        record(
            f"WARC-Type: revisit\nWARC-Record-ID: {named(AGAIN)}\nWARC-Target-URI: {URL}page\n{common}\n{http}\n"
            f"{later}\n{SAME}\nWARC-Payload-Digest: {sha(CODED)}\nWARC-Refers-To: {named(LATER)}\n"
            f"WARC-Truncated: length\nWARC-Refers-To-Target-URI: {URL}page\nWARC-Refers-To-Date: 2026-11-01T12:00:00Z",
            HEAD,
        ),
        record(
            f"WARC-Type: metadata\nWARC-Record-ID: {named(NOTE)}\n{common}\nWARC-Refers-To: {named(LATER)}\n"
            "Content-Type: text/plain",
            "ملاحظة".encode(),
        ),
        record(
            f"WARC-Type: resource\nWARC-Record-ID: {named(FIRST)}\nWARC-Target-URI: urn:note\n{common}\n"
            f"Content-Type: text/plain\nWARC-Segment-Number: 1\nWARC-Payload-Digest: {sha(TEXT)}",
            TEXT[:100],
        ),
        record(
            f"WARC-Type: continuation\nWARC-Record-ID: {named(SECOND)}\nWARC-Target-URI: urn:note\n"
            f"WARC-Segment-Origin-ID: {named(FIRST)}\nWARC-Segment-Number: 2\nWARC-Segment-Total-Length: {len(TEXT)}",
            TEXT[100:],
        ),
    ]


Bytes = Callable[[list[bytes]], bytes]  # from the records to the file's bytes


def members(records: list[bytes]) -> list[bytes]:
    return [gzip.compress(one, mtime=0) for one in records]


def changed(number: int, old: str | bytes, new: str | bytes) -> Bytes:
    """One record with other bytes; its block's digest is not touched."""

    def change(records: list[bytes]) -> bytes:
        before = old.encode() if isinstance(old, str) else old
        after = new.encode() if isinstance(new, str) else new
        assert before in records[number]
        records[number] = records[number].replace(before, after, 1)
        return b"".join(members(records))

    return change


def without(number: int, header: str) -> Bytes:
    def change(records: list[bytes]) -> bytes:
        left = re.sub(rb"\r\n%b:[^\r\n]*" % header.encode(), b"", records[number], count=1)
        assert left != records[number]
        records[number] = left
        return b"".join(members(records))

    return change


def added(number: int, line: str) -> Bytes:
    """One more header line, behind the version."""
    return changed(number, b"WARC/1.1\r\n", b"WARC/1.1\r\n" + line.encode() + b"\r\n")


def packed(change: Callable[[list[bytes]], list[bytes]]) -> Bytes:
    """Members, changed as they lie in the file."""
    return lambda records: b"".join(change(members(records)))


def with_member(number: int, change: Callable[[bytes], bytes]) -> Bytes:
    return packed(lambda found: [*found[:number], change(found[number]), *found[number + 1 :]])


def flipped(member: bytes, place: int) -> bytes:
    return member[:place] + bytes([member[place] ^ 8]) + member[place + 1 :]


def ending_in_rubbish(plain: bytes) -> bytes:
    """A member whose trailer is right for what is not a record any more."""
    return plain[:-4] + b"\n\n"


# what was done, how, the rule, the record that it is told of
BROKEN: list[tuple[str, Bytes, str, int]] = [
    ("cut within the last member", packed(lambda m: [*m[:-1], m[-1][:-40]]), "gzip", SECOND),
    ("the last four bytes missing", packed(lambda m: [*m[:-1], m[-1][:-4]]), "gzip", SECOND),
    ("a flipped bit in a body", with_member(WIRE, lambda one: flipped(one, 90)), "gzip", WIRE),
    ("a wrong checksum in the trailer", with_member(LATER, lambda one: flipped(one, len(one) - 7)), "gzip", LATER),
    ("a wrong length in the trailer", with_member(LATER, lambda one: flipped(one, len(one) - 2)), "gzip", LATER),
    ("rubbish between two members", packed(lambda m: [*m[:3], b"\x1f\x8b\x08 rubbish", *m[3:]]), "gzip", LATER),
    ("zeros behind the end", packed(lambda m: [*m, bytes(512)]), "gzip", SECOND + 1),
    ("written on behind a torn member", packed(lambda m: [*m[:4], m[4][:60], *m[5:]]), "gzip", AGAIN),
    ("two records in a member", lambda r: b"".join(members([*r[:6], r[6] + r[7]])), "one-record-per-member", FIRST),
    ("a version that is none", changed(WIRE, "WARC/1.1", "WARC/2.0"), "record", WIRE),
    ("line ends of Unix", lambda r: b"".join(members([*r[:5], r[5].replace(b"\r\n", b"\n"), *r[6:]])), "record", NOTE),
    ("no date", without(NOTE, "WARC-Date"), "header-missing", NOTE),
    ("no record id", without(AGAIN, "WARC-Record-ID"), "header-missing", AGAIN),
    ("no type", without(NOTE, "WARC-Type"), "header-missing", NOTE),
    ("a response to nothing", without(LATER, "WARC-Target-URI"), "header-missing", LATER),
    ("a revisit without its profile", without(AGAIN, "WARC-Profile"), "header-missing", AGAIN),
    ("a revisit without its digest", without(AGAIN, "WARC-Payload-Digest"), "header-missing", AGAIN),
    ("a revisit that hides what it leaves out", without(AGAIN, "WARC-Truncated"), "revisit-truncated", AGAIN),
    ("a response that refers", added(LATER, f"WARC-Refers-To: {named(WIRE)}"), "header-forbidden", LATER),
    ("a response that refers by address", added(WIRE, f"WARC-Refers-To-Target-URI: {URL}"), "header-forbidden", WIRE),
    ("a warcinfo with an address", added(INFO, f"WARC-Target-URI: {URL}"), "header-forbidden", INFO),
    ("a length of all, not in the last", added(WIRE, "WARC-Segment-Total-Length: 9"), "header-forbidden", WIRE),
    ("two addresses", added(WIRE, f"WARC-Target-URI: {URL}"), "header-repeated", WIRE),
    ("two dates, in other letters", added(NOTE, "warc-date: 2026-11-01T12:00:00Z"), "header-repeated", NOTE),
    ("an id without brackets", changed(NOTE, named(NOTE), named(NOTE)[1:-1]), "header-brackets", NOTE),
    ("an address in brackets", changed(WIRE, f"URI: {URL}", f"URI: <{URL}>"), "header-uri", WIRE),
    ("an address with a blank", changed(WIRE, f"URI: {URL}", f"URI: {URL}تقرير آخر"), "header-uri", WIRE),
    ("a date with an offset", changed(NOTE, "12:00:00Z", "12:00:00+02:00"), "header-date", NOTE),
    ("a month that is none", changed(NOTE, "2026-11-01", "2026-13-01"), "header-date", NOTE),
    ("Arabic digits in a date", changed(NOTE, "2026-11-01", "٢٠٢٦-١١-٠١"), "header-date", NOTE),
    ("a profile of WARC 1.0", changed(AGAIN, "warc/1.1/revisit", "warc/1.0/revisit"), "header-profile", AGAIN),
    ("an address that is no number", changed(LATER, "2001:db8::1", "institute.example"), "header-ip", LATER),
    ("a reason that is none", changed(AGAIN, "Truncated: length", "Truncated: tired"), "header-truncated", AGAIN),
    ("a digest too short", changed(LATER, sha(CODED), "sha256:12ab"), "header-digest", LATER),
    ("a digest by an unknown algorithm", changed(WIRE, sha(TEXT), "blake3:12ab"), "digest-unknown", WIRE),
    ("a digest in another spelling", changed(LATER, sha(CODED), sha(CODED).upper()), "digest-spelling", LATER),
    ("a changed word in a block", changed(NOTE, "ملاحظة", "ملاحضة"), "block-digest", NOTE),
    ("a digest of the decoded body", changed(LATER, sha(CODED), sha(TEXT)), "payload-digest", LATER),
    ("a digest of neither reading", changed(WIRE, sha(TEXT), sha(CHUNKED)), "payload-digest", WIRE),
    ("a digest over the framing", changed(WIRE, sha(TEXT), sha(chunked(TEXT))), "payload-digest-framed", WIRE),
    ("no digest of the block", without(NOTE, "WARC-Block-Digest"), "block-digest-missing", NOTE),
    ("no type of content", without(NOTE, "Content-Type"), "header-content-type", NOTE),
    ("a type of record that is none", changed(NOTE, "WARC-Type: metadata", "WARC-Type: memory"), "header-type", NOTE),
    ("a block longer than it is", changed(NOTE, "Content-Length: 12", "Content-Length: 99"), "content-length", NOTE),
    ("a block shorter than it is", changed(NOTE, "Content-Length: 12", "Content-Length: 4"), "record-end", NOTE),
    ("a length that is no number", changed(NOTE, "Content-Length: 12", "Content-Length: ١٢"), "content-length", NOTE),
    (
        "an end that is none",
        lambda r: b"".join(members([*r[:5], ending_in_rubbish(r[5]), *r[6:]])),
        "record-end",
        NOTE,
    ),
    ("a folded header line", changed(WIRE, "\r\nWARC-IP", "\r\n folded\r\nWARC-IP"), "header-folded", WIRE),
    ("a line that is no header", added(WIRE, "سطر بلا نقطتين"), "header-line", WIRE),
    ("a NUL in a header", added(WIRE, "X-Note: \0"), "header-control", WIRE),
    (
        "a header in Latin-1",
        changed(WIRE, b"WARC/1.1\r\n", b"WARC/1.1\r\nX-Note: caf\xe9\r\n"),
        "header-encoding",
        WIRE,
    ),
    ("one id for two records", changed(SECOND, named(SECOND), named(NOTE)), "duplicate-record-id", SECOND),
    ("a request of no response", changed(REQUEST, named(WIRE), named(9)), "dangling-reference", REQUEST),
    ("a crawl that is not there", changed(NOTE, named(INFO), named(9)), "dangling-reference", NOTE),
    ("a page as the crawl", changed(NOTE, named(INFO), named(WIRE)), "reference-type", NOTE),
    ("a capture that began twice", changed(REQUEST, "12:00:00Z", "12:00:01Z"), "concurrent-date", REQUEST),
    ("a revisit of nothing", changed(AGAIN, named(LATER), named(9)), "revisit-unresolved", AGAIN),
    ("a revisit that replay cannot follow", without(AGAIN, "WARC-Refers-To-Date"), "revisit-unreplayable", AGAIN),
    ("a revisit of another page", changed(AGAIN, sha(CODED), sha(TEXT)), "revisit-digest", AGAIN),
    ("a missing segment", changed(SECOND, "Segment-Number: 2", "Segment-Number: 3"), "segment-missing", SECOND),
    ("segments of another length", changed(SECOND, f"Length: {len(TEXT)}", "Length: 9"), "segment-length", SECOND),
]


def findings(path: Path) -> list[Finding]:
    return list(Files(of_path(path)).findings())


def test_the_good_one_has_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "good.warc.gz"
    path.write_bytes(b"".join(members(good())))
    assert findings(path) == []
    plain = tmp_path / "good.warc"
    plain.write_bytes(b"".join(good()))
    assert findings(plain) == []


@pytest.mark.parametrize(("what", "change", "rule", "number"), BROKEN, ids=[one[0] for one in BROKEN])
def test_it_is_named(tmp_path: Path, what: str, change: Bytes, rule: str, number: int) -> None:
    path = tmp_path / "broken.warc.gz"
    path.write_bytes(change(good()))
    told = findings(path)
    [finding] = [one for one in told if one.rule == rule][:1] or [None]
    assert finding is not None, told
    offsets = [0]
    for one in members(good()):
        offsets.append(offsets[-1] + len(one))
    before = sum(len(one) for one in members(good())[:number])
    assert (finding.where, finding.offset) == (path.name, before), told
    assert finding.standard is not None
    assert finding.standard.startswith(("WARC 1.1, ", "RFC 1952, "))
    assert finding.detail
    assert finding.mend
    if finding.level is Level.ERROR and rule != "gzip":
        others = {one.rule for one in told if one.offset != before and one.level is Level.ERROR}
        assert others == set(), told


def test_a_file_of_nothing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "empty.warc.gz"
    path.write_bytes(b"")
    assert [finding.rule for finding in findings(path)] == ["gzip"]


def test_finer_times_than_the_version_has(tmp_path: Path) -> None:
    path = tmp_path / "old.warc.gz"
    one = record("WARC-Type: metadata\nContent-Type: text/plain\nWARC-Date: 2026-11-01T12:00:00.123Z", b"x", "WARC/1.0")
    path.write_bytes(zlib.compress(one, 6, zlib.MAX_WBITS | 16))
    assert [finding.rule for finding in findings(path)] == ["header-date"]


def test_there_are_many_kinds() -> None:
    assert len({rule for _, _, rule, _ in BROKEN}) >= 25
    assert len({what for what, _, _, _ in BROKEN}) == len(BROKEN)


def test_what_was_appended_behind_a_cut_one_is_read(tmp_path: Path) -> None:
    headers = "WARC-Type: metadata\nContent-Type: text/plain\nWARC-Target-URI: urn:test:"
    first, cut, *later = (gzip.compress(record(f"{headers}{at}", f"تقرير {at}".encode())) for at in range(5))
    path = tmp_path / "appended.warc.gz"
    path.write_bytes(b"".join([first, cut[:-20], *later]))
    source = of_path(path)
    reading = Files(source)
    [finding] = reading.findings()
    assert (finding.rule, finding.offset, finding.level) == ("gzip", len(first), Level.ERROR)
    assert reading.checked.records == 4
    [mended] = repair.of_files(source)
    assert mended.did.startswith("appended.warc.gz.repaired holds the 4 records")
    assert path.with_name(path.name + ".repaired").read_bytes() == b"".join([first, *later])
