"""The frontier's tables, the same in SQLite and in PostgreSQL."""

from typing import Any

import sqlalchemy as sa

VERSION = 6  # of the tables; 0 was said of the same ones, before they had a number


class Words(sa.TypeDecorator[str]):
    """A text that any table takes. Half of a pair of surrogates is none, PostgreSQL takes no NUL, and what a site sent
    may stand in a reason or a media type.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return value if value is None else clean(value)


def clean(text: str) -> str:
    """The text with `?` where there is what no table takes."""
    if text.isascii():
        return text.replace("\0", "?") if "\0" in text else text
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


# SQLite counts rows by itself in columns of this very name.
_COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

METADATA = sa.MetaData()
URLS = sa.Table(
    "urls",
    METADATA,
    sa.Column("id", _COUNTED, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary(16), nullable=False, unique=True),
    sa.Column("url", Words, nullable=False),
    sa.Column("role", sa.SmallInteger, nullable=False),
    sa.Column("source", Words, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("end", sa.Text),
    sa.Column("reason", Words),
    sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("hops", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("depth", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due", sa.Float, nullable=False, server_default="0"),
    sa.Column("via", sa.BigInteger),
    sa.Column("warc", sa.Text),
    sa.Column("offset", sa.BigInteger),
    sa.Column("length", sa.BigInteger),
    sa.Column("status", sa.SmallInteger),
    sa.Column("media_type", Words),
    sa.Column(
        "spared", sa.BigInteger, nullable=False, server_default="0"
    ),  # bytes of a body that is in the archive already
    sa.Column("detail", Words),  # what the page turned out to be: its role and kind
    sa.Column("robots", Words),  # the copy of robots.txt that let it through or did not, and the line that decided
    # What earlier crawls knew, and what sources say now (recrawl.py).
    sa.Column("seen", sa.Text),
    sa.Column("said", sa.Text),
    sa.Column("modified", sa.Text),
    sa.Column("marks", sa.SmallInteger, nullable=False, server_default="0"),
    # Who wrote the row last (lease.py); 0 where one machine crawls by itself.
    sa.Column("owner", sa.Text),
    sa.Column("fence", sa.BigInteger, nullable=False, server_default="0"),
)
sa.Index(
    "urls_waiting",
    URLS.c.role,
    URLS.c.id,
    sqlite_where=URLS.c.state == "queued",
    postgresql_where=URLS.c.state == "queued",
)
# Which sources name a URL: one that stands in a sitemap and in a feed counts for both. Rows of listings' pages come by
# the thousand, so memory does not hold them.
NAMED = sa.Table(
    "named",
    METADATA,
    sa.Column("fingerprint", sa.LargeBinary(16), primary_key=True),
    sa.Column("source", Words, primary_key=True),
    sqlite_with_rowid=False,
)
FACTS = sa.Table(
    "facts",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", Words, nullable=False),
)
