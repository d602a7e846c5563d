"""The address of a PostgreSQL database: from the environment, or an option that may hold no password; never shown with
one.
"""

import logging
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa

from archive.errors import DatabaseError

logger = logging.getLogger(__name__)

DATABASE = "POLICY_ARCHIVE_DATABASE"  # the fleet's: its queue, its leases, its frontiers
FRONTIER = "POLICY_ARCHIVE_FRONTIER"  # of crawls that are begun by hand: their frontier alone
_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
_PATIENCE = 10  # seconds for a connection to be made
_FULL_PATIENCE = 60.0  # seconds for which a server that has no connection free is asked again
_AGAIN = 1.0  # seconds until then, more or less: many may wait
# What PostgreSQL says then, in English: a client is told no code of an error that meets it at the door.
_FULL = re.compile(r"too many clients|too many connections|connection slots are reserved")
# A machine that vanished is noticed after 30 s: a probe each 5 s once nothing was heard for 15 s, three times.
_ALIVE = {"keepalives": 1, "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}
_ALIVE["tcp_user_timeout"] = 30_000  # milliseconds: the same where something was sent, and nobody said that it came


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is. `str` of it is for people: without a password."""

    url: sa.URL

    @classmethod
    def parse(cls, text: str, where: str) -> Self:
        """An address such as `postgresql://user@host/name`; `where` is what the message calls it."""
        try:
            url = sa.make_url(text)
        except (sa.exc.ArgumentError, ValueError):
            raise DatabaseError(f"{where} is no database's address: write it as postgresql://user@host/name") from None
        if url.drivername not in _SCHEMES:
            raise DatabaseError(
                f"{where} names {url.drivername!r}: the database is PostgreSQL, as in postgresql://user@host/name"
            )
        return cls(url.set(drivername="postgresql+psycopg"))

    @classmethod
    def of_environment(cls, *names: str) -> Self | None:
        """The first of these variables that is set; None where none is."""
        for name in names:
            if text := os.environ.get(name):
                return cls.parse(text, f"${name}")
        return None

    @classmethod
    def needed(cls, option: str | None = None) -> Self:
        """The fleet's: an option's, or the environment's. Raises DatabaseError where there is none."""
        if option:
            found = cls.parse(option, "--database")
            if found.url.password is not None:
                raise DatabaseError(f"--database holds a password, which others here could read: set ${DATABASE}")
            return found
        named = cls.of_environment(DATABASE)
        if named is None:
            raise DatabaseError(
                f"no database is named: set ${DATABASE} to its address, such as postgresql://user@host/name "
                "(`policy-archive fleet demo` shows it all without one)"
            )
        return named

    def __str__(self) -> str:
        url = self.url
        shown = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database)
        return str(shown) + (f" ({url.query['host']})" if "host" in url.query else "")

    @property
    def text(self) -> str:
        """With its password, for whoever connects."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def engine(self, name: str, patience: float = _FULL_PATIENCE, **driver: Any) -> sa.Engine:
        """Connections that the server lists under `name`, one at a time, none kept; `driver` are psycopg's own options.
        Where it has none free, it is asked again for `patience` seconds.
        """
        try:
            engine = sa.create_engine(
                self.url,
                poolclass=sa.pool.NullPool,
                connect_args={"application_name": name[:63], "connect_timeout": _PATIENCE, **_ALIVE, **driver},
            )
        except ModuleNotFoundError as error:
            raise DatabaseError(f"{error.name} is missing: pip install 'policy-archive[fleet]'") from None
        sa.event.listen(engine, "do_connect", self._patient(patience))
        return engine

    def _patient(self, patience: float) -> Callable[..., Any]:
        def connect(dialect: sa.Dialect, _record: Any, words: Any, named: dict[str, Any]) -> Any:
            until, told = time.monotonic() + patience, False
            while True:
                try:
                    return dialect.connect(*words, **named)
                except dialect.dbapi.OperationalError as error:  # type: ignore[union-attr]
                    if not _FULL.search(str(error)) or time.monotonic() >= until:
                        raise
                if not told:
                    logger.warning("the database %s has no connection free: asked again for %.0f s", self, patience)
                    told = True
                time.sleep(random.uniform(0.5, 1.5) * min(_AGAIN, patience))

        return connect

    def unreachable(self, error: BaseException) -> DatabaseError:
        """What a person reads where the database cannot be reached. No message of a driver holds the password."""
        cause = " ".join(str(getattr(error, "orig", None) or error).split())
        if _FULL.search(cause):
            return DatabaseError(
                f"the database {self} has no connection free: raise max_connections of the server "
                "(`policy-archive fleet init` says how many it gives), or begin fewer crawls at a time"
            )
        # The server runs then, and says what it refuses: a password, a database, a user. A server that starts does too.
        mend = (
            "mend the address or its rights, or try again" if "FATAL" in cause else "see that it runs, then try again"
        )
        return DatabaseError(f"the database {self} is out of reach ({cause[:200]}): {mend}")

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Around what is asked of it: its errors are a DatabaseError, for a person."""
        try:
            yield
        except sa.exc.OperationalError as error:
            raise self.unreachable(error) from None
        except sa.exc.ProgrammingError as error:
            cause = " ".join(str(error.orig).split())
            raise DatabaseError(
                f"the database {self} refuses what is asked of it ({cause[:200]}): give its user the right, or name "
                "another user"
            ) from None
