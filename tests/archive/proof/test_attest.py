"""Signatures and time-stamps over the ledger: what holds, and every way in which one may not."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.audit import attestations, chain
from archive.audit.finding import Finding
from archive.errors import BadKey, BadStamp
from archive.proof import attest
from archive.proof.key import Key
from archive.proof.stamp import roots
from archive.store.collection import Collection
from tests.archive.proof.authority import Authority, authority
from tests.archive.store.samples import exchange, sealed, writer
from tests.archive.test_cli import command


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("tsa") / "authority") as running:
        yield running


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    found, _ = sealed(tmp_path / "demo", exchange())
    return found


def checked(collection: Collection, **more: Any) -> tuple[list[attestations.Vouched], list[Finding]]:
    read = chain.Chain()
    assert list(chain.read(collection.ledger.path, read)) == []
    found: list[attestations.Vouched] = []
    return found, list(attestations.check(read, found, **more))


def test_a_signature_holds_for_all_the_lines_before(collection: Collection, tmp_path: Path) -> None:
    key = Key.new(tmp_path / "archivist.key")
    head = attest.sign(collection, key)
    assert head == collection.ledger.head()
    found, findings = checked(collection, trust=key.public.fingerprint)
    assert findings == []
    assert [str(one) for one in found] == [f"lines 1 to 1 signed by {key.public.fingerprint}"]


def test_a_stamp_tells_when_and_by_whom(collection: Collection, tsa: Authority) -> None:
    given = attest.stamp(collection, tsa.url)
    assert abs((given.time - datetime.now(UTC)).total_seconds()) < 600
    (vouched,), findings = checked(collection, roots=roots(tsa.root))
    assert findings == []
    assert (vouched.line, vouched.by) == (2, "CN=Test Authority")
    assert vouched.time == given.time.isoformat()
    assert checked(collection)[1] == []  # whole by itself too


def test_a_stamp_of_another_authority_is_named(collection: Collection, tsa: Authority, tmp_path: Path) -> None:
    attest.stamp(collection, tsa.url)
    with authority(tmp_path / "other") as other:
        found, (finding,) = checked(collection, roots=roots(other.root))
    assert (found, finding.rule, finding.line) == ([], "ledger-stamp", 2)


def forged(collection: Collection, change: Callable[[dict[str, Any]], None]) -> None:
    """The last line changed, and the chain left right."""
    path = collection.ledger.path
    *before, last = path.read_text(encoding="utf-8").splitlines()
    entry = json.loads(last)
    change(entry)
    path.write_text("".join(f"{line}\n" for line in (*before, json.dumps(entry))), encoding="utf-8")


def other_key(entry: dict[str, Any]) -> None:
    path = Path(entry["key"][:8].replace("/", "_"))
    entry["key"] = Key.new(path).public.encoded


FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "another signature": (lambda entry: entry.update(signature=base64.b64encode(b"0" * 96).decode()), "not that of"),
    "another key": (other_key, "not that of its key"),
    "no key": (lambda entry: entry.pop("key"), "it has no 'key'"),
    "a key that is none": (lambda entry: entry.update(key="AAAA"), "no public key"),
    "not base64": (lambda entry: entry.update(signature="؟"), "ASCII"),
    "another algorithm": (lambda entry: entry.update(algorithm="none"), "is not ecdsa-sha256"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_signature_is_found(
    collection: Collection, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    attest.sign(collection, Key.new(tmp_path / "archivist.key"))
    change, told = FORGERIES[name]
    forged(collection, change)
    found, (finding,) = checked(collection)
    assert (found, finding.rule, finding.line) == ([], "ledger-signature", 2)
    assert told in finding.detail


@pytest.mark.parametrize("token", ["AAAA", "؟", None])
def test_a_forged_stamp_is_found(collection: Collection, tsa: Authority, token: str | None) -> None:
    attest.stamp(collection, tsa.url)
    forged(collection, lambda entry: entry.update(token=token))
    found, (finding,) = checked(collection)
    assert (found, finding.rule) == ([], "ledger-stamp")


def test_a_stamp_moved_to_another_place_does_not_hold(collection: Collection, tsa: Authority) -> None:
    attest.stamp(collection, tsa.url)
    token = json.loads(collection.ledger.path.read_text().splitlines()[-1])["token"]
    collection.ledger.append("stamped", datetime.now(UTC), authority=tsa.url, token=token)
    found, (finding,) = checked(collection)
    assert ([one.line for one in found], finding.line) == ([2], 3)


def test_trust_asks_for_that_key_and_for_all_lines(collection: Collection, tmp_path: Path) -> None:
    key = Key.new(tmp_path / "archivist.key")
    trusted = Key.new(tmp_path / "other.key").public.fingerprint
    attest.sign(collection, key)
    _, (finding,) = checked(collection, trust=trusted)
    assert (finding.rule, finding.level) == ("ledger-trust", "error")
    assert key.public.fingerprint in finding.detail
    with collection.lock():
        hand = writer(collection)
        hand.write([exchange(after=60)])
        hand.seal()
    _, (finding,) = checked(collection, trust=key.public.fingerprint)
    assert (finding.rule, finding.level) == ("ledger-unsigned", "warning")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://127.0.0.1:1/"])
def test_an_authority_that_cannot_be_asked_is_one_clear_line(collection: Collection, url: str) -> None:
    before = collection.ledger.head()
    with pytest.raises(BadStamp, match="127"):
        attest.stamp(collection, url)
    assert collection.ledger.head() == before


def test_a_file_without_certificates_is_named(tmp_path: Path) -> None:
    (tmp_path / "شهادة.pem").write_text("none")
    with pytest.raises(BadKey, match="شهادة"):
        roots(tmp_path / "شهادة.pem")


def test_the_command_signs_and_stamps(collection: Collection, tsa: Authority, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "collections").mkdir(parents=True)
    collection.path.rename(home / "collections" / "demo")
    key = Key.new(tmp_path / "archivist.key")
    words = ["--home", str(home), "sign", "demo"]
    done = command(*words, "--key", str(tmp_path / "archivist.key"), "--tsa", tsa.url)
    assert done.returncode == 0, done.stderr
    signed, stamped, head = done.stdout.splitlines()
    assert signed == f"signed by {key.public.fingerprint}"
    assert stamped.startswith("time-stamped 20")
    assert head == f"ledger head {Collection.open(home / 'collections' / 'demo').ledger.head()}"
    verify = ["--home", str(home), "verify", "demo", "--bytes", "--tsa-root", str(tsa.root), "--trust"]
    verified = command(*verify, str(tmp_path / "archivist.key.pub"))
    assert verified.returncode == 0, verified.stdout
    assert f"signed by {key.public.fingerprint}" in verified.stderr
    assert "by CN=Test Authority" in verified.stderr
    other = command(*verify, Key.new(tmp_path / "other.key").public.fingerprint, "--json")
    assert other.returncode == 1
    told = json.loads(other.stdout)
    assert [finding["rule"] for finding in told["findings"]] == ["ledger-trust"]
    assert [vouched["by"] for vouched in told["vouched"]] == [key.public.fingerprint, "CN=Test Authority"]
    without = command(*words)
    assert (without.returncode, without.stdout) == (2, "")
    assert "--key FILE" in without.stderr
