"""A real WordPress site, crawled with a profile of three lines, against the truth of what it publishes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawler.command import lines, policy_archive, profile
from tests.wordpress.score import load, score
from tests.wordpress.site import SHARED, running

pytestmark = [
    pytest.mark.wordpress,
    pytest.mark.skipif(
        not SHARED.is_dir(), reason="the WordPress site is not part of the repository: ../shared/wordpress"
    ),
]
SHAPES = [
    ("--permalinks", "/%category%/%postname%/"),
    ("--language", "ar"),
    ("--theme", "twentytwentytwo"),
    ("--theme", "twentytwentyone"),
    ("--theme", "twentytwentyone", "--permalinks", "/%category%/%postname%/", "--language", "ar"),
]
# Other posts than those that the rules were written against: the seed of their maker, and how the site shows them.
CONTENTS = [
    (7, ("--theme", "twentytwentytwo")),
    (11, ("--theme", "twentytwentyone", "--language", "ar")),
    (23, ("--permalinks", "/archives/%post_id%")),
]


def check(folder: Path, *options: str, truth: Path = SHARED / "truth.jsonl") -> None:
    """Crawls the site that `up.sh` starts with these options: all is found, all is right, and the archive verifies."""
    with running(*options) as url:
        site = profile(folder, url)
        done = policy_archive(
            folder, "crawl", str(site), "--collection", "site", "--allow-private", "--delay", "0", timeout=600
        )
    assert done.returncode == 0, done.stdout + done.stderr
    collection = folder / "home" / "collections" / "site"
    publications = lines(collection / "dataset" / "publications.jsonl")
    result = score(publications, load(truth))
    told = "\n".join(result.wrong[:20])
    assert result.share("paragraphs") >= 0.99, told
    short = {name: result.share(name) for name in result.of if name != "paragraphs" and result.share(name) < 1}
    assert not short, f"{short}\n{told}"
    [restricted] = [one for one in publications if one["state"] == "restricted"]
    assert restricted["title"].endswith("Members only")
    assert restricted["text"] is None
    assert restricted["blocks"] is None
    assert "restricted" in restricted["warnings"]
    assert not [one for one in publications if one["title"] == "Not yet"], "a draft that nobody may see"
    verified = policy_archive(folder, "verify", "site", timeout=600)
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.slow
def test_the_site_as_it_is_installed(tmp_path: Path) -> None:
    check(tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("options", SHAPES, ids=" ".join)
def test_the_site_in_other_shapes(tmp_path: Path, options: tuple[str, ...]) -> None:
    check(tmp_path, *options)


@pytest.mark.soak
@pytest.mark.parametrize(("seed", "options"), CONTENTS, ids=str)
def test_other_contents(tmp_path: Path, seed: int, options: tuple[str, ...]) -> None:
    content, truth = make_content(tmp_path / "content", seed)
    check(tmp_path, "--content", str(content), *options, truth=truth)


def make_content(folder: Path, seed: int) -> tuple[Path, Path]:
    """Other posts: what the site is filled with, and the truth of it."""
    subprocess.run(
        [sys.executable, SHARED / "make_content.py", "--seed", str(seed), "--posts", "60", "--out", folder],
        check=True,
        timeout=60,
    )
    return folder / "content.json", folder / "truth.jsonl"
