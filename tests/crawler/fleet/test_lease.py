"""One owner at a time, with a number that grows: who lost it writes nothing that counts."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from archive.audit.verify import Audit
from archive.errors import LostLock
from archive.fleet.tables import LEASES
from archive.store.apart import set_apart
from archive.store.collection import Collection, Meta
from archive.store.writer import Writer
from crawler.errors import CrawlError, OutOfReach
from crawler.fleet.local import Server
from crawler.frontier import End, Found, Frontier, Role, lease
from crawler.frontier.lease import Lease, Owner
from crawler.frontier.postgres import Postgres
from tests.archive.store.samples import exchange

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NAME = "معهد القاهرة"
URL = "https://مثال.example/ورقة"


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(lease.SECONDS, "600")  # no test takes so long that it would be renewed


@pytest.fixture
def taken(postgres: Server, long: None) -> Iterator[Lease]:
    made = Lease.take(postgres.address, NAME, 0.0)
    yield made
    made.release()


def passed(postgres: Server, by: Owner | None = None, name: str = NAME) -> None:
    """The lease has run out, and its owner, another machine's, does not know."""
    other = by or replace(Owner.this(), machine="elsewhere")
    with postgres.address.engine("test").begin() as connection:
        ended = sa.update(LEASES).where(LEASES.c.collection == name)
        connection.execute(ended.values(until=sa.func.clock_timestamp(), life=other.dumps()))


def test_one_owner_at_a_time_and_each_has_a_higher_number(postgres: Server, taken: Lease) -> None:
    with postgres.address.engine("test").begin() as connection:
        elsewhere = replace(Owner.this(), machine="elsewhere").dumps()
        connection.execute(sa.update(LEASES).where(LEASES.c.collection == NAME).values(life=elsewhere))
    with pytest.raises(LostLock, match=rf"{NAME} is crawled by process \d+ of elsewhere.*wait for it"):
        Lease.take(postgres.address, NAME, 0.0)
    taken.release()
    second = Lease.take(postgres.address, NAME, 0.0)
    assert (second.fence, second.before) == (taken.fence + 1, None)
    second.release()


def test_what_the_one_before_commits_does_not_count(postgres: Server, taken: Lease) -> None:
    place = Postgres(postgres.address, NAME)
    place.clear()
    frontier = Frontier(place, taken)
    frontier.add([Found(URL, URL, Role.PAGE, "test")])
    frontier.commit()
    row = frontier.claim(1, 0.0)[0]
    frontier.finish(row, End.ARCHIVED, None, None, [Found(URL + "2", URL + "2", Role.PAGE, "test")])
    with postgres.address.engine("test").begin() as connection:
        later = sa.update(LEASES).where(LEASES.c.collection == NAME)
        connection.execute(later.values(fence=LEASES.c.fence + 1, owner="process 7 of elsewhere"))
    with pytest.raises(LostLock, match=rf"taken over .*number {taken.fence}.*elsewhere .number {taken.fence + 1}"):
        frontier.commit()
    frontier.close()
    with pytest.raises(LostLock):
        taken.check()
    passed(postgres)
    second = Lease.take(postgres.address, NAME, 0.0)
    assert second.before is not None
    again = Frontier(Postgres(postgres.address, NAME), second)
    (row_, _), *others = again.all()
    assert (row_.state, row_.owner, row_.fence, others) == ("queued", taken.owner, taken.fence, [])
    again.claim(1, 0.0)
    again.commit()
    assert [(row.state, row.fence) for row, _ in again.all()] == [("in-flight", second.fence)]
    again.close()
    second.release()


def test_a_transaction_in_which_the_one_before_stopped_holds_nobody_up(postgres: Server, taken: Lease) -> None:
    frontier = Frontier(Postgres(postgres.address, NAME), taken)
    frontier.add([Found(URL + "3", URL + "3", Role.PAGE, "test")])
    frontier.commit()
    frontier.claim(9, 0.0)  # its rows are locked from here on
    passed(postgres)
    second = Lease.take(postgres.address, NAME, 0.0)
    again = Frontier(Postgres(postgres.address, NAME), second)
    assert again.claim(9, 0.0)
    again.commit()
    with pytest.raises(sa.exc.OperationalError) as cut:
        frontier.claim(9, 0.0)
    assert "was taken over" in str(frontier.lost(cut.value))
    for one in (again, frontier):
        one.close()
    second.release()


def test_a_lease_that_was_not_renewed_is_lost_by_the_clock(taken: Lease, monkeypatch: pytest.MonkeyPatch) -> None:
    now = lease.clock()
    monkeypatch.setattr(lease, "clock", lambda: now + 401)
    assert not taken.fresh, "nothing is asked of a site in its last third"
    taken.check()
    monkeypatch.setattr(lease, "clock", lambda: now + 3601)
    with pytest.raises(LostLock, match="ran out before it was renewed"):
        taken.check()


def test_an_owner_that_died_on_this_machine_is_followed_at_once(postgres: Server, taken: Lease) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as dead:
        owner = replace(Owner.this(), life=lease.Life.of(dead.pid))
        assert owner.near
        assert owner.lives
    assert not owner.lives
    with postgres.address.engine("test").begin() as connection:
        connection.execute(sa.update(LEASES).where(LEASES.c.collection == NAME).values(life=owner.dumps()))
    second = Lease.take(postgres.address, NAME, 0.0)
    assert second.before == owner
    second.release()


@pytest.mark.parametrize(("asked", "delay"), [("20", 10.0), ("2", 1.0)])
def test_a_lease_shorter_than_the_delay_allows_is_refused_with_the_formula(
    monkeypatch: pytest.MonkeyPatch, asked: str, delay: float
) -> None:
    monkeypatch.setenv(lease.SECONDS, asked)
    with pytest.raises(CrawlError, match=rf"3 × {delay:g} s = {3 * delay:g} s at the least"):
        lease.length(delay)


def test_a_lease_is_as_long_as_the_delay_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(lease.SECONDS, raising=False)
    assert [lease.length(delay) for delay in (0.0, 20.0, 60.0)] == [60.0, 60.0, 180.0]
    monkeypatch.setenv(lease.SECONDS, "soon")
    with pytest.raises(CrawlError, match="give seconds"):
        lease.length(1.0)


@pytest.mark.parametrize("life", ["", "[1]", '{"machine": 1}', "\x80", '{"machine": "x", "life": 7, "numbers": null}'])
def test_a_hostile_owner_is_nobody_near(postgres: Server, taken: Lease, life: str) -> None:
    assert not Owner.parse(life).near


def test_the_database_out_of_reach_is_one_line_without_a_password(long: None) -> None:
    from archive.database import Address

    address = Address.parse("postgresql://someone:سرّ@127.0.0.1:9/none", "test")
    with pytest.raises(OutOfReach, match="out of reach") as told:
        Lease.take(address, NAME, 0.0)
    assert "سرّ" not in str(told.value)
    assert "\n" not in str(told.value)


def test_what_a_frozen_owner_writes_goes_to_files_without_a_name(postgres: Server, tmp_path: Path, long: None) -> None:
    """It was frozen on another machine, with a WARC, its journals and the lock open; it wakes and goes on."""
    name = "frozen"
    before = Collection.open(tmp_path / name, create=True)
    first = Lease.take(postgres.address, name, 0.0)
    with before.lock():
        writer = Writer(before, "20261123000000", "test", {}, revisits=False)
        writer.write([exchange()])
        kept = (before.archive_dir / (before.writing + ".open")).stat().st_size
        passed(postgres, name=name)

        second = Lease.take(postgres.address, name, 0.0)
        set_apart(before)
        program = "import sys; from archive.store.collection import Collection as C; C.open(sys.argv[1]).recover()"
        subprocess.run([sys.executable, "-c", program, str(before.path)], check=True, timeout=60)

        writer.write([exchange()])  # nothing told it yet: its bytes go nowhere
        before.fence = first
        for late in (lambda: writer.write([exchange()]), writer.seal, lambda: before.ledger.append("crawl", NOW)):
            with pytest.raises(LostLock), first.held():
                pass
            with pytest.raises(LostLock):
                late()
        writer.give_up()
    (sealed,) = before.sealed_warcs()
    assert (before.archive_dir / sealed).stat().st_size == kept
    assert [entry["event"] for entry in before.ledger] == ["sealed"]
    assert list(Audit(before, only_bytes=True).findings()) == []
    first.release()
    second.release()


@pytest.mark.parametrize("begun", [True, False], ids=["after a line", "as the first line"])
def test_who_is_frozen_between_the_check_and_the_line_writes_it_to_a_file_without_a_name(
    postgres: Server, tmp_path: Path, long: None, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    """The worst moment: the database has just said that the lease is held. Its owner, on another machine, stops for
    longer than the server keeps such a transaction; another one takes over, writes, and the first goes on.
    """
    name = f"frozen-{begun}".lower()
    collection = Collection.open(tmp_path / name, create=True, meta=Meta(title="معهد القاهرة"))
    other = Collection.open(tmp_path / name)
    collection.fence = first = Lease.take(postgres.address, name, 0.0)
    if begun:
        collection.ledger.append("crawl", NOW)
    confirm, seconds = Lease.confirm, []

    def frozen_after(lease_: Lease, connection: sa.Connection) -> None:
        confirm(lease_, connection)
        if lease_ is not first:
            return
        end = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name")
        with postgres.address.engine("test").begin() as connection_:
            connection_.execute(end, {"name": f"policy-archive lease {name}"})
        passed(postgres, name=name)
        other.fence = second = Lease.take(postgres.address, name, 0.0)
        seconds.append(second)
        set_apart(other)
        other.ledger.append("crawl", NOW)

    monkeypatch.setattr(Lease, "confirm", frozen_after)
    with pytest.raises(LostLock):
        collection.ledger.append("crawl", NOW)
    monkeypatch.undo()
    other.ledger.append("crawl", NOW)
    assert [entry["fence"] for entry in other.ledger] == [1, 2, 2] if begun else [2, 2]
    assert [one for one in Audit(other, only_bytes=True).findings() if one.rule != "empty"] == []
    first.release()
    seconds[0].release()


def test_a_number_grows_beyond_the_ledger_s_where_the_database_was_made_anew(postgres: Server, long: None) -> None:
    taken = Lease.take(postgres.address, "anew", 0.0, above=41)
    assert taken.fence == 42
    taken.release()
    again = Lease.take(postgres.address, "anew", 0.0, above=7)
    assert again.fence == 43
    again.release()


def test_verify_names_a_line_of_an_owner_that_was_followed_by_another(tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "late", create=True)
    for number in (3, 4, 3):
        collection.ledger.append("crawl", NOW, owner=f"process {number} of القاهرة", fence=number)
    (finding,) = [one for one in Audit(collection, only_bytes=True).findings() if one.rule.startswith("ledger-f")]
    assert (finding.rule, finding.line) == ("ledger-fence", 3)
    assert "written by process 3 of القاهرة (number 3) after number 4" in finding.detail
