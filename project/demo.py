"""Throw-away keys of `make up` serve this machine alone: with any other host name a process refuses to start."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

MARK = "demo-only-"
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "testserver"})


def refuse_elsewhere(variable: str, keys: Iterable[str], hosts: Iterable[str]) -> None:
    """`hosts` are names or origins. Raises: ImproperlyConfigured, naming the variable and the host."""
    if not any(key.startswith(MARK) for key in keys):
        return
    for host in hosts:
        name = urlsplit(host).hostname or "" if "://" in host else host
        if name not in THIS_MACHINE:
            raise ImproperlyConfigured(
                f"{variable} is a throw-away key of the demo and must not serve {host}: make one of your own"
            )
