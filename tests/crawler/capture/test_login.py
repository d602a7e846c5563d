"""A login is sent to the institute's home alone, and stands nowhere in what a crawl leaves."""

import base64
from pathlib import Path

import pytest

from archive.errors import ProfileError
from archive.institutes import registry
from archive.institutes.profile import Login, Profile
from archive.store.collection import Collection
from crawler.capture import login
from crawler.errors import CrawlError
from tests.archive.store.samples import stored
from tests.crawler.command import policy_archive, profile
from tests.crawler.sockets import scripted

USER, PASSWORD, KEY, TOKEN = "أمينة", "كلمة-السر-٧", "key-8f14e45f", "token-c9f0f895"
BASIC = b"Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode())
TEXT = "<p>نص عن المحكمة العليا وحقوق المتقاضين، وفيه من الكلمات ما يكفي.</p>" * 5
CLOSE = "Connection: close\r\n"


def answer(body: str, *headers: str) -> bytes:
    head = "".join(
        f"{header}\r\n" for header in ("HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", *headers)
    )
    return f"{head}{CLOSE}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()


def sent_to(url: str) -> bytes:
    return (
        f"HTTP/1.1 302 Found\r\nLocation: {url}\r\nSet-Cookie: id={TOKEN}\r\n{CLOSE}Content-Length: 0\r\n\r\n".encode()
    )


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PA_USER": USER, "PA_PASSWORD": PASSWORD, "PA_KEY": KEY}.items():
        monkeypatch.setenv(name, value)


def of(**keys: object) -> Profile:
    return Profile(id="x", name="x", home="https://example.org/", login=Login.model_validate(keys))


def test_values_come_from_the_environment(environment: None) -> None:
    assert login.headers(of(user_env="PA_USER", password_env="PA_PASSWORD")) == {"Authorization": BASIC}
    assert login.headers(of(headers={"Cookie": "مفتاح=${PA_KEY}; b=1"})) == {"Cookie": f"مفتاح={KEY}; b=1".encode()}
    assert login.headers(of()) == {}


@pytest.mark.parametrize("value", [None, "", "a\r\nX-Injected: yes"])
def test_a_variable_without_a_value_is_named(value: str | None) -> None:
    given = {} if value is None else {"PA_KEY": value}
    with pytest.raises(CrawlError, match=r"PA_KEY, which the profile's \[login\] names") as refused:
        login.headers(of(headers={"X-Key": "${PA_KEY}"}), given)
    assert "Injected" not in str(refused.value)


@pytest.mark.parametrize(
    "lines",
    [
        'headers = {Authorization = "Bearer hunter2"}',
        'user_env = "PA_USER"',
        'headers = {"X-Key\\r\\nX" = "${PA_KEY}"}',
        'headers = {Host = "${PA_KEY}"}',
        'headers = {X-Key = "${PA_KEY}\\r\\nX-Injected: hunter2"}',
        'user_env = "A"\npassword_env = "B"\nheaders = {authorization = "${PA_KEY}"}',
        'user_env = "كلمة hunter2"\npassword_env = "B"',
    ],
)
def test_no_value_stands_in_a_profile(tmp_path: Path, lines: str) -> None:
    path = tmp_path / "institute.toml"
    path.write_text(f'name = "معهد"\nhome = "https://example.org/"\n[login]\n{lines}\n', encoding="utf-8")
    with pytest.raises(ProfileError, match="login") as refused:
        registry.load(path)
    assert "hunter2" not in str(refused.value)


def test_origins_are_compared_whole() -> None:
    home = login.origin("https://example.org/")
    assert login.origin("https://example.org:443/مقال") == home
    for other in ("http://example.org/", "https://example.org:8443/", "https://www.example.org/", "https://e.org/"):
        assert login.origin(other) != home


@pytest.mark.slow
def test_a_login_is_sent_home_and_kept_nowhere(tmp_path: Path, environment: None) -> None:
    robots = answer("")
    article = "/2024/12/05/%D9%85%D9%82%D8%A7%D9%84/"
    with scripted({"/robots.txt": robots, "/away/": answer(TEXT), "/a.css": answer("")}, host="127.0.0.2") as other:
        away = f"http://127.0.0.2:{other.port}"
        page = answer(f"<html lang=ar><link rel=stylesheet href='{away}/a.css'>{TEXT}", f"Set-Cookie: s={TOKEN}")
        links = (
            f"<a href='{article}'>مقال</a><a href='/sent/'>خبر</a><a href='{article}?access_token={TOKEN}'>مقال</a>"
            f"<a href='http://{USER}:{PASSWORD}@127.0.0.2:{other.port}/away/?api_key={KEY}'>خبر</a>"
        )
        answers = {"/robots.txt": robots, "/": answer(links), article: page, "/sent/": sent_to(f"{away}/away/")}
        with scripted(dict(answers)) as server:
            discovery = {"feeds": [], "sitemaps": [], "wordpress": [], "listings": []}
            given = {"user_env": "PA_USER", "password_env": "PA_PASSWORD"}
            hosts = [f"127.0.0.2:{other.port}"]
            home = f"http://127.0.0.1:{server.port}/"
            site = profile(tmp_path, home, hosts=hosts, discovery=discovery, login=given)
            text = site.read_text(encoding="utf-8") + 'headers = {X-Key = "k ${PA_KEY}"}\n'
            site.write_text(text, encoding="utf-8")
            done = policy_archive(tmp_path, "crawl", str(site), "--allow-private", "--delay", "0")
            assert done.returncode == 0, done.stderr
    assert all(b"Authorization: " + BASIC in request and KEY.encode() in request for request in server.requests)
    assert {request.split()[1] for request in server.requests} == {path.encode() for path in answers}
    assert {request.split()[1] for request in other.requests} == {b"/robots.txt", b"/away/", b"/a.css"}
    secrets = [word.encode() for word in (USER, PASSWORD, KEY, TOKEN)] + [BASIC, BASIC.split()[1]]
    for request in other.requests:
        assert not [secret for secret in secrets if secret in request]
    assert not [secret for secret in secrets if secret in (done.stdout + done.stderr).encode()]
    collection = Collection.open(tmp_path / "home" / "collections" / "institute")
    found = [record for name in collection.sealed_warcs() for record in stored(collection.resolve(name))]
    sent = [record.block for record in found if record.type == "request" and b"127.0.0.1:" in record.block]
    assert len(sent) == len(answers)
    assert all(b"Authorization: [redacted]\r\n" in block and b"X-Key: [redacted]\r\n" in block for block in sent)
    kept = [record.block for record in found if record.type != "response"]  # what a site says of itself is kept
    kept += [path.read_bytes() for path in collection.path.rglob("*") if path.is_file() and path.suffix != ".gz"]
    assert not [secret for secret in secrets for data in kept if secret in data]
