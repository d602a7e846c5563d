"""What the catalogue counts beforehand, so that no page has to: authors, who is cited, and by what publications are
narrowed.

`facets` has a row for each collection, institute, kind, language, state and year that publications share. `orders` are
lists of numbers as bytes (four each, as this machine has them): `newest` the keys of all publications, the newest
first; `place` by key, where it stands among those; `facet` by key, the number of its row of `facets`.
"""

import sqlite3
from array import array

from archive.catalogue.tables import FACETS

NUMBERS = "I"
NONE = 0xFFFFFFFF  # of a key that no publication has


def count(connection: sqlite3.Connection) -> None:
    """Makes them anew from the tables of publications."""
    for table in ("authors", "hosts", "cited", "facets", "orders"):
        connection.execute(f"DELETE FROM {table}")
    for statement in (_AUTHORS, _HOSTS, _CITED):
        connection.execute(statement)
    _order(connection)


# Every name once, whatever its spelling in marks and letters.
_AUTHORS = """
INSERT INTO authors (author, name, publications, first, last)
SELECT author, min(name), count(DISTINCT key), min(published), max(published)
FROM publication_authors JOIN (SELECT key, published FROM publications) USING (key) GROUP BY author
"""
_HOSTS = """
INSERT INTO hosts (host, links, publications)
SELECT host, count(*), count(DISTINCT key) FROM links WHERE own = 0 GROUP BY host
"""
_CITED = """
INSERT INTO cited (host, url, links, key)
SELECT host, url, count(*), min(key) FROM links WHERE own = 0 GROUP BY url
"""


def _order(connection: sqlite3.Connection) -> None:
    most = connection.execute("SELECT max(key) FROM publications").fetchone()[0] or 0
    newest = array(NUMBERS)
    place, facet = (array(NUMBERS, [NONE]) * (most + 1) for _ in range(2))
    numbers: dict[tuple[object, ...], int] = {}
    counted: list[list[int]] = []
    for key, versions, *facets in connection.execute(
        f"SELECT key, versions, {', '.join(FACETS)} FROM publications ORDER BY published DESC, key"
    ):
        place[key] = len(newest)
        newest.append(key)
        number = facet[key] = numbers.setdefault(tuple(facets), len(numbers))
        if number == len(counted):
            counted.append([0, 0])
        counted[number][0] += 1
        counted[number][1] += versions
    names = ", ".join(("number", *FACETS, "publications", "versions"))
    connection.executemany(
        f"INSERT INTO facets ({names}) VALUES ({', '.join('?' * (len(FACETS) + 3))})",
        [(number, *facets, *counted[number]) for facets, number in numbers.items()],
    )
    for name, order in (("newest", newest), ("place", place), ("facet", facet)):
        connection.execute("INSERT INTO orders (name, numbers) VALUES (?, ?)", (name, order.tobytes()))
