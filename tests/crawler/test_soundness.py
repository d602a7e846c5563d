"""A frontier that holds what no crawl has written is refused in one line, and nothing of it is run."""

import pickle
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from archive.store.exchange import Location, Stored
from crawler.errors import CrawlError
from crawler.fleet.local import Server
from crawler.frontier import End, Found, Frontier, Role
from crawler.frontier.postgres import Postgres
from tests.crawler.command import policy_archive, profile

SENT: list[str] = []


class Bomb:
    """Says so where it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return SENT.append, ("run",)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A frontier as a crawl leaves it: a row that waits, one that is captured, one that is done."""
    frontier = Frontier(tmp_path / "frontier.sqlite")
    filled(frontier)
    frontier.close()
    return tmp_path / "frontier.sqlite"


def filled(frontier: Frontier) -> None:
    frontier.set_fact("crawl", "20261122180000")
    frontier.set_fact("sources", "{}")
    frontier.add(
        [Found(f"https://مثال.example/{n}", f"https://مثال.example/{n}", Role.PAGE, "pages") for n in range(3)]
    )
    rows = frontier.claim(2, 1.0)
    frontier.captured(rows[0].id, Stored(Location("a.warc.gz", 0, 10), False))
    frontier.finish(rows[1], End.ARCHIVED, None, "analysis", [])
    frontier.commit()


def changed(path: Path, statement: str, *values: Any) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement, values)
    connection.close()


def test_what_a_crawl_writes_is_good(path: Path) -> None:
    Frontier(path).close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("url", pickle.dumps(Bomb())),
        ("url", "file:///etc/passwd"),
        ("url", "javascript:alert(1)"),
        ("url", "https://مثال.example/a\r\nX-Injected: yes"),
        ("url", 7),
        ("role", 99),
        ("role", "2; DROP TABLE urls"),
        ("state", "running"),
        ("state", b"queued"),
        ("end", "مؤرشف"),
        ("tries", "many"),
        ("hops", b"\x80\x04"),
        ("due", "tomorrow"),
        ("source", pickle.dumps({"a": 1})),
        ("reason", b"\x80\x04."),
        ("warc", b"\x80\x04."),
        ("offset", "zero"),
    ],
)
def test_a_hostile_row_is_refused(path: Path, column: str, value: Any) -> None:
    changed(path, f'UPDATE urls SET "{column}" = ? WHERE id = 1', value)
    with pytest.raises(CrawlError, match=r"holds what no crawl has written .*delete it") as refused:
        Frontier(path)
    assert "\n" not in str(refused.value)
    assert SENT == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("crawl", "../../../../outside"),
        ("crawl", "٢٠٢٦١١٢٢١٨٠٠٠٠"),
        ("sources", "{not json"),
        ("sources", "[" * 100_000),
        ("sources", "[1]"),
        ("settings", pickle.dumps(Bomb())),
    ],
)
def test_a_hostile_fact_is_refused(path: Path, name: str, value: Any) -> None:
    changed(path, "INSERT OR REPLACE INTO facts VALUES (?, ?)", name, value)
    with pytest.raises(CrawlError, match="holds what no crawl has written"):
        Frontier(path)
    assert SENT == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE urls SET url = 'file:///etc/passwd' WHERE id = 1",
        "UPDATE urls SET url = E'https://مثال.example/a\\r\\nX-Injected: yes' WHERE id = 1",
        "UPDATE urls SET state = 'running' WHERE id = 1",
        "UPDATE urls SET role = 99 WHERE id = 1",
        "UPDATE urls SET \"end\" = 'مؤرشف' WHERE id = 1",
        "UPDATE urls SET warc = '../../../etc/passwd' WHERE id = 1",
        "UPDATE urls SET state = 'captured' WHERE id = 3",
        "UPDATE facts SET value = '../../../../outside' WHERE name = 'crawl'",
        "UPDATE facts SET value = '[1]' WHERE name = 'sources'",
    ],
)
def test_hostile_rows_of_postgresql_are_refused(postgres: Server, change: str) -> None:
    place = Postgres(postgres.address, "معادٍ")
    place.clear()
    frontier = Frontier(place)
    filled(frontier)
    frontier.close()
    with place.engine.begin() as connection:
        connection.exec_driver_sql(change)
    with pytest.raises(CrawlError, match=r"holds what no crawl has written .*drop the schema") as refused:
        Frontier(place)
    assert "\n" not in str(refused.value)


def test_a_person_reads_one_line(tmp_path: Path, path: Path) -> None:
    site = profile(tmp_path, "http://127.0.0.1:9/")
    state = tmp_path / "home" / "collections" / "institute" / "state"
    state.mkdir(parents=True)
    for folder in ("archive", "indexes", "dataset", "crawls", "packages"):
        (state.parent / folder).mkdir()
    (state.parent / "collection.toml").write_text('title = "معهد"\n', encoding="utf-8")
    changed(path, "UPDATE facts SET value = '../../../outside' WHERE name = 'crawl'")
    path.rename(state / "frontier.sqlite")
    done = policy_archive(tmp_path, "crawl", str(site), "--allow-private")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert "'../../../outside'" in done.stderr
    assert not list(tmp_path.rglob("outside"))


def test_an_address_that_is_too_long_is_never_asked_for(tmp_path: Path) -> None:
    """Of whatever kind: a link, a requisite, a redirect's target, a sitemap's child."""
    frontier = Frontier(tmp_path / "frontier.sqlite")
    long = "https://example.org/" + "%D8%B9" * 1_000_000
    frontier.add([Found(f"{long}{role}", f"{long}{role}", role, "pages", exact=role is Role.PAGE) for role in Role])
    frontier.add([Found("https://example.org/" + "a" * 2063, "https://example.org/a", Role.PAGE, "pages")])
    frontier.commit()
    assert [len(row.url) for row in frontier.claim(10, 1.0)] == [2083]
    ended = [row for row, _ in frontier.all() if row.end]
    assert {(row.end, len(row.url)) for row in ended} == {("trap", 2083)}
    assert {row.reason for row in ended} == {"overlong: 6,000,021 characters, and more than 2,083 are never asked for"}
    frontier.close()
