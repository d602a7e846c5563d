"""The archivist's key: made once, kept to its owner, read back, and told by its fingerprint."""

import stat
import subprocess
from pathlib import Path

import pytest

from archive.errors import BadKey
from archive.proof.key import Key, PublicKey, fingerprint

DATA = "sha256:تقرير".encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Key.new(tmp_path / "مفتاح.key")
    return tmp_path / "مفتاح.key"


def test_a_key_is_its_owners_alone(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.with_name("مفتاح.key.pub").read_bytes().startswith(b"-----BEGIN PUBLIC KEY-----")
    with pytest.raises(BadKey, match="is there already"):
        Key.new(path)


def test_what_it_signs_its_public_half_verifies(path: Path) -> None:
    key = Key.read(path)
    signature = key.sign(DATA)
    assert len(signature) == 96  # r and s of P-384, as the Web Crypto API has them
    public = PublicKey.decoded(key.public.encoded)
    assert public == key.public
    assert public.verifies(signature, DATA)
    assert not public.verifies(signature, DATA + b"\n")
    assert not public.verifies(signature[:-1] + bytes([signature[-1] ^ 1]), DATA)
    for nonsense in (b"", b"\0" * 96, b"\xff" * 96, b"x" * 95):
        assert not public.verifies(nonsense, DATA)


def test_openssl_verifies_it_too(path: Path, tmp_path: Path) -> None:
    """And we verify openssl's, which is DER."""
    (tmp_path / "data").write_bytes(DATA)
    command = ["openssl", "dgst", "-sha256", "-sign", str(path), "-out", str(tmp_path / "sig"), str(tmp_path / "data")]
    subprocess.run(command, check=True)
    assert Key.read(path).public.verifies((tmp_path / "sig").read_bytes(), DATA)


def test_a_fingerprint_may_be_named_in_every_way(path: Path) -> None:
    stated = Key.read(path).public.fingerprint
    assert stated.startswith("sha256:")
    for named in (stated, stated[7:], stated.upper(), str(path), f"{path}.pub"):
        assert fingerprint(named) == stated


def test_a_key_that_others_can_read_is_refused(path: Path) -> None:
    path.chmod(0o640)
    with pytest.raises(BadKey, match="can be read by others than its owner: chmod 600"):
        Key.read(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "holds no private key in PEM"),
        ("ليس مفتاحاً".encode(), "holds no private key in PEM"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "it is the public half"),
    ],
)
def test_what_is_no_key_is_said(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(BadKey, match=told):
        Key.read(path)
    with pytest.raises(BadKey, match="holds no public key in PEM"):
        fingerprint(str(path))


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(path)], check=True)
    path.chmod(0o600)
    with pytest.raises(BadKey, match="no key for ECDSA"):
        Key.read(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="no such file, and no fingerprint"):
        fingerprint(str(tmp_path / "none"))
    with pytest.raises(BadKey, match="no such file"):
        Key.read(tmp_path / "none")


@pytest.mark.parametrize("text", ["", "!", "AAAA", "مفتاح"])
def test_no_key_in_base64(text: str) -> None:
    with pytest.raises(BadKey):
        PublicKey.decoded(text)
