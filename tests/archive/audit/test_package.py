"""Packages: good ones have no finding, and what is broken or forged is named by its rule."""

import base64
import json
import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from archive.audit.finding import Finding, Level
from archive.audit.package import Package
from archive.errors import BadPackage
from archive.pack.manifest import DIGEST
from archive.pack.wacz import pack
from archive.proof.key import Key
from archive.store.collection import Collection
from tests.archive.pack import forging, making
from tests.archive.pack.forging import FORGERIES, Forged

AT = datetime(2026, 11, 22, 20, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packages")


@pytest.fixture(scope="module")
def key(folder: Path) -> Key:
    return Key.new(folder / "archivist.key")


@pytest.fixture(scope="module")
def collection(folder: Path) -> Collection:
    return making.collection(folder)


@pytest.fixture(scope="module")
def whole(folder: Path, collection: Collection, key: Key) -> Path:
    return pack(collection, folder / "whole.wacz", key=key, at=AT).path


def found(path: Path, trust: str | None = None, head: str | None = None) -> list[Finding]:
    return list(Package(path, trust, head, processes=1).findings())


def test_a_good_package_has_no_finding(whole: Path, key: Key, collection: Collection) -> None:
    audit = Package(whole, key.public.fingerprint, collection.ledger.head(), processes=1)
    assert list(audit.findings()) == []
    assert (audit.checked.files, audit.checked.records, audit.checked.index_lines) == (3, 58, 27)
    assert (audit.signed_by, audit.head) == (key.public.fingerprint, collection.ledger.head())


@pytest.mark.parametrize("chosen", ["crawl", "publications"])
def test_a_good_part_has_no_finding(collection: Collection, key: Key, tmp_path: Path, chosen: str) -> None:
    story = making.ident(collection, making.TITLE)
    part = {"crawl": "20261102120000"} if chosen == "crawl" else {"publications": [story]}
    made = pack(collection, tmp_path / "part.wacz", key=key, at=AT, **part)  # type: ignore[arg-type]
    assert found(made.path, key.public.fingerprint) == []


def test_a_package_of_folders_and_compressed_lists_is_good(whole: Path, key: Key, tmp_path: Path) -> None:
    """As browsertrix and py-wacz write them: deflated text, entries for folders, sizes behind the entries, md5."""
    with zipfile.ZipFile(whole) as opened, (tmp_path / "a.wacz").open("wb") as file:

        class Pipe:
            """Cannot seek, so that sizes stand behind each entry."""

            def write(self, data: bytes) -> int:
                return file.write(data)

            def flush(self) -> None:
                file.flush()

        with zipfile.ZipFile(Pipe(), "w") as made:  # type: ignore[call-overload]
            made.mkdir("archive")
            for name in opened.namelist():
                method = zipfile.ZIP_STORED if name.endswith(".gz") else zipfile.ZIP_DEFLATED
                made.writestr(name, opened.read(name), method)
    assert found(tmp_path / "a.wacz", key.public.fingerprint) == []


@pytest.mark.parametrize("name", FORGERIES)
def test_what_is_broken_or_forged_is_named(whole: Path, key: Key, tmp_path: Path, name: str) -> None:
    path = tmp_path / "حزمة.wacz"
    shutil.copy(whole, path)
    forgery, rule = FORGERIES[name]
    made = Forged.of(path, key)
    before = list(made.files)
    forgery(made)
    if (made.files != before and path.read_bytes() == whole.read_bytes()) or made.deflated:
        made.write()
    assert path.read_bytes() != whole.read_bytes()
    findings = found(path, key.public.fingerprint)
    assert rule in {finding.rule for finding in findings}
    assert all(finding.detail and finding.mend and finding.where for finding in findings)
    if rule != "zip-hidden":
        assert any(finding.level is Level.ERROR for finding in findings)
    for finding in findings:
        json.dumps(finding.as_dict()).encode()


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(BadPackage, match="no such file"):
        Package(tmp_path / "لا شيء.wacz")


def test_there_are_enough_of_them() -> None:
    assert len(FORGERIES) >= 15
    assert len({rule for _, rule in FORGERIES.values()}) >= 30


def test_a_forger_with_a_key_of_his_own_is_betrayed_by_trust_alone(whole: Path, key: Key, tmp_path: Path) -> None:
    """Without a key to hold it against, a package that was forged and signed anew is in order."""
    path = tmp_path / "a.wacz"
    shutil.copy(whole, path)
    made = Forged.of(path, key)
    forging.signed_anew_by_someone_else(made)
    made.write()
    assert found(path) == []
    assert [finding.rule for finding in found(path, key.public.fingerprint)] == ["signature-trust"]


def test_a_zip_of_packages_is_no_package_and_is_said_to_be(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "جولة.wacz"
    with zipfile.ZipFile(path, "w") as made:
        made.write(whole, "ميناء.wacz")
    [found] = Package(path).findings()
    assert (found.rule, found.level) == ("multi-wacz", "error")
    assert "ميناء.wacz" in found.detail


@pytest.mark.parametrize(
    ("domain", "rules"), [("archive.example", {"signature-unproved"}), ("forged.example", {"signature-key"})]
)
def test_a_signature_for_a_domain(whole: Path, key: Key, tmp_path: Path, domain: str, rules: set[str]) -> None:
    """As authsign makes them: DER, by the key of a certificate, which must be of that domain."""
    path = tmp_path / "a.wacz"
    shutil.copy(whole, path)
    made = Forged.of(path, key)
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "archive.example")])
    builder = x509.CertificateBuilder(name, name, own.public_key(), 7, AT, AT + timedelta(days=90))
    certificate = builder.sign(own, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    signed = {name: value for name, value in made.json(DIGEST)["signedData"].items() if name != "publicKey"}
    signature = own.sign(signed["hash"].encode(), ec.ECDSA(hashes.SHA256()))
    signed |= {"domain": domain, "domainCert": certificate, "signature": base64.b64encode(signature).decode()}
    made.sign(signed)
    made.write()
    assert {finding.rule for finding in found(path)} == rules


def test_a_head_from_elsewhere_holds_the_ledger_in_it(whole: Path, collection: Collection) -> None:
    assert [finding.rule for finding in found(whole, head="0" * 64)] == ["ledger-head"]
    assert found(whole, head=collection.ledger.head()) == []


def test_a_package_from_before_is_not_read_to_its_end_by_a_bomb(whole: Path, key: Key, tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    shutil.copy(whole, path)
    made = Forged.of(path, key)
    forging.a_bomb(made)
    made.write()
    rules = [finding.rule for finding in found(path)]
    assert rules == ["zip-bomb"]
