"""Which capture stands nearest to a moment, and which are its neighbours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.replay.moments import Moment, Moments, moment

URL = "https://institute.example/خبر/"


def captured(at: str, status: int | None = 200, digest: str = "", mime: str = "text/html") -> Moment:
    return Moment.of({"timestamp": at, "url": URL, "status": status or "-", "mime": mime, "digest": digest or at})


FIRST, SECOND, THIRD = "20251231235959", "20260101000001", "20260601120000"


def test_the_nearest_is_by_time_and_not_by_digits() -> None:
    moments = Moments([captured(SECOND), captured(THIRD), captured(FIRST)])
    for asked, at in (
        ("", THIRD),
        ("20251231235959", FIRST),
        ("2026", FIRST),
        ("20260101", FIRST),
        ("20260101000002", SECOND),
        ("20260402", THIRD),
        ("1999", FIRST),
        ("99999999999999", THIRD),
    ):
        found = moments.nearest(asked)
        assert found is not None
        assert found.at == at, asked
    assert [one.at if one else None for one in moments.beside(captured(SECOND))] == [FIRST, THIRD]
    assert moments.beside(captured(FIRST))[0] is None
    assert moments.beside(captured(THIRD))[1] is None
    assert Moments([]).nearest("2026") is None


def test_the_same_bytes_and_redirects_of_a_spelling_are_known() -> None:
    moments = Moments(
        [captured(FIRST, digest="a"), captured(SECOND, digest="a"), captured(SECOND, 301, digest="b"),
         captured(THIRD, None, "a", "warc/revisit")]
    )  # fmt: skip
    assert [(one.at, one.status, one.same) for one in moments.all] == [
        (FIRST, 200, False), (SECOND, 200, True), (THIRD, None, True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("digits", "read"),
    [
        ("2026", "2026-01-01T00:00:00"),
        ("202602", "2026-02-01T00:00:00"),
        ("20260231", "2026-02-28T00:00:00"),
        ("20261301256199", "2026-12-01T23:59:59"),
        ("20240229101112", "2024-02-29T10:11:12"),
        ("0", "0001-01-01T00:00:00"),
    ],
)
def test_a_moment_may_be_short_or_none_that_a_calendar_has(digits: str, read: str) -> None:
    assert moment(digits).isoformat() == f"{read}+00:00"


@given(st.from_regex(r"[0-9]{1,14}", fullmatch=True))
def test_every_run_of_digits_is_a_moment(digits: str) -> None:
    assert moment(digits)
