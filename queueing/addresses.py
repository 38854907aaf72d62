"""Where a request comes from, behind proxies that are trusted; kept only as a keyed hash that changes every day."""

from __future__ import annotations

import datetime
import hmac
import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# A household or a phone has a /64 of its own.
IPV6_PREFIX = 64


def client_address(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """The nearest address that is not a trusted proxy's; what others claim beyond it counts for nothing.

    `peer` is the socket's own address, '' for a Unix socket (then the proxy on this machine is trusted).
    """
    address = peer
    for hop in reversed([_bare(hop.strip()) for hop in forwarded_for.split(",") if hop.strip()]):
        if address and not _is_trusted(address, trusted):
            break
        if _parsed(hop) is None:
            break
        address = hop
    return address


def keyed_hash(secret: bytes, address: str, today: datetime.date | None = None) -> str:
    """22 characters that tell addresses apart for a day and lead back to none."""
    day = (today or datetime.datetime.now(datetime.UTC).date()).isoformat()
    return hmac.new(secret, f"address|{day}|{_neighbourhood(address)}".encode(), "sha256").hexdigest()[:22]


def _neighbourhood(address: str) -> str:
    parsed = _parsed(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))
    return address


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    parsed = _parsed(address)
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return parsed is not None and any(parsed in network for network in trusted)


def _bare(hop: str) -> str:
    """Without the port and brackets that some proxies add."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None
