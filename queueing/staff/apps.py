from __future__ import annotations

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "queueing.staff"
    label = "staff"
    verbose_name = "Waiting rooms"
    default_auto_field = "django.db.models.BigAutoField"
