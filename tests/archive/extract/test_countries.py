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
    ],
)
def test_codes(terms: list[str], title: str | None, codes: tuple[str, ...]) -> None:
    assert countries.of(terms, title) == codes
