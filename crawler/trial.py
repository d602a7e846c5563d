"""What would be extracted from one page: `policy-archive try`. Fetched as a crawl would, into a folder thrown away."""

import gzip
import tempfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.text import Text

from archive.extract.extract import extract
from archive.extract.markdown import text as plain_text
from archive.extract.page import Content, Page
from archive.institutes import registry
from archive.institutes.profile import Profile
from archive.institutes.urls import absolute
from archive.lines import Terminal, table
from archive.store.capture import Capture
from archive.store.collection import Collection
from archive.store.exchange import Location
from crawler.errors import CrawlError
from crawler.options import Options
from crawler.report import UNREACHABLE

_SHOWN = 12  # lines of the text


def show(page: str, url: str | None, institute: str, allow_private: bool, as_json: bool, home: Path) -> int:
    """Prints the page's fields, or the whole Page as JSON; the exit code."""
    spelled = absolute(page)
    if spelled is None and not Path(page).is_file():
        raise CrawlError(f"{page!r} is neither an http(s) address nor a file: give one of the two")
    address = spelled or absolute(url or "")
    if address is None:
        raise CrawlError(f"{page} is a file: say which address its page had, with --url https://…")
    profile = _profile(institute, address, home)
    found = _of_file(Path(page), address, profile) if spelled is None else _fetched(address, profile, allow_private)
    if found is None:
        return UNREACHABLE
    console = Terminal()
    if as_json:
        print(found.model_dump_json(indent=1))
    else:
        _print(found, console)
    return 0


def _profile(institute: str, address: str, home: Path) -> Profile:
    """The profile; one of a platform gets the address' own site as its home."""
    profile = registry.read(institute, home)
    if profile.home:
        return profile
    parts = urlsplit(address)
    return profile.model_copy(update={"home": f"{parts.scheme}://{parts.netloc}/", "name": parts.netloc})


def _of_file(path: Path, url: str, profile: Profile) -> Page:
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as problem:
            raise CrawlError(f"{path} is gzip, but damaged ({problem}): give a whole file") from None
    media_type = "application/pdf" if data[:5] == b"%PDF-" else "text/html"
    capture = Capture(
        url=url,
        captured_at=datetime.now(UTC),
        status=200,
        headers=(("Content-Type", media_type),),
        entity=data,
        location=Location(path.name, 0, len(data)),
        record_id="",
    )
    return extract(capture, profile)


def _fetched(url: str, profile: Profile, allow_private: bool) -> Page | None:
    """The page behind an address; None where it could not be had, which is said on stderr."""
    from crawler.crawl import Crawl
    from crawler.run import run
    from crawler.spiders.publications import PublicationsSpider

    talk = Terminal(stderr=True)
    with tempfile.TemporaryDirectory(prefix="policy-archive-try-") as folder:
        options = Options(
            urls=(url,), requisites=False, documents=False, allow_private=allow_private, derive=False, workers=1
        )
        crawl = Crawl.open(profile, Path(folder), "try", options)
        outcome = run(crawl, PublicationsSpider, talk, quiet=True)
        collection = Collection.open(crawl.collection.path)
        lines = [line for line in collection.captures() if not line.url.endswith("/robots.txt")]
        pages = [extract(collection.read(line.location), profile) for line in lines]
    whole = [page for page in pages if page.redirect_to is None]
    if not whole:
        talk.print(f"policy-archive: {url}: {outcome.why or 'no answer was kept'}", markup=False, soft_wrap=True)
        return None
    return max(whole, key=lambda page: page.captured_at)


def _print(page: Page, console: Console) -> None:
    table(console, ((name, (value,)) for name, value in _rows(page)), 12)
    if page.content:
        lines = plain_text(page.content.blocks).splitlines()
        console.print()
        for line in lines[:_SHOWN]:
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        if len(lines) > _SHOWN:
            console.print(f"… {len(lines) - _SHOWN} more lines; --json shows all", style="dim")


def _rows(page: Page) -> Iterator[tuple[str, Text]]:
    """What was found, and where; nothing is left out, so that what is missing is seen."""
    yield "url", Text(page.url)
    yield "role", Text(str(page.role))
    if page.content:
        for name, value, source in _fields(page.content):
            yield name, Text.assemble(value, (f"  ({source})" if source else "", "dim"))
    yield "links", Text(str(len(page.links)))
    yield "warnings", Text(", ".join(page.warnings) or "none")


def _fields(content: Content) -> list[tuple[str, str, str | None]]:
    authors = "; ".join(author.name for author in content.authors)
    rows = [
        ("kind", str(content.kind), None),
        ("title", content.title or "unknown", content.title_source),
        ("standfirst", content.standfirst or "none", content.standfirst_source),
        ("authors", authors or "none", content.authors_source),
        ("published", str(content.published or "unknown"), content.published_source),
        ("modified", str(content.modified or "unknown"), content.modified_source),
        ("language", f"{content.language or 'unknown'} ({content.direction or '?'})", None),
        ("sections", ", ".join(content.sections) or "none", None),
        ("tags", ", ".join(content.tags) or "none", None),
        ("blocks", str(len(content.blocks)), None),
        ("documents", ", ".join(document.url for document in content.documents) or "none", None),
    ]
    if content.case:
        case = content.case
        parties = " v. ".join(
            "; ".join(party.name for party in side) or "unknown" for side in (case.claimants, case.defendants)
        )
        about = (case.court or "court unknown", case.number or "no number", case.status or "status unknown")
        rows.append(("case", " · ".join((parties, *about)), None))
    return rows
