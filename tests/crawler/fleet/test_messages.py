"""What goes wrong with a fleet is one line: what, which, how to mend it, and never a password."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from archive.database import DATABASE, Address
from archive.errors import ArchiveError
from crawler.cli.verbs import app
from crawler.fleet import queue
from crawler.fleet.local import Server
from crawler.frontier import lease
from tests.crawler.fleet.samples import database

VERBS = (["status"], ["worker"], ["enqueue", "timep"], ["drain", "--all"])
SECRET = "سرّ"


def refused(home: Path, *words: str) -> tuple[int, str]:
    """The exit code and the one line of a command that does not do what it is asked."""
    done = CliRunner().invoke(app, ["--home", str(home), *words])
    assert isinstance(done.exception, ArchiveError), (done.output, done.exception)
    line = str(done.exception)
    assert "\n" not in line
    assert SECRET not in line
    return done.exception.exit_code, line


def named(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, address.text)


def with_user(address: Address, user: str) -> Address:
    return Address(address.url.set(username=user, password=SECRET))


@pytest.mark.parametrize("words", VERBS, ids=[words[0] for words in VERBS])
def test_a_database_without_a_fleet_and_one_of_another_version(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    address = database(postgres, "نسخة")
    named(address, monkeypatch)
    code, line = refused(tmp_path, "fleet", *words)
    assert (code, "holds no fleet: `policy-archive fleet init`" in line) == (2, True)
    assert queue.init(address)
    with address.engine("test").begin() as connection:
        connection.exec_driver_sql("COMMENT ON SCHEMA policy_archive IS 'نسخة 99'")
    for again in (words, ["init"]):
        code, line = refused(tmp_path, "fleet", *again)
        assert (code, "and this policy-archive reads version 1" in line) == (2, True)


def test_init_may_be_run_again(tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    named(database(postgres, "again"), monkeypatch)
    told = [CliRunner().invoke(app, ["fleet", "init"]) for _ in range(2)]
    assert [one.exit_code for one in told] == [0, 0]
    assert ["made the tables" in one.output for one in told] == [True, False]
    assert f"gives {queue.connections(postgres.address)} connections: a worker has" in told[1].output


def test_who_is_not_let_in_or_may_not_is_told_so(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = database(postgres, "rights")
    queue.init(address)
    with address.engine("test").begin() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS guest")
        connection.exec_driver_sql("CREATE ROLE guest LOGIN")
    named(with_user(address, "stranger"), monkeypatch)
    for words in (["init"], *VERBS):
        assert "mend the address or its rights" in refused(tmp_path, "fleet", *words)[1]
    named(with_user(address, "guest"), monkeypatch)
    for words in VERBS:
        code, line = refused(tmp_path, "fleet", *words)
        assert (code, "permission denied" in line and "give its user the right" in line) == (2, True)
    named(with_user(database(postgres, "rights-2"), "guest"), monkeypatch)
    assert "permission denied" in refused(tmp_path, "fleet", "init")[1]
    with pytest.raises(ArchiveError, match="permission denied"):
        lease.Lease.take(with_user(address, "guest"), "timep", 0.0)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nobody"], "no institute is called 'nobody'; there are"),
        (["معهد"], "no institute is called 'معهد'"),
        (["timep", "--task", "crwl"], "no task is called 'crwl': there are crawl, derive, verify, pack"),
        (["nobody", "--task", "derive"], "no collection 'nobody'"),
        (["timep", "nobody"], "no institute is called 'nobody'"),
        (["./x.toml"], "a job names an institute, and no file"),
    ],
)
def test_what_cannot_be_put_in_is_not_and_neither_is_what_came_before_it(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    address = database(postgres, "put-in")
    queue.init(address)
    named(address, monkeypatch)
    code, line = refused(tmp_path, "fleet", "enqueue", *words)
    assert (code, says in line) == (2, True), line
    with address.engine("test").connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM procrastinate_jobs").scalar_one() == 0
