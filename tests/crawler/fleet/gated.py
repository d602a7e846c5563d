"""An institute one page of which is sent when a test says so: its crawl runs for as long as that takes."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.store import running
from archive.store.collection import Collection
from tests.crawler.sockets import Wire, scripted
from tests.crawler.test_stopping import PAGE, PATHS, ROBOTS, Gate


@contextmanager
def institute(home: Path, name: str) -> Iterator[tuple[Wire, Gate]]:
    """Six Arabic pages, of which the third waits; its profile is in the home folder, under `name`."""
    gate = Gate()
    with scripted({"/robots.txt": ROBOTS, **dict.fromkeys(PATHS, PAGE), PATHS[2]: gate}) as wire:
        site = f"http://127.0.0.1:{wire.port}"
        urls = "".join(f"<url><loc>{site}{path}</loc></url>" for path in PATHS)
        sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
        wire.answers["/sitemap.xml"] = head % len(sitemap) + sitemap
        (home / "institutes").mkdir(parents=True, exist_ok=True)
        (home / "institutes" / f"{name}.toml").write_text(
            f'extends = "wordpress"\nname = "معهد النيل {name}"\nhome = "{site}/"\n'
            '[discovery]\nsitemaps = ["/sitemap.xml"]\nfeeds = []\nwordpress = []\nlistings = []\n'
            "[etiquette]\ndelay = 0.01\n",
            encoding="utf-8",
        )
        try:
            yield wire, gate
        finally:
            gate.open.set()


def hold(home: Path, name: str, gate: Gate) -> Path:
    """Pauses the crawl, whose page waits, until the file that is returned is deleted: nobody waits for so long for a
    page's answer.
    """
    collection = Collection.open(home / "collections" / name)
    pause = running.pause_file(collection)
    pause.touch()
    until = time.monotonic() + 45
    while json.loads((collection.state_dir / "crawl.json").read_text(encoding="utf-8"))["state"] != "paused":
        assert time.monotonic() < until
        time.sleep(0.02)
    gate.open.set()
    return pause
