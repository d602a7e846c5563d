"""A crawl's one connection, shared by its frontier and its lease; and a server that has none to give."""

import logging
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from archive import database
from archive.database import Address
from archive.errors import DatabaseError
from archive.fleet.tables import LEASES
from crawler.errors import OutOfReach
from crawler.fleet.local import Server
from crawler.frontier import Frontier, lease
from crawler.frontier.lease import Lease
from crawler.frontier.postgres import Postgres

NAME = "معهد الدور"


@pytest.fixture
def place(postgres: Server) -> Postgres:
    return Postgres(postgres.address, NAME)


@pytest.fixture
def frontier(place: Postgres) -> Iterator[Frontier]:
    made = Frontier(place)
    yield made
    made.close()


def test_the_connection_is_spare_between_two_transactions(place: Postgres, frontier: Frontier) -> None:
    for use, done in ((frontier.next_due, frontier.commit), (lambda: frontier.fact("crawl"), frontier.rollback)):
        use()
        with place.turn.spare(0.01) as connection:
            assert connection is None
        done()
        with place.turn.spare(0.01) as connection:
            assert connection is not None
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_the_frontier_waits_while_another_has_its_connection(place: Postgres, frontier: Frontier) -> None:
    found: list[float | None] = []
    asks = threading.Thread(target=lambda: found.append(frontier.next_due()))
    with place.turn.spare(0.01) as connection:
        assert connection is not None
        asks.start()
        connection.exec_driver_sql("SELECT 1")
        assert found == []
    asks.join(60)
    assert found == [None]
    frontier.commit()


def test_no_connection_is_spare_of_a_frontier_that_is_closed(place: Postgres) -> None:
    Frontier(place).close()
    with place.turn.spare(0.01) as connection:
        assert connection is None


def test_a_connection_that_was_lost_between_two_transactions_is_not_made_again(
    postgres: Server, place: Postgres, frontier: Frontier
) -> None:
    end = sa.text("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(sa.exc.OperationalError), place.turn.spare(0.01) as connection:
        connection.execute(end)  # type: ignore[union-attr]
    with pytest.raises(OutOfReach, match="was lost"):
        frontier.next_due()


def test_a_lease_is_renewed_over_the_frontiers_connection(
    postgres: Server, place: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(lease.SECONDS, "1")
    renewed = threading.Event()
    taken = Lease.take(postgres.address, NAME, 0.0)
    sa.event.listen(place.engine, "after_execute", lambda *_: renewed.set())
    taken.turn = place.turn
    frontier = Frontier(place, taken)
    frontier.commit()
    renewed.clear()
    assert renewed.wait(60)
    frontier.close()
    taken.release()
    with postgres.address.engine("test").connect() as connection:
        left = connection.execute(sa.select(LEASES.c.released).where(LEASES.c.collection == NAME))
        assert left.scalar_one()


@pytest.fixture
def narrow(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> Address:
    """A user that may have one connection at a time."""
    monkeypatch.setattr(database, "_AGAIN", 0.01)
    with postgres.address.engine("test").begin() as connection:
        connection.exec_driver_sql('DROP ROLE IF EXISTS "ضيق"')
        connection.exec_driver_sql('CREATE ROLE "ضيق" LOGIN CONNECTION LIMIT 1')
    return Address(postgres.address.url.set(username="ضيق"))


def test_a_connection_is_waited_for_where_the_server_has_none_free(
    narrow: Address, caplog: pytest.LogCaptureFixture
) -> None:
    found: list[int] = []

    def ask() -> None:
        with narrow.engine("second").connect() as connection:
            found.append(connection.exec_driver_sql("SELECT 1").scalar_one())

    waits = threading.Event()
    handler = logging.Handler()
    handler.emit = lambda record: waits.set()  # type: ignore[method-assign]
    database.logger.addHandler(handler)
    asks = threading.Thread(target=ask)
    with narrow.engine("first").connect():
        asks.start()
        assert waits.wait(60)
        assert found == []
    asks.join(60)
    database.logger.removeHandler(handler)
    assert found == [1]
    assert "has no connection free: asked again for 60 s" in caplog.text


def test_where_none_comes_free_it_says_what_to_raise(narrow: Address) -> None:
    with narrow.engine("first").connect(), pytest.raises(sa.exc.OperationalError) as full:
        narrow.engine("second", patience=0.02).connect()
    told = narrow.unreachable(full.value)
    assert isinstance(told, DatabaseError)
    assert "no connection free: raise max_connections" in str(told)
