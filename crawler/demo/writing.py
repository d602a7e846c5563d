"""Writes a publication: from (seed, number, revision) to its blocks. Links go to the institute's older publications,
so nothing newer must be known."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from crawler.demo import dates, people, words
from crawler.demo.outline import TRANSLATION_DISTANCE, Outline, edits, outline, revised_at, rng, updates
from crawler.demo.publication import Block, Case, Event, Image, Link, Mark, Pdf, Publication, Strong, Text


class Writer:
    """Writes one publication's parts; `home` is the address of the site, with its final slash."""

    def __init__(self, seed: int, about: Outline, revision: int, home: str) -> None:
        self.seed, self.about, self.revision, self.home = seed, about, revision, home.rstrip("/")
        self.random: Random = rng(seed, about.number, 3)
        self.chance: Callable[[], float] = self.random.random
        self.arabic = about.language == "ar"
        self.blocks: list[Block] = []
        self.footnotes: list[tuple[str, Text]] = []

    def say(self, english: str, arabic: str) -> str:
        return arabic if self.arabic else english

    def prose(self, least: int = 2, most: int = 5) -> str:
        return words.paragraph(self.chance, self.about.place, self.about.language, least, most)

    def linked(self) -> Link:
        """A link to an older publication (now and then by its old address), or to another site."""
        number, choice = self.about.number, self.chance()
        label = self.random.choice(words.LINKED_AR if self.arabic else words.LINKED)
        if number and choice < 0.6:
            other = outline(self.seed, self.random.randrange(number), 0)
            old = other.old_path if choice < 0.12 else None
            return Link(label, self.home + (old or other.path))
        host, year, story = self.random.randrange(40), self.random.randrange(2010, 2024), self.random.randrange(9_999)
        return Link(label, f"https://news-{host}.example.org/{year}/{story}/story")

    def text(self, least: int = 2, most: int = 5, links: float = 0.4) -> Text:
        """A paragraph, with a link in some."""
        before = self.prose(least, most)
        if self.chance() >= links:
            return (before,)
        lead, tail = (" وبحسب ", "، ") if self.arabic else (" According to ", ", ")
        rest = self.prose(1, 2)
        return (before + lead, self.linked(), tail + (rest if self.arabic else rest[0].lower() + rest[1:]))

    def paragraphs(self, count: int, links: float = 0.4) -> None:
        self.blocks += [Block("paragraph", self.text(links=links)) for _ in range(count)]

    def heading(self, level: int = 2) -> None:
        if self.arabic:
            text = self.random.choice(words.HEADINGS_AR).format("", self.random.choice(words.NOUNS_AR))
        else:
            text = self.random.choice(words.HEADINGS).format(
                self.random.choice(words.ADJECTIVES).title(), self.random.choice(words.NOUNS).title()
            )
        self.blocks.append(Block("heading", (text,), level))

    def named_heading(self, english: str, arabic: str) -> None:
        self.blocks.append(Block("heading", (self.say(english, arabic),), 2))

    def opening(self) -> None:
        """The first paragraph: the standfirst word for word where there is one and the number says so."""
        about = self.about
        if about.standfirst and about.number % 10 < 5:
            self.blocks.append(Block("paragraph", (about.standfirst,)))
        else:
            self.paragraphs(1)

    def listed(self, count: int) -> None:
        self.blocks.append(Block("list", items=[(self.prose(1, 1),) for _ in range(count)]))

    def note(self) -> Mark:
        mark = str(len(self.footnotes) + 1)
        self.footnotes.append((mark, (self.prose(1, 1) + " ", self.linked(), ".")))
        return Mark(mark)

    def analysis(self) -> None:
        self.opening()
        for part in range(self.random.randint(3, 5)):
            if part:
                self.heading(2 if part != 3 else 3)
            self.paragraphs(self.random.randint(2, 3))
            if part == 1:
                self.blocks.append(
                    Block("quote", (self.prose(1, 1),), cite=self.random.choice(people.PEOPLE)[2 if self.arabic else 1])
                )
                self.blocks.append(Block("also", (self.say("Read also: ", "اقرأ أيضاً: "), self.linked())))
            elif part == 2 and self.chance() < 0.6:
                self.listed(4)
            elif part == 2:
                self.blocks.append(Block("pullquote", (self.prose(1, 1),)))
        if self.about.number % 4 == 2:
            self.blocks.insert(-1, Block("image"))

    def interview(self) -> None:
        shape = self.about.shape
        guest = people.PEOPLE[(self.about.number * 7 + 20) % 37]
        guest_name = guest.arabic if self.arabic else guest.name
        initials = (
            ".".join(word[0] for word in guest_name.split())
            if self.arabic
            else "".join(w[0] for w in guest.name.split()).upper()
        )
        host = self.say(people.SHORT, "معهد العرض") if shape == "labels" else None
        self.opening()
        self.paragraphs(1)
        for turn in range(self.random.randint(6, 8)):
            question = self.random.choice(words.QUESTIONS_AR if self.arabic else words.QUESTIONS)
            question += f" {self.say('in', 'في')} {self.about.place}{self.say('?', '؟')}"
            if shape != "labels" and turn == 3:
                question = f"{self.prose(1, 1)} {question}"
            # One question of a page with headings is a plain paragraph in bold, as happens when an editor forgets.
            headed = shape == "headings" and turn != 4
            self.blocks.append(Block("question", (question,), 3, speaker=host, label=host, as_heading=headed))
            for at in range(self.random.randint(1, 3)):
                label = initials if shape == "labels" and at == 0 else None
                self.blocks.append(
                    Block("answer", self.text(2, 4), speaker=guest_name if shape != "labels" else initials, label=label)
                )

    def brief(self) -> None:
        for english, arabic in (("Background", "خلفية"), ("Summary", "ملخّص"), ("Significance", "الأهمية")):
            self.blocks.append(Block("paragraph", (Strong(self.say(english, arabic) + ":"), " ", *self.text(3, 5))))
            self.paragraphs(1)
        self.blocks.append(Block("documents"))

    def weekly_brief(self) -> None:
        for english, arabic in (
            ("Domestic Affairs", "الشأن الداخلي"),
            ("Rights and Courts", "الحقوق والمحاكم"),
            ("Economy", "الاقتصاد"),
        ):
            self.named_heading(english, arabic)
            for _ in range(2):
                self.blocks.append(
                    Block("paragraph", (self.prose(2, 3), self.note(), " ", self.prose(1, 2), self.note()))
                )
        self.blocks.append(Block("notes"))

    def report(self) -> None:
        self.opening()
        self.paragraphs(1)
        self.blocks.append(Block("documents"))

    def statement(self) -> None:
        place = self.say("(Harbour City) — ", "(مدينة المرفأ) – ")
        self.blocks.append(Block("paragraph", (place + self.prose(3, 4),)))
        self.paragraphs(3)
        self.listed(5)
        self.paragraphs(1, links=0)

    def event(self) -> None:
        day = self.about.published + timedelta(days=9)
        self.blocks.append(
            Block(
                "details",
                items=[
                    (
                        Strong(self.say("When:", "الموعد:")),
                        " " + dates.day_in(day.date(), self.about.language, self.about.number),
                    ),
                    (
                        Strong(self.say("Where:", "المكان:")),
                        " " + self.say("Harbour Hall, Second Floor", "قاعة المرفأ، الطابق الثاني"),
                    ),
                ],
            )
        )
        self.paragraphs(2)
        self.named_heading("Speakers", "المتحدثون")
        speakers = self.random.sample(people.PEOPLE, 3)
        self.blocks.append(
            Block(
                "list",
                items=[(f"{p.arabic}، {p.role_arabic}" if self.arabic else f"{p.name}, {p.role}",) for p in speakers],
            )
        )
        self.named_heading("Recap", "خلاصة الندوة")
        self.paragraphs(3)

    def timeline_item(self) -> None:
        self.paragraphs(2)

    def table(self) -> None:
        """A catalogue of decrees, with the day of each in figures."""
        self.paragraphs(1)
        decree = self.say("Decree {0} of {1}", "المرسوم {0} لسنة {1}")
        rows: list[tuple[str, ...]] = [words.CATALOGUE_AR if self.arabic else words.CATALOGUE]
        for _ in range(self.random.randint(5, 8)):
            day = (self.about.published - timedelta(days=self.random.randrange(20, 900))).date()
            shown = dates.arabic(day, 5) if self.arabic else dates.slashed(day)
            name = decree.format(self.random.randrange(3, 400), day.year)
            rows.append((name, self.prose(1, 1), self.prose(1, 1), shown))
        self.blocks.append(Block("table", rows=rows))
        self.paragraphs(1)

    def legal_case(self) -> None:
        self.paragraphs(1)
        self.blocks.append(Block("facts"))
        for english, arabic in (("Facts", "الوقائع"), ("Significance", "الأهمية")):
            self.named_heading(english, arabic)
            self.paragraphs(2)
        self.named_heading("Timeline", "التسلسل الزمني")
        self.blocks.append(Block("timeline"))
        self.named_heading("Documents", "الوثائق")
        self.blocks.append(Block("documents"))

    def case(self) -> Case:
        about, column = self.about, 1 if self.arabic else 0
        filed = (about.published - timedelta(days=self.random.randint(200, 900))).date()
        status = self.random.randrange(3)
        events = []
        for at in range(self.random.randint(4, 6)):
            day = filed + timedelta(days=31 * at + self.random.randrange(28))
            events.append(Event(day.isoformat(), dates.day_in(day, about.language, about.number), self.prose(1, 1)))
        for r in updates(self.seed, about.number, self.revision):
            status = min(status + 1, len(words.STATUSES) - 1)
            day = revised_at(r).date()
            events.append(Event(day.isoformat(), dates.day_in(day, about.language, about.number), self._afresh(r)[0]))
        return Case(
            about.claimants, about.others, about.defendants, self.random.choice(words.COURTS)[column],
            f"{self.random.randrange(10, 990)}/{filed.year}",
            filed.isoformat(), dates.day_in(filed, about.language, about.number),
            words.STATUSES[status][column], tuple(events),
        )  # fmt: skip

    def _afresh(self, revision: int) -> list[str]:
        """Two new paragraphs that revision `revision` brings."""
        chance = rng(self.seed, self.about.number, 8 + revision % 56).random
        return [words.paragraph(chance, self.about.place, self.about.language, 1, 3) for _ in range(2)]

    def revise(self) -> None:
        """What later revisions did to the text: a paragraph replaced without a word; an UPDATE block put in front."""
        about = self.about
        for r in edits(self.seed, about.number, self.revision):
            prose = [block for block in self.blocks if block.type == "paragraph"][1:] or [
                b for b in self.blocks if b.type == "answer"
            ]
            if prose:
                prose[r % len(prose)].text = (self._afresh(r)[0],)
        if about.kind == "legal_case":
            return
        times = [about.published + timedelta(days=90)] if about.kind == "statement" and about.number % 3 == 0 else []
        times += [revised_at(r) for r in updates(self.seed, about.number, self.revision)]
        for at, time in enumerate(times):
            label = self.say("UPDATE:", "تحديث:")
            day = dates.day_in(time.date(), about.language, about.number)
            self.blocks.insert(0, Block("paragraph", (Strong(label), f" {day} – {self._afresh(40 + at)[1]}")))

    def images(self) -> list[Image]:
        about = self.about
        folder = (
            f"/wp-content/uploads/{about.published:%Y/%m}/{about.place if not self.arabic else f'image-{about.number}'}"
        )
        credit = self.random.choice(("Photo: Harbour Press", "Photo by D. Lind / Coastwire", None))
        found = []
        if about.featured:
            found.append(
                Image(
                    about.featured,
                    self.say(f"View of {about.place}", f"منظر مِن {about.place}"),
                    self.prose(1, 1),
                    credit,
                )
            )
        if any(block.type == "image" for block in self.blocks):
            found.append(Image(f"{folder}-figure", "", self.prose(1, 1), None))
        return found

    def documents(self) -> list[Pdf]:
        about = self.about
        folder = f"/wp-content/uploads/{about.published:%Y/%m}"
        if about.kind == "legal_case":
            names = (("Complaint", "لائحة الدعوى"), ("Judgment", "نص القرار"))
            return [Pdf(f"{folder}/case-{about.number}-{en.lower()}.pdf", self.say(en, ar)) for en, ar in names]
        if about.kind in ("report", "brief"):
            return [Pdf(f"{folder}/{about.kind}-{about.number}.pdf", self.say("Download PDF", "تحميل الملف PDF"))]
        return []

    def notes_on_authors(self) -> list[Text]:
        notes: list[Text] = []
        for person in self.about.people:
            if self.arabic:
                notes.append((Strong(person.arabic), f": {person.role_arabic} في {people.INSTITUTE_AR}."))
            else:
                notes.append((Strong(person.name), f" is a {person.role} at the {people.INSTITUTE}."))
        if self.about.kind == "interview":
            guest = people.PEOPLE[(self.about.number * 7 + 20) % 37]
            notes.append(
                (Strong(guest.arabic), f": {guest.role_arabic}.")
                if self.arabic
                else (Strong(guest.name), f" is a {guest.role}.")
            )
        return notes

    def byline(self) -> tuple[list[str], str | None]:
        about = self.about
        names = [person.name for person in about.people]
        if not names:
            signed = about.kind not in ("statement", "event")
            return ([people.SHORT], people.SHORT) if signed else ([], None)
        if about.shape == "by-in-body":
            return [person.arabic for person in about.people], "بقلم: " + about.people[0].arabic
        if about.shape == "role":
            return names, f"{names[0]}, {about.people[0].role}"
        if about.shape == "doctor":
            return names, f"Dr. {names[0]}"
        return names, ("By " if about.number % 2 else "") + " and ".join(names)

    def translations(self) -> list[int]:
        number, shape = self.about.number, self.about.shape
        return {"translated": [number + TRANSLATION_DISTANCE], "translation": [number - TRANSLATION_DISTANCE]}.get(
            shape, []
        )


def write(seed: int, number: int, revision: int, home: str) -> Publication:
    """Publication `number` as it stands at `revision`."""
    about = outline(seed, number, revision)
    writer = Writer(seed, about, revision, home)
    {
        "analysis": writer.analysis, "interview": writer.interview, "brief": writer.brief,
        "weekly_brief": writer.weekly_brief,
        "report": writer.report, "statement": writer.statement, "event": writer.event, "legal_case": writer.legal_case,
        "timeline_item": writer.timeline_item, "table": writer.table,
    }[about.kind]()  # fmt: skip
    images = writer.images()
    writer.revise()
    case = writer.case() if about.kind == "legal_case" else None
    authors, byline = writer.byline()
    updated = updates(seed, number, revision)
    modified = (
        revised_at(updated[-1])
        if updated
        else about.published + timedelta(days=90 if number % 3 == 0 and about.kind == "statement" else 0, hours=2)
    )
    return Publication(
        about, revision, writer.blocks, authors, byline, images, writer.documents(), writer.notes_on_authors(),
        writer.footnotes, writer.translations(), case, modified,
    )  # fmt: skip
