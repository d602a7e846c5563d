"""What all tests share: property tests try the same examples on every machine, slow or fast, and Ctrl-C is heard."""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from crawler.fleet.local import Server

settings.register_profile("any machine", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("any machine")

# Whoever runs the tests in the background has them ignore it, and each command that a test starts would too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server for the tests that want one, started once."""
    with Server(fsync="off") as server:  # no machine loses its power in a test
        yield server
