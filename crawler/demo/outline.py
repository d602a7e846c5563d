"""What can be said of a publication without writing it: number, kind, title, address, day, people. Made from (seed,
number, revision) alone."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random
from urllib.parse import quote, unquote

from crawler.demo import people, words
from crawler.demo.case_layouts import FACTS, TIMELINES
from crawler.demo.people import Person, Term

ZONE = timezone(
    timedelta(hours=3)
)  # Asia/Riyadh, which has no summer time: what the site shows in the small hours is the day before in UTC
START = datetime(2014, 2, 1, 1, 20, tzinfo=ZONE)
OCTAVE = 200 * 86_400  # seconds that a doubling of the number takes: 60 publications span three years, a million eleven
LEGACY_END = datetime(2022, 12, 1, tzinfo=ZONE)  # until then addresses were /category/slug/
FIRST_POST_ID = 1207
CYCLE = 40

# What publication n is depends on n modulo 40, so that any forty in a row hold every kind, and the first ten nearly
# every one.
SLOTS: tuple[tuple[str, str, str], ...] = (
    ("analysis", "en", "plain"), ("legal_case", "en", ""), ("interview", "en", "headings"), ("legal_case", "ar", ""),
    ("analysis", "ar", "twin"), ("report", "en", ""), ("statement", "en", ""), ("weekly_brief", "en", ""),
    ("event", "en", ""), ("brief", "en", ""),
    ("interview", "ar", "headings"), ("legal_case", "en", ""), ("analysis", "en", "translated"),
    ("legal_case", "ar", ""),
    ("analysis", "ar", "translation"), ("brief", "ar", ""), ("interview", "en", "labels"), ("statement", "ar", ""),
    ("table", "ar", ""),
    ("analysis", "en", "role"), ("analysis", "ar", "plain"), ("legal_case", "en", ""), ("event", "ar", ""),
    ("report", "ar", ""),
    ("analysis", "en", "plain"), ("legal_case", "ar", ""), ("interview", "ar", "labels"), ("timeline_item", "en", ""),
    ("analysis", "ar", "by-in-body"),
    ("timeline_item", "ar", ""), ("analysis", "en", "doctor"), ("legal_case", "en", ""),
    ("analysis", "en", "plain"),
    ("legal_case", "ar", ""), ("analysis", "en", "translated"), ("weekly_brief", "ar", ""),
    ("analysis", "ar", "translation"),
    ("table", "en", ""), ("analysis", "en", "plain"), ("interview", "en", "bold"),
)  # fmt: skip
SPREAD = (20, 24)  # slots of long articles, which stand on two pages each: one Arabic, one English
UNSIGNED = ("statement", "event")
INSTITUTIONAL = ("legal_case", "weekly_brief", "brief", "report", "timeline_item", "table")
CASES = {
    language: [at for at, slot in enumerate(SLOTS) if slot[:2] == ("legal_case", language)] for language in ("en", "ar")
}
TRANSLATION_DISTANCE = 2  # slots 12 and 14, 34 and 36


def rng(seed: int, number: int, salt: int) -> Random:
    return Random((seed * 1_000_003 + number) * 64 + salt)


def published_at(number: int) -> datetime:
    """When a publication came out, to the second, by the site's clock. Rises with the number; integers only, the same
    on every machine."""
    octave = (number + 1).bit_length() - 1
    return START + timedelta(seconds=(octave * (1 << octave) + number + 1 - (1 << octave)) * OCTAVE >> octave)


def first_at(moment: datetime, high: int) -> int:
    """The lowest number below `high` that came out at `moment` or later, else `high`."""
    low = 0
    while low < high:
        middle = (low + high) // 2
        if published_at(middle) < moment:
            low = middle + 1
        else:
            high = middle
    return low


def edits(seed: int, number: int, revision: int) -> list[int]:
    """The revisions, up to `revision`, in which the publication's text was changed without a word."""
    return [r for r in range(1, revision + 1) if number % CYCLE in ((seed + 3 * r + 1) % 10, 10 + (seed + 7 * r) % 30)]


def updates(seed: int, number: int, revision: int) -> list[int]:
    """The revisions in which an UPDATE block (a case file: a new status and event) was put in."""
    return [
        r for r in range(1, revision + 1) if number % CYCLE in ((seed + 3 * r + 2) % 10, 10 + (seed + 7 * r + 13) % 30)
    ]


def removed_in(seed: int, revision: int) -> int:
    """The remainder, modulo CYCLE, of the publications that revision takes down (of those that revision 0 had)."""
    return (seed + 3 * revision) % 10 if revision <= 3 else 10 + (seed + 7 * revision + 5) % 30


def revised_at(revision: int) -> datetime:
    return datetime(2025, 6, 1, 12, 0, tzinfo=ZONE) + timedelta(days=30 * revision)


_DROPPED = re.compile(r"[^\w\s\u064b-\u0652-]+")
_SPACES = re.compile(r"[\s-]+")


def slug_of(title: str, suffix: str = "") -> str:
    """WordPress' slug of a title: lower case, words joined by hyphens, percent-encoded in lower-case hex, cut at 200
    bytes between characters."""
    plain = _SPACES.sub("-", _DROPPED.sub("", title.lower().replace("–", "-"))).strip("-")
    encoded = quote(plain)
    limit = 200 - len(suffix)
    if len(encoded) > limit:
        kept, size = [], 0
        for letter in plain:
            size += len(quote(letter))
            if size > limit:
                break
            kept.append(letter)
        encoded = quote("".join(kept).rstrip("-"))
    return re.sub("%..", lambda match: match[0].lower(), encoded) + suffix


@dataclass(frozen=True, slots=True)
class Outline:
    number: int
    kind: str
    language: str
    shape: str
    place: str
    title: str
    slug: str  # percent-encoded
    claimants: tuple[str, ...]  # legal cases; the first, and the defendant, stand in the title
    defendants: tuple[str, ...]
    others: bool
    standfirst: str | None
    published: datetime

    @property
    def post_id(self) -> int:
        return FIRST_POST_ID + 3 * self.number

    @property
    def path(self) -> str:
        return f"/{self.published:%Y/%m/%d}/{self.slug}/"

    @property
    def pages(self) -> int:
        """Over how many pages it is spread; the second stands at `path` + `2/`."""
        return 2 if self.number % CYCLE in SPREAD else 1

    @property
    def old_path(self) -> str | None:
        """The address of before December 2022, where the publication is so old."""
        if self.published >= LEGACY_END:
            return None
        folder = quote(people.OLD_FOLDER_AR).lower() if self.language == "ar" else people.OLD_FOLDERS[self.kind]
        return f"/{folder}/{self.slug}/"

    @property
    def old_answer(self) -> int:
        """What the old address answers: 301, 200 (with rel=canonical) or 404."""
        return (301, 200, 404)[self.number % 3]

    @property
    def featured(self) -> str | None:
        """The path of the picture at its head, without size and ending."""
        name = f"image-{self.number}" if self.language == "ar" else self.place
        return (
            f"/wp-content/uploads/{self.published:%Y/%m}/{name}-{people.SHORT}-scaled" if self.number % 5 != 3 else None
        )

    @property
    def category(self) -> Term:
        return people.CATEGORIES[self.kind]

    @property
    def area(self) -> Term:
        return people.AREAS[area_of(self.number)]

    @property
    def tags(self) -> list[Term]:
        return [people.TAGS[n] for n in tags_of(self.number)]

    @property
    def people(self) -> list[Person]:
        return [people.PEOPLE[n] for n in people_of(self.number)]


def case_layouts(number: int) -> tuple[str, str]:
    """How case file `number` shows its facts and its timeline. The languages go through all layouts, each from another
    one on."""
    language = SLOTS[number % CYCLE][1]
    slots = CASES[language]
    at = number // CYCLE * len(slots) + slots.index(number % CYCLE) + (len(slots) if language == "ar" else 0)
    facts, timelines = tuple(FACTS), tuple(TIMELINES)
    return facts[at % len(facts)], timelines[at % len(timelines)]


def area_of(number: int) -> int:
    return number % len(people.AREAS)


def tags_of(number: int) -> list[int]:
    return [number % 11] + ([11 + number % 7] if number % 2 else []) + ([18 + number % 6] if number % 4 == 0 else [])


def people_of(number: int) -> list[int]:
    """Indexes of the authors in PEOPLE; none for what the institute signs itself or nobody signs."""
    kind, _, shape = SLOTS[number % CYCLE]
    if kind in UNSIGNED or kind in INSTITUTIONAL:
        return []
    first = (number * 5 + 3) % len(people.PEOPLE)
    return [first, (first + 11) % len(people.PEOPLE)] if number % 5 == 0 and shape == "plain" else [first]


def outline(seed: int, number: int, revision: int) -> Outline:
    kind, language, shape = SLOTS[number % CYCLE]
    if kind == "legal_case":
        shape = case_layouts(number)[0]
    random = rng(seed, number, 1)
    twin = shape == "twin" and number // CYCLE % 2 == 1
    # A twin has the subject of the one 40 before it, and a title that differs only behind the cut of its slug.
    place = people.place(seed, number - CYCLE if twin else number, language)
    claimants: tuple[str, ...] = ()
    defendants: tuple[str, ...] = ()
    others = kind == "legal_case" and random.random() < 0.7
    if kind == "legal_case":
        column = 1 if language == "ar" else 0
        collective = random.choice(words.COLLECTIVES)[column].format(name=place)
        companies = random.sample(words.COMPANIES, 2)
        persons = random.sample(people.PEOPLE, 2)
        claimants = (collective, *(p.arabic if column else p.name for p in persons[: 2 if others else 0]))
        defendants = tuple(company[column] for company in companies[: random.choice((1, 1, 2))])
        title = (
            f"ملف قضية: {claimants[0]}{' وآخرون' if others else ''} ضد {defendants[0]}"
            if column
            else f"Case File: {claimants[0]}{' et al.' if others else ''} v. {defendants[0]}"
        )
    else:
        title = _title(random, seed, number - CYCLE if twin else number, kind, language, shape, place, twin)
        title = title[0].upper() + title[1:]
    suffix = "-2" if twin else ""
    slugged = title
    if kind == "analysis" and number % 9 == 0 and language == "en":
        slugged = title.replace(" a ", " ", 1).replace(
            "Beyond", "Beyonnd"
        )  # a slug is not the title: words lost, typos
    standfirst = None
    if kind in ("analysis", "interview", "report") and number % 10 < 7:
        standfirst = words.paragraph(random.random, place, language, 1, 2)
    if any(r % 2 == 0 for r in edits(seed, number, revision)) and kind != "legal_case":
        title = title.replace(place, f"ريف {place}" if language == "ar" else f"Greater {place}")
    return Outline(
        number,
        kind,
        language,
        shape,
        place,
        title,
        slug_of(slugged, suffix),
        claimants,
        defendants,
        others,
        standfirst,
        published_at(number),
    )


def _title(random: Random, seed: int, number: int, kind: str, language: str, shape: str, place: str, twin: bool) -> str:
    subject = random.choice(words.SUBJECTS_AR if language == "ar" else words.SUBJECTS)
    lesson = random.choice(words.LESSONS_AR if language == "ar" else words.LESSONS)
    if shape == "twin":
        random = rng(seed, number, 2)  # shared by both
        subject = random.choice(words.SUBJECTS_AR)
        return words.TWIN_TITLES_AR[twin].format(name=place, subject=subject)
    if kind == "analysis":
        titles = words.ANALYSIS_TITLES_AR if language == "ar" else words.ANALYSIS_TITLES
        return random.choice(titles).format(name=place, subject=subject, lesson=lesson)
    if language == "ar":
        return {
            "interview": f"حوار من {place}: مقابلة مع {people.PEOPLE[(number * 7 + 20) % 37].arabic} حول {subject}",
            "brief": f"موجز {place}: {subject} و{lesson}",
            "weekly_brief": f"الأسبوع في موجز: {place} و{subject}",
            "report": f"تقرير {place}: {subject} و{lesson}",
            "statement": f"بيان بشأن {place}: {subject}",
            "event": f"ندوة عن {place}: {subject} و{lesson}",
            "timeline_item": f"من وقائع {place}: {subject}",
            "table": f"سجل تشريعات {place}: {subject}",
        }[kind]
    day = published_at(number)
    week = day - timedelta(days=7)
    return {
        "interview": f"{lesson} in {place}: Q&A with {people.PEOPLE[(number * 7 + 20) % 37].name} on the {subject}",
        "brief": f"Brief: The {subject} in {place}",
        "weekly_brief": f"{place} Week in Brief: {week:%B} {week.day}–{day:%B} {day.day}, {day.year}",
        "report": f"{place} Watch: {subject} Report",
        "statement": f"{people.SHORT} Condemns Delays in the {place} {subject}",
        "event": f"Event: {place} after the {subject}",
        "timeline_item": f"{place}: The {subject} Begins",
        "table": f"{place} Legislation Catalog: {subject}",
    }[kind]


def numbers_in(seed: int, slug: str) -> list[int]:
    """The numbers that a slug may belong to: the caller compares with the slug of each. Empty when it names no
    place."""
    found = []
    for word in unquote(slug).split("-"):
        number = people.place_number(seed, word)
        if number is not None:
            found += [number, number + CYCLE]
    return found
