"""Case files: the same facts in every shape, in both languages."""

from datetime import date

import pytest
from lxml import html

from archive.extract import legal_case
from archive.extract.case_labels import labelled
from archive.extract.case_lines import fold
from archive.extract.extract import extract
from archive.extract.page import Block, Case, TextLink
from archive.institutes.profile import FieldRule, Kind
from tests.archive.extract import pages

PROFILE = pages.PLAIN
ENGLISH = [
    ("Claimants", "Samira Khoury; The Families’ Committee"), ("Defendants", "Delta Marine SA"), ("Court",
    "Court of Cassation, Beirut"),
    ("Case number", "455/2017"), ("Date filed", "12 March 2019"), ("Status", "Pending"),
]  # fmt: skip
ARABIC = [
    ("المدعون", "سميرة خوري؛ لجنة الأهالي"), ("المدعى عليهم", "شركة دلتا"), ("المحكمة", "محكمة التمييز في بيروت"),
    ("رقم القضية", "455/2017"), ("تاريخ رفع الدعوى", "١٢ آذار ٢٠١٩"), ("الحالة", "قيد النظر"),
]  # fmt: skip


def shape(name: str, rows: list[tuple[str, str]]) -> str:
    if name == "table":
        return "<figure><table>" + "".join(f"<tr><th>{k}</th><td>{v}</td></tr>" for k, v in rows) + "</table></figure>"
    if name == "columns":
        return (
            "<table><tr>"
            + "".join(f"<th>{k}</th>" for k, _ in rows)
            + "</tr><tr>"
            + "".join(f"<td>{v}</td>" for _, v in rows)
            + "</tr></table>"
        )
    if name == "definitions":
        return "<dl>" + "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in rows) + "</dl>"
    if name == "bold":
        return "".join(f"<p><strong>{k}:</strong> {v}</p>" for k, v in rows)
    if name == "bold without colon":
        return "".join(f"<p><b>{k}</b> {v}</p>" for k, v in rows)
    if name == "divs":
        return (
            "<div>"
            + "".join(f'<div class="row"><div class="label">{k}</div><div>{v}</div></div>' for k, v in rows)
            + "</div>"
        )
    if name == "spans":
        return "".join(f"<div><span>{k}</span><span>{v}</span></div>" for k, v in rows)
    if name == "span after span":
        return "<div>" + "".join(f"<p><span>{k}:</span><span>{v}</span></p>" for k, v in rows) + "</div>"
    if name == "deep divs":
        return "<div>" + "".join(
            f"<div><div><div><span>{k}</span></div></div><div><div><p>{v}</p></div></div></div>" for k, v in rows
        ) + "</div>"  # fmt: skip
    if name == "wide table":
        cells = [f"<td><b>{k}</b></td><td>{v}</td>" for k, v in rows]
        pairs = "".join(f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in range(0, len(cells), 2))
        return f"<table><tbody>{pairs}</tbody></table>"
    if name == "wrapped definitions":
        return "<dl>" + "".join(f"<div><dt>{k}</dt><dd><p>{v}</p></dd></div>" for k, v in rows) + "</dl>"
    if name == "dashes":
        return "<ul>" + "".join(f"<li><strong>{k}</strong> – {v}</li>" for k, v in rows) + "</ul>"
    if name == "bold and break":
        return "".join(f"<p><strong>{k}</strong><br>{v}</p>" for k, v in rows)
    if name == "one paragraph of bold labels":
        return "<p>" + " ".join(f"<strong>{k}:</strong> {v}." for k, v in rows) + " It was the first of its kind.</p>"
    if name == "bold labels side by side":
        return "<p>" + " ".join(f"<strong>{k}</strong>: {v}" for k, v in rows) + "</p>"
    if name == "cells of headings":
        return "".join(
            f"<div><div><h4>{k}</h4></div></div><div><div><p>{v}</p></div></div>" for k, v in rows
        )  # fmt: skip
    if name == "prose":
        return "<p>" + " ".join(f"{k}: {v}." for k, v in rows) + " It was the first of its kind.</p>"
    if name == "items":
        return "<ul>" + "".join(f"<li>{k}: {v}</li>" for k, v in rows) + "</ul>"
    if name == "breaks":
        return "<p>" + "<br>".join(f"{k}: {v}" for k, v in rows) + "</p>"
    assert name == "headings"
    return "".join(f"<h3>{k}</h3><p>{v}</p>" for k, v in rows)


SHAPES = [
    "table",
    "columns",
    "definitions",
    "bold",
    "bold without colon",
    "divs",
    "spans",
    "items",
    "breaks",
    "headings",
    "span after span",
    "deep divs",
    "wide table",
    "wrapped definitions",
    "dashes",
    "bold and break",
    "one paragraph of bold labels",
    "bold labels side by side",
    "cells of headings",
    "prose",
]


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("rows", [ENGLISH, ARABIC], ids=["en", "ar"])
def test_facts(name: str, rows: list[tuple[str, str]]) -> None:
    body = html.fromstring(f"<div>{shape(name, rows)}<h2>Facts</h2><p>Something happened, it is said.</p></div>")
    case = legal_case.read(None, (), [body], PROFILE)
    assert case is not None
    separator = "; " if rows is ENGLISH else "؛ "
    assert [party.name for party in case.claimants] == rows[0][1].split(separator)
    assert [party.name for party in case.defendants] == [rows[1][1]]
    assert case.court == rows[2][1]
    assert case.number == "455/2017"
    assert (case.filed, case.filed_raw) == ("2019-03-12", rows[4][1])
    assert case.status == rows[5][1]


def test_run_in_prose() -> None:
    body = html.fromstring(
        "<p>Claimants: Samira Khoury; Court: Court of Cassation; Case No.: 12/2019; Status: Pending.</p>"
    )
    case = legal_case.read(None, (), [body], PROFILE)
    assert case is not None
    assert ([party.name for party in case.claimants], case.court, case.number, case.status) == (
        ["Samira Khoury"], "Court of Cassation", "12/2019", "Pending",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "claimants", "defendants", "others"),
    [
        ("Case File: Samira Khoury et al. v. Delta Marine SA", ["Samira Khoury"], ["Delta Marine SA"], (True, False)),
        (
            "Case File: Samira Khoury and others vs. Delta Marine SA et al.",
            ["Samira Khoury"],
            ["Delta Marine SA"],
            (True, True),
        ),
        ("ملف قضية: سميرة خوري وآخرون ضد شركة دلتا", ["سميرة خوري"], ["شركة دلتا"], (True, False)),
        ("ملف قضية: سميرة خوري وآخرون ضد شركة دلتا وآخرون ASA", ["سميرة خوري"], ["شركة دلتا ASA"], (True, True)),
        ("ملف قضية: نقابة المحامين في صور ضد شركة دلتا", ["نقابة المحامين في صور"], ["شركة دلتا"], (False, False)),
    ],
)
def test_parties_of_a_title(title: str, claimants: list[str], defendants: list[str], others: tuple[bool, bool]) -> None:
    case = legal_case.read(title, (), [html.fromstring("<p>Some text.</p>")], PROFILE)
    assert case is not None
    assert [party.name for party in case.claimants] == claimants
    assert [party.name for party in case.defendants] == defendants
    assert (case.claimants_others, case.defendants_others) == others
    assert case.name == title.split(": ", 1)[1]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Orchid Telecom, Harrow Energy PLC", ["Orchid Telecom", "Harrow Energy PLC"]),
        ("Delta Marine, Inc., Omar Selim", ["Delta Marine, Inc.", "Omar Selim"]),
        ("Ministry of Finance, Lebanon", ["Ministry of Finance, Lebanon"]),
        ("نقابة الصيادين، عمر سليم، نور المصري", ["نقابة الصيادين", "عمر سليم", "نور المصري"]),
    ],
)
def test_a_list_of_parties_in_one_line(value: str, names: list[str]) -> None:
    case = legal_case.read(None, (), [html.fromstring(f"<p><strong>Claimants:</strong> {value}</p>")], PROFILE)
    assert case is not None
    assert [party.name for party in case.claimants] == names


@pytest.mark.parametrize(
    ("value", "names", "others"),
    [
        ("<ul><li>Samira Khoury</li><li>Delta, Ltd</li></ul>", ["Samira Khoury", "Delta, Ltd"], False),
        ("<p>سميرة خوري</p><p>لجنة الأهالي وآخرون</p>", ["سميرة خوري", "لجنة الأهالي"], True),
        ("Samira Khoury<br>Omar Selim<br>and others", ["Samira Khoury", "Omar Selim"], True),
        ("1. Samira Khoury 2. Omar Selim", ["Samira Khoury", "Omar Selim"], False),
        ("Samira Khoury and Omar Selim", ["Samira Khoury", "Omar Selim"], False),
        ("Ministry of Labor and Housing", ["Ministry of Labor and Housing"], False),
        ("Nour Aziz, Samira Khoury, and 12 others", ["Nour Aziz", "Samira Khoury"], True),
        ("أهالي الضحايا و١٥ آخرين", ["أهالي الضحايا"], True),
    ],
)
@pytest.mark.parametrize("cell", ["<dl><dt>{}</dt><dd>{}</dd></dl>", "<table><tr><th>{}</th><td>{}</td></tr></table>"])
def test_parties_of_a_cell(cell: str, value: str, names: list[str], others: bool) -> None:
    body = html.fromstring(f"<div>{cell.format('المدعون', value)}<p>Some text.</p></div>")
    case = legal_case.read(None, (), [body], PROFILE)
    assert case is not None
    assert ([party.name for party in case.claimants], case.claimants_others) == (names, others)


def test_several_definitions_of_one_label() -> None:
    body = "<dl><dt>Claimants</dt><dd>Samira Khoury</dd><dd>Omar Selim</dd><dt>Judge</dt><dd>N. N.</dd></dl>"
    case = legal_case.read(None, (), [html.fromstring(body)], PROFILE)
    assert case is not None
    assert [party.name for party in case.claimants] == ["Samira Khoury", "Omar Selim"]


@pytest.mark.parametrize("label", ["<h4>المدعون</h4>", "<p><strong>Claimants</strong></p>", "<p><b>Claimants:</b></p>"])
def test_names_below_a_label_that_stands_as_a_heading(label: str) -> None:
    body = (
        f"<p>Court: High Court</p>{label}<p>نقابة المحامين</p><p>Families of the missing</p><h4>Status</h4><p>Open</p>"
    )
    case = legal_case.read(None, (), [html.fromstring(f"<div>{body}</div>")], PROFILE)
    assert case is not None
    assert [party.name for party in case.claimants] == ["نقابة المحامين", "Families of the missing"]
    assert case.status == "Open"


def test_cells_of_a_timeline_are_no_labels() -> None:
    rows = "<tr><td>3 May 2020</td><td>High Court</td><td>Filed</td></tr>"
    rows += "<tr><td>5 June 2021</td><td>محكمة</td><td>Status</td></tr>"
    table = f"<h2>Timeline</h2><table><tr><th>Date</th><th>Court</th><th>Step</th></tr>{rows}</table>"
    case = legal_case.read("Case File: A v. B", (), [html.fromstring(f"<div>{table}</div>")], PROFILE)
    assert case is not None
    assert (case.court, case.filed_raw, case.status) == (None, None, None)
    assert [(event.date, event.event) for event in case.timeline] == [
        ("2020-05-03", "High Court\nFiled"), ("2021-06-05", "محكمة\nStatus"),
    ]  # fmt: skip


@pytest.mark.parametrize(("label", "value"), [("Status", "Filed"), ("الحالة", "مرفوعة")])
@pytest.mark.parametrize(
    "pair",
    [
        "<dl><dt>{}</dt><dd>{}</dd></dl>",
        "<table><tr><td>{}</td><td>{}</td></tr></table>",
        "<div><div><span>{}:</span></div><div>{}</div></div>",
    ],
)
def test_a_value_may_be_a_label(pair: str, label: str, value: str) -> None:
    case = legal_case.read(None, (), [html.fromstring(f"<div>{pair.format(label, value)}</div>")], PROFILE)
    assert case is not None
    assert (case.status, case.filed_raw) == (value, None)


def test_values_are_raw_and_read() -> None:
    body = "<dl><dt>Case No.</dt><dd>No. 455/2017.</dd><dt>Court</dt><dd>Court of Cassation,<br>Beirut.</dd></dl>"
    case = legal_case.read(None, (), [html.fromstring(body)], PROFILE)
    assert case is not None
    assert (case.number, case.number_raw) == ("455/2017", "No. 455/2017.")
    assert (case.court, case.court_raw) == ("Court of Cassation, Beirut", "Court of Cassation,\nBeirut.")


@pytest.mark.parametrize(
    ("label", "fact"),
    [
        ("Plaintiff(s)", "claimants"), ("المدعى عليه(م)", "defendants"), ("المدعي(ة)", "claimants"),
        ("Docket #", "number"),
        ("المدعي/ة", "claimants"),
        ("Case №", "number"), ("Court/Tribunal", "court"), ("Jurisdiction & Country", "jurisdiction"),
        ("المحكمة الناظرة في الدعوى", "court"), ("تاريخ التسجيل", "filed"), ("المرحلة الحالية", "status"),
        ("المُدَّعى عليهم", "defendants"), ("Judge", None), ("القاضي", None), ("Courtroom", None),
    ],
)  # fmt: skip
def test_labels(label: str, fact: str | None) -> None:
    assert labelled(()).get(fold(label)) == fact


def test_a_day_that_cannot_be_read_stays_raw() -> None:
    body = "<dl><dt>تاريخ الدعوى</dt><dd>15 رمضان 1442 هـ</dd><dt>المحكمة</dt><dd>محكمة العدل</dd></dl>"
    case = legal_case.read(None, (), [html.fromstring(body)], PROFILE)
    assert case is not None
    assert (case.filed, case.filed_raw) == (None, "15 رمضان 1442 هـ")


NO_FACTS = [
    "<p><strong>Court</strong> records show that the ministry did not answer.</p>",
    "<p><strong>Status</strong> quo ante is what the council asked for.</p>",
    "<p><strong>The court:</strong> a building on the hill.</p>",
    "<p>The lawyers asked the court: what of the <b>defendants</b>? Nobody knew.</p>",
    "<p><strong>المحكمة</strong> رفضت الطلب ثم عادت وقبلته.</p>",
    "<p>سألنا المحامين عن المحكمة: ماذا قررت؟ لا أحد يعرف.</p>",
    "<h2>Status</h2><p>Nothing has moved. The ministry waits. The families wait too.</p>",
    "<h2>الوضع الراهن</h2><p>لم يتحرك شيء حتى اليوم. تنتظر الوزارة منذ عامين. وتنتظر الأهالي أيضاً.</p>",
    "<p><strong>Status:</strong> " + "It waits and waits for a day in court. " * 12 + "</p>",
    "<ul><li>Number of hearings: many.</li><li>Numbers: few.</li></ul>",
    "<table><tr><th>Court</th><th>Status</th></tr><tr><td>A</td><td>Open</td></tr><tr><td>B</td><td>Shut</td></tr></table>",
]


@pytest.mark.parametrize("body", NO_FACTS)
def test_what_looks_like_a_label_is_no_fact(body: str) -> None:
    page = html.fromstring(f"<div><p>Some text.</p>{body}<p>More text of the same kind.</p></div>")
    assert legal_case.read("A title", (), [page], PROFILE) is None


def test_documents_are_the_pdfs_that_the_body_links_to() -> None:
    link = TextLink(text="الحكم (PDF)", url="https://example.org/judgment.PDF?v=1", start=0, end=11)
    block = Block(type="paragraph", text="الحكم (PDF)", links=(link,))
    case = legal_case.read("Case File: A v. B", (block,), [], PROFILE)
    assert case is not None
    assert [(document.url, document.title) for document in case.documents] == [(link.url, "الحكم (PDF)")]


def test_a_profile_adds_labels() -> None:
    profile = PROFILE.model_copy(update={"labels": {"court": ("Before", "أمام")}})
    case = legal_case.read(None, (), [html.fromstring("<dl><dt>أمام</dt><dd>محكمة العدل</dd></dl>")], profile)
    assert case is not None
    assert case.court == "محكمة العدل"


def test_no_case() -> None:
    assert legal_case.read("A title", (), [html.fromstring("<p>Some text.</p>")], PROFILE) is None


def page(article: str, **more: object) -> Case | None:
    """The case of a whole page, read with a profile that has these keys."""
    profile = PROFILE.model_copy(update={"default_kind": Kind.LEGAL_CASE, **more})
    text = "The families went to court, and the court heard them at length. " * 8
    markup = f"<html><body><main><h1>A title</h1>{article.replace('TEXT', f'<p>{text}</p>' * 3)}</main></body></html>"
    found = extract(pages.capture(markup), profile)
    assert found.content is not None
    return found.content.case


FACTS = "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in ARABIC[2:])


def test_facts_beside_the_body() -> None:
    found = page(f"<article><div class='facts'><dl>{FACTS}</dl></div><div class='text'>TEXT</div></article>")
    assert found is not None
    assert (found.court, found.number) == ("محكمة التمييز في بيروت", "455/2017")


def test_cards_of_other_cases_are_no_facts() -> None:
    card = "<div class='card'><p>Court: High Court</p><p>Status: Open</p><p>Case number: 3/2020</p></div>"
    assert page(f"<article><div class='text'>TEXT</div><div class='cards'>{card}{card}</div></article>") is None


def test_a_profile_says_where_facts_and_timeline_stand() -> None:
    rules = (
        FieldRule(field="case_facts", select=".old-facts", until=date(2019, 12, 31)),
        FieldRule(field="case_facts", select=".facts"),
        FieldRule(field="timeline", select=".steps"),
    )
    markup = (
        "<article><div class='text'>TEXT<p>المحكمة: محكمة العدل</p></div></article>"
        "<aside><p class='facts'>المحكمة: محكمة التمييز</p><p class='old-facts'>المحكمة: محكمة البداية</p>"
        "<div class='steps'><p>3 أيار 2020: بدأت.</p></div></aside>"
    )
    found = page(markup, fields=rules)
    assert found is not None
    assert found.court == "محكمة التمييز"
    assert [(event.date, event.event) for event in found.timeline] == [("2020-05-03", "بدأت.")]
    without = page(markup)
    assert without is not None
    assert (without.court, without.timeline) == ("محكمة العدل", ())


def test_an_attribute_may_hold_the_facts() -> None:
    rule = FieldRule(field="case_facts", select=".case", attribute="data-facts")
    found = page("<div class='case' data-facts='Court: High Court; Status: Open'></div>TEXT", fields=(rule,))
    assert found is not None
    assert (found.court, found.status) == ("High Court", "Open")


def test_an_analysis_that_speaks_of_a_court_is_no_case() -> None:
    facts = "<p>Court: High Court</p><p>Case number: 3/2020</p><p>المحكمة: محكمة التمييز</p>"
    assert page(f"<article>TEXT{facts}TEXT</article>", default_kind=Kind.ANALYSIS) is None
