"""`derive` of WARCs by the command: what it prints, and what is wrong usage."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import archive.cli
from archive.errors import CollectionError
from tests.archive.dataset.batch import warcs


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(archive.cli.app, ["derive", *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def test_it_tells_what_came_of_every_record(tmp_path: Path) -> None:
    warcs.common_crawl(tmp_path / "cc.warc.gz")
    (tmp_path / "broken.warc.gz").write_bytes(b"\x1f\x8b\x08 no gzip")
    to = str(tmp_path / "to")
    code, printed = run(str(tmp_path), "--to", to, "--workers", "1")
    assert (code, printed.splitlines()) == (
        1,
        [
            "4 pages from 2 WARCs",
            "  9 records = 4 derived · 1 failed · 1 warcinfo · 1 no page · 1 metadata",
            "  1 not HTTP",
            to,
        ],
    )
    (tmp_path / "broken.warc.gz").unlink()
    with pytest.raises(CollectionError, match=r"shards of 1 other WARCs \(broken\.warc\.gz\)"):
        run(str(tmp_path / "cc.warc.gz"), "--to", to)
    code, printed = run(str(tmp_path / "cc.warc.gz"), "--to", str(tmp_path / "one"), "--workers", "1", "--json")
    assert (code, json.loads(printed)["skipped"]["warcinfo"]) == (0, 1)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a.warc.gz"], "say where the pages"),
        (["a.warc.gz", "timep", "--to", "x"], "either collections or WARCs"),
        (["timep", "--to", "x"], r"'timep' is a collection's name.* give the path, \./timep"),
        (["timep", "--engine", "dask"], "no engine 'dask': there are local and ray"),
        (["timep", "--address", "auto"], "--engine ray, no --workers"),
        (["nowhere.warc.gz", "--to", "x"], "no file, and no folder"),
        (["a.warc", "--engine", "ray", "--address", "127.0.0.1:6379", "--workers", "2", "--to", "x"], "no --workers"),
        (["s3://loopback:key@bucket/x", "--to", "x"], r"^s3://bucket/x was given with a user, a key"),
        (["a.warc", "--to", "s3://bucket/x?key=key"], r"^s3://bucket/x was given with a user, a key"),
        (["a.warc", "--to", "https://bucket.example/x?token=key"], r"^https://bucket.example/x was given"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CollectionError, match=says):
        run(*words)
    assert list(tmp_path.iterdir()) == []
