"""Issued passports in the console, to be read only: nothing of a person to see, nothing to change."""

from __future__ import annotations

from django.contrib import admin

from issuance import models


def _never(*_: object, **__: object) -> bool:
    return False


@admin.register(models.Passport)
class PassportAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("certificate_id", "room", "kid", "issued_at", "expires_at")
    list_filter = ("room", "kid")
    search_fields = ("=certificate_id", "=ticket_id")
    date_hierarchy = "issued_at"
    show_full_result_count = False

    has_add_permission = has_change_permission = has_delete_permission = _never
