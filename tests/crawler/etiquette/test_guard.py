"""Private addresses in any spelling are refused; public ones are not."""

import pytest

from crawler.etiquette.guard import doors, may, numeric, reachable

PRIVATE = [
    "127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "172.16.0.1", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "[fe80::1]", "[fc00::1]", "[::]", "192.0.2.1",
    "[2002:7f00:1::]", "[64:ff9b:1::7f00:1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[fec0::1]", "[2606:2800:220:1:0:5efe:10.0.0.1]",
    "[64:ff9b::10.0.0.1]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "0", "012.1", "192.168.257",
]  # fmt: skip


@pytest.mark.parametrize("spelling", PRIVATE)
def test_private_addresses_are_refused(spelling: str) -> None:
    address = numeric(spelling)
    assert address is not None
    assert not reachable(address)
    assert not may(spelling, address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1"])
def test_public_addresses_are_not(address: str) -> None:
    assert reachable(address)


def test_names_are_no_addresses() -> None:
    assert numeric("timep.org") is None
    assert numeric("مثال.إختبار") is None


def test_an_open_door_is_for_its_host_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.etiquette.guard.doors", {"127.0.0.1"})
    assert may("127.0.0.1", "127.0.0.1")
    assert not may("127.0.0.2", "127.0.0.2")
    assert doors == set()
