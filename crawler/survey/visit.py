"""The visit itself: a crawl as any other, polite and guarded, into a collection that is thrown away; the scout says
where it goes.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from archive.institutes.profile import Etiquette, Profile
from archive.store.capture import Capture
from crawler.crawl import Crawl
from crawler.errors import Unvisited
from crawler.frontier import End, Found, Row
from crawler.options import Options
from crawler.report import INTERRUPTED
from crawler.run import run
from crawler.spiders.publications import PublicationsSpider
from crawler.survey.scout import Scout
from crawler.survey.site import Site


class Survey(Crawl):
    """A crawl of what the scout asks for, and nothing that pages name."""

    scout: Scout

    def onward(self, row: Row, end: End, reason: str | None, found: Sequence[Found]) -> Sequence[Found]:
        onward = [one for one in found if end is End.REDIRECTED and one.end is None]
        if not onward or not self.scout.redirected(onward[0].url):
            why = {
                End.BOTWALL: "it answers with a challenge page, for people alone",
                End.ROBOTS: f"robots.txt forbids it ({reason})",
            }.get(end, reason)
            onward = self.scout.came(row.source, row.url, self._seen(row, end), why)
        return onward

    def _seen(self, row: Row, end: End) -> Capture | None:
        """The capture of an address that has ended with one."""
        if end not in (End.ARCHIVED, End.UNCHANGED, End.GONE):
            return None
        lines = self.collection.captures_of(row.url)
        return self.collection.read(lines[-1].location) if lines else None

    def _seeds(self) -> Sequence[Found]:
        return [Found(one.url, one.canonical, one.role, "home") for one in super()._seeds()]

    def robots_seen(self, url: str, status: int, sitemaps: Sequence[str]) -> None:
        self.scout.site.robots_sitemaps += [one for one in sitemaps if one not in self.scout.site.robots_sitemaps]


def visit(name: str, url: str, allow_private: bool, delay: float | None, console: Console) -> tuple[Site, int]:
    """What is to be seen at an address, and the number of requests. Raises Unvisited where nothing is."""
    profile = Profile(id=name, name=name, home=url, etiquette=Etiquette())
    options = Options(
        urls=(url,),
        requisites=False,
        documents=False,
        derive=False,
        workers=1,
        allow_private=allow_private,
        delay=delay,
    )
    scout = Scout(url)
    with tempfile.TemporaryDirectory(prefix="policy-archive-survey-") as folder:
        crawl = Survey.open(profile, Path(folder), "survey", options)
        crawl.scout = scout
        outcome = run(crawl, PublicationsSpider, console, quiet=True)
        if outcome.exit_code == INTERRUPTED:
            raise Unvisited(f"{url}: interrupted before all was seen; nothing is written")
    if scout.problem is not None:
        raise Unvisited(f"{url}: {scout.problem}")
    return scout.site, scout.requests
