"""moto's S3 on loopback, in an environment of its own: what it brings along (botocore) takes no python-dateutil as new
as ours, which shapes what is derived.
"""

import fcntl
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from obstore.store import S3Store

VERSION = "5.2.5"
BUCKET = "archive"
KEYS = {"AWS_ACCESS_KEY_ID": "loopback", "AWS_SECRET_ACCESS_KEY": "no-secret", "AWS_REGION": "us-east-1"}
_LISTENS = re.compile(r"Running on http://127\.0\.0\.1:(\d+)")


def command(folder: Path) -> Path:
    """`moto_server`, installed once into a folder that outlives the run."""
    environment = folder / f"moto-{VERSION}"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two files of tests may want it at a time
        if not (environment / "whole").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True, timeout=120)
            install = [environment / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            wanted = [f"moto[s3]=={VERSION}", "flask", "flask-cors"]
            done = subprocess.run([*install, *wanted], capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                pytest.skip(f"pip cannot install moto: {done.stderr[-300:]}")
            (environment / "whole").touch()
    return environment / "bin" / "moto_server"


@contextmanager
def serving(server: Path) -> Iterator[str]:
    """moto with an empty bucket, at the address that it yields, until the context ends."""
    with subprocess.Popen(
        [server, "-H", "127.0.0.1", "-p", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], **KEYS},
    ) as process:
        try:
            assert process.stderr is not None
            port = next(found[1] for line in process.stderr if (found := _LISTENS.search(line)))
            # nobody reads what it says of each request, and a full pipe would stop it
            drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
            endpoint = f"http://127.0.0.1:{port}"
            _make_bucket(endpoint)
            yield endpoint
        finally:
            process.kill()
            drain.kill()
            drain.wait()


def straight(endpoint: str) -> S3Store:
    """The bucket, past any proxy: for what befalls a store from elsewhere."""
    return S3Store(
        BUCKET, endpoint=endpoint, region=KEYS["AWS_REGION"], client_options={"allow_http": True},
        access_key_id=KEYS["AWS_ACCESS_KEY_ID"], secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    )  # fmt: skip


def _make_bucket(endpoint: str) -> None:
    request = urllib.request.Request(f"{endpoint}/{BUCKET}", method="PUT")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()
