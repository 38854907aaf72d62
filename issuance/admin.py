"""Passports, revocations and refusals in the console: to look at, revoke and lift. Nothing of a person can be seen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from issuance import models, revocations, tries


def _never(*_: object, **__: object) -> bool:
    return False


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows are written by workers and by actions, never in a form."""

    show_full_result_count = False
    has_add_permission = has_change_permission = has_delete_permission = _never


class ReasonForm(ActionForm):
    reason = forms.ChoiceField(choices=models.Revocation.Reason.choices, required=False)


@admin.register(models.Passport)
class PassportAdmin(ReadOnly):
    list_display = ("certificate_id", "room", "kid", "issued_at", "expires_at", "revoked")
    list_filter = ("room", "kid")
    search_fields = ("=certificate_id", "=ticket_id")
    date_hierarchy = "issued_at"
    exclude = ("person_hash",)
    action_form = ReasonForm
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        standing = models.Revocation.objects.filter(certificate_id=OuterRef("certificate_id"), lifted_at=None)
        rows: QuerySet[Any] = super().get_queryset(request).annotate(is_revoked=Exists(standing))
        return rows

    @admin.display(boolean=True)
    def revoked(self, row: Any) -> bool:
        return bool(row.is_revoked)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("issuance.add_revocation")

    @admin.action(description="Revoke, for the reason chosen", permissions=["revoke"])
    def revoke(self, request: HttpRequest, rows: QuerySet[models.Passport]) -> None:
        """A certificate that several tickets were given is revoked for all of them."""
        reason = request.POST.get("reason", "")
        if reason not in models.Revocation.Reason.values:
            messages.error(request, "Choose a reason.")
            return
        ids = set(rows.values_list("certificate_id", flat=True))
        by, now = request.user.get_username(), timezone.now()
        done = sum(revocations.revoke(each, reason, by, now) for each in ids)
        messages.success(request, f"Revoked: {done}. Revoked before: {len(ids) - done}.")


@admin.register(models.Revocation)
class RevocationAdmin(ReadOnly):
    list_display = ("certificate_id", "reason", "revoked_at", "revoked_by", "lifted_at", "lifted_by")
    list_filter = ("reason", ("lifted_at", admin.EmptyFieldListFilter))
    search_fields = ("=certificate_id",)
    date_hierarchy = "revoked_at"
    actions = ("lift",)

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("issuance.change_revocation")

    @admin.action(description="Lift: the certificate is good again", permissions=["lift"])
    def lift(self, request: HttpRequest, rows: QuerySet[models.Revocation]) -> None:
        by, now = request.user.get_username(), timezone.now()
        done = sum(revocations.lift(row.certificate_id, by, now) for row in rows.filter(lifted_at=None))
        messages.success(request, f"Lifted: {done}.")


@admin.register(models.Refusal)
class RefusalAdmin(ReadOnly):
    list_display = ("reference", "refused_at", "lifted_at", "lifted_by")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    search_fields = ("=reference", "=ticket_id")
    date_hierarchy = "refused_at"
    fields = ("reference", "ticket_id", "refused_at", "lifted_at", "lifted_by")
    actions = ("lift",)

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("issuance.change_refusal")

    @admin.action(description="Give this document number its tries again", permissions=["lift"])
    def lift(self, request: HttpRequest, rows: QuerySet[models.Refusal]) -> None:
        hashes = set(rows.filter(lifted_at=None).values_list("document_hash", flat=True))
        by, now = request.user.get_username(), timezone.now()
        done = sum(tries.lift_number(each, by, now) for each in hashes)
        messages.success(request, f"Refusals lifted: {done}. Their people may join again now.")
