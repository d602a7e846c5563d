"""Two institutes at once, each in a process: no gap is shorter than the delay, as the sites see it."""

from pathlib import Path

import pytest

from tests.benchmarks.politeness import measured


@pytest.mark.slow
def test_no_gap_is_shorter_than_the_delay_with_two_institutes_at_once(tmp_path: Path) -> None:
    for seen in measured(2, 0.1, 6, tmp_path):
        print(seen)
        assert seen.requests > 10
        assert seen.kept == len(seen.gaps), str(seen)
