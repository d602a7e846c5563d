"""URLs of homes, and the folders that work for them."""

from pathlib import Path

import pytest

from archive.errors import CollectionError
from archive.store.collection import Collection
from archive.store.remote import address
from tests.archive.store.remote import user


@pytest.mark.parametrize(
    "url",
    [
        "s3://AKIA:secret@bucket/أرشيف",
        "s3://secret@bucket",
        "s3://bucket/home?secret_access_key=secret",
        "gs://bucket/home#secret",
    ],
)
def test_credentials_in_a_url_are_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(CollectionError, match="credentials come from the environment") as told:
        address.checked(url)
    assert "secret@" not in str(told.value)
    assert "=secret" not in str(told.value)
    assert "#secret" not in str(told.value)


def test_a_url_has_one_folder_and_the_folder_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_ARCHIVE_WORK", str(tmp_path))
    home = address.working_home("s3://bucket/أرشيف/")
    assert home == address.working_home("s3://bucket/أرشيف")
    assert home != address.working_home("s3://bucket/أرشيف/آخر")
    assert address.of_home(home) == "s3://bucket/أرشيف"
    assert address.of_home(tmp_path) is None


def test_the_folders_lie_with_the_state_and_not_with_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POLICY_ARCHIVE_WORK", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert address.working_home("s3://bucket").parent == tmp_path / "state" / "policy-archive"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "somebody"))
    assert address.working_home("s3://bucket").parent == tmp_path / "somebody" / ".local" / "state" / "policy-archive"


@pytest.mark.parametrize("url", ["://", "s3://", "s3:///"])
def test_a_url_without_a_place_is_refused(url: str) -> None:
    with pytest.raises(CollectionError, match="s3://bucket/prefix"):
        address.checked(url)


def test_a_folder_as_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`file://` is one too: a disk of the network, say. What is made there is there for another machine."""
    monkeypatch.setenv("POLICY_ARCHIVE_WORK", str(tmp_path / "one"))
    home = address.working_home(f"file://{tmp_path}/قرص")
    Collection.named(home / "collections", "demo", create=True)
    monkeypatch.setenv("POLICY_ARCHIVE_WORK", str(tmp_path / "two"))
    other = Collection.named(address.working_home(f"file://{tmp_path}/قرص") / "collections", "demo")
    assert other.path.is_relative_to(tmp_path / "two")
    assert other.meta.title == "demo"
    assert list(tmp_path.glob("قرص/collections/demo/snapshots/*.json"))


def test_a_collection_that_is_not_there_is_told_with_those_that_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICY_ARCHIVE_WORK", str(tmp_path / "work"))
    url = f"file://{tmp_path}/store"
    Collection.named(address.working_home(url) / "collections", "timep", create=True)
    done = user.run(url, tmp_path / "other", "verify", "nothing")
    assert done.returncode == 2
    assert f"no collection 'nothing' in {url} (there are: timep;" in done.stderr
