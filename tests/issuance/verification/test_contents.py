import copy
import datetime
import functools
import json

import cbor2
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuance import errors
from issuance.verification import contents
from tests.issuance import samples
from tests.issuance.verification import forge


def read(payload):
    return contents.read(cbor2.dumps({4: 2_000_000_000, 6: 1_700_000_000, -260: {1: payload}}))


def is_read(payload):
    try:
        return read(payload) is not None
    except errors.Unverified:
        return False


@functools.cache
def official():
    """jsonschema itself knows no date-time without one more package."""
    checker = jsonschema.FormatChecker(["date"])
    checker.checks("date-time", ValueError)(_is_date_time)
    schema = json.loads(samples.shared("dcc/DCC.combined-schema.json").read_text())
    return jsonschema.Draft202012Validator(schema, format_checker=checker)


def _is_date_time(value):
    return not isinstance(value, str) or (value[10:11] == "T" and datetime.datetime.fromisoformat(value).tzinfo)


_TEXTS = ("", "A", "xx", "XX", "MUELLER<", "1.3.0", "1.3", "Ä" * 80, "A" * 81)
_DATES = ("2021-06-14", "2021-02-30", "2021-06", "20210614", "2021", "1899-01-01", "2021-W24-1")
_TIMES = ("2026-11-20T08:00:00Z", "2021-06-14T23:30:00+02:00", "2021-06-14T08:00", "2021-06-14T08:00:00")
_OTHERS = (0, 1, 2, -1, 2.5, True, None, [], {}, [{}], ["A"], {"fnt": "A"}, {"fn": "A"})
# Copied, for what is drawn is altered further.
_LEAVES = st.sampled_from((*_TEXTS, *_DATES, *_TIMES, *_OTHERS)).map(copy.deepcopy)


def _places(value, path=()):
    """Every path to a field or an entry."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from _places(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _places(inner, (*path, at))


@st.composite
def altered(draw):
    """A right certificate in which up to three fields are others, away or there twice."""
    payload = copy.deepcopy(forge.PAYLOADS[draw(st.sampled_from(sorted(forge.PAYLOADS)))])
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(sorted(_places(payload), key=str)))
        holder = payload
        for key in path:
            holder = holder[key]
        match draw(st.sampled_from(("set", "remove", "add", "double"))):
            case "set":
                holder[last] = draw(_LEAVES)
            case "remove":
                del holder[last]
            case "add" if isinstance(holder, dict):
                holder[draw(st.sampled_from(("v", "t", "r", "fnt", "gnt", "nm", "ma", "tc", "extra")))] = draw(_LEAVES)
            case "double" if isinstance(holder[last], list):
                holder[last] = holder[last] * 2
    return payload


@given(payload=altered())
@settings(max_examples=600, deadline=None)
def test_fields_are_judged_as_the_official_schema_judges_them(payload):
    assert is_read(payload) == official().is_valid(payload)


def test_dates_may_be_tagged():
    sampled_at = datetime.datetime(2026, 11, 20, 8, 0, tzinfo=datetime.UTC)
    tested = read(forge.PERSON | {"t": [forge.TEST | {"sc": sampled_at}]})
    assert tested.payload["t"][0]["sc"] == "2026-11-20T08:00:00+00:00"
    given_on = cbor2.CBORTag(1004, "2021-06-14")
    assert read(forge.PERSON | {"v": [forge.VACCINATION | {"dt": given_on}]}).payload["v"][0]["dt"] == "2021-06-14"


def test_text_is_read_composed():
    name = forge.PERSON["nam"] | {"fn": "Mu\u0308ller"}
    assert read(forge.PAYLOADS["test"] | {"nam": name}).payload["nam"]["fn"] == "Müller"


def test_person_is_not_shown_by_accident():
    certificate = read(forge.PAYLOADS["vaccination"])
    assert "ller" not in f"{certificate!r} {certificate}"
    with pytest.raises(errors.Unverified) as refusal:
        read(forge.PAYLOADS["vaccination"] | {"dob": "Müller"})
    assert "ller" not in repr(refusal.value)
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize("extra", [b"bytes", cbor2.undefined, cbor2.CBORTag(61, 1), {1: "number"}], ids=repr)
def test_what_is_no_json_is_refused_also_where_nobody_looks(extra):
    assert not is_read(forge.PAYLOADS["test"] | {"extra": extra})
    assert is_read(forge.PAYLOADS["test"] | {"extra": {"of": ["any", 1, 2.5, None, True]}})
