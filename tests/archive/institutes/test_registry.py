"""Profiles are found, merged and checked; each mistake is named with file, key, and what was meant."""

from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import ProfileError
from archive.institutes import registry
from archive.institutes.patterns import Patterns
from archive.institutes.profile import Kind
from archive.institutes.urls import UrlRule, absolute, classify, normal

Write = Callable[..., Path]
GOOD = 'name = "معهد"\nhome = "https://example.org/"\n'


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str, name: str = "institute.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize("name", registry.names())
def test_every_institute_loads(name: str) -> None:
    profile = registry.load(name)
    assert profile.id == name
    assert profile.home.endswith("/")


@pytest.mark.parametrize("name", registry.platforms())
def test_a_platform_is_there_to_be_extended(name: str) -> None:
    assert registry.read(name).home == ""
    with pytest.raises(ProfileError, match="home: is missing"):
        registry.load(name)


def test_names() -> None:
    assert "timep" in registry.names()
    assert "wordpress" in registry.platforms()


def test_three_lines_make_a_wordpress_institute(write: Write) -> None:
    path = write(f'extends = "wordpress"\n{GOOD}', "My Institute.toml")
    profile = registry.load(path)
    assert profile.id == "my-institute"
    assert profile.name == "معهد"
    assert "/wp-sitemap.xml" in profile.discovery.sitemaps
    assert classify("https://example.org/category/x/", profile) is UrlRule.LISTING
    assert registry.load(str(path)) == profile


def test_merging(write: Write) -> None:
    write(
        """
        name = "A"
        home = "https://a.example/"
        id = "a"
        languages = ["en", "ar"]
        [urls]
        deny = ["^/x/"]
        listing = ["^/y/"]
        [[kinds]]
        kind = "report"
        section = ["reports"]
        [labels]
        court = ["المحكمة"]
        """,
        "parent.toml",
    )
    child = write(
        """
        extends = "parent.toml"
        name = "B"
        [urls]
        deny = ["...", "^/z/"]
        listing = ["^/w/"]
        [[kinds]]
        kind = "brief"
        section = ["موجز"]
        [labels]
        number = ["الرقم"]
        """,
        "child.toml",
    )
    profile = registry.load(child)
    assert (profile.id, profile.name, profile.home) == ("child", "B", "https://a.example/")
    assert profile.languages == ("en", "ar")
    assert profile.urls.deny == ("^/x/", "^/z/")
    assert profile.urls.listing == ("^/w/",)
    assert [rule.kind for rule in profile.kinds] == [Kind.BRIEF, Kind.REPORT]
    assert profile.labels == {"court": ("المحكمة",), "number": ("الرقم",)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nmae = 'x'", ["nmae: there is no such key", "'name'"]),
        ("[urls]\nlistng = []", ["urls.listng", "'listing'"]),
        ("[[kinds]]\nkind = 'report'\nsections = ['x']", ["kinds[0].sections", "'section'"]),
        ("[[kinds]]\nkind = 'raport'\nsection = ['x']", ["kinds[0].kind: 'raport'", "'report'"]),
        ("[[kinds]]\nkind = 'report'", ["kinds[0]", "would match every page"]),
        ("[labels]\nclaimant = ['المدعي']", ["labels.claimant", "'claimants'"]),
        ("[urls]\ndeny = ['عربى(']", ["urls.deny[0]: 'عربى('", "not a regular expression"]),
        ("[urls]\ndeny = ['^/(a|a)*$']", ["urls.deny[0]", "takes too long"]),
        ("[urls]\ndeny = ['^/x/']\nallow = ['^/x/']", ["urls: '^/x/' stands in both deny and allow"]),
        ("[urls]\nalias = [{ pattern = 'a', replace = '\\2' }]", ["urls.alias[0]", "cannot replace"]),
        ("[[fields]]\nfield = 'title'\nselect = 'h1['", ["fields[0].select: 'h1['", "not a CSS selector"]),
        ("[[fields]]\nfield = 'titel'\nselect = 'h1'", ["fields[0].field", "'title'"]),
        ("[[fields]]\nfield = 'body'\nselect = 'p'\nmatch = 'x'", ["fields[0]: match reads a text, which body is not"]),
        ("[urls]\npost_id = ['-منشور-[0-9]+']", ["urls.post_id[0]", "has no group, such as ([0-9]+)"]),
        ("[urls]\nhost_aliases = ['https://x.org/']", ["urls.host_aliases[0]", "host:port"]),
        ("[[fields]]\nfield = 'title'", ["fields[0].select: is missing"]),
        ("[discovery]\nfeeds = ['feed/']", ["discovery.feeds[0]: 'feed/' must begin with a slash"]),
        ("[discovery]\nfeeds = ['/feed/{pag}']", ["discovery.feeds[0]", "{page}"]),
        ("[discovery]\nsitemaps = ['/s-{page}.xml']", ["discovery.sitemaps[0]", "may not hold {page}"]),
        ("[etiquette]\ndelay = '1'", ["etiquette.delay", "number", "'1'"]),
        ("[etiquette]\ndelay = -1.0", ["etiquette.delay", "greater than or equal to 0"]),
        ("languages = ['Arabic']", ["languages[0]: 'Arabic'", "BCP 47"]),
        ("languages = []", ["languages"]),
        ("timezone = 'Beirut'", ["timezone: 'Beirut'", "Asia/Beirut"]),
        ("hosts = ['https://x.org']", ["hosts[0]: 'https://x.org'", "host:port"]),
        ("home = 'https://example.org'", ["home: write 'https://example.org' as 'https://example.org/'"]),
        ("home = 'example.org'", ["home: 'example.org' is not an address"]),
        ("home = 'HTTP://Example.org/?x=1'", ["as 'http://example.org/'"]),
        ("id = '../up'", ["id: '../up'"]),
        ("id = 'con'", ["id: 'con' cannot name a folder"]),
        ("name = 3", ["name: must be text, not 3"]),
        ("hosts = 'x'", ["hosts: must be a list, not 'x'"]),
        ("urls = 1", ["urls: must be a table, not 1"]),
        ("extends = 'wordpres'", ["extends: no institute is called 'wordpres'", "'wordpress'"]),
        ("extends = 'gone.toml'", ["extends:", "no such file"]),
        ("hosts = ['...']", ['"..." stands for an inherited list']),
        ("name = 'معهد", ["is not TOML"]),
    ],
)
def test_mistakes(write: Write, text: str, words: list[str]) -> None:
    path = write(text)
    with pytest.raises(ProfileError) as caught:
        registry.load(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    for word in words:
        assert word in message


DATED = """
[[kinds]]
kind = "report"
section = ["تقارير"]
{first}
[[kinds]]
kind = "brief"
section = ["تقارير"]
{second}
"""


@pytest.mark.parametrize(
    ("first", "second", "good"),
    [
        ("until = 2022-12-31", "", True),
        ("until = 2019-12-31", "until = 2022-12-31", True),
        ("", "until = 2022-12-31", False),
        ("", "", False),
        ("until = 2022-12-31", "until = 2022-12-31", False),
        ("until = 2022-12-31", "until = 2019-12-31", False),
        ("until = 2022-12-31", "since = 2023-01-01", True),
        ("since = 2023-01-01", "until = 2023-12-31", True),
        ("since = 2023-01-01", "", True),
        ("since = 2023-01-01", "since = 2024-01-01", False),
        ("since = 2023-01-01", "since = 2024-01-01\nuntil = 2024-12-31", False),
    ],
)
def test_a_rule_that_can_never_decide_is_a_mistake(write: Write, first: str, second: str, good: bool) -> None:
    path = write(GOOD + DATED.format(first=first, second=second))
    if good:
        assert len(registry.load(path).kinds) == 2
    else:
        with pytest.raises(ProfileError, match=r"kinds\[1\]: never decides"):
            registry.load(path)


def test_days_that_never_come_are_a_mistake(write: Write) -> None:
    path = write(GOOD + DATED.format(first="since = 2023-01-01\nuntil = 2022-12-31", second=""))
    with pytest.raises(ProfileError, match=r"kinds\[0\]: holds for no day: since 2023-01-01 is after until 2022-12-31"):
        registry.load(path)


def test_extending_in_a_circle(write: Write) -> None:
    write('extends = "b.toml"', "a.toml")
    path = write('extends = "a.toml"', "b.toml")
    with pytest.raises(ProfileError, match="circle"):
        registry.load(path)


def test_a_mistake_in_the_parent_names_the_parent(write: Write) -> None:
    parent = write("nmae = 'x'", "parent.toml")
    with pytest.raises(ProfileError) as caught:
        registry.load(write(f'extends = "parent.toml"\n{GOOD}'))
    assert str(caught.value).startswith(str(parent))


def test_unknown_names() -> None:
    with pytest.raises(ProfileError, match=r"'timap' \(did you mean 'timep'\?\); there are .*timep, wordpress"):
        registry.load("timap")
    with pytest.raises(ProfileError, match="no such file"):
        registry.load("./nowhere.toml")


def test_an_arabic_file_name_needs_an_id(write: Write) -> None:
    with pytest.raises(ProfileError, match="id: "):
        registry.load(write(GOOD, "معهد.toml"))
    assert registry.load(write(f'id = "mahad"\n{GOOD}', "معهد.toml")).id == "mahad"


def test_stored_profiles_come_back(write: Write) -> None:
    profile = registry.load("timep")
    stored = registry.dumps(profile)
    assert registry.loads(stored) == profile.model_copy(update={"since": None})  # no page is read by it
    assert registry.digest(registry.loads(stored)) == registry.digest(profile)
    assert "معهد التحرير".encode() in stored
    with pytest.raises(ProfileError, match="stored profile: nmae"):
        registry.loads(b'{"nmae": "x"}')


TIMEP = registry.load("timep")


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/2014/06/21/timep-joins-international-day-solidarity-egypts-detainees/", UrlRule.PAGE),
        ("/commentary/analysis/egyptian-lawyers-a-story-of-resistance/", UrlRule.PAGE),
        ("/عربى/مِن-أجل/", UrlRule.PAGE),
        ("/epw/week-in-brief/", UrlRule.PAGE),
        ("/about/", UrlRule.PAGE),
        ("/", UrlRule.LISTING),
        ("/عربى/", UrlRule.LISTING),
        ("/%D8%B9%D8%B1%D8%A8%D9%89/page/2/", UrlRule.LISTING),
        ("/category/special-reports/", UrlRule.LISTING),
        ("/tag/parliament/", UrlRule.LISTING),
        ("/author/hassan/", UrlRule.LISTING),
        ("/areas-of-focus/egypt/", UrlRule.LISTING),
        ("/2018/06/", UrlRule.LISTING),
        ("/commentary/analysis/lawyering-for-change/", UrlRule.LISTING),
        ("/legal-unit/", UrlRule.LISTING),
        ("/wp-content/uploads/2020/01/Brief-TIMEP.pdf", UrlRule.DOCUMENT),
        ("/2018/06/12/x/feed/", UrlRule.DENIED),
        ("/wp-login.php", UrlRule.DENIED),
        ("/wp-json/wp/v2/posts", UrlRule.DENIED),
        ("/?s=x", UrlRule.DENIED),
        ("/2018/06/12/x/?replytocom=3", UrlRule.TRAP),
        ("https://eshhad.timep.org/x/", UrlRule.PAGE),
        ("https://twitter.com/timepdc", UrlRule.OUTSIDE),
    ],
)
def test_timep_addresses(path: str, rule: UrlRule) -> None:
    url = absolute(path, TIMEP.home)
    assert url is not None
    assert classify(normal(url, TIMEP), TIMEP) is rule


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.timep.org/a/", "https://timep.org/a/"),
        ("https://timep.org/category/commentary/page/1/", "https://timep.org/category/commentary/"),
        ("https://timep.org/2018/06/12/x/amp/?utm_source=y", "https://timep.org/2018/06/12/x/"),
        ("https://timep.org/%d8%b9/?amp=1", "https://timep.org/%D8%B9/"),
    ],
)
def test_timep_aliases(url: str, expected: str) -> None:
    assert normal(url, TIMEP) == expected


def kind_by_title(title: str) -> Kind | None:
    rules = (rule for rule in TIMEP.kinds if rule.title and Patterns(rule.title).find(title))
    return next((rule.kind for rule in rules), None)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("ملف قضية: أهالي الضحايا وآخرون ضد شركة الملاحة", Kind.LEGAL_CASE),
        ("Case File: The Residents et al. v. The Shipping Company", Kind.LEGAL_CASE),
        ("Lawyering for Change: Q&A with a Lawyer", Kind.INTERVIEW),
        ("حوار مع محامية عن القانون", Kind.INTERVIEW),
        ("Week in Brief: June 2, 2018 - June 9, 2018", Kind.WEEKLY_BRIEF),
        ("TIMEP Brief: The Protest Law", Kind.BRIEF),
        ("TIMEP Joins International Day of Solidarity", Kind.STATEMENT),
        ("بيان مشترك حول المحاكمات", Kind.STATEMENT),
        ("بيانات الانتخابات وما تقوله", None),
        ("Egypt's Courts and Family Values", None),
        ("انهيارات الجيش ومكاسب المعارضة", None),
    ],
)
def test_timep_kinds_by_title(title: str, kind: Kind | None) -> None:
    assert kind_by_title(title) is kind
