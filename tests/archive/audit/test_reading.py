"""Anybody's files, and that many processes find what one finds."""

import gzip
import json
import pickle
import random
import subprocess
import sys
from pathlib import Path

import pytest

from archive.audit import integrity
from archive.audit.finding import Finding, Level
from archive.audit.integrity import Part, joined, look
from archive.audit.inventory import Inventory
from archive.audit.members import next_record, walk
from archive.audit.readers import Readers, sha256
from archive.audit.reading import Files
from archive.audit.source import WarcFile, of_path
from archive.audit.source import of_collection as source_of
from archive.audit.verify import Audit
from archive.errors import ArchiveError, CollectionError
from archive.processes import Processes
from archive.store.collection import Collection
from archive.store.exchange import Exchange
from archive.store.writer import Writer
from tests.archive.audit import samples

RESPONSE = """WARC-Type: response
    WARC-Target-URI: https://institute.example/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1/
    Content-Type: application/http; msgtype=response
    WARC-Record-ID: <urn:uuid:"""


def responses(count: int) -> list[bytes]:
    return [samples.record(f"{RESPONSE}{n}>", samples.response(f"تقرير {n}".encode() * (n % 7))) for n in range(count)]


def found(path: Path, processes: int = 1) -> list[Finding]:
    return list(Files(of_path(path), processes).findings())


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return samples.collection(tmp_path_factory.mktemp("home"))


def test_two_processes_find_what_one_finds(collection: Collection) -> None:
    warc = collection.archive_dir / collection.sealed_warcs()[0]
    whole = warc.read_bytes()
    warc.write_bytes(whole[:700] + b"\0" + whole[701:])
    one, two = (Audit(collection, only_bytes=True, processes=count) for count in (1, 2))
    assert list(two.findings()) == list(one.findings())
    assert two.checked == one.checked
    assert one.errors > 0
    warc.write_bytes(whole)


def test_an_error_of_a_process_reaches_the_caller(tmp_path: Path) -> None:
    warc = WarcFile.of(samples.warc_file(tmp_path / "a.warc.gz", *responses(1)))
    warc.path.unlink()
    with Readers(0, 2) as readers, pytest.raises(FileNotFoundError):
        list(readers.read([warc], lambda *_: None))


def test_a_killed_process_is_named(tmp_path: Path) -> None:
    warc = WarcFile.of(samples.warc_file(tmp_path / "تقرير.warc.gz", *responses(1)))
    with Readers(0, 2) as readers:
        processes = readers._processes
        assert processes
        processes._do(look, Part(warc, 0, 10))
        processes._running[0]._process.kill()
        with pytest.raises(ArchiveError, match=r"تقرير.warc.gz from byte 0 was killed"):
            processes._do(look, Part(warc, 0, 10))


@pytest.mark.parametrize("cut", [False, True])
def test_a_process_whose_master_is_killed_ends_without_a_word(tmp_path: Path, cut: bool) -> None:
    """Killed while it waits for a result, or while it sends a task."""
    (tmp_path / "تقرير.warc.gz").write_bytes(b"")
    words = [sys.executable, "-c", f"from {Processes.__module__} import serve; serve()"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        task = pickle.dumps((sha256, tmp_path / "تقرير.warc.gz"))
        process.stdin.write(task[:-9] if cut else task)
        process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("size", [1, 50, 333, 5000])
@pytest.mark.parametrize("packed", [True, False])
def test_parts_of_any_size_give_the_whole(tmp_path: Path, size: int, packed: bool) -> None:
    """With damage in it, and a WARC within a record, uncompressed, whose members are no members of this file."""
    inner = b"".join(gzip.compress(one, mtime=0) if packed else one for one in responses(3))
    records = responses(9)
    records[4] = samples.record(f"{RESPONSE}4>", samples.response(inner))
    data = [gzip.compress(one, 0 if number == 4 else 6, mtime=0) for number, one in enumerate(records)]
    plain = b"".join(data if packed else records)
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    for damage in (None, 900, len(plain) - 5):
        changed = bytearray(plain)
        if damage is not None:
            changed[damage] ^= 0x10
        path.write_bytes(changed)
        warc = WarcFile.of(path)
        expected = look(Part(warc, 0, warc.size))
        parts = [(part, look(part)) for part in integrity.parts(warc, size)]
        seen = list(joined(warc, parts))
        assert [row for one in seen for row in one.records] == expected.records
        assert [row for one in seen for row in one.lost] == expected.lost
        assert [finding for one in seen for finding in one.findings] == expected.findings
        assert len(expected.records) >= 8


def test_a_file_that_is_not_compressed(tmp_path: Path) -> None:
    path = tmp_path / "plain.warc"
    records = responses(5)
    path.write_bytes(b"".join(records))
    assert found(path) == []
    at = len(records[0]) + len(records[1])
    path.write_bytes(b"".join([*records[:2], b"rubbish", *records[2:4], records[4][:-30]]))
    [gap, tail] = found(path)
    assert (gap.rule, gap.offset, tail.rule) == ("record", at, "content-length")
    assert tail.offset == at + len("rubbish") + len(records[2] + records[3])


def test_a_name_that_says_otherwise(tmp_path: Path) -> None:
    path = samples.warc_file(tmp_path / "packed.warc", *responses(1))
    assert [(finding.rule, finding.level) for finding in found(path)] == [("file-suffix", Level.WARNING)]


def test_a_folder_is_read_as_one(tmp_path: Path) -> None:
    """A revisit in one file of a response in another, and an index over both."""
    one, two = responses(2)
    revisit = samples.record(
        """WARC-Type: revisit
        WARC-Target-URI: https://institute.example/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1/
        WARC-Profile: http://netpreserve.org/warc/1.1/revisit/server-not-modified
        WARC-Refers-To: <urn:uuid:1>"""
    )
    samples.warc_file(tmp_path / "a.warc.gz", one, two)
    (tmp_path / "later").mkdir()
    second = samples.warc_file(tmp_path / "later" / "b.warc.gz", revisit)
    assert [finding.rule for finding in found(tmp_path)] == ["revisit-unreplayable"]
    alone = found(second)
    assert {(finding.level, finding.rule) for finding in alone} == {
        (Level.WARNING, "revisit-unreplayable"),
        (Level.WARNING, "revisit-unresolved"),
    }
    line = {"url": "https://institute.example/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1/", "filename": "a.warc.gz", "offset": "0"}
    right = f"example,institute)/%d8%aa 20261101120000 {json.dumps(line | {'status': '200'})}\n"
    wrong = f"example,institute)/%d8%aa 20261101120001 {json.dumps(line | {'status': '404', 'digest': '3I42H3S6NN'})}\n"
    (tmp_path / "index.cdxj").write_text(right + wrong + "لا سطر\n", encoding="utf-8")
    told = {(finding.rule, finding.line) for finding in found(tmp_path)}
    assert told == {
        ("revisit-unreplayable", None),
        ("index-duplicate", 2),
        ("index-mismatch", 2),
        ("index-line", 3),
    }


def test_what_holds_no_warc_is_said(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="holds no WARC"):
        of_path(tmp_path)
    with pytest.raises(CollectionError, match="is not there"):
        of_path(tmp_path / "none.warc.gz")


def test_a_stretch_of_a_larger_file_reads_as_a_file(tmp_path: Path) -> None:
    """As a WACZ stores its WARCs."""
    data = samples.warc_file(tmp_path / "a.warc.gz", *responses(4)).read_bytes()
    path = tmp_path / "package.zip"
    path.write_bytes(b"PK before" + data[:-3] + b"\x1f\x8b\x08 behind")
    warc = WarcFile("package.zip!archive/a.warc.gz", path, len(data) - 3, begin=9)
    seen = look(Part(warc, 0, warc.size))
    assert [row[0] for row in seen.records] == [offset for offset, _ in samples.members(tmp_path / "a.warc.gz")][:3]
    assert [finding.rule for finding in seen.findings] == ["gzip"]
    with warc.open() as file:
        assert [member.broken is None for member in walk(file) if list(member.pieces)] == [True, True, True, False]
        assert next_record(file, seen.lost[0][0] + 1) is None


def test_random_bytes_end_no_reader(tmp_path: Path) -> None:
    rng = random.Random(5)
    path = tmp_path / "noise.warc.gz"
    for size in (1, 10, 20_000):
        path.write_bytes(b"\x1f\x8b" + rng.randbytes(size))
        assert {finding.rule for finding in found(path)} == {"gzip"}


def test_a_crawl_may_write_meanwhile(tmp_path: Path) -> None:
    """What is written, and even sealed, after the verification looked is no finding."""
    made = samples.collection(tmp_path)

    def page(number: int) -> list[Exchange]:
        return [samples.exchange(f"{samples.ARABIC}{number}/", samples.response(f"خبر {number}".encode()), number)]

    with made.lock():
        writer = Writer(made, "20261103120000", "policy-archive test", {}, clock=lambda: samples.BEGAN)
        writer.write(page(1))
        audit = Audit(made, only_bytes=True)
        findings = audit.findings()
        source = source_of(made)
        writer.write(page(2))
        writer.seal()
        with Inventory() as inventory, Readers(0) as readers:
            assert list(audit.records(source, inventory, readers)) == []
        assert list(findings) == []
