"""`institute new` on a real WordPress site: the profile that it writes works untouched."""

from pathlib import Path

import pytest

from tests.crawler.command import lines, policy_archive
from tests.wordpress.score import load, score
from tests.wordpress.site import SHARED, running
from tests.wordpress.test_site import CONTENTS, SHAPES, make_content

pytestmark = [
    pytest.mark.wordpress,
    pytest.mark.skipif(
        not SHARED.is_dir(), reason="the WordPress site is not part of the repository: ../shared/wordpress"
    ),
]


def check(folder: Path, *options: str, truth: Path = SHARED / "truth.jsonl") -> None:
    """Looks at the site that `up.sh` starts with these options, and crawls it with what was written, untouched."""
    with running(*options) as url:
        new = policy_archive(folder, "institute", "new", "site", url, "--allow-private", "--delay", "0", timeout=300)
        assert new.returncode == 0, new.stdout + new.stderr
        written = folder / "home" / "institutes" / "site.toml"
        said = [line for line in written.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
        assert said[0].startswith('extends = "wordpress"')
        assert len(said) <= 8, said
        done = policy_archive(folder, "crawl", "site", "--allow-private", "--delay", "0", timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    publications = lines(folder / "home" / "collections" / "site" / "dataset" / "publications.jsonl")
    result = score(publications, load(truth))
    told = "\n".join(result.wrong[:20])
    assert result.share("paragraphs") >= 0.99, told
    short = {name: result.share(name) for name in result.of if name != "paragraphs" and result.share(name) < 1}
    assert not short, f"{short}\n{told}"


@pytest.mark.soak
def test_an_arabic_site_of_another_theme(tmp_path: Path) -> None:
    check(tmp_path, *SHAPES[-1])


@pytest.mark.soak
@pytest.mark.parametrize("options", [(), *SHAPES[:-1]], ids=" ".join)
def test_the_site_in_other_shapes(tmp_path: Path, options: tuple[str, ...]) -> None:
    check(tmp_path, *options)


@pytest.mark.soak
@pytest.mark.parametrize(("seed", "options"), CONTENTS, ids=str)
def test_other_contents(tmp_path: Path, seed: int, options: tuple[str, ...]) -> None:
    content, truth = make_content(tmp_path / "content", seed)
    check(tmp_path, "--content", str(content), *options, truth=truth)
