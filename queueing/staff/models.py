"""The rooms as staff want them; Redis has a copy (publication.py), this table is the original. Private tier only."""

from __future__ import annotations

import datetime
import time
from dataclasses import MISSING, fields
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from queueing import errors, settings

DEFAULTS = {
    field.name: field.default_factory() if field.default_factory is not MISSING else field.default
    for field in fields(settings.RoomSettings)
}
# What stands in the table as words with spaces between them.
LISTS = ("hosts", "languages")
# About a third more than the largest file that a logo may be.
LONGEST_LOGO = 12_000


def _whole_number(name: str, help_text: str) -> models.PositiveIntegerField[int, int]:
    least, most = settings.LIMITS[name]
    return models.PositiveIntegerField(default=DEFAULTS[name], help_text=f"{help_text} From {least} to {most}.")


def _colour(help_text: str) -> models.CharField[str, str]:
    return models.CharField(max_length=7, blank=True, help_text=f"{help_text} As #rrggbb; empty for the usual.")


class Room(models.Model):
    """One line with its own settings; the fields are those of settings.RoomSettings."""

    slug = models.SlugField(max_length=40, unique=True, help_text="The last part of the address, after /rooms/.")
    title = models.CharField(max_length=200, default="Waiting room", help_text="What people read at the top.")
    mode = models.CharField(
        max_length=10,
        default="issue",
        choices=[("issue", "issue a passport"), ("admit", "admit to a site")],
        help_text="What stands behind the door.",
    )
    state = models.CharField(
        max_length=10,
        default="open",
        choices=[
            ("open", "open"),
            ("paused", "paused: nobody is called"),
            ("closed", "closed: nobody may join"),
        ],
    )
    state_reason = models.CharField(max_length=500, blank=True, help_text="Why, in words for the people who wait.")
    opens_at = models.DateTimeField(
        null=True, blank=True, help_text="When a closed room opens by itself, UTC; empty where nobody knows."
    )
    notice = models.CharField(max_length=500, blank=True, help_text="Shown to everybody who waits, at once.")
    notice_level = models.CharField(max_length=10, default="info", choices=[("info", "info"), ("warning", "warning")])
    hosts = models.CharField(
        max_length=500,
        blank=True,
        help_text="Host names it is listed for, separated by spaces; empty for all.",
    )
    languages = models.CharField(
        max_length=500,
        blank=True,
        help_text="Languages of the pages by their tags, separated by spaces, the usual one first; empty for all.",
    )
    texts = models.JSONField(
        default=dict,
        blank=True,
        help_text='Words in the place of ours: {"en": {"form.title": "…"}}. docs/rooms.md lists what can be replaced.',
    )
    logo = models.TextField(max_length=LONGEST_LOGO, blank=True, help_text="SVG or PNG as a data: URI.")
    logo_alt = models.CharField(
        max_length=200,
        blank=True,
        help_text="The logo in words, for who cannot see it; empty where it only repeats the title.",
    )
    accent = _colour("Links, buttons and the position, where the browser wants light pages.")
    paper = _colour("Behind everything, where the browser wants light pages.")
    accent_dark = _colour("Links, buttons and the position, where the browser wants dark pages.")
    paper_dark = _colour("Behind everything, where the browser wants dark pages.")
    total_active_users = _whole_number("total_active_users", "How many are served at the same time, at most.")
    new_users_per_minute = _whole_number("new_users_per_minute", "How many are called in any 60 seconds, at most.")
    grace_period_s = _whole_number("grace_period_s", "Seconds the place of somebody who is away is kept.")
    heartbeat_ttl_s = _whole_number("heartbeat_ttl_s", "Seconds of silence after which a web process counts as dead.")
    lease_s = _whole_number("lease_s", "Seconds of silence after which a worker counts as dead.")
    result_ttl_s = _whole_number("result_ttl_s", "Seconds an outcome and its document are kept for the browser.")
    epoch = models.PositiveIntegerField(
        default=1, editable=False, help_text="Run of this room; a new one ends the line."
    )
    version = models.BigIntegerField(default=0, editable=False, help_text="Rises with each change.")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Each change is newer than all before it, also when a backup was put back. An epoch never falls."""
        if self.state != "closed":
            self.opens_at = None
        # What a form makes of an empty field.
        self.texts = self.texts or {}
        with transaction.atomic():
            before = Room.objects.select_for_update().filter(pk=self.pk).first()
            if before:
                self.epoch = max(self.epoch, before.epoch)
            self.version = newer_than(before)
            super().save(*args, **kwargs)

    def settings(self) -> settings.RoomSettings:
        values: dict[str, Any] = {name: getattr(self, name) for name in DEFAULTS}
        values |= {name: tuple(values[name].split()) for name in LISTS} | {"texts": self.texts or {}}
        return settings.RoomSettings(**values)

    def clean(self) -> None:
        """Raises: ValidationError by field."""
        problems: dict[str, str] = {}
        try:
            settings.check(self.settings())
        except errors.BadSettings as bad:
            problems = bad.errors
        if self._would_open_at_once():
            problems["opens_at"] = "lies in the past: the room would open at once"
        if problems:
            raise ValidationError(problems)

    def is_due(self, now: datetime.datetime) -> bool:
        """Whether it is closed and should have opened by now."""
        return self.state == "closed" and self.opens_at is not None and self.opens_at <= now

    def _would_open_at_once(self) -> bool:
        """Because of what staff have just typed; a room whose time has come a moment ago is no mistake."""
        before = Room.objects.filter(pk=self.pk).first()
        return self.is_due(timezone.now()) and (before is None or before.opens_at != self.opens_at)


def newer_than(before: Room | None) -> int:
    """The version of what comes after it."""
    return max(before.version + 1 if before else 0, time.time_ns() // 1_000)
