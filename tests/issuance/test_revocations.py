import io
from datetime import timedelta

import pytest
from django.core import management

from issuance import issued, revocations
from issuance.models import Revocation
from tests.issuance import samples

pytestmark = pytest.mark.django_db
LATER = samples.NOW + timedelta(days=1)


@pytest.fixture
def certificate_id(signer):
    return issued.record(issued.Issue("A" * 22, "passport", "", ""), signer, samples.NOW).certificate_id


def manage(*arguments):
    said = io.StringIO()
    management.call_command("revoke", *arguments, stdout=said)
    return said.getvalue()


def test_revoked_certificate_is_on_the_list_until_it_is_lifted(certificate_id):
    assert revocations.current_ids() == []
    assert revocations.revoke(certificate_id, "misused", "ada", samples.NOW)
    assert revocations.current_ids() == [certificate_id]
    assert revocations.current(certificate_id).reason == "misused"
    assert revocations.lift(certificate_id, "grace", LATER)
    assert revocations.current_ids() == []
    assert revocations.current(certificate_id) is None


def test_second_revocation_changes_nothing(certificate_id):
    revocations.revoke(certificate_id, "misused", "ada", samples.NOW)
    assert not revocations.revoke(certificate_id, "holder_asked", "grace", LATER)
    [row] = Revocation.objects.all()
    assert (row.reason, row.revoked_by, row.revoked_at) == ("misused", "ada", samples.NOW)


def test_who_did_what_stays_to_be_seen(certificate_id):
    revocations.revoke(certificate_id, "misused", "ada", samples.NOW)
    revocations.lift(certificate_id, "grace", LATER)
    assert not revocations.lift(certificate_id, "somebody else", LATER)
    revocations.revoke(certificate_id, "holder_asked", "grace", LATER)
    assert list(Revocation.objects.values_list("reason", "revoked_by", "lifted_by").order_by("pk")) == [
        ("misused", "ada", "grace"),
        ("holder_asked", "grace", ""),
    ]


def test_nothing_is_revoked_that_was_never_issued():
    with pytest.raises(revocations.NeverIssued, match="was issued here"):
        revocations.revoke(samples.IDENTIFIER, "misused", "ada", samples.NOW)
    for mistyped in (samples.IDENTIFIER.replace("A", "B", 1), "nonsense", "no id at all"):
        with pytest.raises(revocations.NeverIssued, match="mistyped"):
            revocations.revoke(mistyped, "misused", "ada", samples.NOW)
    assert not Revocation.objects.exists()


def test_command_revokes_lists_and_lifts(certificate_id):
    assert "is revoked" in manage(certificate_id.lower(), "--reason", "record_withdrawn", "--by", "ada")
    assert "before" in manage(certificate_id, "--reason", "misused")
    assert manage("--list").split()[0] == certificate_id
    assert "ada" in manage("--list")
    assert "good again" in manage(certificate_id, "--lift")
    assert manage("--list") == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--reason", "misused"], "which certificate"),
        ([samples.IDENTIFIER, "--lift"], "is not revoked"),
        ([samples.IDENTIFIER, "--reason", "misused"], "was issued here"),
    ],
)
def test_command_says_what_it_cannot_do(arguments, said):
    with pytest.raises(management.CommandError, match=said):
        manage(*arguments)
