"""Every publication looked at from the archive alone, and what its page needs counted."""

from pathlib import Path

import pytest

from archive.replay.survey import Survey
from archive.store.collection import Collection
from tests.archive.audit import samples
from tests.archive.store.damage import Damage


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    page = samples.ARABIC_PAGE.replace("/style.css", "/lost.css").replace("المحاكم والمراسيم", "تقرير")
    body = page.encode()
    lost = samples.exchange(
        f"{samples.HOME}/2025/03/11/lost/",
        samples.response(body, "Content-Type: text/html; charset=utf-8", f"Content-Length: {len(body)}"),
        9,
    )
    return samples.with_dataset(tmp_path_factory.mktemp("home"), more=[lost])


def test_each_publication_replays_and_a_lost_requisite_is_named(collection: Collection) -> None:
    survey = Survey(collection)
    found = {one.url: one for one in survey}
    assert survey.count() == len(found) == 3
    assert all(one.ok for one in found.values()), found
    assert found[samples.ENGLISH].missing == ()
    assert found[samples.ENGLISH].requisites == 1
    assert found[f"{samples.HOME}/2025/03/11/lost/"].missing == (f"{samples.HOME}/lost.css",)
    assert found[samples.ARABIC].at == "20261101120100"


def test_one_crawl_is_looked_at_by_itself(collection: Collection) -> None:
    assert Survey(collection, "20261101120000").count() == 3
    assert Survey(collection, "20200101120000").count() == 0


def test_a_page_that_is_not_there_is_told(collection: Collection, tmp_path: Path) -> None:
    index = collection.index.path
    whole = index.read_bytes()
    index.write_bytes(b"".join(line for line in whole.splitlines(keepends=True) if b"courts-and-decrees" not in line))
    try:
        bad = [one for one in Survey(collection) if not one.ok]
    finally:
        index.write_bytes(whole)
    assert [one.url for one in bad] == [samples.ENGLISH]
    assert "404" in bad[0].detail


@pytest.mark.parametrize("url", [samples.ENGLISH, samples.ARABIC])
def test_a_damaged_record_costs_itself_alone(collection: Collection, url: str) -> None:
    damage = Damage(collection, url)
    member = damage.member
    member[len(member) // 2] ^= 0xFF
    damage.write(member)
    try:
        found = {one.url: one for one in Survey(collection)}
    finally:
        damage.write(damage.member)
    assert {name for name, one in found.items() if not one.ok} == {url}
    assert f"{damage.line.filename} at offset {damage.line.offset}: " in found[url].detail
    assert len(found) == 3
