"""The profile that a look at a site leads to: as few lines as will do, each with the reason for it."""

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from archive.institutes.profile import Kind
from archive.institutes.urls import host
from archive.lines import harmless
from crawler.survey import site as read
from crawler.survey.fields import Rule
from crawler.survey.site import Site

_POSTS = "per_page=100&page={page}&_fields=id,link,date_gmt,modified_gmt,type,title"
# What a folder of addresses is called, and the kind of what lies in it.
_KINDS = {
    Kind.EVENT: "events? webinars? conferences? فعاليات الفعاليات",
    Kind.REPORT: "reports? (?:special|annual)-reports? papers? research-papers? تقارير التقارير دراسات",
    Kind.BRIEF: "briefs? briefings? (?:policy|issue)-briefs? fact-?sheets? موجزات إحاطات",
    Kind.STATEMENT: "statements? press-releases? press بيانات البيانات",
    Kind.INTERVIEW: "interviews? مقابلات حوارات",
    Kind.LEGAL_CASE: "cases case-files? legal-cases? قضايا ملفات-القضايا",
    Kind.ANALYSIS: "analys[ei]s articles? commentar(?:y|ies) blogs? essays? opinions? publications? posts? news "
    "insights? research "
    "تحليلات التحليلات مقالات المقالات آراء منشورات",
}


def draft(site: Site, rules: tuple[Rule, ...] = ()) -> str:
    """The profile as TOML with comments. `rules` are the fields that needed a selector."""
    lines = [f"# {_said(site.name)}: drafted from a look at {site.asked}. Every line is yours to change.", ""]
    if site.wordpress:
        lines.append(
            'extends = "wordpress"  # it runs WordPress: where its posts are listed and its fields stand is known'
        )
    lines += [f"name = {_text(site.name)}", f"home = {_text(site.home)}{_moved(site)}"]
    if site.languages and site.languages != ["en"]:
        lines.append(f"languages = {_list(site.languages)}  # what its pages and its links to translations say")
    if site.timezone:
        lines.append(f"timezone = {_text(site.timezone)}  # WordPress says so")
    folders = {} if site.wordpress else _folders(site)
    if site.found and sum(map(len, folders.values())) == len(site.found):
        lines.append(
            'default_kind = "page"  # publications lie in the folders below; what lies elsewhere is none of them'
        )
    for table, keys in (("discovery", list(_discovery(site))), ("urls", list(_urls(site)))):
        if keys:
            lines += ["", f"[{table}]", *keys]
    lines += _kinds(folders)
    for rule in rules:
        lines += ["", f"[[fields]]  # {rule.why}", f"field = {_text(rule.field)}", f"select = {_text(rule.select)}"]
    return "\n".join(lines) + "\n"


def _moved(site: Site) -> str:
    asked, home = urlsplit(site.asked), urlsplit(site.home)
    if (asked.scheme, asked.netloc) == (home.scheme, home.netloc):
        return ""
    return f"  # {asked.scheme}://{asked.netloc}/ leads here"


def _discovery(site: Site) -> Iterator[str]:
    """Only what the platform does not say already, or says and is not there."""
    own = [_path(url, site) for url in site.sitemaps if url not in site.robots_sitemaps]
    usual = ("/wp-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml")
    if not site.wordpress and own:
        yield f"sitemaps = {_list(own)}  # {sum(site.sitemaps.values()):,} addresses and parts when looked at"
    elif site.wordpress and not own and not site.robots_sitemaps and not site.sitemaps:
        yield "sitemaps = []  # none of WordPress' usual ones is there"
    elif site.wordpress and [path for path in own if path not in usual]:
        yield f"sitemaps = {_list(['...', *(path for path in own if path not in usual)])}"
    feeds = [_path(url, site) for url in site.feeds]
    if not site.wordpress and feeds:
        yield f"feeds = {_list(feeds)}  # {sum(site.feeds.values()):,} items when looked at"
    elif site.wordpress:
        more = [
            f"{path.rstrip('/')}/?paged={{page}}" for path in feeds if path.rstrip("/") != "/feed" and "?" not in path
        ]
        if more:
            inherited = ["..."] if any(path.rstrip("/") == "/feed" for path in feeds) else []
            yield f"feeds = {_list([*inherited, *more])}  # other feeds that its pages name"
    if site.wordpress:
        yield from _rest(site)
    if site.listings:
        yield f"listings = {_list([_path(url, site) for url in site.listings])}  # each lists others"


def _rest(site: Site) -> Iterator[str]:
    if site.rest is None:
        yield "wordpress = []  # its REST API is shut, or not at its usual place"
        return
    paths = [_path(read.rest(site.rest, f"wp/v2/{base}", _POSTS), site) for base in site.types]
    usual = urlsplit(site.rest).path.rstrip("/") == "/wp-json" and "rest_route" not in site.rest
    if not usual:
        paths = [_path(read.rest(site.rest, f"wp/v2/{base}", _POSTS), site) for base in ("posts", "pages")] + paths
    if paths:
        named = ", ".join(map(_said, site.types.values()))
        why = f"beside posts and pages: {named}" if usual else "its REST API is not at the usual place"
        yield f"wordpress = {_list([*(['...'] if usual else []), *paths])}  # {why}"


def _urls(site: Site) -> Iterator[str]:
    if site.wordpress:
        return
    patterns = [f"^{re.escape(unquote(urlsplit(url).path).rstrip('/'))}/?(?:\\?|$)" for url in site.listings]
    if any("/page/" in url for url in site.paged):
        patterns.append(r"/page/[0-9]+/?(?:\?|$)")
    names = sorted({found[1] for url in site.paged if (found := re.search(r"[?&]([a-z]+)=[0-9]+", url))})
    if names:
        patterns.append(f"[?&](?:{'|'.join(names)})=[0-9]+")
    if patterns:
        yield f"listing = {_list(patterns)}  # lists and their further pages: followed, never published"


def _folders(site: Site) -> dict[Kind, list[str]]:
    """The folders whose name says what lies in them, as addresses have them: an address each."""
    found: dict[Kind, list[str]] = {}
    for url in site.found:
        for kind, words in _KINDS.items():
            match = re.match(rf"/(?:[a-z]{{2}}/)?(?:{'|'.join(words.split())})/", read.shape(url), re.IGNORECASE)
            if match:
                found.setdefault(kind, []).append(match[0])
                break
    return found


def _kinds(folders: dict[Kind, list[str]]) -> Iterator[str]:
    for kind, names in folders.items():
        yield from ("", f"[[kinds]]  # {len(names)} of the addresses that were found", f"kind = {_text(kind)}")
        yield f"url = {_list([f'^{re.escape(name)}.' for name in sorted(set(names))])}"


def _path(url: str, site: Site) -> str:
    """As a profile has it: from the root on home's host, whole on another."""
    parts = urlsplit(url)
    if host(url) != host(site.home):
        return url
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _said(text: str) -> str:
    """What a site says, as a comment: one line, without what commands a terminal or an editor."""
    return harmless(" ".join(text.split()))[:100]


def _text(value: str) -> str:
    literal = "\\" in value and "'" not in value and value.isprintable()
    return f"'{value}'" if literal else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: list[str]) -> str:
    one_line = f"[{', '.join(map(_text, values))}]"
    return one_line if len(one_line) <= 100 else "[\n" + "".join(f"  {_text(value)},\n" for value in values) + "]"
