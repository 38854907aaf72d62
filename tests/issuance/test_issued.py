import dataclasses
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from issuance import certificate, issued, revocations, signing_keys
from issuance.models import Certificate, Passport
from tests.issuance import samples

TICKET = "A" * 22
AGAIN = "B" * 22
COUNT = 20
PROCESSES = "abcd"
ROOT = Path(__file__).parents[2]
ISSUE = issued.Issue(TICKET, "passport", "of the person", "of the facts")


def record(signer, ticket_id=TICKET, now=samples.NOW, facts="of the facts"):
    issue = dataclasses.replace(ISSUE, ticket_id=ticket_id, facts_hash=facts)
    return issued.record(issue, signer, now)


@pytest.fixture
def newer(tmp_path, signer):
    """A signer that took over a month later."""
    made = samples.signer(tmp_path / "newer", samples.NOW + timedelta(days=30))
    assert made.kid != signer.kid
    return made


@pytest.mark.django_db
def test_row_keeps_what_makes_the_certificate_again(signer):
    row = record(signer, now=samples.NOW + timedelta(microseconds=999_999))
    row.refresh_from_db()
    assert row.certificate_id.startswith("URN:UVCI:01:XX:")
    assert (row.kid, row.room, row.person_hash) == (signer.kid.hex(), "passport", "of the person")
    assert row.issued_at == samples.NOW
    assert row.expires_at == samples.NOW + timedelta(days=180)
    assert str(row) == row.certificate_id


@pytest.mark.django_db
def test_second_try_for_a_ticket_gets_the_row_of_the_first(signer):
    first = record(signer)
    second = record(signer, now=samples.NOW + timedelta(minutes=5), facts="of other facts")
    assert (second.pk, second.certificate_id, second.issued_at) == (first.pk, first.certificate_id, first.issued_at)
    assert Passport.objects.count() == Certificate.objects.count() == 1


@pytest.mark.django_db
def test_person_who_comes_again_gets_the_same_certificate_to_the_letter(signer):
    first, second = record(signer), record(signer, AGAIN, samples.NOW + timedelta(days=179))
    made = [
        certificate.certify(samples.LATIN, samples.dose(), row.certificate_id, row.issued_at, signer)
        for row in (first, second)
    ]
    assert made[0] == made[1]
    assert second.expires_at == made[1].expires_at == first.expires_at
    assert first.pk != second.pk


@pytest.mark.django_db
def test_other_facts_and_other_people_get_other_certificates(signer):
    assert record(signer).certificate_id != record(signer, AGAIN, facts="of another dose").certificate_id


@pytest.mark.django_db
def test_expired_certificate_is_followed_by_another(signer):
    first = record(signer)
    later = record(signer, AGAIN, first.expires_at)
    assert later.certificate_id != first.certificate_id
    assert later.issued_at == first.expires_at
    assert record(signer, "C" * 22, first.expires_at + timedelta(days=1)).certificate_id == later.certificate_id


@pytest.mark.django_db
def test_revoked_certificate_is_given_to_nobody_again(signer):
    first = record(signer)
    revocations.revoke(first.certificate_id, "misused", "somebody", samples.NOW)
    second = record(signer, AGAIN)
    assert second.certificate_id != first.certificate_id
    assert record(signer, "C" * 22).certificate_id == second.certificate_id


@pytest.mark.django_db
def test_new_signer_signs_anew_under_the_same_id(signer, newer):
    first, at = record(signer), samples.NOW + timedelta(days=31)
    second = record(newer, AGAIN, at)
    assert second.certificate_id == first.certificate_id
    assert (second.kid, second.issued_at) == (newer.kid.hex(), at)
    assert certificate.certify(samples.LATIN, samples.dose(), second.certificate_id, second.issued_at, newer)
    first.refresh_from_db()
    assert (first.kid, first.issued_at) == (signer.kid.hex(), samples.NOW)


@pytest.mark.django_db
def test_second_try_by_a_newer_signer_keeps_the_id(signer, newer):
    first = record(signer)
    second = record(newer, now=samples.NOW + timedelta(days=31))
    assert (second.pk, second.certificate_id) == (first.pk, first.certificate_id)
    assert certificate.certify(samples.LATIN, samples.dose(), second.certificate_id, second.issued_at, newer)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, tmp_path):
    """The environment of processes that share a database of their own, with its tables made."""
    address = request.getfixturevalue("postgres_url") if request.param == "postgres" else f"sqlite:///{tmp_path}/db"
    environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "project.settings.test"}
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    return environment


def test_processes_at_once_agree_on_tickets_people_and_tries(database, tmp_path):
    signing_keys.create(tmp_path / "keys", samples.NOW)
    said = at_once(database, str(tmp_path / "keys"))
    tickets, people = ([each[what] for each in said] for what in ("tickets", "people"))
    assert tickets == [tickets[0]] * len(PROCESSES)
    assert people == [people[0]] * len(PROCESSES)
    assert len({*tickets[0], *people[0]}) == 2 * COUNT
    # Of 16 tries of each number in 24 hours no more and no fewer than five got through.
    assert [sum(each) for each in zip(*(each["tries"] for each in said), strict=True)] == [5] * COUNT


def at_once(environment, folder):
    """What recorders that begin together say."""
    command = [sys.executable, "-m", "tests.issuance.recorder", folder]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [
        subprocess.Popen([*command, name, str(COUNT)], cwd=ROOT, env=environment, text=True, **pipes)
        for name in PROCESSES
    ]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * len(PROCESSES)
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(PROCESSES)
    return [json.loads(answer) for answer in answers]
