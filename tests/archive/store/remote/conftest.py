"""One moto for all tests here; each test has a prefix, and a working folder, of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.store.remote import objects
from tests.archive.store.remote import azurite, moto


@pytest.fixture(scope="session")
def store(pytestconfig: pytest.Config) -> Iterator[str]:
    """The address of an S3 with a bucket."""
    assert pytestconfig.cache is not None
    with moto.serving(moto.command(Path(pytestconfig.cache.mkdir("moto")))) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def azure(pytestconfig: pytest.Config) -> Iterator[str]:
    """The HOST:PORT of Azure's blob store with a container."""
    assert pytestconfig.cache is not None
    with azurite.serving(azurite.command(Path(pytestconfig.cache.mkdir("azurite")))) as address:
        yield address


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials in the environment, and nothing of this machine's, nor of the test before."""
    objects._opened.cache_clear()
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in moto.KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("POLICY_ARCHIVE_WORK", str(tmp_path / "work"))
