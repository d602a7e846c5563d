"""What has no end has one here, in a crawl by the real command: memory, and other hosts meanwhile. All cases, and
their seconds: `python -m tests.benchmarks.hostile`.
"""

from pathlib import Path

import pytest

from tests.benchmarks.hostile import BESIDE, CASES, MEGABYTES, measure

pytestmark = [pytest.mark.slow, pytest.mark.faults]

TAKEN = 64_000_000  # bytes: a page's limit of 32 MiB, and what lies in the buffers between


@pytest.mark.parametrize("name", ["endless 1xx", "endless sitemap"])
def test_an_endless_stream_is_cut_off_and_others_are_served(tmp_path: Path, name: str) -> None:
    cost = measure(CASES[name], tmp_path)
    assert cost.end == CASES[name].end, cost.said
    assert cost.beside == BESIDE
    assert cost.taken < TAKEN
    assert max(cost.crawler, cost.worker) < 1.25 * MEGABYTES  # other versions of the libraries take more or less
