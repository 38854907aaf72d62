"""The users of Redis: their rules (deploy/redis), their passwords, and the file that a server is given.

The file holds hashes of passwords alone.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import urllib.parse
from collections.abc import Mapping

from project.local import folders

RULES = folders.ROOT / "deploy" / "redis"
COMMON, TOUCH_POINT, BROKER = "common", "touch-point", "broker"
OPERATOR = "operator"
# Of the broker, by the process that is given it.
BROKER_USERS = {"usher": "broker-usher", "worker": "broker-worker"}
PASSWORD_BYTES = 32
_NAME = re.compile(r"\{([a-z-]+)\}")


def names(*rules: str) -> list[str]:
    """Whom these rules give a password."""
    return [name for rule in rules for name in _NAME.findall(_rules(rule))]


def new_password() -> str:
    return secrets.token_urlsafe(PASSWORD_BYTES)


def file(passwords: Mapping[str, str], *rules: str) -> str:
    """An aclfile with the users of these rules and those of every server, one a line."""

    def hashed(match: re.Match[str]) -> str:
        return "#" + hashlib.sha256(passwords[match[1]].encode()).hexdigest()

    return "".join(_NAME.sub(hashed, _rules(rule)) for rule in (COMMON, *rules))


def url(address: str, user: str, password: str) -> str:
    """The same server as this user."""
    parts = urllib.parse.urlsplit(address)
    return urllib.parse.urlunsplit(parts._replace(netloc=f"{user}:{password}@{parts.netloc}"))


def password(address: str) -> str:
    return urllib.parse.urlsplit(address).password or ""


def _rules(name: str) -> str:
    """Without comments, each user on one line."""
    text = (RULES / f"{name}.acl").read_text()
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return re.sub(r"\n\s+", " ", "\n".join(lines)) + "\n"
