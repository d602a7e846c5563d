"""The S3 on loopback of tests/archive/store/remote."""

from tests.archive.store.remote.conftest import keys, store

__all__ = ["keys", "store"]
