"""Bad input: each gets one clear line that says what and how to mend it, and the right exit code. No traceback reaches
a user.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from archive.store.collection import Collection
from tests.crawler.command import environment, lines, policy_archive, profile
from tests.crawler.sockets import Script, scripted


def ok(body: bytes, media_type: str = "text/html; charset=utf-8") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (
        media_type.encode(), len(body),
    ) + body  # fmt: skip


HOME = ok(
    '<html lang="ar" dir="rtl"><head><title>معهد</title></head><body><a href="/2024/12/05/سوريا/">سوريا</a>'
    '<a href="/2024/12/06/empty/">empty</a><a href="/2024/12/07/nohtml/">nohtml</a></body></html>'.encode()
)
ARTICLE = ok(
    (
        "<html><body class='single postid-7'><h1>سوريا بعد عام</h1><article>"
        + "".join(
            f"<p>فقرة أولى رقم {number} عن القانون والدستور والمحاكم في البلاد، وفيها ما يكفي من الكلمات.</p>"
            for number in range(9)
        )
        + "</article></body></html>"
    ).encode()
)  # fmt: skip
ALLOW = ok(b"User-agent: *\nDisallow:\n", "text/plain")
FEED_PATHS = {"discovery": {"feeds": ["/feed/"], "sitemaps": ["/wp-sitemap.xml"], "wordpress": [], "listings": []}}


def one_line(done: "subprocess.CompletedProcess[str]") -> str:
    assert "Traceback" not in done.stderr + done.stdout
    told = [line for line in done.stderr.splitlines() if line.startswith("policy-archive: ")]
    assert len(told) == 1, done.stderr
    return told[0]


def crawl(folder: Path, port: int, *words: str, **tables: dict[str, object]) -> "subprocess.CompletedProcess[str]":
    site = profile(folder, f"http://127.0.0.1:{port}/", **tables)
    return policy_archive(
        folder, "crawl", str(site), "--collection", "bad", "--allow-private", "--delay", "0", *words, timeout=180
    )


def test_unknown_institute(tmp_path: Path) -> None:
    done = policy_archive(tmp_path, "crawl", "timepp")
    assert done.returncode == 2
    assert "timepp" in one_line(done)
    assert "timep" in one_line(done)
    assert not (tmp_path / "home").exists()


def test_profile_with_a_mistake(tmp_path: Path) -> None:
    site = profile(tmp_path, "https://example.org/", etiquette={"dellay": 3})
    done = policy_archive(tmp_path, "crawl", str(site))
    assert done.returncode == 2
    assert "dellay" in one_line(done)
    assert "'delay'" in one_line(done) or "delay" in one_line(done)
    assert "institute.toml" in one_line(done)


def test_collection_that_another_crawl_holds(tmp_path: Path) -> None:
    with Collection.open(tmp_path / "home" / "collections" / "bad", create=True).lock():
        done = crawl(tmp_path, 9)
    assert done.returncode == 2
    assert "bad" in one_line(done)


def test_folder_that_is_no_collection(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "collections" / "bad"
    folder.mkdir(parents=True)
    (folder / "holiday.jpg").write_bytes(b"")
    for words in (("verify", "bad"), ("derive", "bad"), ("replay", "bad", "--port", "0")):
        done = policy_archive(tmp_path, *words)
        assert done.returncode == 2, words
        assert "collection.toml" in one_line(done)
    assert crawl(tmp_path, 9).returncode == 2


def test_mistyped_option(tmp_path: Path) -> None:
    done = policy_archive(tmp_path, "crawl", "timep", "--dellay", "3")
    assert done.returncode == 2
    assert "--dellay" in done.stderr
    assert "Traceback" not in done.stderr


def test_private_address_without_the_switch(tmp_path: Path) -> None:
    with scripted({"/": HOME}) as server:
        site = profile(tmp_path, f"http://127.0.0.1:{server.port}/")
        done = policy_archive(tmp_path, "crawl", str(site), "--delay", "0")
    assert done.returncode == 5
    assert "--allow-private" in one_line(done)
    assert server.requests == []


@pytest.mark.slow
def test_site_that_is_down(tmp_path: Path) -> None:
    done = crawl(tmp_path, 9)
    assert done.returncode == 5
    assert "refused" in one_line(done).lower()


def test_robots_that_forbids_all(tmp_path: Path) -> None:
    with scripted({"/robots.txt": ok(b"User-agent: *\nDisallow: /\n", "text/plain"), "/": HOME}) as server:
        done = crawl(tmp_path, server.port)
    assert done.returncode == 5
    assert "robots.txt" in one_line(done)
    assert [request.split(b" ")[1] for request in server.requests] == [b"/robots.txt"]


def test_empty_and_unreadable_pages_lose_no_byte(tmp_path: Path) -> None:
    noise = bytes(range(256)) * 8
    answers: dict[str, bytes | Script] = {
        "/robots.txt": ALLOW, "/": HOME, "/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/": ARTICLE,
        "/2024/12/06/empty/": ok(b""), "/2024/12/07/nohtml/": ok(noise),
    }  # fmt: skip
    with scripted(answers) as server:
        done = crawl(tmp_path, server.port)
    assert done.returncode == 0, done.stdout + done.stderr
    collection = Collection.open(tmp_path / "home" / "collections" / "bad")
    entities = {
        line.url.rstrip("/").rsplit("/", 1)[1]: collection.read(line.location).entity for line in collection.captures()
    }
    assert entities["nohtml"] == noise
    assert entities["empty"] == b""
    publications = {one["title"]: one for one in lines(collection.dataset_dir / "publications.jsonl")}
    assert publications["سوريا بعد عام"]["language"] == "ar"
    assert policy_archive(tmp_path, "verify", "bad").returncode == 0


def test_feed_that_is_not_xml(tmp_path: Path) -> None:
    answers: dict[str, bytes | Script] = {
        "/robots.txt": ALLOW, "/": HOME, "/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/": ARTICLE, "/feed/": HOME,
    }  # fmt: skip
    with scripted(answers) as server:
        done = crawl(tmp_path, server.port, **FEED_PATHS)
    assert done.returncode == 1
    assert "feed:/feed/" in one_line(done)
    assert "HTML" in done.stdout


@pytest.mark.soak
def test_sitemap_of_sixty_thousand(tmp_path: Path) -> None:
    listed = "".join(
        f"<url><loc>http://127.0.0.1:PORT/2024/01/01/post-{number}/</loc></url>" for number in range(60_000)
    )
    sitemap = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'

    with scripted({"/robots.txt": ALLOW, "/": HOME, "/wp-sitemap.xml": b""}) as server:
        body = sitemap.replace("PORT", str(server.port)).encode()

        def send(path: str, connection: object) -> None:
            connection.sendall(ok(body, "application/xml"))  # type: ignore[attr-defined]

        server.answers["/wp-sitemap.xml"] = send
        done = crawl(tmp_path, server.port, "--max-pages", "20", **FEED_PATHS)
    assert done.returncode == 4, done.stdout + done.stderr
    assert "limit" in one_line(done)
    urls = lines(next((tmp_path / "home").rglob("urls.jsonl")))
    assert sum(line["end"] == "limit" for line in urls) >= 59_900


def test_urls_file(tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text("not an address\n")
    done = policy_archive(tmp_path, "crawl", "timep", "--urls", "urls.txt")
    assert done.returncode == 2
    assert "not an address" in one_line(done)


def test_scrapy_lists_the_spiders() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        capture_output=True, text=True, env=environment(), timeout=60, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.split() == ["analysis", "legal_cases", "publications"]
