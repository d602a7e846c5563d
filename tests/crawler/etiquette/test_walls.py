"""A bot wall before a site: told, never published, and the end of the crawl when nothing else comes."""

import json
from pathlib import Path

import pytest

from tests.crawler.command import lines, profile, scrapy_crawl
from tests.crawler.sockets import scripted

WALL = "<html dir='rtl'><head><title>لحظة من فضلك...</title></head><script>window._cf_chl_opt={}</script></html>"
COUNT = 40
DELAY = 0.05  # seconds, in which a page is read: a host cannot be given up of which no more is to be asked


def answer(body: str, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body.encode())}\r\n"
    return f"{head}Connection: close\r\n\r\n{body}".encode()


@pytest.mark.slow
def test_a_wall_is_told_and_never_published_and_ends_the_crawl(tmp_path: Path) -> None:
    paths = [f"/2024/12/05/{number}-مقال/" for number in range(COUNT)]
    links = "".join(f"<a href='{path}'>مقال</a>" for path in paths)
    encoded = [path.replace("مقال", "%D9%85%D9%82%D8%A7%D9%84") for path in paths]
    statuses = ("403 Forbidden", "200 OK", "202 Accepted")
    walls = {path: answer(WALL, statuses[number % 3]) for number, path in enumerate(encoded)}
    with scripted({"/": answer(links), "/feed/": answer(WALL, "403 Forbidden"), **walls}) as server:
        nothing: dict[str, list[str]] = {"feeds": ["/feed/"], "sitemaps": [], "wordpress": [], "listings": []}
        site = profile(tmp_path, f"http://127.0.0.1:{server.port}/", discovery=nothing, etiquette={"delay": DELAY})
        assert scrapy_crawl(tmp_path, site, WALL_PAUSE=0.05).returncode == 0
        (folder,) = (tmp_path / "home/collections/test/crawls").iterdir()
        report = json.loads((folder / "report.json").read_text())
        assert report["exit_code"] == 5
        assert "times in a row with a challenge page" in report["why"]
        assert [one["problem"] for one in report["sources"] if one["name"].startswith("feed:")] == ["a challenge page"]
        ends = lines(folder / "urls.jsonl")
        assert {one["reason"] for one in ends if one["end"] == "botwall"} <= {
            f"status {status[:3]}, a challenge page" for status in statuses
        }
        assert lines(tmp_path / "home/collections/test/dataset/publications.jsonl") == []
