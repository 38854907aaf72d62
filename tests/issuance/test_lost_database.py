"""The way to the database is lost at the worst moments: nobody loses the place, a try or a passport for it."""

import pytest
from django.db import connection

from issuance import actors, models, passports
from tests.issuance import desks
from tests.queueing.lines import Line
from tests.thieves import citizens

TICKET = "T" * 22
REPLY_KEY = bytes(range(32))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(redis_client):
    return Line(redis_client)


def lose_it():
    """The server is gone, behind Django's back; a file that takes nothing, where there is no server."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.connection.execute("PRAGMA query_only = ON")
    else:
        connection.connection.close()


def find_it():
    """A server is found by connecting anew, which is the worker's own business."""
    if connection.vendor == "sqlite" and connection.connection:
        connection.connection.execute("PRAGMA query_only = OFF")


@pytest.fixture
def lose():
    """Whether the database is lost right behind the next answer of the registry."""
    plan = []

    def observe(kind, status, seconds):
        if plan and kind == "patient":
            plan.pop()
            lose_it()

    observe.plan = plan
    return observe


@pytest.fixture
def desk(line, server, open_registry, lose, tmp_path, monkeypatch):
    monkeypatch.setattr(passports, "HAND_BACK_PAUSE_S", 0)
    made = desks.desk(line, open_registry(server.url, observe=lose), tmp_path)
    monkeypatch.setattr(actors, "_open_desk", [made])
    return made


@pytest.fixture
def called(line, desk, somebody):
    citizens.stand_in_line(line, TICKET, citizens.signed(somebody(), TICKET, REPLY_KEY))


def serve():
    """As a worker does for each message: what is broken is noticed, and opened anew for the next."""
    find_it()
    actors.serve_ticket.fn("test", TICKET)


def test_lost_before_the_try_costs_no_call(line, called, server):
    before = server.stats()["calls"]
    lose_it()
    actors.desk().serve("test", TICKET)
    assert line.where(TICKET) == {"waiting", "present"}
    assert server.stats()["calls"] == before
    assert line.call() == [TICKET]
    serve()
    assert line.look(TICKET).state == "issued"


def test_lost_behind_the_answer_costs_neither_try_nor_passport(line, called, lose):
    lose.plan.append("once")
    serve()
    assert line.where(TICKET) == {"waiting", "present"}
    assert models.Try.objects.count() == 1
    assert line.call() == [TICKET]
    serve()
    assert line.look(TICKET).state == "issued"
    assert models.Passport.objects.count() == 1
    assert models.Try.objects.count() == 0


def test_long_outage_is_sat_out_in_line(line, called, lose, server):
    """Twelve times in a row nothing can be written: no try is counted, no lease is left to lapse."""
    for _ in range(12):
        lose.plan.append("again")
        serve()
        assert line.where(TICKET) == {"waiting", "present"}
        assert line.call() == [TICKET]
    serve()
    assert line.look(TICKET).state == "issued"
    assert models.Passport.objects.count() == 1
