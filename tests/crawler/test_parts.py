"""Articles over several pages: the further ones are fetched, joined and proved, and no publications of their own."""

from pathlib import Path

from archive.institutes.urls import absolute
from crawler.demo.outline import SPREAD
from crawler.demo.server import DemoServer
from crawler.demo.truth import truth
from tests.crawler.command import lines, policy_archive, profile


def test_further_pages_of_an_article_are_fetched_though_only_its_first_was_asked_for(tmp_path: Path) -> None:
    with DemoServer(pages=max(SPREAD) + 1) as server:
        told = [truth(server.institute(), number) for number in SPREAD]
        (tmp_path / "urls.txt").write_text("\n".join(one["url"] for one in told), encoding="utf-8")
        site = profile(tmp_path, server.url, extends="demo")
        words = ["--collection", "parts", "--allow-private", "--urls", "urls.txt"]
        done = policy_archive(tmp_path, "crawl", str(site), *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {one["language"] for one in told} == {"ar", "en"}
    collection = tmp_path / "home" / "collections" / "parts"
    found = {one["url"]: one for one in lines(collection / "dataset" / "publications.jsonl")}
    assert set(found) == {absolute(one["url"]) for one in told}
    for true in told:
        got = found[str(absolute(true["url"]))]
        assert [block["text"] for block in got["blocks"] if block["type"] == "heading"] == true["headings"]
        assert [block["text"] for block in got["blocks"] if block["type"] == "paragraph"] == true["paragraphs"]
        assert [part["url"] for part in got["parts"]] == [absolute(part) for part in true["parts"]]
        assert all(part["source"]["warc"].endswith(".warc.gz") for part in got["parts"])
        assert not any("part_missing" in warning for warning in got["warnings"])
    (ends,) = (tmp_path / "home").rglob("urls.jsonl")
    assert [line["what"] for line in lines(ends) if line["role"] == "page"].count("part") == len(SPREAD)
    checked = policy_archive(tmp_path, "verify", "parts")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    one = policy_archive(tmp_path, "verify", "parts", next(iter(found.values()))["id"])
    assert one.returncode == 0, one.stdout + one.stderr
