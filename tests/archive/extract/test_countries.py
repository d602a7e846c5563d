"""Countries from an institute's own terms."""

import pytest

from archive.extract import countries


@pytest.mark.parametrize(
    ("terms", "title", "codes"),
    [
        (["Egypt", "Parliament"], None, ("EG",)),
        (["سوريا"], None, ("SY",)),
        ([], "Counting the Cost of Delay in Lebanon", ("LB",)),
        ([], "Egypt’s Courts and the United Arab Emirates", ("EG", "AE")),
        ([], "المحاكم والشارع في ليبيا ولبنان", ("LY", "LB")),
        ([], "للأردن وبالسودان", ("JO", "SD")),
        ([], "South Sudan and Sudan", ("SS", "SD")),
        (["Palestine & Israel"], None, ("PS", "IL")),
        ([], "a turkey in mali", ()),
        ([], "Chad Smith on law", ()),
        (["Chad"], None, ("TD",)),
        (["عُمان"], None, ("OM",)),
        (["Egypt"], "Egypt and Tunisia", ("EG", "TN")),
        ([], None, ()),
        ([], "U.S. Aid, the UK and the US Congress", ("US", "GB")),
        ([], "Tell Us More", ()),
        ([], "Courts in New Mexico and in Peru", ("PE",)),
        (["المغرب العربي"], "القضاء في المغرب", ("MA",)),
        ([], "الإصلاح المالي في الأردن", ("JO",)),
        (["مالي"], None, ("ML",)),
        (["Maghreb"], "المغرب العربي وجنوب أفريقيا", ("ZA",)),
        (["Legal Unit", "Transitional Justice"], "Who Decides?", ()),
        (["Georgia"], None, ("GE",)),
        ([], "Georgia O'Keeffe's Museum", ()),
        (["Occupied Palestinian Territories"], "غزة", ("PS",)),
    ],
)
def test_codes(terms: list[str], title: str | None, codes: tuple[str, ...]) -> None:
    assert countries.of(terms, title) == codes
