"""Signatures between the tiers: nothing that was signed reads as something else."""

import pytest

from queueing import errors, vouching

SIGNING, VERIFYING = vouching.new_key_pair()
KEY, KEYS = vouching.signing_key(SIGNING), [vouching.verifying_key(VERIFYING)]
NOW_S = 1_800_000_000


def signed(room="passport", ticket="ticket", sealed=b"sealed", at_s=NOW_S):
    return vouching.sign_request(KEY, room, ticket, sealed, at_s)


def test_signed_request_is_72_bytes_longer_and_comes_out_as_it_was():
    assert len(signed()) == len(b"sealed") + 72
    assert vouching.verified_request(KEYS, "passport", "ticket", signed(), NOW_S) == b"sealed"


@pytest.mark.parametrize(("room", "ticket"), [("other", "ticket"), ("passport", "other"), ("passporttick", "et")])
def test_request_of_another_room_or_ticket_is_refused(room, ticket):
    with pytest.raises(errors.Forged):
        vouching.verified_request(KEYS, room, ticket, signed(), NOW_S)


def test_no_byte_of_it_may_change_and_none_be_missing():
    whole = signed()
    changed = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
    cut = [whole[:length] for length in range(len(whole))]
    for forged in (*changed, *cut, whole + b"\0"):
        with pytest.raises(errors.Forged):
            vouching.verified_request(KEYS, "passport", "ticket", forged, NOW_S)


def test_request_is_good_for_as_long_as_a_ticket_and_for_clocks_that_differ():
    latest_s = NOW_S + vouching.REQUEST_GOOD_FOR_S + vouching.CLOCKS_DIFFER_S
    assert vouching.verified_request(KEYS, "passport", "ticket", signed(), latest_s) == b"sealed"
    with pytest.raises(errors.Forged, match="older"):
        vouching.verified_request(KEYS, "passport", "ticket", signed(), latest_s + 1)


def test_keys_are_rotated_with_the_older_ones_still_good():
    newer = vouching.verifying_key(vouching.new_key_pair()[1])
    assert vouching.verified_request([newer, *KEYS], "passport", "ticket", signed(), NOW_S) == b"sealed"
    for without in ([newer], []):
        with pytest.raises(errors.Forged):
            vouching.verified_request(without, "passport", "ticket", signed(), NOW_S)


@pytest.mark.parametrize("text", ["", "short", "A" * 44, "!" * 43])
def test_what_is_no_key_is_refused(text):
    for read in (vouching.signing_key, vouching.verifying_key):
        with pytest.raises(ValueError, match=r"key|base64url"):
            read(text)


def test_messages_name_ids_only():
    with pytest.raises(errors.Forged) as caught:
        vouching.verified_request(KEYS, "passport", "ticket", b"Ozolina" * 20, NOW_S)
    assert "Ozolina" not in str(caught.value)
