"""Who is answered: the archive's own pages, people, and programs; no other site's page."""

import pytest

from archive.browse.guard import reason

OWN = "127.0.0.1:8001"


def asked(method: str = "GET", **headers: str) -> str | None:
    given = {"host": OWN} | {name.replace("_", "-"): value for name, value in headers.items()}
    return reason({"method": method, "headers": [(key.encode(), value.encode()) for key, value in given.items()]})


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {}),  # a program
        ("POST", {}),
        ("GET", {"sec_fetch_site": "none", "sec_fetch_mode": "navigate"}),  # typed, or a bookmark
        ("GET", {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}),  # a link elsewhere
        ("GET", {"sec_fetch_site": "same-origin", "sec_fetch_mode": "no-cors"}),
        ("POST", {"sec_fetch_site": "same-origin", "origin": f"http://{OWN}", "sec_fetch_mode": "navigate"}),
        ("POST", {"origin": f"http://{OWN}"}),  # a browser that does not say from where
        ("GET", {"host": "localhost:9000"}),  # through a tunnel
        ("GET", {"host": "[::1]:8001"}),
    ],
)
def test_people_programs_and_own_pages_are_answered(method: str, headers: dict[str, str]) -> None:
    assert asked(method, **headers) is None


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"host": "rebound.example:8001"}),
        ("GET", {"host": "127.0.0.1.rebound.example"}),
        ("GET", {"host": ""}),
        ("GET", {"host": "أرشيف.example"}),
        ("GET", {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors"}),
        ("GET", {"sec_fetch_site": "same-site", "sec_fetch_mode": "cors"}),  # replay: the same host, another port
        ("POST", {"sec_fetch_site": "same-site", "sec_fetch_mode": "navigate"}),
        ("POST", {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "origin": "null"}),
        ("POST", {"origin": "http://127.0.0.1:8080"}),
        ("POST", {"origin": "null"}),
    ],
)
def test_no_other_sites_page_is_answered(method: str, headers: dict[str, str]) -> None:
    assert asked(method, **{name: value.encode().decode("latin-1") for name, value in headers.items()})
