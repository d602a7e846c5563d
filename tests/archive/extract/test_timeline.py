"""A case's timeline: the same entries in every layout, in both languages; and what is no entry."""

import pytest
from lxml import html

from archive.extract import legal_case
from archive.extract.page import TimelineEvent
from archive.institutes.profile import Profile

PROFILE = Profile(name="Example", home="https://example.org/")
Rows = list[tuple[str, str]]
ENGLISH: Rows = [
    ("18 October 2021", "The families filed their complaint."),
    ("November 2021", "The court of 3 May 2020 fame heard two witnesses."),
    ("March 4, 2022", "Judgment was postponed."),
]
ARABIC: Rows = [
    ("١٨ تشرين الأول ٢٠٢١", "تقدّمت الأهالي بالدعوى."),
    ("تشرين الثاني/نوفمبر 2021", "استمعت المحكمة إلى شاهدين."),
    ("4-3-2022", "أُرجئ النطق بالحكم."),
]
DAYS = ["2021-10-18", "2021-11", "2022-03-04"]
HEADS = {"en": ("Date", "Event"), "ar": ("التاريخ", "الحدث")}

LAYOUTS = {
    "items": lambda d, e: f"<li><strong>{d}</strong>: {e}</li>",
    "items with a break": lambda d, e: f"<li><b>{d}</b><br>{e}</li>",
    "plain items": lambda d, e: f"<li>{d} – {e}</li>",
    "items of paragraphs": lambda d, e: f"<li><p>{d}</p><p>{e}</p></li>",
    "rows": lambda d, e: f"<tr><td>{d}</td><td>{e}</td></tr>",
    "rows, the date behind": lambda d, e: f"<tr><td>{e}</td><td>{d}</td></tr>",
    "definitions": lambda d, e: f"<dt>{d}</dt><dd>{e}</dd>",
    "pairs": lambda d, e: f"<div><dt>{d}</dt><dd>{e}</dd></div>",
    "divs": lambda d, e: f'<div class="item"><div>{d}</div><div><span>{e}</span></div></div>',
    "spans": lambda d, e: f'<div class="item"><span>{d}</span> <span>{e}</span></div>',
    "deep divs": lambda d, e: f"<div><div><div><h4>{d}</h4></div></div><div><div><p>{e}</p></div></div></div>",
    "times": lambda d, e: f"<article><time>{d}</time><p>{e}</p></article>",
    "headings": lambda d, e: f"<h3>{d}</h3><p>{e}</p>",
    "headings with the event": lambda d, e: f"<h3>{d}: {e}</h3>",
    "bold paragraphs": lambda d, e: f"<p><strong>{d}:</strong> {e}</p>",
    "paragraphs in two": lambda d, e: f"<p><strong>{d}</strong></p><p>{e}</p>",
    "numbered": lambda d, e: f"<p>%s. {d} — {e}</p>",
    "in brackets": lambda d, e: f"<p>({d}) {e}</p>",
    "accordions": lambda d, e: f"<details><summary>{d}</summary><p>{e}</p></details>",
    "lines": lambda d, e: f"{d}: {e}<br>",
}
AROUND = {"i": "ul", "r": "table", "d": "dl"}


def laid_out(layout: str, rows: Rows, language: str) -> str:
    inner = "".join(LAYOUTS[layout](day, event) for day, event in rows)
    if layout in ("items", "items with a break", "plain items", "items of paragraphs"):
        return f"<ol>{inner}</ol>"
    if layout.startswith("rows"):
        first, second = HEADS[language] if layout == "rows" else reversed(HEADS[language])
        return f"<table><thead><tr><th>{first}</th><th>{second}</th></tr></thead><tbody>{inner}</tbody></table>"
    if layout in ("definitions", "pairs"):
        return f"<dl>{inner}</dl>"
    if layout == "numbered":
        return inner % (1, 2, 3)
    if layout == "lines":
        return f"<p>{inner}</p>"
    return inner if layout.startswith(("headings", "bold", "paragraphs", "in ")) else f"<div>{inner}</div>"


def read(body: str, profile: Profile = PROFILE) -> tuple[TimelineEvent, ...]:
    case = legal_case.read("Case File: A v. B", (), [html.fromstring(f"<div>{body}</div>")], profile)
    assert case is not None
    return case.timeline


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("language", "rows", "heading", "next_heading"),
    [("en", ENGLISH, "Case Timeline", "Significance"), ("ar", ARABIC, "التسلسل الزمني", "الأهمية")],
    ids=["en", "ar"],
)
def test_every_layout(layout: str, language: str, rows: Rows, heading: str, next_heading: str) -> None:
    body = (
        f"<p>Before, on 1 May 2020.</p><h2>{heading}</h2>{laid_out(layout, rows, language)}"
        f"<h2>{next_heading}</h2><p>On 3 May 2022 it mattered.</p>"
    )
    assert [(one.date, one.date_raw, one.event) for one in read(body)] == [
        (day, raw, event) for day, (raw, event) in zip(DAYS, rows, strict=True)
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "<h2>Proceedings</h2>", "<p><strong>Timeline:</strong></p>", "<div>Key dates</div>",
        "<h4>Procedural history</h4>",
        "<summary>Chronology of Events</summary>", "<h2>مسار القضية</h2>", "<p><b>أبرز المحطات:</b></p>",
        "<h3>سير الدعوى</h3>",
    ],
)  # fmt: skip
def test_headings(heading: str) -> None:
    assert len(read(f"{heading}<ul><li>3 May 2020: A.</li><li>5 May 2020: B.</li></ul><p>Later, in 2021, C.</p>")) == 2


def test_what_stands_behind_a_list_is_no_part_of_it() -> None:
    [one] = read("<h2>Timeline</h2><ul><li>3 May 2020: It began.</li></ul><p>The case goes on, and 2023 will tell.</p>")
    assert one.event == "It began."


def test_an_event_of_several_paragraphs_is_one() -> None:
    body = (
        "<h2>Timeline</h2><h3>3 May 2020</h3><p>The court met.</p><p>On 1 April 2019 it had not.</p>"
        "<h3>5 May 2020</h3><p>It ruled.</p><ul><li>For A</li><li>For B</li></ul><h2>Documents</h2><p>Judgment</p>"
    )
    assert [(one.date, one.event) for one in read(body)] == [
        ("2020-05-03", "The court met.\nOn 1 April 2019 it had not."),
        ("2020-05-05", "It ruled.\nFor A\nFor B"),
    ]
    items = "<h2>Timeline</h2><ul><li><p>3 May 2020: The court met.</p><p>On 1 April 2019 it had not.</p></li>"
    [one] = read(f"{items}</ul>")
    assert one.event == "The court met.\nOn 1 April 2019 it had not."


@pytest.mark.parametrize(
    ("head", "days"),
    [
        ("<h3>{}</h3>", "<ul><li>March 3: {}</li><li>5 April – {}</li></ul>"),
        ("<p><strong>{}</strong></p>", "<p><strong>March 3</strong> {}</p><p><strong>April 5</strong>: {}</p>"),
        ("<dt>{}</dt>", "<dd>3 March: {}</dd><dd>5 April: {}</dd>"),
        ("<h3>{}</h3>", "<ul><li>٣ آذار: {}</li><li>5 نيسان – {}</li></ul>"),
    ],
)
def test_days_below_their_year(head: str, days: str) -> None:
    if "<strong>March 3</strong> {}" in days:
        days = days.replace("<strong>March 3</strong> {}", "<strong>March 3</strong>: {}")
    body = "<h2>Timeline</h2>" + "".join(
        head.format(year) + days.format(f"A {year}th time.", "B.") for year in (2019, 2020)
    )
    assert [(one.date, one.event) for one in read(body)] == [
        ("2019-03-03", "A 2019th time."), ("2019-04-05", "B."), ("2020-03-03", "A 2020th time."), ("2020-04-05", "B."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "date", "raw", "event"),
    [
        ("Monday, 18 October 2021: The court met.", "2021-10-18", "18 October 2021", "The court met."),
        ("يوم الاثنين 18 تشرين الأول 2021: انعقدت الجلسة.", "2021-10-18", "18 تشرين الأول 2021", "انعقدت الجلسة."),
        ("On 18 October 2021, the court met.", "2021-10-18", "18 October 2021", "On 18 October 2021, the court met."),
        ("The court met on 18 October 2021.", "2021-10-18", "18 October 2021", "The court met on 18 October 2021."),
        ("2019–2021: Talks.", "2019", "2019–2021", "Talks."),
        ("3 May 2019 – 5 June 2019: Trial.", "2019-05-03", "3 May 2019 – 5 June 2019", "Trial."),
        ("من 3 أيار 2019 إلى 5 حزيران 2019: المحاكمة.", "2019-05-03", "3 أيار 2019",
         "من 3 أيار 2019 إلى 5 حزيران 2019: المحاكمة."),
        ("15 رمضان 1442 هـ: صدر الحكم.", None, "15 رمضان 1442 هـ", "صدر الحكم."),
        ("04/11/2018: Filed.", "2018-11-04", "04/11/2018", "Filed."),
    ],
)  # fmt: skip
def test_dates_of_a_line(line: str, date: str | None, raw: str, event: str) -> None:
    [one] = read(f"<h2>Timeline</h2><p>{line}</p>")
    assert (one.date, one.date_raw, one.event) == (date, raw, event)


def test_a_numeric_date_is_read_by_the_page_then_by_the_profile() -> None:
    month_first = PROFILE.model_copy(update={"date_order": "month-first"})
    assert read("<h2>Timeline</h2><p>04/11/2018: Filed.</p>", month_first)[0].date == "2018-04-11"
    told = "<h2>Timeline</h2><p>04/11/2018: Filed.</p><p>25/12/2018: Heard.</p>"
    assert [one.date for one in read(told, month_first)] == ["2018-11-04", "2018-12-25"]


def test_a_step_without_a_day_keeps_its_place() -> None:
    body = "<h2>Timeline</h2><ul><li>3 May 2020: Filed.</li><li>Pending: appeal.</li><li>5 May 2021: Ruled.</li></ul>"
    assert [(one.date, one.event) for one in read(body)] == [
        ("2020-05-03", "Filed."), (None, "Pending: appeal."), ("2021-05-05", "Ruled."),
    ]  # fmt: skip


def test_a_list_of_dated_rows_needs_no_heading() -> None:
    rows = "".join(f"<li><strong>{day}</strong>: {event}</li>" for day, event in ARABIC)
    assert [one.date for one in read(f"<p>مقدمة.</p><ul>{rows}</ul>")] == DAYS


@pytest.mark.parametrize(
    "body",
    [
        "<p>On 3 May 2020 the court met. On 4 May 2020 it ruled.</p>",
        "<ul><li>3 May 2020: one.</li><li>The second.</li><li>The third of 2021.</li></ul>",
        "<h2>Timeline</h2><p>No dates are known.</p>",
        "<p>The timeline of events in 2020 was short.</p><p>3 May 2020 was a Sunday.</p>",
        "<h2>الوقائع</h2><p>في 3 أيار 2020 انعقدت المحكمة.</p>",
    ],
)
def test_no_timeline(body: str) -> None:
    assert read(body) == ()
