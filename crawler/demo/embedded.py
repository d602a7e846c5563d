"""The demo institute as the embedded default: whoever crawls `demo` gets its site served for as long as the process
lives.
"""

import atexit
from urllib.parse import urlsplit

from archive.institutes import registry
from archive.institutes.profile import Profile
from crawler.demo.server import DemoServer
from crawler.etiquette import guard


def serve(pages: int = 60, seed: int = 1) -> tuple[Profile, DemoServer]:
    """Serves the demo site at its profile's own address, or at a free port where that one is taken, and lets the crawl
    in there alone.
    """
    profile = registry.load("demo")
    port = urlsplit(profile.home).port or 0
    try:
        server = DemoServer(port=port, pages=pages, seed=seed)
    except OSError:
        server = DemoServer(port=0, pages=pages, seed=seed)
    atexit.register(server.stop)
    guard.doors.add(urlsplit(server.url).hostname or "")
    return profile.model_copy(update={"home": server.url}), server
