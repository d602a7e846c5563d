"""Packages that are broken or forged, each in one way: what `verify` must name."""

import hashlib
import json
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.pack.container import Stored
from archive.pack.manifest import DIGEST, INDEX, MANIFEST, PAGES, SUMMARY, digest, manifest
from archive.proof.key import Key
from tests.archive.audit import samples
from tests.archive.pack import making


@dataclass
class Forged:
    """A package taken apart, to be put together again."""

    path: Path
    key: Key
    files: list[tuple[str, bytes]] = field(default_factory=list)
    deflated: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, path: Path, key: Key) -> "Forged":
        with zipfile.ZipFile(path) as opened:
            return cls(path, key, [(name, opened.read(name)) for name in opened.namelist()])

    def __getitem__(self, name: str) -> bytes:
        return dict(self.files)[name]

    def __setitem__(self, name: str, content: bytes) -> None:
        if name not in dict(self.files):
            self.files.append((name, content))
        self.files = [(one, content if one == name else old) for one, old in self.files]

    def __delitem__(self, name: str) -> None:
        self.files = [(one, content) for one, content in self.files if one != name]

    def json(self, name: str) -> Any:
        return json.loads(self[name])

    def replace(self, name: str, old: str, new: str, count: int = -1) -> None:
        before = self[name]
        self[name] = before.replace(old.encode(), new.encode(), count)
        assert self[name] != before, (name, old)

    def describe(self, key: Key | None = None) -> dict[str, Any]:
        """Make manifest and digest anew, as a forger would; signed where there is a key. Returns the old
        `signedData`.
        """
        old, about = self.json(DIGEST), self.json(MANIFEST)
        stored = [
            Stored(name, len(content), hashlib.sha256(content).hexdigest())
            for name, content in self.files
            if name not in (MANIFEST, DIGEST)
        ]
        created, software = about.pop("created"), about.pop("software")
        for name in ("resources", "modified"):
            about.pop(name)
        self[MANIFEST] = manifest(stored, created, software, about)
        self[DIGEST] = digest(self[MANIFEST], created, software, key)
        signed: dict[str, Any] = old["signedData"]
        return signed

    def sign(self, signed: dict[str, Any]) -> None:
        """Put this `signedData` into the digest."""
        self[DIGEST] = json.dumps(self.json(DIGEST) | {"signedData": signed}).encode()

    def reindex(self, change: Callable[[bytes], bytes]) -> None:
        """The index changed, in one block, with its summary."""
        changed = change(zlib.decompress(self[INDEX], zlib.MAX_WBITS | 16))
        self[INDEX] = zlib.compress(changed, 9, zlib.MAX_WBITS | 16)
        prefix = changed.split(b" {", 1)[0].decode()
        told = {"offset": 0, "length": len(self[INDEX]), "digest": f"sha256:{hashlib.sha256(self[INDEX]).hexdigest()}"}
        self[SUMMARY] = self[SUMMARY].split(b"\n")[0] + f"\n{prefix} {json.dumps(told)}\n".encode()

    def warc(self, number: int = 0) -> str:
        return [name for name, _ in self.files if name.startswith("archive/")][number]

    def write(self) -> None:
        self.path.unlink()
        with zipfile.ZipFile(self.path, "w") as made, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of two entries of one name
            for name, content in self.files:
                info = zipfile.ZipInfo(name, (2026, 11, 22, 20, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED if name in self.deflated else zipfile.ZIP_STORED
                made.writestr(info, content)


Forgery = Callable[[Forged], None]
FORGERIES: dict[str, tuple[Forgery, str]] = {}  # name → what it does, and the rule that it breaks


def breaks(rule: str) -> Callable[[Forgery], Forgery]:
    def put(forgery: Forgery) -> Forgery:
        FORGERIES[forgery.__name__] = forgery, rule
        return forgery

    return put


@breaks("zip")
def cut_off(made: Forged) -> None:
    made.path.write_bytes(made.path.read_bytes()[:-300])


@breaks("zip")
def no_package_at_all(made: Forged) -> None:
    made.path.write_bytes("ليست حزمة".encode() * 99)


@breaks("zip-bytes")
def a_flipped_bit(made: Forged) -> None:
    data = bytearray(made.path.read_bytes())
    data[700] ^= 1
    made.path.write_bytes(data)


@breaks("zip-duplicate")
def two_entries_of_one_name(made: Forged) -> None:
    made.files.append((PAGES, made[PAGES].replace("المحكمة".encode(), "الوزارة".encode())))


@breaks("zip-name")
def a_name_that_leads_out(made: Forged) -> None:
    made["../../خارج.txt"] = b"out"
    made.describe(made.key)


@breaks("zip-name")
def a_name_with_a_drive(made: Forged) -> None:
    made["C:\\autoexec.bat"] = b"out"
    made.describe(made.key)


@breaks("zip-name")
def an_absolute_name(made: Forged) -> None:
    made["/etc/cron.d/policy"] = b"out"
    made.describe(made.key)


@breaks("zip-bomb")
def a_bomb(made: Forged) -> None:
    made["logs/bomb.txt"] = bytes(65 * 1024 * 1024)
    made.deflated.add("logs/bomb.txt")
    made.describe(made.key)


@breaks("zip-method")
def an_encrypted_entry(made: Forged) -> None:
    made.write()
    _central(made, PAGES, 8, struct.pack("<H", 1))


@breaks("zip-header")
def a_header_that_names_another_file(made: Forged) -> None:
    made.write()
    data = made.path.read_bytes()
    made.path.write_bytes(data.replace(PAGES.encode(), b"pages/secret.json"[: len(PAGES)], 1))


@breaks("zip-overlap")
def entries_that_share_their_bytes(made: Forged) -> None:
    """One entry within another, as in bombs that unpack the same bytes many times."""
    made["logs/inner.txt"] = "نص".encode()
    made.write()
    data = made.path.read_bytes()
    begin = data.index(b"PK\x03\x04", data.index(b"logs/inner.txt") - 30)
    made["logs/outer.txt"] = data[begin : begin + 30 + 14 + len("نص".encode())]
    made.describe(made.key)
    made.write()
    inner = made.path.read_bytes().rindex(made["logs/outer.txt"])
    _central(made, "logs/inner.txt", 42, struct.pack("<L", inner))


@breaks("zip-hidden")
def bytes_that_belong_to_no_file(made: Forged) -> None:
    made.path.write_bytes(made.path.read_bytes() + b"hidden" * 20)


@breaks("package-compressed")
def a_warc_compressed_once_more(made: Forged) -> None:
    made.deflated.add(made.warc())


@breaks("package-compressed")
def a_plain_warc_and_an_index_compressed(made: Forged) -> None:
    name = "archive/خبر.warc"
    made[name] = samples.record("WARC-Type: warcinfo\nContent-Type: application/warc-fields", b"a: b\r\n")
    made.deflated |= {name, INDEX}
    made.describe(made.key)


@breaks("package-missing")
def no_pages(made: Forged) -> None:
    del made[PAGES]
    made.describe(made.key)


@breaks("package-missing")
def no_index(made: Forged) -> None:
    del made[INDEX]
    del made[SUMMARY]
    made.describe(made.key)


@breaks("package-strange-file")
def a_strange_file_beside_the_warcs(made: Forged) -> None:
    made["archive/readme.txt"] = "اقرأني".encode()
    made.describe(made.key)


@breaks("manifest-missing")
def no_manifest(made: Forged) -> None:
    del made[MANIFEST]


@breaks("manifest")
def a_manifest_that_is_no_json(made: Forged) -> None:
    made[MANIFEST] = b'{"resources": ' * 20_000


@breaks("manifest-hash")
def forged_pages(made: Forged) -> None:
    made.replace(PAGES, "القرار باطل", "القرار عادل")


@breaks("manifest-size")
def a_wrong_size(made: Forged) -> None:
    told = made.json(MANIFEST)
    told["resources"][0]["bytes"] += 1
    made[MANIFEST] = json.dumps(told).encode()


@breaks("manifest-unlisted")
def a_file_that_is_not_listed(made: Forged) -> None:
    made["logs/سجل.txt"] = b"not listed"


@breaks("manifest-absent")
def a_file_that_is_not_there(made: Forged) -> None:
    del made["dataset/warnings.json"]


@breaks("manifest-duplicate")
def a_file_listed_twice(made: Forged) -> None:
    told = made.json(MANIFEST)
    told["resources"].append(told["resources"][0])
    made[MANIFEST] = json.dumps(told).encode()


@breaks("digest-hash")
def another_title(made: Forged) -> None:
    made.replace(MANIFEST, '"title": "sample"', '"title": "عنوان آخر"')


@breaks("signature-digest")
def forged_pages_with_all_hashes_done_again_and_the_old_signature(made: Forged) -> None:
    """What py-wacz calls valid, even with --verify-auth."""
    made.replace(PAGES, "القرار باطل", "القرار عادل")
    made.sign(made.describe())


@breaks("signature")
def the_old_signature_with_the_new_hash(made: Forged) -> None:
    made.replace(PAGES, "القرار باطل", "القرار عادل")
    old = made.describe()
    made.sign(old | {"hash": made.json(DIGEST)["hash"]})


@breaks("signature")
def a_swapped_key(made: Forged) -> None:
    other = Key.new(made.path.with_name("other.key")).public.encoded
    made.sign(made.describe(made.key) | {"hash": made.json(DIGEST)["hash"], "publicKey": other})


@breaks("signature-trust")
def signed_anew_by_someone_else(made: Forged) -> None:
    made.replace(PAGES, "القرار باطل", "القرار عادل")
    made.describe(Key.new(made.path.with_name("other.key")))


@breaks("signature-missing")
def the_signature_taken_away(made: Forged) -> None:
    made.describe()


@breaks("signature-key")
def no_key_at_all(made: Forged) -> None:
    made.sign(made.describe() | {"hash": made.json(DIGEST)["hash"], "publicKey": "مفتاح"})


@breaks("signature-created")
def another_time(made: Forged) -> None:
    made.sign(made.json(DIGEST)["signedData"] | {"created": "2020-01-01T00:00:00Z"})


@breaks("index-dangling")
def an_index_that_points_elsewhere(made: Forged) -> None:
    made.reindex(lambda lines: lines.replace(b'"filename": "sample-2026110112', b'"filename": "simple-2026110112', 1))
    made.describe(made.key)


@breaks("index-mismatch")
def an_index_that_gives_a_page_another_address(made: Forged) -> None:
    made.reindex(lambda lines: lines.replace(b'/courts-and-decrees/", "mime"', b'/decrees-and-courts/", "mime"', 1))
    made.describe(made.key)


@breaks("index-missing")
def an_index_that_hides_a_page(made: Forged) -> None:
    made.reindex(lambda lines: b"".join(lines.splitlines(keepends=True)[1:]))
    made.describe(made.key)


@breaks("index-order")
def an_index_that_is_not_sorted(made: Forged) -> None:
    made.reindex(lambda lines: b"".join(reversed(lines.splitlines(keepends=True))))
    made.describe(made.key)


@breaks("index-digest")
def a_record_digest_of_another_record(made: Forged) -> None:
    made.reindex(lambda lines: lines.replace(b'"recordDigest": "sha256:', b'"recordDigest": "sha256:0', 1))
    made.describe(made.key)


@breaks("index-broken")
def an_index_that_ends_halfway(made: Forged) -> None:
    made[INDEX] = made[INDEX][:-30]
    made.describe(made.key)


@breaks("index-summary")
def a_summary_that_leads_elsewhere(made: Forged) -> None:
    made.replace(SUMMARY, '"offset": 0', '"offset": 9')
    made.describe(made.key)


@breaks("pages-dangling")
def a_page_that_was_never_captured(made: Forged) -> None:
    line = {"id": "1", "url": f"{samples.HOME}/قرار-لم-يصدر/", "ts": "2026-11-01T12:00:00Z", "title": "قرار"}
    made[PAGES] += json.dumps(line, ensure_ascii=False).encode() + b"\n"
    made.describe(made.key)


@breaks("pages-line")
def a_page_without_an_address(made: Forged) -> None:
    made[PAGES] += '{"title": "بلا عنوان"}\n'.encode()
    made.describe(made.key)


@breaks("dataset-source")
def a_line_of_the_dataset_read_from_another_record(made: Forged) -> None:
    name = "dataset/publications.jsonl"
    lines = [json.loads(line) for line in made[name].splitlines()]
    lines[0]["source"], lines[1]["source"] = lines[1]["source"], lines[0]["source"]
    lines[0]["source"]["offset"], lines[1]["source"]["offset"] = (one["source"]["offset"] for one in lines[1::-1])
    made[name] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    made.describe(made.key)


@breaks("dataset-source")
def a_line_of_the_dataset_read_from_nowhere(made: Forged) -> None:
    made.replace("dataset/history.jsonl", '"offset":', '"offset":9', 1)
    made.describe(made.key)


@breaks("index-line")
def an_index_with_numbers_and_letters_that_are_none(made: Forged) -> None:
    made.reindex(
        lambda lines: (
            lines.replace(b'"offset": "', b'"offset": "9999999999999999999999', 1)
            .replace(b'"mime": "text/css"', b'"mime": ["text/css"]', 1)
            .replace(b'"mime": "application/pdf"', b'"mime": "\\ud800"', 1)
        )
    )
    made.describe(made.key)


@breaks("pages-dangling")
def pages_with_halves_of_letters(made: Forged) -> None:
    made[PAGES] += b'{"url": "https://\\ud800.example/\\udfff", "ts": []}\n{"url": {"a": 1}, "ts": null}\n'
    made.describe(made.key)


@breaks("dataset-line")
def lines_of_the_dataset_that_are_none(made: Forged) -> None:
    name = "dataset/publications.jsonl"
    made[name] += b'[]\n{"source": 7}\n{"source": {"warc": [], "offset": {}, "record_id": 1, "payload_digest": 2}}\n'
    made[name] += (
        b'{"source": {"warc": "\\ud800", "offset": 1e99, "record_id": "", "payload_digest": ""}, "documents": 9}\n'
    )
    made.describe(made.key)


@breaks("manifest-absent")
def a_manifest_full_of_nonsense(made: Forged) -> None:
    told = made.json(MANIFEST)
    told["resources"] += [{"path": "\ud800", "hash": [], "bytes": {}}, {"path": "a", "hash": "sha256:\udfff"}]
    told["created"], told["wacz_version"], told["policyArchive"] = 7, ["1"], "نص"
    made[MANIFEST] = json.dumps(told).encode()


@breaks("ledger-line")
def a_ledger_full_of_nonsense(made: Forged) -> None:
    made["ledger/ledger.jsonl"] += (
        b'7\n{"event": [], "previous": "\\ud800"}\n{"event": "sealed", "previous": 1, "warc": {}}\n'
    )
    made.describe(made.key)


@breaks("block-digest")
def another_body_in_a_record(made: Forged) -> None:
    _rewrite(made, 0, lambda _, record: record.replace("القضاة".encode(), "الولاة".encode(), 1))


@breaks("revisit-unresolved")
def a_revisit_without_its_original(made: Forged) -> None:
    _rewrite(made, 0, lambda number, record: None if 1 <= number <= 3 else record)


@breaks("duplicate-record-id")
def a_warc_that_is_there_twice(made: Forged) -> None:
    made["archive/نسخة.warc.gz"] = made[made.warc()]
    made.describe(made.key)


@breaks("ledger-chain")
def a_ledger_without_its_first_line(made: Forged) -> None:
    made["ledger/ledger.jsonl"] = made["ledger/ledger.jsonl"].split(b"\n", 1)[1]
    made.describe(made.key)


@breaks("file-hash")
def a_warc_other_than_the_ledger_says(made: Forged) -> None:
    name = made.warc()
    data = bytearray(made[name])
    data[9] ^= 1  # of gzip's own header, which no checksum covers
    made[name] = bytes(data)
    made.describe(made.key)


def _rewrite(made: Forged, number: int, change: Callable[[int, bytes], bytes | None]) -> None:
    """Members of a WARC changed, and all hashes of the package done again."""
    name = made.warc(number)
    beside = made.path.with_name("one.warc.gz")
    beside.write_bytes(made[name])
    samples.rewrite(beside, change)
    made[name] = beside.read_bytes()
    made.describe(made.key)


def _central(made: Forged, name: str, offset: int, value: bytes) -> None:
    """Bytes of an entry in the directory."""
    data = bytearray(made.path.read_bytes())
    at = data.rindex(name.encode()) - 46 + offset
    data[at : at + len(value)] = value
    made.path.write_bytes(data)


__all__ = ["FORGERIES", "Forged", "making"]
