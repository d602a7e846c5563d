"""The frontier's tables in PostgreSQL, for crawls that another machine may go on with: a schema for each collection."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from archive.database import Address
from archive.errors import DatabaseError
from crawler.errors import CrawlError, OutOfReach
from crawler.frontier.outage import AWAY
from crawler.frontier.place import Conflict
from crawler.frontier.statements import SETTLED
from crawler.frontier.table import METADATA, URLS, VERSION, Words, clean
from crawler.frontier.turn import Turn

_PLAIN = re.compile(r"[a-z0-9._-]{1,50}")
_NTH = "nth"  # of the rows that are put in together
# A statement is planned once, while the table is small, and the plan is kept: one that reads all of the table would do
# so for every page, however large it grows. And none is worth a compiler.
_PLANNED = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "jit": "off"}
_PLANNED["plan_cache_mode"] = "force_generic_plan"
_PLANS = sa.select(*(sa.func.set_config(name, value, False) for name, value in _PLANNED.items()))
_MAKING = 0x706F6C696379  # key of the lock under which tables are made: two that begin at once would meet


def schema_of(collection: str) -> str:
    """The schema of a collection's frontier: a name of PostgreSQL has 63 bytes at the most."""
    if _PLAIN.fullmatch(collection):
        return f"crawl {collection}"
    return f"crawl:{hashlib.blake2b(collection.encode(), digest_size=16).hexdigest()}"


def session_of(collection: str) -> str:
    """What the server calls the connections of a collection's crawl: ASCII, of 63 bytes at the most."""
    mark = hashlib.blake2b(collection.encode(), digest_size=8).hexdigest()
    return f"policy-archive crawl {mark} {ascii(collection)[1:-1][:24]}"


_ENDING = 5_000  # milliseconds for which the end of another connection is waited for
_END_OTHERS = sa.text(
    "SELECT pg_terminate_backend(pid, :wait) FROM pg_stat_activity "
    "WHERE application_name = :session AND pid <> pg_backend_pid()"
)


class Postgres:
    """The tables of one collection's crawls."""

    def __init__(self, address: Address, collection: str) -> None:
        self._address, self._collection = address, collection
        self._schema = schema_of(collection)
        self.engine = address.engine(session_of(collection), prepare_threshold=0)  # few statements, said very often
        self.turn = Turn()
        sa.event.listen(self.engine, "connect", self._settle)

    def _settle(self, connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path TO {self._quoted}")
        connection.commit()

    @property
    def _quoted(self) -> str:
        return postgresql.dialect().identifier_preparer.quote_identifier(self._schema)  # type: ignore[no-untyped-call]

    @property
    def _where(self) -> str:
        return f"the frontier of {self._collection} in {self._address}"

    def open(self) -> sa.Connection:
        try:
            connection = self.engine.connect()
            self._make(connection)
        except sa.exc.OperationalError as error:
            raise OutOfReach(str(self._address.unreachable(error))) from None
        except sa.exc.DatabaseError as error:
            raise DatabaseError(
                f"{self._where} cannot be opened ({error.orig}): mend its rights, or name another"
            ) from None
        return connection

    def _make(self, connection: sa.Connection) -> None:
        connection.execute(_PLANS)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MAKING)))
        found = connection.execute(
            sa.text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name"),
            {"name": self._schema},
        ).first()
        if found is not None and found[0] != str(VERSION):
            connection.close()
            raise CrawlError(
                f"{self._where} is of version {str(found[0])[:20]!a}, and this policy-archive reads version {VERSION}: "
                f"finish the crawl with the policy-archive that began it, or drop the schema {self._quoted} to begin "
                "anew; what is archived stays"
            )
        if found is None:
            connection.exec_driver_sql(f"CREATE SCHEMA {self._quoted}")
            METADATA.create_all(connection)
            # A row is changed thrice: what is left free takes its new versions, without new entries in the indexes.
            connection.exec_driver_sql("ALTER TABLE urls SET (fillfactor = 70)")
            connection.exec_driver_sql(f"COMMENT ON SCHEMA {self._quoted} IS '{VERSION}'")
        connection.commit()

    def again(self) -> sa.Connection:
        connection = self.engine.connect()
        connection.execute(_PLANS)
        # Where only the network was away, the server may go on with what it was told, and keep rows locked.
        connection.execute(_END_OTHERS, {"session": session_of(self._collection), "wait": _ENDING})
        connection.commit()
        return connection

    def clear(self) -> None:
        with self.engine.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {self._quoted} CASCADE")

    def put(
        self, connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]], all_: Mapping[str, Any],
        conflict: Conflict,
    ) -> int:  # fmt: skip
        """One statement for all rows, whose text is the same however many there are: the server parses it once. It may
        not touch a row twice, so a fingerprint that comes again waits for the next one.
        """
        columns = tuple(rows[0])
        statement = _insertion(table, columns, tuple(all_), conflict)
        ones = {f"one_{name}": value for name, value in all_.items()}
        taken = 0
        for round_ in _rounds(rows, table):
            some = json.dumps([_bare(row, number) for number, row in enumerate(round_)], ensure_ascii=False)
            taken += int(self.run(connection, statement, {"some": some, **ones}).rowcount)
        return taken

    def run(self, connection: sa.Connection, statement: sa.Executable, values: Mapping[str, Any]) -> Any:
        return execute(connection, statement, values)

    def mistyped(self) -> list[str]:
        return []  # a column takes its type alone

    def strange(self, problem: str) -> CrawlError:
        return CrawlError(
            f"{self._where} holds what no crawl has written ({problem}): drop the schema {self._quoted} to begin the "
            "crawl anew; what is archived stays"
        )

    def lost(self, error: BaseException) -> OutOfReach | None:
        if isinstance(error, AWAY):
            return OutOfReach(str(self._address.unreachable(error)))
        return None


def execute(connection: sa.Connection, statement: sa.Executable, values: Mapping[str, Any]) -> sa.CursorResult[Any]:
    """A statement that is always the same object: its text is made once. SQLAlchemy would look up each time which text
    it has, for as long as the server takes to do it.
    """
    if (spelled := _spelled.get(statement)) is None:
        spelled = _spelled[statement] = _Spelled.of(statement, connection.dialect)
    return connection.exec_driver_sql(spelled.text, spelled.values(values))


@dataclass(frozen=True, slots=True)
class _Spelled:
    """The text of a statement, its constants, and what makes values of a column's type fit for the driver."""

    text: str
    constants: Mapping[str, Any]
    fits: Mapping[str, Callable[[Any], Any]]

    @classmethod
    def of(cls, statement: Any, dialect: sa.Dialect) -> Self:
        compiled = statement.compile(dialect=dialect)
        asked = {name: bind for bind, name in compiled.bind_names.items() if bind.required}
        found = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in asked.items()}
        constants = {name: value for name, value in compiled.params.items() if name not in asked}
        return cls(str(compiled), constants, {name: fit for name, fit in found.items() if fit is not None})

    def values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {**self.constants, **values, **{name: fit(values[name]) for name, fit in self.fits.items()}}


_spelled: dict[Any, _Spelled] = {}
_statements: dict[tuple[Any, ...], Any] = {}


def _insertion(table: sa.Table, columns: tuple[str, ...], all_: tuple[str, ...], conflict: Conflict) -> Any:
    """INSERT … SELECT from an array of JSON's objects, in the order of finding. An array for each column takes psycopg
    longer than all that the server does with them.
    """
    key = table.name, columns, all_, conflict
    if key not in _statements:
        types = {name: table.c[name].type for name in columns}
        told = [sa.column(name, sa.Text() if _is_text(type_) else type_) for name, type_ in types.items()]
        given = sa.cast(sa.bindparam("some", type_=sa.Text), postgresql.JSON)
        some = sa.func.json_to_recordset(given).table_valued(sa.column(_NTH, sa.Integer), *told)
        some = some.render_derived(name="some", with_types=True)
        columns_: dict[str, Any] = {name: some.c[name] for name in columns}
        if "fingerprint" in columns:
            columns_["fingerprint"] = sa.func.decode(some.c.fingerprint, "hex")
        ones = [sa.bindparam(f"one_{name}", type_=table.c[name].type) for name in all_]
        chosen = sa.select(*columns_.values(), *ones).order_by(some.c[_NTH])
        if table is URLS:  # a conflict locks the row that is there, and most links of a page are known: they stay out
            there = sa.select(URLS.c.id).where(URLS.c.fingerprint == columns_["fingerprint"], SETTLED)
            chosen = chosen.where(~there.exists())
        inserted = postgresql.insert(table).from_select([*columns, *all_], chosen, include_defaults=False)
        _statements[key] = conflict(inserted)
    return _statements[key]


def _is_text(type_: Any) -> bool:
    return isinstance(type_, Words | sa.LargeBinary)


def _bare(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    """A row as JSON has it: bytes in hexadecimal, words as a table takes them, and its place among the others."""
    bare = {name: clean(value) if isinstance(value, str) else value for name, value in row.items()}
    if "fingerprint" in row:
        bare["fingerprint"] = row["fingerprint"].hex()
    return {_NTH: number, **bare}


def _rounds(rows: Sequence[dict[str, Any]], table: sa.Table) -> Iterable[list[dict[str, Any]]]:
    """The rows in as few parts as hold no key twice, each in its order."""
    keys = tuple(column.name for column in table.primary_key if column.name in rows[0]) or ("fingerprint",)
    rounds: list[list[dict[str, Any]]] = []
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        number = seen.get(key, 0)
        seen[key] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(row)
    return rounds
