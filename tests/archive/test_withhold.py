"""The command `withhold`, as a person sees it."""

import json
from pathlib import Path

from tests.archive.pack import making
from tests.crawler.command import policy_archive


def test_withhold_list_and_lift(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    made = making.collection(home)
    ident = making.ident(made, making.TITLE)
    done = policy_archive(
        tmp_path, "withhold", "sample", making.STORY, "--reason", "طلب الكاتب", "--until", "2999-01-31"
    )
    assert (done.returncode, done.stdout) == (0, f"withheld: {ident} · 2 addresses · 1 file · until 2999-01-31\n"), done
    again = policy_archive(tmp_path, "withhold", "sample", ident, "--reason", "x")
    assert again.returncode == 2
    assert "is withheld since" in again.stderr
    shown = json.loads(policy_archive(tmp_path, "withhold", "sample", "--list", "--json").stdout)
    assert [(one["id"], one["reason"], one["until"]) for one in shown] == [(ident, "طلب الكاتب", "2999-01-31")]
    listed = policy_archive(tmp_path, "withhold", "sample", "--list").stdout
    assert listed.splitlines()[0].startswith(f"{ident}  since ")
    assert making.STORY in listed
    lifted = policy_archive(tmp_path, "withhold", "sample", ident, "--lift", "--reason", "agreed", "--by", "Nour")
    assert (lifted.returncode, lifted.stdout) == (0, f"lifted: {ident} · 2 addresses · 1 file\n")
    assert policy_archive(tmp_path, "withhold", "sample", "--list").stdout == "nothing is withheld in sample\n"


def test_wrong_usage_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    making.collection(tmp_path / "home")
    done = policy_archive(tmp_path, "withhold", "sample", "sample:p0", "--reason", "x")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "no publication 'sample:p0'" in done.stderr
