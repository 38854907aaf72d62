import contextlib

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuance.verification import cbor

_NUMBERS = st.integers(-(2**64), 2**64 - 1)
_LEAVES = _NUMBERS | st.text(max_size=9) | st.binary(max_size=9) | st.booleans() | st.none()
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3) | _NUMBERS, inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES)
def test_what_was_written_is_read_again(value):
    written = cbor2.dumps(value)
    try:
        assert cbor.loads(written) == value
    except ValueError:
        assert _depth(value) >= cbor.MAX_DEPTH


def _depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)


@given(st.binary(max_size=200))
def test_anything_is_read_or_refused(data):
    with contextlib.suppress(ValueError):
        cbor.loads(data)


def test_strings_arrays_and_maps_may_be_of_unsaid_length():
    assert cbor.loads(bytes.fromhex("bf6161 5f41004101ff 6162 9f01827f6163ff02ff ff")) == {
        "a": b"\x00\x01",
        "b": [1, ["c", 2]],
    }


@pytest.mark.parametrize(
    "data",
    [
        bytes.fromhex("a2 0101 0102"),
        bytes.fromhex("bf 0101 0102 ff"),
        bytes.fromhex("a2 6161 01 6161 01"),
        bytes.fromhex("a2 01 01 f5 02"),
        bytes.fromhex("a2 01 01 f93c00 02"),
        bytes.fromhex("a1 01 a2 0101 0102"),
        bytes.fromhex("a1 f5 01"),
        bytes.fromhex("a1 80 01"),
    ],
    ids=["number", "unsaid length", "text", "one and true", "one and 1.0", "inside", "true alone", "a list"],
)
def test_key_that_stands_twice_or_is_no_key_is_refused(data):
    with pytest.raises(ValueError, match="twice"):
        cbor.loads(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x81" * 100_000 + b"\x01",
        b"\x9f" * 100_000,
        b"\xa1\x01" * 100_000 + b"\x01",
        b"\xd2" * 100_000 + b"\x01",
        bytes.fromhex("9bffffffffffffffff"),
        bytes.fromhex("bbffffffffffffffff"),
        bytes.fromhex("5bffffffffffffffff"),
        bytes.fromhex("d81c 81 d81d 00"),
        bytes.fromhex("d823 6a") + b"(a+)+$aaaa",
        bytes.fromhex("c2 5820") + bytes(32),
    ],
    ids=[
        "arrays in arrays",
        "arrays without end",
        "maps in maps",
        "tags on tags",
        "array of 2^64",
        "map of 2^64",
        "string of 2^64",
        "array that holds itself",
        "regular expression",
        "large number",
    ],
)
def test_what_would_cost_a_reader_dearly_is_refused(data):
    with pytest.raises(ValueError, match=r"nested|cut off|tag"):
        cbor.loads(data)


@pytest.mark.parametrize("data", [b"", b"\x01\x01", b"\x61", b"\xff", b"\x81\x01\xff", b"\x1c", b"\x61\xff", b"\x3f"])
def test_what_is_not_one_item_is_refused(data):
    with pytest.raises(ValueError, match=r".") as refusal:
        cbor.loads(data)
    assert refusal.value.__cause__ is None
