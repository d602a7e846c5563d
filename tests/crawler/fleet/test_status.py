"""What a fleet's database says: for people, for programs, for Prometheus, and as a page."""

import asyncio
import json
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from archive.browse.home import Home
from archive.browse.server import application
from archive.catalogue.build import Catalogue
from archive.database import DATABASE, Address
from archive.errors import DatabaseError
from archive.fleet import standing
from crawler.fleet import telling
from crawler.fleet.local import Server
from crawler.fleet.metrics import Fleet
from tests import shelf
from tests.crawler.command import policy_archive
from tests.crawler.fleet.samples import HOSTILE, database, filled

NOWHERE = Address.parse("postgresql://someone:سرّ@127.0.0.1:9/none", "test")


@pytest.fixture(scope="module")
def address(postgres: Server) -> Address:
    return filled(postgres, "حال")


def test_all_of_it_is_told(address: Address) -> None:
    found = standing.of(address)
    assert found.queue == {"waiting": 2, "later": 1, "running": 1, "done": 0, "failed": 0}
    assert {one.name: (one.state, one.running) for one in found.workers} == {
        "west-3": ("working", 1), HOSTILE: ("silent", 0),
    }  # fmt: skip
    assert {one.collection: one.state for one in found.crawled} == {
        "runs": "running", "معهد": "beginning", "gone": "stalled",
    }  # fmt: skip
    assert (found.late, [one.collection for one in found.failing]) == (["late"], ["late"])
    assert found.pages_per_second == 1.5
    lines = list(telling.lines(found))
    assert lines[0].startswith("2 workers · 3 institutes running · 2 wait (1 late) · 1 planned · 1 failing · 1.5 pages")
    assert "\x1b" not in "".join(lines)
    told = json.loads(telling.dumps(found))
    assert (told["pages_per_second"], told["crawled"][1]["fence"]) == (1.5, 7)


def test_prometheus_hears_of_it(address: Address) -> None:
    registry = CollectorRegistry()
    registry.register(Fleet(address))
    said = generate_latest(registry).decode()
    for line in (
        "policy_archive_fleet_up 1.0", 'policy_archive_fleet_jobs{state="waiting"} 2.0',
        'policy_archive_fleet_workers{state="silent"} 1.0', 'policy_archive_fleet_institutes{state="late"} 1.0',
        'policy_archive_fleet_institutes{state="failing"} 1.0', "policy_archive_fleet_pages_per_second 1.5",
    ):  # fmt: skip
        assert line in said
    registry = CollectorRegistry()
    registry.register(Fleet(NOWHERE))
    assert "policy_archive_fleet_up 0.0" in generate_latest(registry).decode()


def test_a_page_shows_it(address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.fill(tmp_path, 3)
    catalogue = Catalogue(tmp_path)
    catalogue.refresh()
    home = Home(tmp_path)
    datasette = application(home, catalogue.path)
    with asyncio.Runner() as runner:
        assert runner.run(datasette.client.get("/fleet")).status_code == 404
        monkeypatch.setenv(DATABASE, address.text)
        answer = runner.run(datasette.client.get("/fleet"))
        assert answer.status_code == 200, answer.text
        for words in ("west-3", "معهد", "stalled", "2 jobs wait (1 late)", "&lt;script&gt;", 'href="/fleet"'):
            assert words in answer.text
        assert "<script" not in answer.text
        monkeypatch.setenv(DATABASE, NOWHERE.text)
        answer = runner.run(datasette.client.get("/fleet"))
        assert "is out of reach" in answer.text
        assert "سرّ" not in answer.text
        for found in datasette.databases.values():
            found.close()
    home.close()


def test_the_command_tells_it_and_needs_a_fleet(
    postgres: Server, address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DATABASE, raising=False)
    missing = policy_archive(tmp_path, "fleet", "status")
    assert (missing.returncode, len(missing.stderr.splitlines())) == (2, 1)
    assert f"set ${DATABASE}" in missing.stderr
    monkeypatch.setenv(DATABASE, address.text)
    told = policy_archive(tmp_path, "fleet", "status", "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["queue"]["waiting"] == 2
    with pytest.raises(DatabaseError, match="holds no fleet: `policy-archive fleet init`"):
        standing.of(database(postgres, "فارغ"))


@pytest.mark.parametrize("text", ["mysql://x@y/z", "postgresql", "ليس عنوانا", "sqlite:///x"])
def test_what_is_no_address_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(DatabaseError, match=r"\$TEST (is no|names)"):
        Address.parse(text, "$TEST")


def test_a_password_is_shown_nowhere_and_no_option_takes_one() -> None:
    address = Address.parse("postgresql://fleet:s3cret@db.example:5433/fleet?sslmode=require", "test")
    assert str(address) == "postgresql://fleet@db.example:5433/fleet"
    assert "s3cret" not in repr(address)
    assert "s3cret" in address.text
    with pytest.raises(DatabaseError, match="--database holds a password"):
        Address.needed("postgresql://fleet:s3cret@db.example/fleet")
