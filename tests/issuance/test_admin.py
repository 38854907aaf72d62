"""The console shows what was issued, tried and revoked; it changes nothing but by its actions, and by permission."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.utils import timezone

from issuance import errors, hashes, issued, models, revocations, tries
from queueing import tickets
from tests.issuance import samples

pytestmark = [pytest.mark.django_db, pytest.mark.urls("project.urls.private")]

PERSON = hashes.person(b"key", "XA1234567", samples.NOW.date())
DOCUMENT = hashes.document(b"key", "XA1234567")
LIMIT = tries.Limit(1, timedelta(hours=24))
ADMIN = "/admin/issuance"


@pytest.fixture
def row(signer):
    return issued.record(issued.Issue("A" * 22, "passport", PERSON, "facts"), signer, samples.NOW)


@pytest.fixture
def refused():
    """The reference of a ticket that was refused for too many tries."""
    for ticket in ("B" * 22, "C" * 22):
        with (
            pytest.raises(errors.Refused),
            tries.one(tries.Attempt(ticket, 1, DOCUMENT), LIMIT, timezone.now),
        ):
            raise errors.Refused("no_record")
    return tickets.reference("C" * 22)


def run(client, model, action, row, **more):
    chosen = {"action": action, "_selected_action": [row.pk], **more}
    return client.post(f"{ADMIN}/{model}/", chosen, follow=True).text


@pytest.mark.parametrize("model", [models.Passport, models.Revocation, models.Refusal])
def test_staff_see_rows_and_change_none(model, row, refused, admin_client):
    revocations.revoke(row.certificate_id, "misused", "ada", samples.NOW)
    shown = model.objects.first()
    address = f"{ADMIN}/{model._meta.model_name}/"
    pages = [admin_client.get(address), admin_client.get(f"{address}{shown.pk}/change/")]
    for page in pages:
        assert page.status_code == 200
        assert str(shown) in page.text
        assert PERSON not in page.text and DOCUMENT not in page.text
    options, request = admin.site._registry[model], pages[0].wsgi_request
    assert not options.has_add_permission(request)
    assert not options.has_change_permission(request, shown)
    assert not options.has_delete_permission(request, shown)
    assert "delete_selected" not in options.get_actions(request)


def test_staff_revoke_and_lift(row, admin_client):
    assert "Choose a reason" in run(admin_client, "passport", "revoke", row)
    assert "Revoked: 1" in run(admin_client, "passport", "revoke", row, reason="misused")
    [revoked] = models.Revocation.objects.all()
    assert (revoked.certificate_id, revoked.reason, revoked.revoked_by) == (row.certificate_id, "misused", "admin")
    assert "Revoked before: 1" in run(admin_client, "passport", "revoke", row, reason="misused")
    assert "Lifted: 1" in run(admin_client, "revocation", "lift", revoked)
    assert revocations.current_ids() == []


def test_staff_find_a_refused_ticket_by_its_reference_and_give_its_number_tries_again(refused, admin_client):
    assert refused in admin_client.get(f"{ADMIN}/refusal/?q={refused.lower()}").text
    assert "Refusals lifted: 1" in run(admin_client, "refusal", "lift", models.Refusal.objects.get())
    with tries.one(tries.Attempt("D" * 22, 1, DOCUMENT), LIMIT, timezone.now):
        pass
    assert models.Refusal.objects.get().lifted_by == "admin"


def test_whoever_may_only_look_is_offered_no_action(row, client, django_user_model):
    user = django_user_model.objects.create_user("looker", password="only to look", is_staff=True)
    of_ours = Permission.objects.filter(content_type__app_label="issuance")
    user.user_permissions.add(*of_ours.filter(codename__startswith="view"))
    client.force_login(user)
    assert row.certificate_id in client.get(f"{ADMIN}/passport/").text
    run(client, "passport", "revoke", row, reason="misused")
    assert revocations.current_ids() == []
