"""A small slice of the benchmarks of catalogue and export: right answers, and no more work than some times that of
reading the JSON, in the same run.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.catalogue.build import Catalogue
from archive.catalogue.fold import fold, words
from archive.catalogue.search import Search
from archive.dataset.jsonl import HISTORY
from archive.export import parquet
from archive.export.coverage import Coverage
from archive.export.selection import Selection, Source
from archive.store.collection import Collection
from tests.benchmarks import catalogue as benchmark
from tests.benchmarks import library

COUNT = 300


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return library.fill(tmp_path_factory.mktemp("home"), COUNT)


def processor(work: Callable[[], object]) -> float:
    """Seconds, of the quicker of two runs."""
    taken = []
    for _ in range(2):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def test_catalogue_and_export_take_some_times_what_reading_takes(collection: Collection, tmp_path: Path) -> None:
    home = collection.path.parents[1]
    history = collection.dataset_dir / HISTORY

    def read() -> None:
        with history.open("rb") as file:
            for line in file:
                json.loads(line)

    def build() -> None:
        Catalogue(home).delete()
        assert Catalogue(home).refresh() == COUNT

    def export() -> None:
        parquet.write(tmp_path / "out", [Source(collection)], Selection(), Coverage())

    reading = processor(read)
    assert processor(build) < 25 * reading  # measured: 6
    assert processor(export) < 15 * reading  # measured: 2


def test_searches_and_pages_answer_and_find_what_is_there(collection: Collection) -> None:
    home = collection.path.parents[1]
    Catalogue(home).refresh()
    texts = {}
    with (collection.dataset_dir / HISTORY).open("rb") as file:
        for told in map(json.loads, file):  # the last version of each stays
            names = [name for author in told["authors"] for name in (author["name"], author["name_other"] or "")]
            whole = "\n".join([told["title"], told["standfirst"] or "", *names, told["text"]])
            texts[told["id"]] = {form for _, _, form in words(whole)}
    search = Search.open(home / "catalogue.sqlite")
    for typed in ("the", "court", "budget", "القَاهِرَةُ", "المحكمة", "من", "اللجنة", "١٩"):
        wanted = {fold(typed)} | ({"للجنه"} if typed == "اللجنة" else {"للقاهره"} if "ق" in typed else set())
        there = {ident for ident, known in texts.items() if known & wanted}
        assert there, typed
        assert set(search.ids(typed)) == there, typed
        found = search.find(typed, limit=COUNT, facets=("kind", "language"))
        assert {hit.row["id"] for hit in found.hits} == there
        assert found.total == len(there) == sum(many for _, many in found.facets["kind"])
    search.close()
    assert len(benchmark.searches(home, 1).taken) == len(benchmark.WORDS) * len(benchmark.FILTERS) * 2
    pages = benchmark.pages(home, 1)
    assert pages.p50 > 0
    assert any("%3A" in page and page.endswith("/changes") for page in pages.taken)
