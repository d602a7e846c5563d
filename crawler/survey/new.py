"""`institute new`: looks at a site, writes a profile for it, and shows what the profile reads on three of its pages."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.text import Text

from archive.errors import ProfileError
from archive.extract.extract import extract
from archive.extract.markdown import text as plain_text
from archive.extract.page import Page
from archive.folder_names import RESERVED
from archive.institutes import registry
from archive.institutes.profile import Profile
from archive.institutes.urls import absolute
from archive.lines import Terminal, many, table
from archive.store.capture import Capture
from crawler.errors import CrawlError
from crawler.survey.draft import draft
from crawler.survey.fields import needed
from crawler.survey.site import Site
from crawler.survey.visit import visit

_WORDS = 160  # code points of a page's text


def new(home: Path, name: str, url: str, into: Path | None, allow_private: bool, delay: float | None) -> int:
    """Writes the profile; the exit code."""
    path = into or registry.own_folder(home) / f"{name}.toml"
    _check(home, name, path, given=into is not None)
    spelled = absolute(url if "://" in url else f"https://{url}")
    if spelled is None:
        raise CrawlError(f"{url!r} is not an http or https address: give the home page's, such as https://example.org/")
    talk = Terminal(stderr=True, highlight=False)
    with talk.status(f"looking at {spelled}") if talk.is_terminal else contextlib.nullcontext():
        site, requests = visit(name, spelled, allow_private, delay, talk)
    text, profile = _drafted(site, name, list(site.captures.values()))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _there(path) from None
    _show(Terminal(highlight=False, soft_wrap=True), site, profile, path, text, requests)
    _next_steps(name if into is None else str(path), list(site.captures), allow_private)
    return 0


def _check(home: Path, name: str, path: Path, given: bool) -> None:
    """Before anything is asked of the site."""
    if registry.slug(name) != name or name in RESERVED:
        nearest = registry.slug(name) or "institute"
        raise ProfileError(f"{name!r} cannot name an institute: take a-z, digits, - and _, such as {nearest!r}")
    if not given and name in [*registry.names(), *registry.platforms()]:
        raise ProfileError(f"there is an institute {name!r} already (`institute show {name}`): take another name")
    if path.exists():
        raise _there(path)


def _there(path: Path) -> ProfileError:
    return ProfileError(f"{path} is there already, and is not written over: remove it, or name another (--into FILE)")


def _drafted(site: Site, name: str, captures: list[Capture]) -> tuple[str, Profile]:
    """The profile's text, and the profile as the registry reads it."""
    profile = _read(draft(site), name)
    for capture in captures:
        content = extract(capture, profile).content
        site.speaks(content.language if content else None)
    text = draft(site, needed(captures, _read(draft(site), name)))
    return text, _read(text, name)


def _read(text: str, name: str) -> Profile:
    with tempfile.TemporaryDirectory(prefix="policy-archive-survey-") as folder:
        path = Path(folder) / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return registry.load(path)


def _show(out: Terminal, site: Site, profile: Profile, path: Path, text: str, requests: int) -> None:
    out.print(Text(f"{path}", style="bold"))
    for line in text.splitlines():
        out.print(Text(f"  {line}".rstrip(), style="dim"))
    out.print()
    table(out, ((label, [told]) for label, told in _seen(site, requests)), 12)
    for url, capture in site.captures.items():
        out.print()
        table(out, ((label, [told]) for label, told in _page(extract(capture, profile), url)), 12)


def _seen(site: Site, requests: int) -> Iterator[tuple[str, str]]:
    yield "asked", f"{many(requests, 'request')}, robots.txt aside"
    yield "platform", "WordPress" if site.wordpress else "not known"
    for label, counts, noun in (
        ("sitemaps", site.sitemaps, "address"),
        ("feeds", site.feeds, "item"),
        ("listings", site.listings, "link"),
    ):
        told = "; ".join(
            f"{url} ({count:,} {noun}{'' if count == 1 else 'es' if noun == 'address' else 's'})"
            for url, count in counts.items()
        )
        yield label, told or "none that works"
    if site.wordpress:
        yield "REST", site.rest or "shut"


def _page(page: Page, url: str) -> Iterator[tuple[str, str]]:
    """What the profile reads on a page, shortly; `try` tells all."""
    yield "url", url
    content = page.content
    if content is None:
        yield "role", str(page.role)
        return
    yield "title", content.title or "unknown"
    yield "kind", str(content.kind)
    yield "published", str(content.published or "unknown")
    yield "authors", "; ".join(author.name for author in content.authors) or "none"
    yield "language", f"{content.language or 'unknown'} ({content.direction or '?'})"
    words = " ".join(plain_text(content.blocks).split())
    yield "text", f"{words[:_WORDS]}{'…' if len(words) > _WORDS else ''}" or "none"
    yield "warnings", ", ".join(page.warnings) or "none"


def _next_steps(name: str, pages: list[str], allow_private: bool) -> None:
    out = Terminal(highlight=False, soft_wrap=True)
    private = " --allow-private" if allow_private else ""
    out.print()
    out.print(Text("Next:", style="bold"))
    for command in (
        f"institute check {name}",
        *(f"try {url} --institute {name}{private}" for url in pages[:1]),
        f"crawl {name} --max-pages 50{private}",
    ):
        out.print(Text(f"  policy-archive {command}", style="cyan"))
