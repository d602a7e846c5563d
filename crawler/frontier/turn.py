"""Whose turn it is on a crawl's one connection to its database: the frontier's from the beginning of a transaction to
its end, else its lease's, which is renewed over it. A server has few connections to give, and a new one costs it as
much as several pages do.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from crawler.errors import OutOfReach


class Turn:
    """The connection of a frontier that is open, and the lock that a transaction on it needs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: sa.Connection | None = None
        self._begun = False  # by the frontier

    def open(self, connection: sa.Connection) -> None:
        """The frontier's own from here on; its first transaction has begun."""
        if not self._begun:
            self._lock.acquire()
        self._connection, self._begun = connection, True

    def begin(self) -> sa.Connection:
        """The frontier's until `end`: its transaction begins, or goes on. Raises OutOfReach where the connection was
        lost between two of them: SQLAlchemy would make another without a word.
        """
        assert self._connection is not None
        if not self._begun:
            self._lock.acquire()
            if self._connection.invalidated:
                self._lock.release()
                raise OutOfReach("the connection to the frontier's database was lost: see that it runs, then try again")
            self._begun = True
        return self._connection

    def end(self) -> None:
        """The frontier's transaction is over."""
        if self._begun:
            self._begun = False
            self._lock.release()

    def close(self) -> None:
        """Nobody's any more, once whoever has it is done with it."""
        if not self._begun:
            self._lock.acquire()
            self._begun = True
        self._connection = None
        self.end()

    @contextmanager
    def spare(self, patience: float) -> Iterator[sa.Connection | None]:
        """The connection, in a transaction of somebody else's; None where the frontier has it for `patience` seconds,
        or where there is none.
        """
        if self._connection is None or not self._lock.acquire(timeout=patience):
            yield None
            return
        try:
            connection = self._connection
            if connection is None or connection.invalidated:
                yield None
            else:
                with connection.begin():
                    yield connection
        finally:
            self._lock.release()
