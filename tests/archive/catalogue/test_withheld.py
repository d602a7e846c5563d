"""What is withheld is in no row of the catalogue, from the moment that the ledger says so."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from archive.catalogue.build import Catalogue
from archive.catalogue.search import Search
from archive.dataset.withholding import withhold
from tests.archive.audit import samples


def test_a_withheld_publication_is_found_nowhere(tmp_path: Path) -> None:
    collection = samples.with_dataset(tmp_path)
    catalogue = Catalogue(tmp_path)
    catalogue.refresh()
    search = Search.open(catalogue.path)
    assert search.find("القضاه").total == 1
    ident = search.find("القضاه").hits[0].row["id"]
    search.close()
    withhold(collection, ident, "طلب الكاتبة", "archivist", at=datetime(2026, 11, 23, tzinfo=UTC))
    assert not catalogue.is_current()
    catalogue.refresh()
    assert catalogue.is_current()
    search = Search.open(catalogue.path)
    assert search.find("القضاه").total == 0
    assert search.find("decree").total == 1
    search.close()
    with sqlite3.connect(catalogue.path) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            for column in {"url", "title", "id"} & set(columns):
                values = {row[0] for row in connection.execute(f"SELECT {column} FROM {table}")}
                assert not values & {samples.ARABIC, ident, "المحاكم والمراسيم"}, (table, column)
