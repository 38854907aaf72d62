from __future__ import annotations

import re

import pytest

from queueing import claims, errors, sealing, tickets, vouching

KEYS = ["new-key", "old-key"]
TICKET = tickets.Ticket(
    room="passport",
    id="A" * 22,
    epoch=3,
    incarnation="0123456789abcdef",
    number=1_795_358_216_951_998,
    reply_key=bytes(range(32)),
    details=bytes(range(16)),
    sealed=b"sealed" * 50,
)


def test_ticket_survives_signing() -> None:
    assert tickets.verify(tickets.sign(TICKET, KEYS), "passport", KEYS) == TICKET


def test_first_key_signs_and_all_verify() -> None:
    old = tickets.sign(TICKET, KEYS[1:])
    assert tickets.verify(old, "passport", KEYS) == TICKET
    with pytest.raises(errors.TicketInvalid):
        tickets.verify(tickets.sign(TICKET, KEYS), "passport", KEYS[1:])


def test_every_changed_character_is_noticed() -> None:
    text = tickets.sign(TICKET, KEYS)
    for place in range(0, len(text), 7):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(errors.TicketInvalid):
            tickets.verify(changed, "passport", KEYS)


@pytest.mark.parametrize("text", ["", ":", "1.passport", "x" * 5_000, "ü:ü", "1.passport.a.b.c.d.e.f.g:sig"])
def test_nonsense_is_no_ticket(text: str) -> None:
    with pytest.raises(errors.TicketInvalid):
        tickets.verify(text, "passport", KEYS)


def test_ticket_of_another_room_is_foreign() -> None:
    with pytest.raises(errors.TicketInvalid):
        tickets.verify(tickets.sign(TICKET, KEYS), "other", KEYS)


def test_longest_details_fit_into_a_cookie() -> None:
    details = claims.Claims.model_validate(
        {
            "given_names": "\U00020000" * 80,
            "family_name": "\U00020000" * 80,
            "date_of_birth": "1969-03-12",
            "document_number": "X" * 32,
        }
    )
    request = claims.Request(details, bytes(32)).to_bytes()
    _private, public = sealing.new_key_pair()
    sealed = sealing.seal(sealing.public_key(public), "r" * 40, "A" * 22, request)
    signed = vouching.sign_request(vouching.signing_key(vouching.new_key_pair()[0]), "r" * 40, "A" * 22, sealed, 1)
    ticket = tickets.Ticket("r" * 40, "A" * 22, 999_999, "f" * 16, TICKET.number, bytes(32), bytes(16), signed)
    assert len(tickets.sign(ticket, KEYS)) <= tickets.MAX_BYTES - 100


def test_idempotency_key_and_details_lead_to_one_ticket() -> None:
    first = tickets.identify(b"secret", "r", "key", b"details")
    assert first == tickets.identify(b"secret", "r", "key", b"details")
    others = [(b"other", "r", "key", b"details"), (b"secret", "x", "key", b"details")]
    others += [(b"secret", "r", "yek", b"details"), (b"secret", "r", "key", b"others")]
    seen = {first.id} | {tickets.identify(*other).id for other in others}
    assert len(seen) == 5
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", first.id)
    assert len(first.reply_key) == 32 and first.id not in sealing.to_text(first.reply_key)


def test_reference_is_short_and_always_the_same() -> None:
    assert tickets.reference("A" * 22) == tickets.reference("A" * 22)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{4}", tickets.reference("A" * 22))
    assert "A" * 22 not in repr(TICKET) and "reply_key" not in repr(TICKET)
