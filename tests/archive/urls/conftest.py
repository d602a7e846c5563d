"""The stores on loopback of tests/archive/store/remote."""

from tests.archive.store.remote.conftest import azure, keys, store

__all__ = ["azure", "keys", "store"]
