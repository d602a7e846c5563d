"""The tables of a fleet, beside those of its queue (Procrastinate's) and of each crawl's frontier."""

import sqlalchemy as sa

SCHEMA = "policy_archive"
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
