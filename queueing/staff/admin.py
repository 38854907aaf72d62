"""Plain forms for rooms. Saving publishes; where Redis is away the ushers publish as soon as it is back."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.safestring import SafeString
from redis.exceptions import RedisError

from queueing.staff import forms, preview, publication
from queueing.staff.models import Room

log = logging.getLogger(__name__)


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("slug", "title", "mode", "state", "total_active_users", "new_users_per_minute", "epoch")
    list_filter = ("mode", "state")
    search_fields = ("slug", "title")
    form = forms.RoomForm
    readonly_fields = ("preview", "logo_shown", "epoch", "changed_at")
    fieldsets = (
        (None, {"fields": ("slug", "title", "mode", "hosts")}),
        ("Now", {"fields": ("state", "state_reason", "opens_at", "notice", "notice_level")}),
        ("Caps", {"fields": ("total_active_users", "new_users_per_minute")}),
        ("Times", {"fields": ("grace_period_s", "heartbeat_ttl_s", "lease_s", "result_ttl_s")}),
        ("Words", {"fields": ("languages", "texts")}),
        (
            "Look",
            {
                "description": "Save and continue to see it here. Colours that cannot be read are refused.",
                "fields": (
                    "preview",
                    ("accent", "paper"),
                    ("accent_dark", "paper_dark"),
                    "logo_shown",
                    ("logo", "without_logo"),
                    "logo_alt",
                ),
            },
        ),
        ("About", {"fields": ("epoch", "changed_at")}),
    )

    @admin.display(description="Colours")
    def preview(self, room: Room) -> SafeString:
        return preview.drawn(room)

    @admin.display(description="Logo now")
    def logo_shown(self, room: Room) -> SafeString:
        return preview.logo_shown(room)

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> tuple[str, ...]:
        """A room keeps its name: people wait under it."""
        return (*self.readonly_fields, "slug") if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Room | None = None) -> bool:
        """Not here: `manage.py rooms remove` looks first whether anybody waits."""
        return False

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        try:
            publication.publish(obj, new=not change)
        except (RedisError, OSError):
            messages.warning(request, "Saved. Redis does not answer: it takes effect as soon as it is back.")
