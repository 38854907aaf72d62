import io
from datetime import timedelta

import pytest
from django.core import management
from django.utils import timezone

from issuance import errors, issued, retention, revocations, tries
from issuance.models import Certificate, Passport, Refusal, Revocation, Try
from tests.issuance import samples

pytestmark = pytest.mark.django_db
RULES = retention.Rules(retention=timedelta(days=365), window=timedelta(hours=24))
TABLES = (Passport, Certificate, Try, Refusal, Revocation)


@pytest.fixture
def passports(signer):
    """Three that expire 180 days after samples.NOW, each of them revoked, and a number without tries."""
    rows = [issued.record(issued.Issue(f"{n:022}", "passport", "", f"{n}"), signer, samples.NOW) for n in range(3)]
    for row in rows:
        revocations.revoke(row.certificate_id, "misused", "ada", samples.NOW)
    for number in range(2):
        with (
            pytest.raises(errors.Refused),
            tries.one(tries.Attempt(f"{number:022}", 1, "number"), tries.Limit(1, RULES.window), lambda: samples.NOW),
        ):
            raise errors.Refused("no_record")
    return rows


def purge(now, batch=2):
    return {what: list(retention.remove(rows, batch)) for what, rows in retention.old(RULES, now).items()}


def counts():
    return [model.objects.count() for model in TABLES]


def test_records_go_when_they_have_been_expired_for_long_enough(passports):
    end = passports[0].expires_at + RULES.retention
    assert purge(end)["passports"] == []
    assert counts()[:2] == [3, 3]
    assert counts()[4] == 3
    gone = purge(end + timedelta(seconds=1))
    assert gone == {"passports": [2, 1], "certificates": [2, 1], "tries": [], "refusals": [], "revocations": [2, 1]}
    assert counts() == [0] * 5


def test_tries_go_after_their_window(passports):
    assert purge(samples.NOW + RULES.window)["tries"] == []
    gone = purge(samples.NOW + RULES.window + timedelta(seconds=1))
    assert (gone["tries"], gone["refusals"], gone["passports"]) == ([1], [1], [])


def test_revocation_stays_as_long_as_a_record_of_its_certificate(passports, signer):
    """Signed anew meanwhile, by a signer that came later: the same id lives longer."""
    old = passports[0]
    Passport.objects.filter(pk=old.pk).update(expires_at=old.expires_at + timedelta(days=90))
    purge(old.expires_at + RULES.retention + timedelta(days=1))
    assert list(Revocation.objects.values_list("certificate_id", flat=True)) == [old.certificate_id]


def test_command_says_what_would_go_and_what_went(passports, settings):
    ago = timezone.now() - timedelta(days=800)
    for model in (Passport, Certificate):
        model.objects.update(expires_at=ago)
    Revocation.objects.update(revoked_at=ago)
    Refusal.objects.update(refused_at=ago)
    Try.objects.update(tried_at=ago)
    before, said = counts(), io.StringIO()
    management.call_command("purge", "--dry-run", stdout=said)
    assert counts() == before
    assert "365 days" in said.getvalue()
    assert "passports: 3 would go" in said.getvalue()
    management.call_command("purge", "--batch", "1", verbosity=2, stdout=said)
    assert counts() == [0] * 5
    for line in ("passports: 2 so far", "passports: 3 removed", "tries: 1 removed", "revocations: 3 removed"):
        assert line in said.getvalue()
    settings.RECORDS_RETENTION_DAYS = 7
    management.call_command("purge", stdout=said)
    assert "for 7 days" in said.getvalue()
