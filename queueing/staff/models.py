"""The rooms as staff want them; Redis has a copy (publication.py), this table is the original. Private tier only."""

from __future__ import annotations

import time
from dataclasses import fields
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from queueing import errors, settings

DEFAULTS = {field.name: field.default for field in fields(settings.RoomSettings)}


def _whole_number(name: str, help_text: str) -> models.PositiveIntegerField[int, int]:
    least, most = settings.LIMITS[name]
    return models.PositiveIntegerField(default=DEFAULTS[name], help_text=f"{help_text} From {least} to {most}.")


class Room(models.Model):
    """One line with its own settings; the fields are those of settings.RoomSettings."""

    slug = models.SlugField(max_length=40, unique=True, help_text="Part of the address: /rooms/<slug>.")
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
    notice = models.CharField(max_length=500, blank=True, help_text="Shown to everybody who waits, at once.")
    notice_level = models.CharField(max_length=10, default="info", choices=[("info", "info"), ("warning", "warning")])
    hosts = models.CharField(
        max_length=500,
        blank=True,
        help_text="Host names it is listed for, separated by spaces; empty for all.",
    )
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
        with transaction.atomic():
            before = Room.objects.select_for_update().filter(pk=self.pk).first()
            if before:
                self.epoch = max(self.epoch, before.epoch)
            self.version = max(before.version + 1 if before else 0, time.time_ns() // 1_000)
            super().save(*args, **kwargs)

    def settings(self) -> settings.RoomSettings:
        values: dict[str, Any] = {name: getattr(self, name) for name in DEFAULTS}
        return settings.RoomSettings(**values | {"hosts": tuple(self.hosts.split())})

    def clean(self) -> None:
        """Raises: ValidationError by field."""
        try:
            settings.check(self.settings())
        except errors.BadSettings as bad:
            raise ValidationError(bad.errors) from None
