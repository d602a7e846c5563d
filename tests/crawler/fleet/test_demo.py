"""`fleet demo` as a newcomer runs it: a database, workers, institutes, and nothing left but what they archived."""

import re
from pathlib import Path

import psutil
import pytest

from tests.crawler.command import lines, policy_archive


@pytest.mark.slow
@pytest.mark.parametrize(
    ("institutes", "pages"), [(2, 10), pytest.param(10, 20, marks=pytest.mark.soak)], ids=["two", "ten"]
)
def test_a_fleet_is_shown_on_one_machine(tmp_path: Path, institutes: int, pages: int) -> None:
    words = ["--institutes", str(institutes), "--workers", "2", "--pages", str(pages)]
    done = policy_archive(tmp_path, "fleet", "demo", *words, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    home = tmp_path / "home" / "fleet-demo"
    assert f"\n2. {institutes} made-up institutes of {pages} publications, 127.0.0.2 to 127.0.0." in done.stdout
    assert f"\n{institutes} of {institutes} institutes are crawled and verified, in " in done.stdout
    assert f"\nEverything is in {home}; the database is gone\n" in done.stdout
    for number in range(2, 2 + institutes):
        dataset = lines(home / "collections" / f"demo-{number}" / "dataset" / "publications.jsonl")
        assert len(dataset) >= pages
        assert {"en", "ar"} <= {line["language"] for line in dataset}
    socket = re.search(r"host=(\S+)'", done.stdout)
    assert socket is not None
    assert not Path(socket[1]).exists()
    assert [one.info["pid"] for one in psutil.process_iter(["pid", "cmdline"]) if _is_of(one, home, socket[1])] == []


def _is_of(process: psutil.Process, home: Path, socket: str) -> bool:
    return any(str(home) in word or socket in word for word in process.info["cmdline"] or ())
