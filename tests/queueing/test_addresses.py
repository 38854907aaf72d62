from __future__ import annotations

import datetime
import ipaddress

import pytest

from queueing import addresses

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("", "198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:55000", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::5]:443", "2001:db8::5"),
    ],
)
def test_address_is_the_nearest_that_no_trusted_proxy_has(peer: str, forwarded: str, expected: str) -> None:
    assert addresses.client_address(peer, forwarded, PROXIES) == expected


def test_hash_tells_addresses_apart_and_changes_with_the_day() -> None:
    today, tomorrow = datetime.date(2026, 11, 22), datetime.date(2026, 11, 23)
    one = addresses.keyed_hash(b"secret", "203.0.113.9", today)
    assert one == addresses.keyed_hash(b"secret", "203.0.113.9", today)
    assert one != addresses.keyed_hash(b"secret", "203.0.113.8", today)
    assert one != addresses.keyed_hash(b"secret", "203.0.113.9", tomorrow)
    assert one != addresses.keyed_hash(b"other", "203.0.113.9", today)


def test_neighbours_of_one_ipv6_network_count_as_one() -> None:
    one = addresses.keyed_hash(b"s", "2001:db8:1:2::5")
    assert one == addresses.keyed_hash(b"s", "2001:db8:1:2:ffff::7")
    assert one != addresses.keyed_hash(b"s", "2001:db8:1:3::5")
    assert addresses.keyed_hash(b"s", "::ffff:203.0.113.9") == addresses.keyed_hash(b"s", "203.0.113.9")
