"""Which kind a page is, by the profile's rules."""

from datetime import date

import pytest

from archive.extract import kind
from archive.institutes.profile import Kind, KindRule, Profile
from tests.archive.extract.pages import HOME

PROFILE = Profile(
    id="x",
    home=HOME,
    kinds=(
        KindRule(kind=Kind.EVENT, section=("Events",), until=date(2020, 1, 1)),
        KindRule(kind=Kind.TABLE, section=("فهرس",), since=date(2020, 1, 2)),
        KindRule(kind=Kind.LEGAL_CASE, title=("^Case File:", "^ملف قضية")),
        KindRule(kind=Kind.BRIEF, section=("Policy Briefs",)),
        KindRule(kind=Kind.PAGE, body_class=("page",)),
        KindRule(kind=Kind.REPORT, url=("/عربى/",), title=("تقرير",)),
    ),
)


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        ({"title": "Case File: A v. B"}, Kind.LEGAL_CASE),
        ({"title": "ملف قضية: نقابة وآخرون ضد شركة"}, Kind.LEGAL_CASE),
        ({"sections": ["policy-briefs"]}, Kind.BRIEF),
        ({"body_classes": frozenset(["page", "x"])}, Kind.PAGE),
        ({"title": "تقرير", "url": f"{HOME}%D8%B9%D8%B1%D8%A8%D9%89/x/"}, Kind.REPORT),
        ({"title": "تقرير"}, None),
        ({"sections": ["events"]}, None),
        ({}, None),
    ],
)
def test_the_first_rule_that_matches_decides(known: dict[str, object], wanted: Kind | None) -> None:
    given = {"title": None, "sections": (), "body_classes": frozenset(), "url": HOME, **known}
    assert kind.by_rule(PROFILE, date(2024, 1, 1), **given) is wanted  # type: ignore[arg-type]


def test_a_rule_holds_until_its_day() -> None:
    given = {"title": None, "sections": ["Events"], "body_classes": frozenset(), "url": HOME}
    assert kind.by_rule(PROFILE, date(2020, 1, 1), **given) is Kind.EVENT  # type: ignore[arg-type]


def test_a_rule_holds_from_its_day_on() -> None:
    given = {"title": None, "sections": ["فهرس"], "body_classes": frozenset(), "url": HOME}
    assert kind.by_rule(PROFILE, date(2020, 1, 1), **given) is None  # type: ignore[arg-type]
    assert kind.by_rule(PROFILE, date(2020, 1, 2), **given) is Kind.TABLE  # type: ignore[arg-type]
