"""A time-stamping authority of the tests' own, on loopback: OpenSSL signs, a server of the standard library answers."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CONFIG = """
[tsa]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
"""


@dataclass(frozen=True)
class Authority:
    url: str
    root: Path  # its root certificate, PEM


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _certificates(folder: Path) -> None:
    now = datetime.now(UTC)
    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))

    def builder(subject: str, public: rsa.RSAPublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name("سلطة الاختبار Test Root"))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
        )

    constraints = x509.BasicConstraints(ca=True, path_length=None)
    root = builder("سلطة الاختبار Test Root", root_key.public_key()).add_extension(constraints, critical=True)
    usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
    leaf = builder("Test Authority", key.public_key()).add_extension(usage, critical=True)
    pem = serialization.Encoding.PEM
    (folder / "root.pem").write_bytes(root.sign(root_key, hashes.SHA256()).public_bytes(pem))
    (folder / "tsa.pem").write_bytes(leaf.sign(root_key, hashes.SHA256()).public_bytes(pem))
    (folder / "tsa.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    """Running until the block ends."""
    folder.mkdir()
    _certificates(folder)
    (folder / "serial").write_text("01")
    config = folder / "tsa.conf"
    config.write_text(CONFIG.format(folder=folder))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            command = ["openssl", "ts", "-reply", "-config", str(config), "-section", "tsa"]
            command += ["-queryfile", str(folder / "query"), "-out", str(folder / "reply")]
            subprocess.run(command, check=True, capture_output=True)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write((folder / "reply").read_bytes())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Authority(f"http://127.0.0.1:{server.server_port}/tsr", folder / "root.pem")
        finally:
            server.shutdown()
            thread.join()
