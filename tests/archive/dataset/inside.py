"""What the workers of the tests run instead of a collection and `extract`: an offset says what is to happen."""

import json
import os
import threading
from collections.abc import Callable

from archive.extract.page import FoundLink, Page, Role
from archive.institutes.profile import Profile
from archive.store.capture import Capture
from archive.store.exchange import Location
from tests.archive.dataset.making import at, content

FINE, HANGS, EATS_MEMORY, RAISES, ENDS = range(5)
HERE = "tests.archive.dataset.inside"


def opener(path: str) -> Callable[[Location], Capture]:
    def read(location: Location) -> Capture:
        url = f"https://nile.example/{location.offset}/%D9%82%D8%B6%D9%8A%D8%A9"
        return Capture(url, at(1), 200, (), path.encode(), location, "<urn:uuid:1>")

    return read


def broken_opener(path: str) -> Callable[[Location], Capture]:
    raise ValueError(f"{path} cannot be opened")


def extract(capture: Capture, profile: Profile) -> Page:
    match capture.location.offset % 10:
        case 1:
            threading.Event().wait()
        case 2:
            eaten = []
            while True:
                eaten.append(bytearray(16 << 20))
        case 3:
            raise ValueError("نصّ that cannot be read")
        case 4:
            os._exit(9)
    links = (FoundLink(url="https://nile.example/a/"), FoundLink(url="https://elsewhere.example/"))
    said = content(title=f"عنوان {os.getpid()}")
    return Page(url=capture.url, captured_at=at(1), status=200, role=Role.PUBLICATION, content=said, links=links)


def links_only(capture: Capture, profile: Profile) -> Page:
    return extract(capture, profile).model_copy(update={"content": None})


def told(capture: Capture, profile: Profile) -> Page:
    """A page whose HTML is nothing but the JSON of what it says."""
    if capture.status in (404, 410):
        role, said = Role.MISSING, None
    else:
        role, said = Role.PUBLICATION, content(**json.loads(capture.entity.partition(b"<!--")[0]))
    common = {"url": capture.url, "captured_at": capture.captured_at, "status": capture.status}
    return Page(**common, role=role, content=said, media_type="text/html")


def unreadable(capture: Capture, profile: Profile) -> Page:
    if capture.url.endswith("/unreadable/"):
        raise ValueError("لا يُقرأ")
    return told(capture, profile)
