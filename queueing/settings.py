"""The settings of a room: what staff may tune, within which limits, and how they stand in Redis (keys.settings).

The private tier publishes them; web, usher and scripts read them there. Nothing here is secret or personal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from queueing import errors

Mode = Literal["issue", "admit"]
State = Literal["open", "paused", "closed"]
Level = Literal["info", "warning"]

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]|[a-z0-9]")

# (least, most) of each number. A heartbeat below 3 s would lose people to one slow second.
LIMITS: dict[str, tuple[int, int]] = {
    "total_active_users": (0, 1_000_000),
    "new_users_per_minute": (0, 10_000_000),
    "grace_period_s": (1, 86_400),
    "heartbeat_ttl_s": (3, 300),
    "lease_s": (2, 3_600),
    "result_ttl_s": (5, 86_400),
    "epoch": (1, 1_000_000),
}
TEXT_LIMIT = 500


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """One room as published. Durations in whole seconds; hosts empty means every host."""

    slug: str
    title: str = "Waiting room"
    mode: Mode = "issue"
    state: State = "open"
    # Why the room is paused or closed, in words for people.
    state_reason: str = ""
    notice: str = ""
    notice_level: Level = "info"
    hosts: tuple[str, ...] = ()
    total_active_users: int = 50
    new_users_per_minute: int = 3_000
    grace_period_s: int = 120
    heartbeat_ttl_s: int = 15
    lease_s: int = 30
    result_ttl_s: int = 600
    epoch: int = 1
    # Rises with each change by staff; older settings never replace newer ones.
    version: int = 0

    @property
    def calls_per_minute(self) -> int:
        """What the caps allow in the long run, as far as they alone can say."""
        return self.new_users_per_minute if self.total_active_users else 0

    def serves_host(self, host: str) -> bool:
        return not self.hosts or host in self.hosts


def check(settings: RoomSettings) -> None:
    """Raises: BadSettings naming every field that cannot be, and why."""
    problems: dict[str, str] = {}
    if not SLUG.fullmatch(settings.slug):
        problems["slug"] = "use 1 to 40 small letters, digits and hyphens"
    for name, allowed in (
        ("mode", get_args(Mode)),
        ("state", get_args(State)),
        ("notice_level", get_args(Level)),
    ):
        if getattr(settings, name) not in allowed:
            problems[name] = f"must be one of {', '.join(allowed)}"
    for name in ("title", "state_reason", "notice"):
        if len(getattr(settings, name)) > TEXT_LIMIT:
            problems[name] = f"must not be longer than {TEXT_LIMIT} characters"
    if not settings.title.strip():
        problems["title"] = "must not be empty"
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(settings, name) <= most:
            problems[name] = f"must be a whole number from {least} to {most}"
    if problems:
        raise errors.BadSettings(problems)


def to_hash(settings: RoomSettings) -> dict[str, str]:
    """The published form: durations in ms under `…_ms`, everything a string.

    Source: hash keys.settings; `epoch_began_us` there belongs to publish.lua.
    """
    published: dict[str, str] = {}
    for name, value in asdict(settings).items():
        if name.endswith("_s"):
            published[f"{name}_ms".replace("_s_ms", "_ms")] = str(value * 1000)
        elif isinstance(value, tuple):
            published[name] = " ".join(value)
        else:
            published[name] = str(value)
    return published


def from_hash(published: Mapping[bytes, bytes]) -> RoomSettings | None:
    """None where nothing is published, or something this version cannot read."""
    texts = {name.decode(): value.decode() for name, value in published.items()}
    if "slug" not in texts:
        return None
    values: dict[str, Any] = {}
    for field in fields(RoomSettings):
        stored = field.name[:-2] + "_ms" if field.name.endswith("_s") else field.name
        if stored not in texts:
            continue
        if field.name.endswith("_s"):
            values[field.name] = int(texts[stored]) // 1000
        elif field.name == "hosts":
            values[field.name] = tuple(texts[stored].split())
        elif isinstance(field.default, int):
            values[field.name] = int(texts[stored])
        else:
            values[field.name] = texts[stored]
    return RoomSettings(**values)
