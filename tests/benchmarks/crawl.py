"""How fast the crawl is, beside stock Scrapy, in one run: `python -m tests.benchmarks.crawl [--publications 2000]
[--rounds 3]`.

On the demo institute, no delay, over the same links, each in a process of its own:
(a) a stock Scrapy spider with LinkExtractor that stores nothing; (b) the fastest bare Scrapy spider we can write (lxml
links, a seen-set before a Request is built, CONCURRENT_ITEMS = 1); (c) our crawl, capture alone; (d) our crawl with
derivation, finished when all is derived. Pages are HTML answers; a page's stylesheets, images and documents are left
out of all four. Prints pages a second, the ratios, peak memory, the backlog of pages that were captured and not yet
read, and where the time went.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from archive.institutes.profile import Profile


def demo_profile(home: str) -> Profile:
    from archive.institutes import registry

    return registry.load("demo").model_copy(update={"home": home})


def bare(home: str, stock: bool) -> dict[str, Any]:
    """Variants (a) and (b): follow every link that our crawl would follow, store nothing."""
    import scrapy
    from lxml import etree
    from lxml import html as lxml_html
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.linkextractors import LinkExtractor

    from archive.institutes.urls import UrlRule, absolute, canonical, classify, normal

    profile = demo_profile(home)
    followed = {UrlRule.PAGE, UrlRule.LISTING}
    count = 0

    class Stock(scrapy.Spider):
        name = "stock"
        links = LinkExtractor(allow_domains=[home.split("/")[2].split(":")[0]], deny=profile.urls.deny)

        async def start(self) -> Any:
            yield scrapy.Request(home)

        def parse(self, response: Any) -> Any:
            nonlocal count
            count += 1
            for link in self.links.extract_links(response):
                if classify(link.url, profile) in followed:
                    yield scrapy.Request(link.url)

    class Tuned(scrapy.Spider):
        name = "tuned"

        async def start(self) -> Any:
            self.seen = {canonical(home)}
            self.known: set[str] = set()
            yield scrapy.Request(home, dont_filter=True)

        def parse(self, response: Any) -> Any:
            nonlocal count
            count += 1
            tree = lxml_html.fromstring(response.body, parser=_PARSER)
            for href in tree.xpath("//a/@href"):
                if href in self.known:
                    continue
                self.known.add(href)
                url = absolute(href, response.url)
                if url is None or classify(url, profile) not in followed:
                    continue
                url = normal(url, profile)
                key = canonical(url)
                if key not in self.seen:
                    self.seen.add(key)
                    yield scrapy.Request(url, dont_filter=True)

    _PARSER = etree.HTMLParser(encoding="utf-8")
    # allow_domains matches no host with a port (facts): the default port is never the demo's, so hosts are told by
    # classify
    Stock.links = LinkExtractor(deny=profile.urls.deny)
    settings = {
        "LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": False, "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "DOWNLOAD_DELAY": 0, "HTTPERROR_ALLOW_ALL": True,
    }  # fmt: skip
    if not stock:
        settings |= {
            "CONCURRENT_ITEMS": 1,
            "COOKIES_ENABLED": False,
            "RETRY_ENABLED": False,
            "REFERER_ENABLED": False,
            "DEPTH_STATS": False,
        }
    process = AsyncCrawlerProcess(settings)
    process.crawl(Stock if stock else Tuned)
    began = time.perf_counter()
    process.start()
    return {"pages": count, "seconds": time.perf_counter() - began}


def ours(home: str, derive: bool) -> dict[str, Any]:
    """Variants (c) and (d)."""
    from rich.console import Console

    from crawler.crawl import Crawl
    from crawler.options import Options
    from crawler.run import run
    from crawler.spiders.publications import PublicationsSpider

    with tempfile.TemporaryDirectory() as folder:
        options = Options(delay=0, concurrency=8, allow_private=True, derive=derive, requisites=False)
        began = time.perf_counter()
        crawl = Crawl.open(demo_profile(home), Path(folder), "bench", options)
        outcome = run(crawl, PublicationsSpider, Console(stderr=True), quiet=True)
        seconds = time.perf_counter() - began
        return {
            "pages": crawl.progress.pages,
            "seconds": seconds,
            "exit": outcome.exit_code,
            "last response after": round(crawl.progress.seconds, 1),
            "backlog": crawl.progress.backlog,
            "recorder": {name: round(value, 1) for name, value in crawl.recorder.seconds.items()},
            "commits": crawl.recorder.batches,
            "publications": sum(outcome.publications.values()),
        }


_VARIANTS = {
    "a": ("stock spider, stores nothing", lambda home: bare(home, stock=True)),
    "b": ("bare spider, stores nothing", lambda home: bare(home, stock=False)),
    "c": ("policy-archive, capture alone", lambda home: ours(home, derive=False)),
    "d": ("policy-archive, all derived", lambda home: ours(home, derive=True)),
}


def one(variant: str, home: str) -> dict[str, Any]:
    """Runs one variant in a process of its own, and says what it took."""
    command = [sys.executable, "-m", "tests.benchmarks.crawl", "--variant", variant, "--home", home]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    if done.returncode:
        raise SystemExit(f"variant {variant} failed:\n{done.stderr[-3000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--publications", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--only", default="abcd", help="which variants, such as cd")
    options.add_argument("--variant", help=argparse.SUPPRESS)
    options.add_argument("--home", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.variant:
        result = _VARIANTS[given.variant][1](given.home)
        result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        result["cpu"] = (
            resource.getrusage(resource.RUSAGE_SELF).ru_utime + resource.getrusage(resource.RUSAGE_SELF).ru_stime
        )
        print(json.dumps(result))
        return
    from crawler.demo.server import DemoServer

    runs: dict[str, list[dict[str, Any]]] = {variant: [] for variant in given.only}
    with DemoServer(pages=given.publications) as server:
        one(given.only[0], server.url)  # the server's pages are warm for all alike
        for _ in range(given.rounds):
            for variant in given.only:
                runs[variant].append(one(variant, server.url))
    speeds = {variant: median(run["pages"] / run["seconds"] for run in results) for variant, results in runs.items()}
    for variant, results in runs.items():
        last = results[-1]
        more = {key: value for key, value in last.items() if key not in ("pages", "seconds", "peak_mb")}
        print(
            f"({variant}) {_VARIANTS[variant][0]:32} {speeds[variant]:6.1f} pages/s  "
            f"{last['pages']} pages in {last['seconds']:.1f} s  peak {last['peak_mb']:.0f} MB  {more}"
        )
    for over, under in (("c", "a"), ("c", "b"), ("d", "a")):
        if over in speeds and under in speeds:
            print(f"{over}/{under} {speeds[over] / speeds[under]:.2f}")


if __name__ == "__main__":
    main()
