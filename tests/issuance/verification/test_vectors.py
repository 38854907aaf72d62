"""The official test vectors do what their index says (see samples.shared)."""

import base64
import datetime
import json

import pytest
from cryptography import x509

from issuance.verification import trust, verdicts
from tests.issuance import samples

# What the index says does not hold, and which verdicts say so.
FAULTS = {
    "VERIFY": {"bad_signature"},
    "B45DECODE": {"malformed"},
    "COMPRESSION": {"malformed"},
    "EXPIRATIONCHECK": {"not_yet_valid", "expired"},
}


@pytest.fixture(scope="module")
def vectors():
    """Name, what is expected of it, and its contents."""
    index = json.loads(samples.shared("dcc/vectors/INDEX.json").read_text())["vectors"]
    return [
        (one["file"], one["expected"], json.loads(samples.shared(f"dcc/vectors/{one['file']}").read_text()))
        for one in index
    ]


def judged(vector):
    context = vector["TESTCTX"]
    signer = x509.load_der_x509_certificate(base64.b64decode(context["CERTIFICATE"]))
    at = datetime.datetime.fromisoformat(context["VALIDATIONCLOCK"])
    at = at if at.tzinfo else at.replace(tzinfo=datetime.UTC)
    return verdicts.judge(vector["PREFIX"], trust.of([signer]), at)


def test_every_vector_is_judged_as_the_index_says(vectors):
    for name, expected, vector in vectors:
        wrong = [what for what, holds in expected.items() if not holds]
        fault = judged(vector).fault
        allowed = FAULTS[wrong[0]] if wrong else {None}
        assert fault in allowed, (name, expected)


def test_clock_before_the_first_second_and_after_the_last(vectors):
    faults = {name: judged(vector).fault for name, _, vector in vectors}
    assert (faults["common_CO16.json"], faults["common_CO17.json"]) == ("not_yet_valid", "expired")


def test_contents_are_those_of_the_vector(vectors):
    read = 0
    for name, expected, vector in vectors:
        if expected.get("DECODE"):
            assert judged(vector).certificate.payload == vector["JSON"], name
            read += 1
    assert read >= 6
