import io
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib import admin
from django.core import management

from issuance import models
from tests.issuance import samples

KEY = b"k" * 32
PERSON = models.person_hash(KEY, "XA1234567", date(1984, 3, 7))
TICKET = "A" * 22
TICKETS = 100
ROOT = Path(__file__).parents[2]


def record(signer, ticket_id=TICKET, now=samples.NOW):
    return models.Passport.objects.record(ticket_id, "passport", PERSON, signer, now)


@pytest.mark.django_db
def test_row_keeps_what_makes_the_certificate_again(signer):
    row = record(signer, now=samples.NOW + timedelta(microseconds=999_999))
    row.refresh_from_db()
    assert row.certificate_id.startswith("URN:UVCI:01:XX:")
    assert row.kid == signer.kid.hex()
    assert row.issued_at == samples.NOW
    assert row.expires_at == samples.NOW + timedelta(days=180)
    assert str(row) == row.certificate_id


@pytest.mark.django_db
def test_second_try_for_a_ticket_gets_the_row_of_the_first(signer):
    first = record(signer)
    second = record(signer, now=samples.NOW + timedelta(minutes=5))
    assert (second.pk, second.certificate_id, second.issued_at) == (first.pk, first.certificate_id, first.issued_at)


@pytest.mark.django_db
def test_other_tickets_get_other_certificates(signer):
    assert record(signer).certificate_id != record(signer, "B" * 22).certificate_id


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, tmp_path):
    """The environment of processes that share a database of their own, with its tables made."""
    address = request.getfixturevalue("postgres_url") if request.param == "postgres" else f"sqlite:///{tmp_path}/db"
    environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "project.settings.test"}
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    return environment


def test_processes_at_once_get_one_row_a_ticket(database, tmp_path):
    samples.signer(tmp_path / "keys")
    command = [sys.executable, "-m", "tests.issuance.recorder", str(tmp_path / "keys"), str(TICKETS)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [subprocess.Popen(command, cwd=ROOT, env=database, text=True, **pipes) for _ in range(4)]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 4
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    given = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    assert len(set(given[0])) == TICKETS
    assert given[1:] == [given[0]] * 3


def test_person_hash_needs_the_key_and_names_nobody():
    assert models.person_hash(KEY, " xa 1234567", date(1984, 3, 7)) == PERSON
    others = {
        models.person_hash(b"other key", "XA1234567", date(1984, 3, 7)),
        models.person_hash(KEY, "XA1234567", date(1984, 3, 8)),
        models.person_hash(KEY, "XA1234568", date(1984, 3, 7)),
    }
    assert len(others | {PERSON}) == 4
    assert len(PERSON) == 64
    assert "1234567" not in PERSON


def test_table_has_columns_for_no_person():
    columns = {field.column for field in models.Passport._meta.fields}
    assert columns == {
        "id",
        "ticket_id",
        "room",
        "certificate_id",
        "kid",
        "person_hash",
        "issued_at",
        "expires_at",
    }


@pytest.mark.django_db
def test_migrations_are_complete():
    said = io.StringIO()
    management.call_command("makemigrations", "issuance", dry_run=True, stdout=said)
    assert "No changes" in said.getvalue()


@pytest.mark.django_db
@pytest.mark.urls("project.urls.private")
def test_staff_see_rows_and_change_none(signer, admin_client):
    row = record(signer)
    page = admin_client.get("/admin/issuance/passport/")
    assert row.certificate_id in page.text
    assert PERSON not in page.text
    options = admin.site._registry[models.Passport]
    request = page.wsgi_request
    assert not options.has_add_permission(request)
    assert not options.has_change_permission(request, row)
    assert not options.has_delete_permission(request, row)
