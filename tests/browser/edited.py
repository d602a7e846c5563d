"""A small archive whose two pages, one Arabic and one English, were captured twice, with an edit between."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from archive.dataset.derive import derive
from archive.institutes import registry
from archive.store.collection import Collection
from archive.store.exchange import Exchange, Resource
from archive.store.writer import Writer
from tests.archive.audit import samples
from tests.archive.audit.samples import ARABIC, BEGAN, ENGLISH, HOME

LATER = timedelta(days=4)
BEFORE = {"en": "A decree names the judges. ", "ar": "يسمّي المرسوم القضاة. "}
AFTER = {"en": "A law names the judges now. ", "ar": "يسمّي القانون القضاة الآن. "}
URLS = {"en": ENGLISH, "ar": ARABIC}
TITLES = {"en": "Courts & decrees", "ar": "المحاكم والمراسيم"}


def page(language: str, text: str) -> bytes:
    whole = samples.ENGLISH_PAGE if language == "en" else samples.ARABIC_PAGE
    link = f'<p><a href="{URLS["ar" if language == "en" else "en"]}">next</a></p></body>'
    return whole.replace(BEFORE[language], text).replace("</body>", link).encode()


def exchange(url: str, body: bytes, minute: int = 0, *headers: str) -> Exchange:
    answer = samples.response(body, "Content-Type: text/html; charset=utf-8", f"Content-Length: {len(body)}", *headers)
    return samples.exchange(url, answer, minute)


def collection(home: Path, more: Sequence[Exchange] = ()) -> Collection:
    """With its dataset. `more` is captured with the first crawl."""
    file = home / "sample.toml"
    file.write_text(samples.PROFILE, encoding="utf-8")
    profile = registry.load(file)
    made = Collection.open(home / "collections" / "sample", create=True)
    uri = f"urn:policy-archive:profile:{registry.digest(profile)}"
    with made.lock():
        for texts, since in ((BEFORE, timedelta()), (AFTER, LATER)):
            began = BEGAN + since
            writer = Writer(made, f"{began:%Y%m%d%H%M%S}", "policy-archive test", {}, clock=lambda began=began: began)
            minute = int(since.total_seconds() // 60)
            writer.write([Resource(uri, "application/json", registry.dumps(profile), began)])
            writer.write([exchange(URLS[name], page(name, text * 40), minute) for name, text in texts.items()])
            style = samples.response(b"body{color:rgb(1,2,3)}", "Content-Type: text/css", "Content-Length: 22")
            writer.write([samples.exchange(f"{HOME}/style.css", style, minute + 1), *(() if since else more)])
            writer.close_crawl({"found": 3})
    derive(made, workers=1)
    return made
