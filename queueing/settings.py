"""The settings of a room: what staff may tune, and within which limits. How they stand in Redis: settings_hash.py.

The private tier publishes them; web, usher and scripts read them there. Nothing here is secret or personal.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import Literal, get_args

from queueing import colours, errors, logos, palettes, wordings

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
TEXT_LIMITS = {"title": 500, "state_reason": 500, "notice": 500, "logo_alt": 200}
# Half of a character: no text that can be stored or sent holds one.
SURROGATE = re.compile("[\ud800-\udfff]")
CHOICES: dict[str, tuple[str, ...]] = {
    "mode": get_args(Mode),
    "state": get_args(State),
    "notice_level": get_args(Level),
}
MOST_LANGUAGES = 50
# Of each scheme, the fields that hold its accent and its paper.
COLOURS: dict[palettes.Scheme, tuple[str, str]] = {
    "light": ("accent", "paper"),
    "dark": ("accent_dark", "paper_dark"),
}


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """One room as published. Durations in whole seconds; hosts empty means every host."""

    slug: str
    title: str = "Waiting room"
    mode: Mode = "issue"
    state: State = "open"
    # Why the room is paused or closed, in words for people.
    state_reason: str = ""
    # When a closed room opens by itself; None where nobody knows.
    opens_at: datetime.datetime | None = None
    notice: str = ""
    notice_level: Level = "info"
    hosts: tuple[str, ...] = ()
    # Of the pages, the usual one first; empty for all there are.
    languages: tuple[str, ...] = ()
    # '' for ours, of each of the look.
    logo: str = ""
    logo_alt: str = ""
    accent: str = ""
    paper: str = ""
    accent_dark: str = ""
    paper_dark: str = ""
    texts: wordings.Texts = field(default_factory=dict, hash=False)
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

    def colours(self, scheme: palettes.Scheme) -> tuple[str, str]:
        """Accent and paper, '' for the usual."""
        accent, paper = COLOURS[scheme]
        return getattr(self, accent), getattr(self, paper)


def check(settings: RoomSettings) -> None:
    """Raises: BadSettings naming every field that cannot be, and why."""
    problems = _problems_of_the_line(settings) | _problems_of_words(settings) | _problems_of_the_look(settings)
    if problems:
        raise errors.BadSettings(problems)


def _problems_of_the_line(settings: RoomSettings) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not SLUG.fullmatch(settings.slug):
        problems["slug"] = "use 1 to 40 small letters, digits and hyphens"
    for name, allowed in CHOICES.items():
        if getattr(settings, name) not in allowed:
            problems[name] = f"must be one of {', '.join(allowed)}"
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(settings, name) <= most:
            problems[name] = f"must be a whole number from {least} to {most}"
    if settings.opens_at is not None and settings.opens_at.tzinfo is None:
        problems["opens_at"] = "must say its time zone"
    return problems


def _problems_of_words(settings: RoomSettings) -> dict[str, str]:
    problems: dict[str, str] = {}
    for name, most in TEXT_LIMITS.items():
        if len(getattr(settings, name)) > most:
            problems[name] = f"must not be longer than {most} characters"
        elif SURROGATE.search(getattr(settings, name)):
            problems[name] = "must not hold half a character"
    if SURROGATE.search(" ".join(settings.hosts)):
        problems["hosts"] = "must not hold half a character"
    if not settings.title.strip():
        problems["title"] = "must not be empty"
    wrong = [tag for tag in settings.languages if not wordings.TAG.fullmatch(tag)]
    if wrong or len(set(settings.languages)) != len(settings.languages) or len(settings.languages) > MOST_LANGUAGES:
        problems["languages"] = "write each language once, as its tag: en de fr"
    if complaint := wordings.problem(settings.texts):
        problems["texts"] = complaint
    return problems


def _problems_of_the_look(settings: RoomSettings) -> dict[str, str]:
    problems: dict[str, str] = {}
    if settings.logo:
        try:
            logos.read(settings.logo)
        except errors.BadLogo as bad:
            problems["logo"] = str(bad)
    names = [name for pair in COLOURS.values() for name in pair]
    for name in names:
        if getattr(settings, name) and not colours.is_colour(getattr(settings, name)):
            problems[name] = "write a colour as #rrggbb"
    if not problems.keys() & set(names):
        for scheme, fields in COLOURS.items():
            found = palettes.problems(scheme, *settings.colours(scheme))
            problems |= {
                name: found[part] for name, part in zip(fields, ("accent", "paper"), strict=True) if part in found
            }
    return problems
