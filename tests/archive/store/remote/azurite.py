"""Azurite, Azure's own emulator of its blob store, on loopback; npm has it.

Of Google's store there is none that would do: fake-gcs-server and gcp-storage-emulator have no conditional write over
the XML interface, which obstore uses.
"""

import base64
import fcntl
import hmac
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest

VERSION = "3.37.0"
CONTAINER = "archive"
_ACCOUNT, _KEY = "loopback", base64.b64encode(b"no secret of anybody's").decode()
_API = "2021-08-06"
_LISTENS = re.compile(r"listens on http://(127\.0\.0\.1:\d+)")


def environment(address: str) -> dict[str, str]:
    """What leads obstore there."""
    return {
        "AZURE_STORAGE_USE_EMULATOR": "true",
        "AZURITE_BLOB_STORAGE_URL": f"http://{address}",
        "AZURE_STORAGE_ACCOUNT_NAME": _ACCOUNT,
        "AZURE_STORAGE_ACCOUNT_KEY": _KEY,
    }


def command(folder: Path) -> Path:
    """`azurite-blob`, installed once into a folder that outlives the run."""
    if shutil.which("npm") is None:
        pytest.skip("no npm: apt-get install npm")
    installed = folder / f"azurite-{VERSION}"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (installed / "whole").exists():
            wanted = ["npm", "install", "--no-audit", "--no-fund", "--prefix", installed, f"azurite@{VERSION}"]
            done = subprocess.run(wanted, capture_output=True, text=True, timeout=600, check=False)
            if done.returncode:
                pytest.skip(f"npm cannot install azurite: {done.stderr[-300:]}")
            (installed / "whole").touch()
    return installed / "node_modules" / ".bin" / "azurite-blob"


@contextmanager
def serving(server: Path) -> Iterator[str]:
    """Azurite with an empty container, at the HOST:PORT that it yields, until the context ends."""
    options = ["--inMemoryPersistence", "--blobHost", "127.0.0.1", "--blobPort", "0", "--skipApiVersionCheck"]
    with subprocess.Popen(
        [server, *options, "--disableTelemetry", "--silent"],
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], "AZURITE_ACCOUNTS": f"{_ACCOUNT}:{_KEY}"},
    ) as process:
        try:
            assert process.stdout is not None
            address = next(found[1] for line in process.stdout if (found := _LISTENS.search(line)))
            _make_container(address)
            yield address
        finally:
            process.kill()


def _make_container(address: str) -> None:
    """Signed with the account's key (Azure Storage, Shared Key)."""
    date = format_datetime(datetime.now(UTC), usegmt=True)
    place = f"/{_ACCOUNT}/{_ACCOUNT}/{CONTAINER}\nrestype:container"
    signed = "PUT" + "\n" * 12 + f"x-ms-date:{date}\nx-ms-version:{_API}\n{place}"
    signature = base64.b64encode(hmac.digest(base64.b64decode(_KEY), signed.encode(), "sha256")).decode()
    headers = {
        "x-ms-date": date, "x-ms-version": _API, "Content-Length": "0",
        "Authorization": f"SharedKey {_ACCOUNT}:{signature}",
    }  # fmt: skip
    connection = HTTPConnection(address, timeout=30)
    try:
        connection.request("PUT", f"/{_ACCOUNT}/{CONTAINER}?restype=container", headers=headers)
        assert connection.getresponse().status == 201
    finally:
        connection.close()
