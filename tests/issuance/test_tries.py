import io
import threading
from datetime import timedelta

import pytest
from django.core import management
from django.db import connection

from issuance import errors, hashes, tries
from issuance.models import Refusal, Try
from queueing import tickets
from tests.issuance import samples

DOCUMENT = hashes.document(b"key", "XA1234567")
OTHER = hashes.document(b"key", "XA1234568")
LIMIT = tries.Limit(5, timedelta(hours=24))
NOW = samples.NOW


def ticket(number):
    return f"{number:022}"


def ask(number, answer="no_record", document=DOCUMENT, attempt=1, now=NOW, limit=LIMIT):
    """One try, and what came of it; `answer`: what the registry's client raises, None where it finds the person."""
    try:
        with tries.one(tries.Attempt(ticket(number), attempt, document), limit, lambda: now):
            if isinstance(answer, str):
                raise errors.Refused(answer)
            if answer is not None:
                raise answer
    except errors.Refused as refused:
        return refused.reason
    return "found"


@pytest.mark.django_db
def test_after_five_wrong_tries_right_and_wrong_details_are_refused_alike():
    assert [ask(number) for number in range(5)] == ["no_record"] * 5
    assert ask(5) == ask(6, answer=None) == ask(7, answer="not_eligible") == "too_many_tries"
    assert ask(8, document=OTHER) == "no_record"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer",
    [
        None,
        "not_eligible",
        "ambiguous_record",
        "incomplete_record",
        errors.RegistryUnavailable("down"),
        errors.PersonAway("gone"),
        errors.RegistryRejected(401),
    ],
)
def test_try_that_found_somebody_or_nothing_out_is_given_back(answer):
    for number in range(12):
        if isinstance(answer, Exception):
            with pytest.raises(type(answer)):
                ask(number, answer=answer)
        else:
            assert ask(number, answer=answer) == (answer or "found")
    assert not Try.objects.exists()


@pytest.mark.django_db
def test_try_counts_for_the_window_and_no_longer():
    for number in range(5):
        ask(number, now=NOW + timedelta(hours=number))
    assert ask(5, now=NOW + LIMIT.window - timedelta(seconds=1)) == "too_many_tries"
    assert ask(6, now=NOW + LIMIT.window) == "no_record"
    assert ask(7, now=NOW + LIMIT.window) == "too_many_tries"
    assert ask(8, now=NOW + LIMIT.window + timedelta(hours=1)) == "no_record"


@pytest.mark.django_db
def test_ticket_that_is_served_again_uses_one_try():
    attempt = tries.Attempt(ticket(1), 1, DOCUMENT)
    killed = tries.one(attempt, LIMIT, lambda: NOW)
    killed.__enter__()
    assert ask(1, attempt=2) == "no_record"
    assert Try.objects.count() == 1
    # The attempt that was thought dead wakes up: the try is no longer its own to give back.
    killed.__exit__(None, None, None)
    assert Try.objects.count() == 1


@pytest.mark.django_db
def test_attempt_that_is_overtaken_refuses_nobody():
    """Both attempts of one ticket look before either has taken a place."""
    for number in range(4):
        ask(number)
    late = tries.Attempt(ticket(9), 1, DOCUMENT)
    assert tries._take_place(late, 4, None, LIMIT, NOW)
    assert not tries._take_place(tries.Attempt(ticket(9), 2, DOCUMENT), 4, None, LIMIT, NOW)
    assert tries._take_over(tries.Attempt(ticket(9), 2, DOCUMENT), NOW)


@pytest.mark.django_db
def test_staff_lift_by_the_reference_and_the_number_has_its_tries_again():
    for number in range(7):
        ask(number)
    reference = tickets.reference(ticket(6))
    said = io.StringIO()
    management.call_command("tries", "list", stdout=said)
    assert {line.split()[0] for line in said.getvalue().splitlines()} == {reference, tickets.reference(ticket(5))}
    management.call_command("tries", "lift", reference.lower(), "--by", "ada", stdout=said)
    assert "may join again" in said.getvalue()
    assert [ask(number) for number in range(10, 16)] == ["no_record"] * 5 + ["too_many_tries"]
    assert set(Refusal.objects.exclude(lifted_at=None).values_list("ticket_id", "lifted_by")) == {
        (ticket(5), "ada"),
        (ticket(6), "ada"),
    }
    with pytest.raises(management.CommandError, match="stands refused"):
        management.call_command("tries", "lift", reference)


@pytest.mark.django_db
def test_numbers_are_not_to_be_seen():
    for number in range(6):
        ask(number)
    shown = repr([*Try.objects.values(), *Refusal.objects.values()])
    assert "1234567" not in shown
    assert DOCUMENT in shown


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_are_asked_than_there_are_tries():
    began, answers = threading.Barrier(10), []

    def guess(number):
        began.wait()
        try:
            answers.extend(ask(100 * number + each) for each in range(10))
        finally:
            connection.close()

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["no_record"] * 5 + ["too_many_tries"] * 95
    assert Refusal.objects.count() == 95
