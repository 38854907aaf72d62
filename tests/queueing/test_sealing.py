from __future__ import annotations

import pytest

from queueing import errors, sealing

PRIVATE, PUBLIC = sealing.new_key_pair()
OTHER_PRIVATE, _other_public = sealing.new_key_pair()
REPLY_KEY = bytes(range(32))


def test_sealed_request_opens_with_the_private_key_for_its_ticket_alone() -> None:
    sealed = sealing.seal(sealing.public_key(PUBLIC), "passport", "ticket", b"request")
    assert b"request" not in sealed
    keys = [sealing.private_key(PRIVATE)]
    assert sealing.open_sealed(keys, "passport", "ticket", sealed) == b"request"
    for room, ticket in (("passport", "other"), ("other", "ticket")):
        with pytest.raises(errors.Unsealable):
            sealing.open_sealed(keys, room, ticket, sealed)


def test_sealing_twice_gives_different_texts() -> None:
    key = sealing.public_key(PUBLIC)
    assert sealing.seal(key, "r", "t", b"same") != sealing.seal(key, "r", "t", b"same")


def test_old_private_keys_open_what_was_sealed_before() -> None:
    sealed = sealing.seal(sealing.public_key(PUBLIC), "r", "t", b"request")
    keys = [sealing.private_key(OTHER_PRIVATE), sealing.private_key(PRIVATE)]
    assert sealing.open_sealed(keys, "r", "t", sealed) == b"request"
    with pytest.raises(errors.Unsealable):
        sealing.open_sealed(keys[:1], "r", "t", sealed)


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 200])
def test_what_nobody_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(errors.Unsealable):
        sealing.open_sealed([sealing.private_key(PRIVATE)], "r", "t", sealed)


def test_document_unlocks_for_its_ticket_alone() -> None:
    locked = sealing.lock(REPLY_KEY, "r", "t", b"document")
    assert b"document" not in locked
    assert sealing.unlock(REPLY_KEY, "r", "t", locked) == b"document"
    wrong = [
        (bytes(32), "r", "t", locked),
        (REPLY_KEY, "x", "t", locked),
        (REPLY_KEY, "r", "x", locked),
        (REPLY_KEY, "r", "t", locked[:-1] + bytes([locked[-1] ^ 1])),
        (REPLY_KEY, "r", "t", b""),
    ]
    for arguments in wrong:
        with pytest.raises(errors.Unsealable):
            sealing.unlock(*arguments)


def test_nonces_are_random() -> None:
    assert sealing.lock(REPLY_KEY, "r", "t", b"same") != sealing.lock(REPLY_KEY, "r", "t", b"same")


@pytest.mark.parametrize("text", ["", "AAAA", "ä", "!" * 43, "A" * 44])
def test_keys_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"key|base64url"):
        sealing.public_key(text)
