"""The model of an institute's profile: all that one site needs, declared. registry.py finds, merges and checks the
files."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from archive.institutes.patterns import mistake_in_rewrite
from archive.institutes.values import Host, Language, NumberPattern, Pattern, Selector, Source, UnpagedSource, Zone


class Kind(StrEnum):
    """The kinds of publication (contracts.md). An institute's profile says which it has."""

    ANALYSIS = "analysis"
    INTERVIEW = "interview"
    BRIEF = "brief"
    WEEKLY_BRIEF = "weekly_brief"
    REPORT = "report"
    STATEMENT = "statement"
    EVENT = "event"
    TIMELINE_ITEM = "timeline_item"
    TABLE = "table"
    LEGAL_CASE = "legal_case"
    PAGE = "page"


class Strict(BaseModel):
    """An unknown key is an error: registry.py makes one of it that names file, key, and the nearest key that exists."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Discovery(Strict):
    """Where the institute says what it has published. Paths are joined to `home`; `{page}` is a page number from 1."""

    sitemaps: tuple[UnpagedSource, ...] = Field(
        (), description="Sitemaps or sitemap indexes; those that robots.txt names are added."
    )
    feeds: tuple[Source, ...] = Field(
        (), description="RSS or Atom feeds; with `{page}` they are paged until a page has nothing new."
    )
    wordpress: tuple[Source, ...] = Field(
        (), description="WordPress REST collections, such as `/wp-json/wp/v2/posts?per_page=100&page={page}`."
    )
    listings: tuple[UnpagedSource, ...] = Field(
        (), description="Listing pages to start from, such as `/category/commentary/`; home is always one."
    )


class Alias(Strict):
    """Another spelling of an address: what `pattern` matches in the whole URL (absolute, percent-encoded) is replaced,
    as `re.sub` does."""

    pattern: Pattern
    replace: str

    @model_validator(mode="after")
    def _replaceable(self) -> "Alias":
        problem = mistake_in_rewrite(self.pattern, self.replace)
        if problem:
            raise ValueError(problem)
        return self


class Urls(Strict):
    """What an address means, from its path and query alone (`/path?query`, percent-decoded). Traps come first
    (rules.py); then the first group that matches decides: deny, listing, allow. PDFs and office files that are not
    denied are documents."""

    allow: tuple[Pattern, ...] = Field((".*",), description="Addresses that may be a publication.")
    deny: tuple[Pattern, ...] = Field(
        (), description="Addresses that are never fetched, unless a page needs them to be seen again."
    )
    listing: tuple[Pattern, ...] = Field((), description="Addresses that are followed for links and never published.")
    chapters: tuple[Pattern, ...] = Field(
        (),
        description="Addresses of a publication's chapters, which are joined to it: the group `of` is the path of its "
        "first page, `number` the chapter's, as in `^(?P<of>/[0-9]{4}/[^/]+)/(?P<number>[0-9]{2})-`.",
    )
    no_trap: tuple[Pattern, ...] = Field(
        (), description="Addresses that look like a trap (calendar, facets, …) and are none."
    )
    alias: tuple[Alias, ...] = Field((), description="Spellings that are rewritten before anything else is decided.")
    host_aliases: tuple[Host, ...] = Field(
        (), description="Hosts that show the very pages of home's, such as its `www.`: rewritten to home's host."
    )
    post_id: tuple[NumberPattern, ...] = Field(
        (),
        description="Where an address holds the number of its post, in the pattern's first group: `-pub-([0-9]+)`. "
        "Addresses with one number are one publication.",
    )
    drop_params: tuple[str, ...] = Field(
        (),
        description="Query parameters that never change what is shown, without case; `*` at the end matches any rest.",
    )

    @model_validator(mode="after")
    def _one_group_each(self) -> "Urls":
        for first, second in (("deny", "listing"), ("deny", "allow"), ("listing", "allow")):
            both = set(getattr(self, first)) & set(getattr(self, second))
            if both:
                raise ValueError(
                    f"{min(both)!r} stands in both {first} and {second}; only {first} would count: remove one"
                )
        return self


class Rule(Strict):
    """What a rule of any list has: the days of captures that it holds for. A page from before a redesign is read by the
    rules of its own time."""

    since: date | None = Field(None, description="The first day of captures that the rule holds for.")
    until: date | None = Field(None, description="The last day of captures that the rule holds for.")

    def holds(self, captured_on: date) -> bool:
        return (self.since is None or self.since <= captured_on) and (self.until is None or captured_on <= self.until)

    @property
    def criteria(self) -> tuple[object, ...]:
        """What the rule asks for, without its dates."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _some_day(self) -> "Rule":
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"holds for no day: since {self.since} is after until {self.until}")
        return self


class KindRule(Rule):
    """One way to tell a page's kind. Every key that is given must match; of its values, any. The first rule that does
    decides."""

    kind: Kind
    title: tuple[Pattern, ...] = ()
    section: tuple[str, ...] = Field(
        (), description="A section or category by its name or slug, compared without case."
    )
    body_class: tuple[str, ...] = Field(
        (), description="A class of the page's <body>, such as `page` or `single-event`."
    )
    url: tuple[Pattern, ...] = Field((), description="Searched in `/path?query` of the page, percent-decoded.")

    @property
    def criteria(self) -> tuple[object, ...]:
        return (self.title, self.section, self.body_class, self.url)

    @model_validator(mode="after")
    def _asks_for_something(self) -> "KindRule":
        if not any(self.criteria):
            raise ValueError(
                "has no title, section, body_class or url, so it would match every page: use default_kind for that"
            )
        return self


TEXT_FIELDS = ("title", "standfirst", "authors", "author_notes", "published", "modified", "sections", "tags")


class FieldRule(Rule):
    """Where a field stands on the institute's pages. A field's rules are tried in order; the first that finds text
    wins."""

    field: Literal[
        "title", "standfirst", "authors", "author_notes", "published", "modified", "sections", "tags", "body",
        "documents", "translations", "related", "drop", "case_facts", "timeline",
    ]  # fmt: skip
    select: Selector = Field(description="A CSS selector, as soupsieve reads it.")
    attribute: str | None = Field(None, description="Read this attribute instead of the element's text.")
    match: Pattern | None = Field(
        None,
        description="Read the first element alone whose text this pattern is found in, and of its text the pattern's "
        "first group, where it has one: a date glued to a name.",
    )

    @property
    def criteria(self) -> tuple[object, ...]:
        return (self.field, self.select, self.attribute, self.match)

    @model_validator(mode="after")
    def _match_reads_text(self) -> "FieldRule":
        if self.match is not None and self.field not in TEXT_FIELDS:
            raise ValueError(f"match reads a text, which {self.field} is not; it is for {', '.join(TEXT_FIELDS)}")
        return self


class Etiquette(Strict):
    """How the institute is visited."""

    delay: float = Field(1.0, ge=0, description="Seconds between two requests to one host.")
    concurrency: int = Field(1, ge=1, le=16, description="Connections to one host at a time.")
    contact: str | None = Field(None, description="A page or mail address, told to the site in the user agent.")
    broken_certificates: tuple[Host, ...] = Field(
        (), description="Hosts whose TLS certificate is not checked; captures say so."
    )
    max_pages_per_listing: int = Field(1000, ge=1, description="How far `/page/N/` is followed.")


class Limits(Strict):
    """How much of one host a crawl fetches; 0 for no limit. The command's options come before these."""

    pages_per_host: int = Field(0, ge=0, description="Pages and listings of one host.")
    megabytes_per_host: float = Field(0.0, ge=0, description="Megabytes written of one host's answers.")
    depth: int = Field(
        30, ge=0, description="Links from page to page, counted from what a source or a listing names; those behind "
        "are reported as too deep.",
    )  # fmt: skip


VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_FIELD_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, 5.6.2
_OURS = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "user-agent"})


class Login(Strict):
    """How the institute lets its archivist in: names of environment variables, never their values. Sent to the origin
    of `home` alone, and replaced in the archive."""

    user_env: str | None = Field(None, description="The variable that holds the user's name.")
    password_env: str | None = Field(None, description="The variable that holds the password.")
    headers: dict[str, str] = Field(
        default_factory=dict,
        description='Other request fields, such as `Cookie = "session=${MY_SESSION}"`: each names a variable.',
    )

    @model_validator(mode="after")
    def _holds_no_secret(self) -> "Login":
        if (self.user_env is None) != (self.password_env is None):
            raise ValueError("needs both user_env and password_env, or neither")
        for key in ("user_env", "password_env"):
            name = getattr(self, key)
            if name is not None and not VARIABLE.fullmatch(f"${{{name}}}"):  # not shown: it may be the secret itself
                raise ValueError(f"{key} is no name of an environment variable, such as MY_PASSWORD")
        for name, text in self.headers.items():
            if not _FIELD_NAME.fullmatch(name) or name.lower() in _OURS:
                raise ValueError(f"headers: {name!r} is no request field that a login may set, such as Authorization")
            if not VARIABLE.search(text):  # the text is not shown: it may be the secret itself
                raise ValueError(f"headers: {name} names no variable: write it as ${{NAME}}, and set NAME outside")
            if not VARIABLE.sub("", text).isprintable():
                raise ValueError(f"headers: {name} holds a line end or another control")
        if self.user_env and "authorization" in map(str.lower, self.headers):
            raise ValueError("has both user_env and headers.Authorization: one of them is sent, take the other out")
        return self


class Revisit(Strict):
    """When a later crawl asks for a page again. A page that came out, or changed, D days before it was last seen is due
    D × `share` days after that, `least` at the least and `most` at the most: young pages often, old ones rarely,
    changed ones sooner. What a source says has changed, what a sitemap names no more, and what was missing is due at
    the next crawl whatever stands here. Days may have fractions; 0 is each crawl."""

    share: float = Field(0.25, ge=0, description="Of the time for which a page has stayed as it is.")
    least: float = Field(1.0, ge=0, description="Days between two requests for a page, at the least.")
    most: float = Field(120.0, ge=0, description="Days between two requests for a page, at the most.")
    listings: float = Field(
        7.0,
        ge=0,
        description="Days between two requests for a listing that `discovery` does not name; those are asked for at "
        "each crawl, and the pages behind a listing's first as long as the one before says something new.",
    )
    documents: float = Field(120.0, ge=0, description="Days between two requests for a file of an unchanged page.")
    requisites: float = Field(
        365.0, ge=0, description="Days between two requests for what an unchanged page needs to be seen again."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "Revisit":
        if self.least > self.most:
            raise ValueError(f"least ({self.least:g}) is more than most ({self.most:g}): give both")
        return self


class Profile(Strict):
    """One institute. Frozen and hashable by its canonical JSON (`registry.digest`)."""

    extends: str | None = Field(None, description="The profile whose keys this one inherits.")
    id: str = Field(
        "",
        pattern=r"^(?:[a-z0-9][a-z0-9_-]{0,63})?$",
        description="The short name of the institute in ids and folders: the file's name unless given.",
    )
    name: str = Field("", description="The institute's name.")
    names: tuple[str, ...] = Field(
        (),
        description="Other names and short forms, in all its languages; never taken for an author's or a title's part.",
    )
    home: str = Field("", description="The address of its home page, with scheme and final slash.")
    since: date | None = Field(
        None,
        exclude=True,  # from the digest too: no page is read by it
        description="The day on which the profile came to be.",
    )
    hosts: tuple[Host, ...] = Field(
        (), description="Other hosts (host or host:port) whose pages are the institute's own."
    )
    languages: tuple[Language, ...] = Field(
        ("en",), min_length=1, description="BCP 47 codes of the languages it publishes in."
    )
    timezone: Zone = Field("UTC", description="IANA name of the zone in which the site shows its days.")
    date_order: Literal["day-first", "month-first"] = Field(
        "day-first", description="How 04/11/2018 is read where the page gives no other evidence."
    )
    date_order_arabic: Literal["day-first", "month-first"] = Field(
        "day-first", description="The same inside Arabic text."
    )
    interviewers: tuple[str, ...] = Field((), description="Speakers' labels that ask the questions, such as `TIMEP`.")
    default_kind: Kind = Kind.ANALYSIS
    discovery: Discovery = Discovery()
    urls: Urls = Urls()
    kinds: tuple[KindRule, ...] = ()
    fields: tuple[FieldRule, ...] = ()
    labels: dict[
        Literal["claimants", "defendants", "court", "jurisdiction", "number", "filed", "status", "name"],
        tuple[str, ...],
    ] = Field(
        default_factory=dict, description="More labels of case facts, beside those of archive/extract/case_labels.py."
    )
    etiquette: Etiquette = Etiquette()
    limits: Limits = Limits()
    login: Login = Login()
    revisit: Revisit = Revisit()


def unreachable(rules: Iterable[Rule]) -> str | None:
    """Why a rule of an ordered list can never decide, None when each can: one before it asks for the same on all of its
    days."""
    before: dict[object, list[Rule]] = {}
    for place, rule in enumerate(rules):
        for other in before.get(rule.criteria, ()):
            if (other.since is None or (rule.since is not None and other.since <= rule.since)) and (
                other.until is None or (rule.until is not None and rule.until <= other.until)
            ):
                return (
                    f"[{place}]: never decides: a rule before it asks for the same {_days(other)}; put that behind it"
                )
        before.setdefault(rule.criteria, []).append(rule)
    return None


def _days(rule: Rule) -> str:
    since, until = (f"{word} {day}" if day else "" for word, day in (("since", rule.since), ("until", rule.until)))
    return " ".join(filter(None, (since, until))) or "on any day"
