"""The environment, read here and nowhere else: typed readers that stop the start with the name of what is wrong.

Secrets come as NAME or as NAME_FILE (a path); their values are never part of a message.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


def text(name: str, default: str | None = None) -> str:
    """Raises: ImproperlyConfigured where there is neither a value nor a default."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set (see .env.example)")
    return value


def secret(name: str, default: str | None = None) -> str:
    """NAME, or the contents of the file that NAME_FILE names."""
    path = os.environ.get(f"{name}_FILE")
    if path is None:
        return text(name, default)
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}") from None


def path(name: str) -> Path | None:
    """The file that NAME_FILE names, for commands that change it; None where the secret came as a value."""
    file = os.environ.get(f"{name}_FILE")
    return Path(file) if file else None


def integer(name: str, default: int, *, lowest: int | None = None, highest: int | None = None) -> int:
    number = _read(name, str(default), int, "a whole number")
    if (lowest is not None and number < lowest) or (highest is not None and number > highest):
        raise ImproperlyConfigured(f"{name} must be a whole number from {lowest} to {highest}")
    return number


def decimal(name: str, default: float) -> float:
    return _read(name, str(default), float, "a number")


def flag(name: str, default: bool) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    return _read(name, str(default), lambda value: words[value.lower()], "true or false")


def words(name: str, default: str = "") -> list[str]:
    """Comma-separated; empty entries are dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secrets(name: str) -> list[str]:
    """Comma-separated; at least one. Raises: ImproperlyConfigured."""
    values = [value.strip() for value in secret(name).split(",") if value.strip()]
    if not values:
        raise ImproperlyConfigured(f"{name} is empty")
    return values


def networks(name: str, default: str = "") -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [_parse(name, word, ipaddress.ip_network, "addresses or networks") for word in words(name, default)]


def levels(name: str) -> dict[str, str]:
    """`logger=LEVEL,logger=LEVEL`."""
    return dict(_parse(name, word, _level, "logger=LEVEL pairs") for word in words(name))


def parsed(name: str, value: str, parse: Callable[[str], T], what: str) -> T:
    """Parse a value that was read before; the message names the variable and what it should be, never the value."""
    return _parse(name, value, parse, what)


def _level(word: str) -> tuple[str, str]:
    logger, level = word.split("=")
    return logger, level.upper()


def _read(name: str, default: str, parse: Callable[[str], T], what: str) -> T:
    return _parse(name, text(name, default), parse, what)


def _parse(name: str, value: str, parse: Callable[[str], T], what: str) -> T:
    try:
        return parse(value)
    except (ValueError, KeyError):
        raise ImproperlyConfigured(f"{name} must be {what}") from None
