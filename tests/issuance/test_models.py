import io

import pytest
from django.core import management
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from issuance import models, revocations
from tests.issuance import samples

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


@pytest.mark.django_db(transaction=True)
def test_rows_of_before_are_kept_by_the_upgrade_and_may_be_revoked():
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes("issuance")
    executor.migrate([("issuance", "0001_initial")])
    try:
        old = MigrationExecutor(connection).loader.project_state(("issuance", "0001_initial")).apps
        kept = {"certificate_id": samples.IDENTIFIER, "ticket_id": "A" * 22, "person_hash": "of another key"}
        old.get_model("issuance", "Passport").objects.create(
            room="passport", kid="00", issued_at=samples.NOW, expires_at=samples.NOW, **kept
        )
    finally:
        MigrationExecutor(connection).migrate(newest)
    assert list(models.Passport.objects.values(*kept)) == [kept]
    assert revocations.revoke(samples.IDENTIFIER, "misused", "ada", samples.NOW)
