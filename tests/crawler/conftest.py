"""The two places where a frontier can lie."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from crawler.fleet.local import Server
from crawler.frontier.place import File, Place
from crawler.frontier.postgres import Postgres

_NUMBERS = count()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Place]:
    """Where a frontier lies: the same place at each call, as if another process opened it."""
    if request.param == "sqlite":
        return lambda: File(tmp_path / "frontier.sqlite")
    server: Server = request.getfixturevalue("postgres")
    name = f"معهد-{next(_NUMBERS)}"
    return lambda: Postgres(server.address, name)
