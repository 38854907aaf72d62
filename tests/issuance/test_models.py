import io

import pytest
from django.core import management

from issuance import models

COLUMNS = {
    models.Certificate: {"id", "facts_hash", "certificate_id", "kid", "issued_at", "expires_at"},
    models.Passport: {
        "id",
        "ticket_id",
        "room",
        "certificate_id",
        "kid",
        "person_hash",
        "issued_at",
        "expires_at",
    },
    models.Try: {"id", "document_hash", "place", "ticket_id", "attempt", "tried_at"},
    models.Refusal: {"id", "ticket_id", "reference", "document_hash", "refused_at", "lifted_at", "lifted_by"},
    models.Revocation: {
        "id",
        "certificate_id",
        "reason",
        "revoked_at",
        "revoked_by",
        "lifted_at",
        "lifted_by",
    },
}


@pytest.mark.parametrize("model", COLUMNS)
def test_table_has_columns_for_no_person(model):
    assert {field.column for field in model._meta.fields} == COLUMNS[model]


@pytest.mark.django_db
def test_migrations_are_complete():
    said = io.StringIO()
    management.call_command("makemigrations", "issuance", dry_run=True, stdout=said)
    assert "No changes" in said.getvalue()
