"""Who has a copy of the database has certificate ids, times and hashes that say nothing without the workers' key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from issuance import hashes, models
from issuance.registry import people
from tests.journeys import canary
from tests.queueing.lines import Line
from tests.thieves import citizens

KNOWN, STRANGER, REFUSED = "K" * 22, "S" * 22, "R" * 22
REPLY_KEY = bytes(range(32))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def began() -> tuple[str, int]:
    return end_of_log()


@pytest.fixture
def visits(began: tuple[str, int], desk: Any, line: Line, somebody: Any) -> list[people.Person]:
    """One was issued a passport, one guessed until the number was refused, one may not have any."""
    known, refused = somebody("vaccinated"), somebody("none")
    serve(desk, line, known, KNOWN)
    for number in range(6):
        serve(desk, line, known, f"{STRANGER[:-1]}{number}", family_name="Quetzalcoatlovič")
    serve(desk, line, refused, REFUSED)
    assert line.look(KNOWN).state == "issued"
    assert models.Passport.objects.count() == models.Refusal.objects.count() == 1
    return [known, refused]


def serve(desk: Any, line: Line, person: people.Person, ticket: str, **changed: Any) -> None:
    citizens.stand_in_line(line, ticket, citizens.signed(person, ticket, REPLY_KEY, **changed))
    desk.serve("test", ticket)


def test_nobody_is_named_in_any_table_or_byte_of_it(visits: list[people.Person], began: tuple[str, int]) -> None:
    searched = [word for person in visits for word in words(person)] + ["Quetzalcoatlovič"]
    copy = dict(everything(began))
    # The search finds what is there: hashes, tickets, ids.
    row = models.Passport.objects.get()
    for there in (row.person_hash, row.ticket_id, row.certificate_id):
        assert len(canary.found(iter(copy.items()), [there])) > 1
    assert canary.found(iter(copy.items()), searched) == []


def words(person: people.Person) -> list[str]:
    """All that could lead to somebody, forwards and backwards; names as typed and as the registry spells them."""
    day = person.date_of_birth
    spelt = (person.family_name, person.given_names, person.latin_family_name, person.latin_given_names)
    names = [name for each in spelt if each for name in each.split()]
    dates = [f"{day:{form}}" for form in ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%B %-d, %Y")]
    plain = [*(name for name in names if len(name) > 3), person.document_number.replace(" ", ""), *dates]
    return sorted({*plain, person.document_number, *(word[::-1] for word in plain)})


def end_of_log() -> tuple[str, int]:
    if connection.vendor == "sqlite":
        return "", 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM pg_walfile_name_offset(pg_current_wal_lsn())")
        name, offset = cursor.fetchone()
    return name, offset


def everything(began: tuple[str, int]) -> Iterator[tuple[str, bytes]]:
    """Every row of every table, and the bytes in which the server keeps them."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
            yield model._meta.db_table, repr(cursor.fetchall()).encode()
        yield from of_sqlite() if connection.vendor == "sqlite" else of_postgres(cursor, began)


def of_sqlite() -> Iterator[tuple[str, bytes]]:
    """The file and the log beside it."""
    path = Path(str(connection.settings_dict["NAME"]))
    for file in path.parent.glob(f"{path.name}*"):
        yield file.name, file.read_bytes()


def of_postgres(cursor: Any, began: tuple[str, int]) -> Iterator[tuple[str, bytes]]:
    """The files of our tables and their indexes, and the log written since `began`, as (file, offset)."""
    cursor.execute("CHECKPOINT")
    cursor.execute("SHOW data_directory")
    folder = Path(cursor.fetchone()[0])
    cursor.execute(
        "SELECT relname, pg_relation_filepath(oid) FROM pg_class WHERE relname ~ '^issuance_' AND relkind IN ('r', 'i')"
    )
    for name, path in cursor.fetchall():
        yield name, (folder / path).read_bytes()
    cursor.execute("SELECT file_name FROM pg_walfile_name_offset(pg_current_wal_lsn())")
    for name, start in {cursor.fetchone()[0]: 0, **dict([began])}.items():
        yield f"log {name}", (folder / "pg_wal" / name).read_bytes()[start:].rstrip(b"\0")


def test_hashes_cannot_be_guessed_without_the_key(visits: list[people.Person]) -> None:
    """A thief who knows everything about somebody, and how hashes are made, cannot tell whether they were here."""
    person, row = visits[0], models.Passport.objects.get()
    held = {row.person_hash, *models.Try.objects.values_list("document_hash", flat=True)}
    assert hashes.person(b"only for tests", person.document_number, person.date_of_birth) in held
    number = person.document_number.replace(" ", "")
    texts = [number, f"{number}\n{person.date_of_birth}", f"vestibule person\n{number}\n{person.date_of_birth}"]
    for guessed_key in (b"", row.certificate_id.encode(), row.kid.encode(), KNOWN.encode(), b"vestibule"):
        assert hashes.person(guessed_key, person.document_number, person.date_of_birth) not in held
        assert hashes.document(guessed_key, person.document_number) not in held
    assert not held & {hashlib.sha256(text.encode()).hexdigest() for text in texts}
    assert not held & {hmac.new(b"vestibule", text.encode(), hashlib.sha256).hexdigest() for text in texts}
