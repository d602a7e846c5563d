"""A real WordPress site, crawled with a profile of three lines, against the truth of what it publishes."""

from pathlib import Path

import pytest

from tests.crawler.command import lines, policy_archive, profile
from tests.wordpress.score import load, score
from tests.wordpress.site import SHARED, running

pytestmark = [
    pytest.mark.wordpress,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the WordPress site is not part of the repository: ../shared/wordpress"),
]
OTHERS = [
    ("--permalinks", "/%category%/%postname%/"),
    ("--language", "ar"),
    ("--theme", "twentytwentytwo"),
    ("--theme", "twentytwentyone"),
    ("--theme", "twentytwentyone", "--permalinks", "/%category%/%postname%/", "--language", "ar"),
]


def check(folder: Path, *options: str) -> None:
    with running(folder, *options) as url:
        site = profile(folder, url)
        done = policy_archive(
            folder, "crawl", str(site), "--collection", "site", "--allow-private", "--delay", "0", timeout=600
        )
    assert done.returncode == 0, done.stdout + done.stderr
    collection = folder / "home" / "collections" / "site"
    publications = lines(collection / "dataset" / "publications.jsonl")
    result = score(publications, load(SHARED / "truth.jsonl"))
    told = "\n".join(result.wrong[:20])
    assert result.share("paragraphs") >= 0.99, told
    short = {name: result.share(name) for name in result.of if name != "paragraphs" and result.share(name) < 1}
    assert not short, f"{short}\n{told}"
    assert {one["title"] for one in publications if one["state"] == "restricted"} == {"Protected: Members only"} or [
        one["kind"] for one in publications if one["state"] == "restricted"
    ]
    assert not [one for one in publications if one["state"] == "restricted" and one["text"]]
    verified = policy_archive(folder, "verify", "site", timeout=600)
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.slow
def test_the_site_as_it_is_installed(tmp_path: Path) -> None:
    check(tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("options", OTHERS, ids=" ".join)
def test_the_site_in_other_shapes(tmp_path: Path, options: tuple[str, ...]) -> None:
    check(tmp_path, *options)
