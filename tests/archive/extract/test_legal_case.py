"""Case files: the same facts in every shape, in both languages."""

import pytest
from lxml import html

from archive.extract import legal_case
from archive.extract.page import Block, TextLink
from archive.institutes.profile import Profile

PROFILE = Profile(name="Example", home="https://example.org/")
ENGLISH = [
    ("Claimants", "Samira Khoury; The Families’ Committee"), ("Defendants", "Delta Marine Ltd"), ("Court",
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
    "steps",
    [
        "<ol><li>18/10/2021: The court met.</li><li>8/11/2021: It ruled.</li></ol>",
        "<p><strong>18 October 2021</strong> – The court met.</p><p><strong>8 November 2021</strong> – It ruled.</p>",
        "<dl><dt>18 October 2021</dt><dd>The court met.</dd><dt>8 November 2021</dt><dd>It ruled.</dd></dl>",
        "<table><tr><td>18 October 2021</td><td>The court met.</td></tr>"
        "<tr><td>8 November 2021</td><td>It ruled.</td></tr></table>",
    ],
)
@pytest.mark.parametrize("heading", ["Proceedings", "Case Timeline", "مسار القضية", "التسلسل الزمني"])
def test_timeline(heading: str, steps: str) -> None:
    body = html.fromstring(
        f"<div><p>Before, on 1 May 2020.</p><h2>{heading}</h2>{steps}<h2>Significance</h2>"
        f"<p>In 3 May 2022 it mattered.</p></div>"
    )
    case = legal_case.read(None, (), [body], PROFILE)
    assert case is not None
    assert [(event.date, event.event) for event in case.timeline] == [
        ("2021-10-18", "The court met."),
        ("2021-11-08", "It ruled."),
    ]


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
