"""Queries of a URL index by DuckDB, over files on this machine and in object stores. Nothing is downloaded: what DuckDB
would install for itself to read from stores is fsspec's here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from archive.dataset.batch import files
from archive.errors import CollectionError
from archive.store import cdxj
from archive.store.remote import by_obstore
from archive.urls.build import NAME

VIEW = "urls"  # what a query of one's own calls the index
_LAST = "\U0010ffff"  # behind all that begins with a key
SHOWN = (
    "fetch_time",
    "fetch_status",
    "content_mime_type",
    "url",
    "warc_filename",
    "warc_record_offset",
    "warc_record_length",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None is anything."""

    url: str | None = None  # an address; `https://host/path*` for all that begin so, `*.host` for all of a domain
    status: int | None = None
    mime: str | None = None
    crawl: str | None = None
    since: date | None = None
    until: date | None = None
    limit: int | None = None

    def query(self) -> tuple[str, list[Any]]:
        """In SQL, with its parameters."""
        conditions, given = self._of_url()
        for condition, value in (
            ("fetch_status = ?", self.status),
            ("content_mime_type = ?", self.mime),
            ("crawl = ?", self.crawl),
            ("fetch_time >= ?", self.since),
            ("fetch_time < ?", self.until + timedelta(days=1) if self.until else None),
        ):
            if value is not None:
                conditions.append(condition)
                given.append(value)
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        most = f" LIMIT {self.limit}" if self.limit is not None else ""
        order = "url_surtkey, fetch_time, warc_filename, warc_record_offset"
        return f"SELECT * FROM {VIEW}{where} ORDER BY {order}{most}", given

    def _of_url(self) -> tuple[list[str], list[Any]]:
        """Ranges of the sorted column, so that statistics of row groups tell what need not be read."""
        if self.url is None:
            return [], []
        if self.url.startswith("*."):
            key = cdxj.key(f"http://{self.url[2:]}/").partition(")")[0]
            return (
                ["((url_surtkey >= ? AND url_surtkey < ?) OR (url_surtkey >= ? AND url_surtkey < ?))"],
                [f"{key})", f"{key}){_LAST}", f"{key},", f"{key},{_LAST}"],
            )
        url = self.url if "://" in self.url else f"https://{self.url}"
        if url.endswith("*"):
            key = cdxj.key(url[:-1])
            return ["url_surtkey >= ?", "url_surtkey < ?"], [key, key + _LAST]
        return ["url_surtkey = ?"], [cdxj.key(url)]


def _filesystem(place: str) -> Any:
    """fsspec's filesystem for a URL, which DuckDB reads through: of the stores that obstore knows by that."""
    scheme = place.partition("://")[0]
    if scheme not in by_obstore.SCHEMES:
        import fsspec

        return fsspec.filesystem(scheme)
    from obstore.fsspec import FsspecStore

    known: Any = FsspecStore
    return known(scheme, client_options={"allow_http": by_obstore.plain_http()}, **by_obstore.region(scheme))


class Finder:
    """An open index. Use as a context manager."""

    def __init__(self, place: str) -> None:
        """Raises CollectionError where there is no index, or DuckDB is not installed."""
        try:
            import duckdb
        except ModuleNotFoundError as error:
            if error.name != "duckdb":
                raise
            raise CollectionError(
                "queries need DuckDB, which is not installed: pip install 'policy-archive[export]', or '.[export]' in "
                "a checkout"
            ) from None
        found = [one for one in files.below(place, (".parquet",)) if one.rpartition("/")[2].startswith(NAME)]
        if not found:
            raise CollectionError(f"{place} holds no index of URLs: `policy-archive urls index --to {place}` makes one")
        self._errors = duckdb.Error
        self._connection = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        if files.is_url(place):
            self._connection.register_filesystem(_filesystem(place))
        names = ", ".join("'" + one.replace("'", "''") + "'" for one in found)
        self._connection.execute(f"CREATE VIEW {VIEW} AS SELECT * FROM read_parquet([{names}])")

    def find(self, wanted: Wanted) -> Iterator[dict[str, Any]]:
        """The rows that are wanted, in the order of the index."""
        return self._rows(*wanted.query())

    def sql(self, query: str) -> Iterator[dict[str, Any]]:
        """The rows of a query of one's own, over `urls`. Raises CollectionError where it is wrong."""
        return self._rows(query, [])

    def _rows(self, query: str, given: list[Any]) -> Iterator[dict[str, Any]]:
        try:
            found = self._connection.execute(query, given)
            names = [column[0] for column in found.description or ()]
            while rows := found.fetchmany(1000):
                yield from (dict(zip(names, row, strict=True)) for row in rows)
        except self._errors as problem:
            raise CollectionError(f"DuckDB: {' '.join(str(problem).split())[:500]}") from None

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> "Finder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
