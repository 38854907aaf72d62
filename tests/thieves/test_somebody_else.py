"""Who is not the one that waits: another browser, with the page's address, the reference, the same network, the id.

And who knows somebody's document number. None of them learns more than a stranger.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from django.conf import settings as configured

from issuance import models
from queueing import tickets
from tests.queueing.browsers import Browser, close_code, opened
from tests.queueing.lines import Line
from tests.queueing.test_api import finished
from tests.thieves import citizens

ROOM = "vestibule-test"
REPLY_KEY = bytes(range(32))


def forged_cookies(browser: Browser) -> dict[str, str]:
    """What somebody may write into his own browser who knows all of hers but the cookie."""
    text = browser.client.cookies[ROOM].value
    hers = tickets.verify(text, "test", configured.TICKET_KEYS)
    his = dataclasses.replace(hers, reply_key=bytes(32))
    body, _, signature = text.rpartition(":")
    return {
        "none": "",
        "the id": hers.id,
        "the reference": tickets.reference(hers.id),
        "not signed": body,
        "signed with a key of his own": tickets.sign(hers, ["a key of his own"]),
        "her signature on another ticket": f"{tickets.sign(his, ['x']).rpartition(':')[0]}:{signature}",
        "another number": text.replace(str(hers.number), str(hers.number - 1)),
        "another room's": tickets.sign(dataclasses.replace(hers, room="other"), configured.TICKET_KEYS),
    }


KINDS = [
    *("none", "the id", "the reference", "not signed", "signed with a key of his own", "another number"),
    *("her signature on another ticket", "another room's"),
]


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("kind", KINDS)
async def test_another_browser_at_the_same_address_gets_nothing(line: Line, kind: str) -> None:
    """Both come from one address, as everybody in a café does."""
    hers, his = Browser(), Browser()
    await hers.join()
    if cookie := forged_cookies(hers)[kind]:
        his.client.cookies[ROOM] = cookie
    assert (await his.get("ticket")).status_code == 401
    assert await close_code(await opened(his.socket())) == 4401
    assert (await his.leave()).status_code == 401
    finished(line, hers)
    assert (await his.get("passport")).status_code == 404
    assert (await hers.get("passport")).content == b"%PDF passport"


@pytest.mark.usefixtures("served")
async def test_no_address_leads_to_her_place(line: Line) -> None:
    """Neither id nor reference is part of any; whoever tries gets the page that everybody gets."""
    hers = Browser()
    joined = json.loads((await hers.join()).content)
    his = Browser()
    for word in (hers.ticket_id, joined["reference"], joined["reference"].replace("-", "")):
        for path in ("tickets/", "ticket/", "ticket?id=", "passport/", "passport?id="):
            assert (await his.get(path + word)).status_code in (401, 404), path


@pytest.mark.usefixtures("served")
async def test_her_details_typed_again_make_another_place(line: Line) -> None:
    """With all that she typed, but without the key that her page made, nobody finds her ticket."""
    hers, his = Browser(), Browser()
    await hers.join()
    assert (await his.join()).status_code == 201
    assert his.ticket_id != hers.ticket_id


@pytest.mark.django_db(transaction=True)
def test_who_knows_a_number_hears_the_same_whichever_detail_is_wrong(
    desk: Any, line: Line, somebody: Any, server: Any
) -> None:
    person = somebody("vaccinated")
    guesses = [
        {"family_name": "Wvut"},
        {"given_names": "Zyx"},
        {"date_of_birth": "1931-01-31"},
        {"family_name": "Wvut", "date_of_birth": "1931-01-31"},
        {"given_names": "Zyx", "family_name": "Wvut"},
    ]
    told = [guess(desk, line, number, person, **wrong) for number, wrong in enumerate(guesses)]
    assert told == [("refused", "no_record")] * 5
    assert guess(desk, line, 5, person, document_number="ZZ00000000") == ("refused", "no_record")
    calls = server.stats()["calls"]
    right, wrong = guess(desk, line, 6, person), guess(desk, line, 7, person, given_names="Zyx")
    assert right == wrong == ("refused", "too_many_tries")
    assert server.stats()["calls"] == calls
    assert not models.Passport.objects.exists()


def guess(desk: Any, line: Line, number: int, person: Any, **wrong: str) -> tuple[str, str | None]:
    ticket = f"{'G' * 21}{number}"
    citizens.stand_in_line(line, ticket, citizens.signed(person, ticket, REPLY_KEY, **wrong))
    desk.serve("test", ticket)
    seen = line.look(ticket)
    return seen.state, seen.reason
