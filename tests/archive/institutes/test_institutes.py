"""The packaged institutes: each says what is known of its addresses, in English and Arabic, and nothing else."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from archive.extract.extract import extract
from archive.extract.page import Role
from archive.institutes import registry
from archive.institutes.commands import app
from archive.institutes.profile import Kind
from archive.institutes.urls import UrlRule, absolute, canonical, classify, normal, post_id, trap_reason
from tests.archive.extract import pages

PAGE, LISTING, TRAP, DOCUMENT, OUTSIDE = (
    UrlRule.PAGE, UrlRule.LISTING, UrlRule.TRAP, UrlRule.DOCUMENT, UrlRule.OUTSIDE,
)  # fmt: skip
INSTITUTES = ("arab-center-dc", "carnegie", "chatham-house", "crisis-group", "ecfr")
ADDRESSES = {
    "arab-center-dc": (
        ("/resource/", PAGE), ("/a-flat-address/", PAGE), ("/العدالة-الانتقالية/", PAGE), ("/?pagenum=3", LISTING),
        ("/publications/?topic=courts&regions=gulf&pagenum=3", LISTING), ("/", LISTING), ("/a-paper.pdf", DOCUMENT),
        ("/publications/?pagenum=4000", TRAP), ("/publications/?orderby=date", TRAP),
    ),
    "carnegie": (
        ("/research/2024/05/a-paper", PAGE), ("/posts/2018/04/slug", PAGE), ("/posts/2018/04/عن-العدالة?lang=ar", PAGE),
        ("/2022/11/a-question-pub-90854", PAGE), ("/research", LISTING), ("/posts/2018/04/", LISTING),
        ("/research?pageOn=26", LISTING), ("/بحوث?pageOn=2", LISTING), ("/research?pageOn=26000", TRAP),
    ),
    "chatham-house": (
        ("/2024/10/paper", PAGE), ("/2024/10/paper/04-innovation", PAGE), ("/2024/10/ورقة/02-الخلاصة", PAGE),
        ("/2024/10", LISTING), ("/2024/10/paper.pdf", DOCUMENT), ("/events/2031-05", TRAP),
    ),
    "crisis-group": (
        ("/middle-east-north-africa/east-mediterranean-mena/lebanon/a-brief", PAGE),
        ("/ar/الشرق-الأوسط/لبنان/إحاطة", PAGE), ("/latest-updates?location[0]=82&page=3", LISTING),
        ("/latest-updates?page=3", LISTING), ("/latest-updates?location[0]=82&location[1]=83&sort=date", TRAP),
    ),
    "ecfr": (
        ("/publication/slug/", PAGE), ("/publication/الجوار-الجنوبي/", PAGE), ("/mena/page/6/", LISTING),
        ("/mena/", LISTING), ("/publication/", LISTING), ("/mena/page/4000/", TRAP), ("/feed/", UrlRule.DENIED),
        ("https://elsewhere.example/publication/slug/", OUTSIDE),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INSTITUTES)
def test_it_loads_and_is_a_short_file(name: str) -> None:
    profile = registry.load(name)
    assert profile.id == name
    written = (Path(registry.FOLDER) / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    assert len([line for line in written if line and not line.startswith("#")]) <= 25
    assert [rule.field for rule in profile.fields if rule.field == "body"] == [] or profile.extends == "wordpress"


@pytest.mark.parametrize(
    ("name", "address", "rule"), [(name, *one) for name, known in ADDRESSES.items() for one in known]
)
def test_addresses(name: str, address: str, rule: UrlRule) -> None:
    profile = registry.load(name)
    url = absolute(address, profile.home)
    assert url is not None
    assert classify(normal(url, profile), profile) is rule


@pytest.mark.parametrize("name", INSTITUTES)
def test_every_kind_of_address_is_there(name: str) -> None:
    assert {rule for _, rule in ADDRESSES[name]} >= {PAGE, LISTING, TRAP}
    assert any(not address.isascii() for address, _ in ADDRESSES[name])


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("arab-center-dc", "/x/?topic=courts&regions=الخليج&pagenum=3", "https://arabcenterdc.org/x/?pagenum=3"),
        ("arab-center-dc", "/x/?regions=gulf", "https://arabcenterdc.org/x/"),
        ("chatham-house", "/2024/10/paper/", "https://www.chathamhouse.org/2024/10/paper"),
        ("chatham-house", "/2024/10/ورقة/?utm_source=x", "https://www.chathamhouse.org/2024/10/%D9%88%D8%B1%D9%82%D8%A9"),
        ("chatham-house", "/", "https://www.chathamhouse.org/"),
        ("crisis-group", "/x?location[0]=82&page=3", "https://www.crisisgroup.org/x?page=3"),
        ("crisis-group", "/x?location%5B0%5D=82", "https://www.crisisgroup.org/x"),
    ],
)  # fmt: skip
def test_one_spelling(name: str, address: str, expected: str) -> None:
    profile = registry.load(name)
    url = absolute(address, profile.home)
    assert url is not None
    assert normal(url, profile) == expected
    assert normal(expected, profile) == expected


def test_a_filter_that_combines_without_end_is_no_trap_once_it_is_dropped() -> None:
    profile = registry.load("arab-center-dc")
    asked = "https://arabcenterdc.org/x/?topic=a&regions=b"
    assert trap_reason(asked, profile) == "facets"
    assert trap_reason(normal(asked, profile), profile) is None


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("/2022/11/a-question-pub-90854", 90854),
        ("/2022/11/a-question-pub-90854/?lang=ar", 90854),
        ("/2022/11/سؤال-pub-90854", 90854),
        ("/posts/2018/04/slug", None),
        ("/posts/2018/04/a-pub-crawl", None),
    ],
)
def test_an_old_address_holds_the_number_of_its_post(address: str, number: int | None) -> None:
    profile = registry.load("carnegie")
    url = absolute(address, profile.home)
    assert url is not None
    assert post_id(url, profile) == number
    assert extract(pages.capture(pages.article("<p>A.</p>"), url=url), profile).post_id == number
    moved = extract(pages.capture(url=url, status=301, headers=(("Location", "/posts/2022/11/x"),)), profile)
    assert (moved.role, moved.post_id) == (Role.REDIRECT, number)
    assert canonical(url).startswith("https://carnegieendowment.org/")


@pytest.mark.parametrize(
    ("line", "day", "author"),
    [
        ("<p>Oct 24, 2022Daniel Brumberg</p>", "2022-10-24", "Daniel Brumberg"),
        ('<div><span>March 3, 2019</span><a href="/staff/x/">Yara Haddadin</a></div>', "2019-03-03", "Yara Haddadin"),
    ],
)
def test_a_date_glued_to_its_author(line: str, day: str, author: str) -> None:
    card = "<p>Jan 2, 2020Somebody Else</p>"
    text = f"<p>{pages.LONG * 3}</p>" * 4
    markup = f"<main><h1>A title</h1>{line}<div class='x'>{text}</div></main><aside>{card}</aside>"
    profile = registry.load("arab-center-dc")
    found = extract(pages.capture(f"<html><body>{markup}</body></html>", url="https://arabcenterdc.org/x/"), profile)
    assert found.content is not None
    assert str(found.content.published) == day
    assert [one.name for one in found.content.authors] == [author]
    assert all("2022" not in block.text and author not in block.text for block in found.content.blocks)


def test_a_chapter_is_a_part_of_a_report() -> None:
    profile = registry.load("chatham-house")
    url = "https://www.chathamhouse.org/2024/10/paper/04-innovation"
    found = extract(pages.capture(pages.article("<p>A.</p>"), url=url), profile)
    assert found.content is not None
    assert found.content.kind is Kind.REPORT


@pytest.mark.parametrize("name", INSTITUTES)
def test_list_check_and_show_know_it(name: str) -> None:
    profile, runner = registry.load(name), CliRunner()
    listed = next(line for line in runner.invoke(app, ["list"]).stdout.splitlines() if line.startswith(f"{name} "))
    assert profile.home in listed
    assert ", ".join(profile.languages) in listed
    checked = runner.invoke(app, ["check", name])
    assert (checked.exit_code, checked.stdout) == (0, f"{name}: valid: {name}, {profile.name}, {profile.home}\n")
    assert f'home = "{profile.home}"' in runner.invoke(app, ["show", name]).stdout
