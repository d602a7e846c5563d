"""How fast the catalogue is made, searched and shown.

    python -m tests.benchmarks.catalogue                          2,000 publications
    python -m tests.benchmarks.catalogue --publications 100000 [--rounds 3] [--home FOLDER]

Makes a home of publications after the demo institute's truth, in English and Arabic (it is kept where a folder is
named, and taken from there), and prints: publications catalogued a second, by the clock and by all processors
together, with the most memory of all processes; how long searches and pages take (median, and 95th of a hundred; the
slowest with its name). The pages are asked of Datasette in this process, as its own tests do.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote

from archive.browse.home import Home
from archive.browse.pages import _FACETS
from archive.browse.queries import PAGE
from archive.browse.server import application
from archive.catalogue.build import NAME
from archive.catalogue.search import Search
from tests.benchmarks import library
from tests.benchmarks.memory import Spent, spent

BUILD = """
import sys
from pathlib import Path
from archive.catalogue.build import Catalogue
Catalogue(Path(sys.argv[1])).refresh()
"""
# Words of every frequency, in both languages, as people type them: with marks and without, phrases, beginnings, words
# that must not be there; each asked for as the search page does, with all facets.
WORDS = (
    "", "the", "court", "committee court decree", "decree parliament", '"the committee"', '"court of appeal"',
    "elections -court", "budget", "complaint 2019", "Cairo Alexandria", "xyzzy", "constitu*", "com*", "Leila",
    "القاهرة", "القَاهِرَةُ", "القاهره", "وبالقاهرة", "في المحكمة", "محكمة", '"في القاهرة"', "للجنة", "الدستور -المحكمة",
    "٢٠١٩", "ليلى", "قانو*", "من", "على اللجنة",
)  # fmt: skip
FILTERS: tuple[dict[str, str], ...] = (
    {}, {"kind": "legal_case"}, {"language": "ar"}, {"year": "2019", "language": "en"},
    {"kind": "table", "language": "ar"},
)  # fmt: skip
PAGES = (
    "/", "/search", "/search?q=the", "/search?q=decree+parliament", f"/search?q={quote('القاهرة')}",
    f"/search?q={quote('في المحكمة')}&language=ar", "/search?q=court&kind=legal_case&sort=newest", "/search?page=150",
    "/cases", "/cases?language=ar", "/cases?page=100", "/authors", f"/authors?q={quote('ليلى')}", "/links", "/crawls",
    "/catalogue/publications", "/catalogue/publications?_facet=kind&_facet=language&kind=legal_case",
    "/catalogue/publications.json?language=ar&_sort_desc=published", "/catalogue/links.json?host=example.org",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of what was asked for, by name."""

    taken: dict[str, float]

    @property
    def p50(self) -> float:
        return median(self.taken.values())

    @property
    def p95(self) -> float:
        return quantiles(self.taken.values(), n=20, method="inclusive")[-1]

    def __str__(self) -> str:
        slowest = max(self.taken, key=lambda name: self.taken[name])
        return (
            f"p50 {self.p50:6.1f} ms   p95 {self.p95:6.1f} ms   slowest {self.taken[slowest]:6.1f} ms   "
            f"({slowest}; {len(self.taken)} of them)"
        )


def timed(asked: dict[str, Callable[[], object]], rounds: int) -> Times:
    """The median of each over the rounds; they are asked in turn, so that none profits from its own last answer."""
    taken: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, ask in asked.items():
            began = time.perf_counter()
            ask()
            taken[name].append((time.perf_counter() - began) * 1000)
    return Times({name: median(times) for name, times in taken.items()})


def build(home: Path) -> Spent:
    """Makes the catalogue anew, in a process of its own."""
    for path in home.glob(f"{NAME}*"):
        path.unlink()
    return spent([sys.executable, "-c", BUILD, str(home)])


def searches(home: Path, rounds: int) -> Times:
    search = Search.open(home / NAME)
    asked: dict[str, Callable[[], object]] = {}
    for typed in WORDS:
        for filters in FILTERS:
            for newest in (False, True):
                name = " ".join([typed, *(f"{key}={value}" for key, value in filters.items()), "newest" * newest])
                asked[name] = lambda typed=typed, filters=filters, newest=newest: search.find(  # type: ignore[misc]
                    typed, filters, PAGE, 0, _FACETS, newest
                )
    times = timed(asked, rounds)
    search.close()
    return times


def pages(home: Path, rounds: int) -> Times:
    own = Home(home)
    datasette = application(own, home / NAME)
    with asyncio.Runner() as runner:
        asked: dict[str, Callable[[], object]] = {
            path: lambda path=path: _page(runner, datasette, path)  # type: ignore[misc]
            for path in (*PAGES, *_found(home))
        }
        times = timed(asked, rounds)
        for database in datasette.databases.values():
            database.close()
    own.close()
    return times


def _page(runner: asyncio.Runner, datasette: Any, path: str) -> None:
    answer = runner.run(datasette.client.get(path))
    if answer.status_code != 200:
        raise SystemExit(f"{path} answers {answer.status_code}")


def _found(home: Path) -> Iterator[str]:
    """The pages that this home has: publications of each kind and language, their changes, people, hosts, a crawl."""
    search = Search.open(home / NAME)
    connection = search._connection
    for row in connection.execute(
        "SELECT collection, id, max(versions) FROM publications GROUP BY kind, language ORDER BY id"
    ).fetchall():
        page = f"/publication/{row[0]}/{quote(row[1], safe='')}"
        yield page
        if row[2] > 1:
            yield f"{page}/changes"
        yield f"{page}/cite.bibtex"
    for name, path in (
        ("SELECT author FROM authors ORDER BY publications DESC LIMIT 2", "/author?name={}"),
        ("SELECT host FROM hosts ORDER BY links DESC LIMIT 2", "/links?host={}"),
        ("SELECT value FROM subjects WHERE what = 'tag' GROUP BY 1 ORDER BY count(*) DESC LIMIT 2", "/search?tag={}"),
        ("SELECT court FROM cases GROUP BY 1 ORDER BY count(*) DESC LIMIT 2", "/cases?court={}"),
        ("SELECT name FROM parties GROUP BY 1 ORDER BY count(*) DESC LIMIT 2", "/cases?party={}"),
        ("SELECT crawl FROM crawls LIMIT 1", "/crawl/demo/{}"),
    ):
        for (value,) in connection.execute(name).fetchall():
            yield path.format(quote(value, safe=""))
    search.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--publications", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--home", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder)
        library.fill(home, given.publications)
        count = given.publications
        for made in sorted((build(home) for _ in range(given.rounds)), key=lambda one: one.clock):
            print(
                f"catalogue  {count / made.clock:,.0f}/s by the clock ({made.clock:.1f} s), "
                f"{made.processor / count * 1e6:,.0f} us of processor each, {made.memory:,.0f} MB of memory"
            )
        print(f"           {(home / NAME).stat().st_size / 1e6:,.0f} MB for {count:,} publications")
        print(f"searches   {searches(home, given.rounds)}")
        print(f"pages      {pages(home, given.rounds)}")


if __name__ == "__main__":
    main()
