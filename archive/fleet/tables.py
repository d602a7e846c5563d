"""The tables of a fleet, beside those of its queue (Procrastinate's) and of each crawl's frontier."""

import sqlalchemy as sa

SCHEMA = "policy_archive"
VERSION = 1  # of the tables, in the schema's comment; none was said of the same ones before they had a number
METADATA = sa.MetaData(schema=SCHEMA)

# One line a collection, kept for ever: its number only grows.
LEASES = sa.Table(
    "leases",
    METADATA,
    sa.Column("collection", sa.Text, primary_key=True),
    sa.Column("fence", sa.BigInteger, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),  # machine and process, for people
    sa.Column("life", sa.Text, nullable=False),  # JSON: which process that is (lease.py)
    sa.Column("taken", sa.DateTime(timezone=True), nullable=False),
    sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    sa.Column("released", sa.Boolean, nullable=False),  # its owner let go of it by itself
    sa.Column("told", sa.Text),  # JSON: what the crawl said last (archive/store/running.py)
)
# One line a process of `fleet worker`.
WORKERS = sa.Table(
    "workers",
    METADATA,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),  # Procrastinate's number of it
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("life", sa.Text, nullable=False),  # JSON: which process it is
    sa.Column("began", sa.DateTime(timezone=True), nullable=False),
    sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
    sa.Column("at_once", sa.Integer, nullable=False),
    sa.Column("draining", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("held", sa.Text),  # why it takes nothing new now: memory, disk
)
# What became of a job, for people: Procrastinate notes only that it failed.
RUNS = sa.Table(
    "runs",
    METADATA,
    sa.Column("job", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("task", sa.Text, nullable=False),
    sa.Column("institute", sa.Text, nullable=False),
    sa.Column("collection", sa.Text, nullable=False),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("began", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ended", sa.DateTime(timezone=True)),
    sa.Column("exit_code", sa.Integer),
    sa.Column("why", sa.Text),
)
# Up to when the planned times of schedule.toml's entries are accounted for.
PLANNED = sa.Table(
    "planned",
    METADATA,
    sa.Column("entry", sa.Text, primary_key=True),
    sa.Column("mark", sa.Text, nullable=False),  # what tells one plan of times from another (Entry.mark)
    sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
)


def problem(connection: sa.Connection) -> str | None:
    """Why a database is no fleet's, or not this program's, as a message goes on after its name; None where it is."""
    if is_made(connection):
        return strange(connection)
    return "holds no fleet: `policy-archive fleet init` makes its tables"


def is_made(connection: sa.Connection) -> bool:
    queue, workers = "to_regclass('procrastinate_jobs') IS NOT NULL", f"to_regclass('{SCHEMA}.workers') IS NOT NULL"
    return bool(connection.exec_driver_sql(f"SELECT {queue} AND {workers}").scalar_one())


def strange(connection: sa.Connection) -> str | None:
    """Whether another version of this program has made the tables, as `problem` says it."""
    comment = f"SELECT obj_description(to_regnamespace('{SCHEMA}'), 'pg_namespace')"
    found = connection.exec_driver_sql(comment).scalar_one()
    if found in (None, str(VERSION)):
        return None
    return (
        f"holds a fleet of version {str(found)[:20]!a}, and this policy-archive reads version {VERSION}: take the "
        "policy-archive of its other workers, or have them drain, and make another database"
    )
