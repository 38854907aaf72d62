import zlib
from datetime import timedelta

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from issuance import base45, errors
from issuance.verification import cbor, envelope, trust, verdicts
from tests.issuance import samples
from tests.issuance.verification import forge

NEWLY = forge.AT + timedelta(minutes=1)
TEST_SIGNER, VACCINATION_SIGNER, RECOVERY_SIGNER = (f"1.3.6.1.4.1.1847.2021.1.{number}" for number in (1, 2, 3))


def trusted(*signers, revoked=()):
    return trust.of([signer.certificate for signer in signers], revoked)


def judged(code, *signers, at=NEWLY):
    return verdicts.judge(code, trusted(*signers), at)


def fault(code, *signers, at=NEWLY):
    return judged(code, *signers, at=at).fault


@pytest.mark.parametrize("kind", forge.PAYLOADS)
def test_what_is_as_the_specification_has_it_is_valid(by, kind):
    verdict = judged(forge.code(by, payload=forge.PAYLOADS[kind]), by)
    assert (verdict.valid, verdict.fault, verdict.kid) == (True, None, by.kid)
    assert verdict.certificate.kind == kind
    assert verdict.certificate.payload == forge.PAYLOADS[kind]
    assert (verdict.certificate.issuer, verdict.certificate.issued_at) == ("XX", forge.AT)
    assert verdict.certificate.certificate_id == samples.IDENTIFIER


@pytest.mark.parametrize("holder", samples.PEOPLE, ids=samples.SCRIPTS)
def test_what_we_issue_is_valid(signer, holder):
    issued = samples.issued(signer, holder)
    verdict = verdicts.judge(issued.hc1, trust.of([signer.certificate]), samples.NOW)
    assert verdict.valid
    assert verdict.certificate.payload == issued.payload
    assert verdict.certificate.expires_at == issued.expires_at


def test_rsa_signatures_are_verified_too(by, rsa_signer):
    assert judged(forge.code(rsa_signer), by, rsa_signer).valid
    larger = forge.signer(rsa.generate_private_key(65537, 3072))
    assert judged(forge.code(larger), larger).valid


def test_key_of_another_kind_or_size_signs_nothing():
    for key in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 1024)):  # noqa: S505 - that is what is refused
        signer = forge.signer(key)
        assert fault(forge.code(signer), signer) == "bad_signature"


@pytest.mark.parametrize("algorithm", [-37, -8, -35, -257, 1])
def test_signature_is_verified_by_the_algorithm_that_is_named(by, algorithm):
    assert fault(forge.code(by, protected={1: algorithm, 4: by.kid}), by) == "bad_signature"


@pytest.mark.parametrize("tags", [(), (18,), (18, 61)], ids=["none", "18", "61 around 18"])
def test_tags_that_a_signed_message_may_have(by, tags):
    assert judged(forge.code(by, tags=tags), by).valid


@pytest.mark.parametrize("tags", [(61,), (17,), (98,), (18, 18), (61, 18), (18, 61, 61)], ids=str)
def test_tags_that_it_may_not_have(by, tags):
    assert fault(forge.code(by, tags=tags), by) == "malformed"


OTHER = b"12345678"


@pytest.mark.parametrize(
    ("inside", "outside", "expected"),
    [
        ("right", None, None),
        (None, "right", None),
        ("right", "right", None),
        ("right", "wrong", None),
        ("wrong", "right", "unknown_issuer"),
        (None, "wrong", "unknown_issuer"),
        (None, None, "malformed"),
    ],
)
def test_key_id_that_is_signed_goes_before_the_one_that_is_not(by, inside, outside, expected):
    kids = {"right": by.kid, "wrong": OTHER}
    protected = {1: forge.ES256} | ({4: kids[inside]} if inside else {})
    code = forge.code(by, protected=protected, unprotected={4: kids[outside]} if outside else {})
    assert fault(code, by) == expected


@pytest.mark.parametrize("length", [0, 7, 9])
def test_key_id_of_another_length_is_nobodys(by, length):
    assert fault(forge.code(by, protected={1: forge.ES256, 4: (by.kid * 2)[:length]}), by) == "unknown_issuer"


def test_every_signer_with_that_key_id_is_tried(by):
    other = forge.signer()
    both = trust.Trust({OTHER: (by.certificate, other.certificate)})
    header = {1: forge.ES256, 4: OTHER}
    for signer in (by, other):
        assert verdicts.judge(forge.code(signer, protected=header), both, NEWLY).valid
    stranger = forge.code(forge.signer(), protected=header)
    assert verdicts.judge(stranger, both, NEWLY).fault == "bad_signature"


@pytest.mark.parametrize(
    "protected", [b"", {4: OTHER}, {1: "ES256", 4: OTHER}, {1: -7, 2: [9], 4: OTHER}, [1], b"\xff"]
)
def test_header_that_does_not_say_how_it_is_signed_is_malformed(by, protected):
    assert fault(forge.code(by, protected=protected, unprotected={1: forge.ES256, 4: by.kid}), by) == "malformed"


def test_nobody_is_trusted_by_default(by):
    verdict = judged(forge.code(by))
    assert (verdict.fault, verdict.kid, verdict.certificate) == ("unknown_issuer", by.kid, None)


def test_contents_are_not_read_before_the_signature_is_verified(by):
    wrong = forge.code(by, payload={"not": "a certificate"}, signature=bytes(64))
    assert fault(wrong, by) == "bad_signature"
    assert judged(wrong, by).certificate is None
    assert fault(forge.code(by, payload={"not": "a certificate"}), by) == "wrong_contents"


DAY = timedelta(days=1)


def test_certificate_is_valid_from_its_first_second_to_its_last(by):
    code = forge.code(by)
    last = forge.AT + 180 * DAY
    second = timedelta(seconds=1)
    assert fault(code, by, at=forge.AT - second) == "not_yet_valid"
    assert fault(code, by, at=forge.AT) is None
    assert fault(code, by, at=last) is None
    assert fault(code, by, at=last + second) == "expired"
    assert judged(code, by, at=last + second).certificate.payload == forge.PAYLOADS["vaccination"]


def test_not_before_counts_where_it_is_said(by):
    tomorrow = forge.code(by, claims={5: int((forge.AT + DAY).timestamp())})
    assert fault(tomorrow, by) == "not_yet_valid"
    assert fault(tomorrow, by, at=forge.AT + DAY) is None


def test_certificate_stands_within_its_signers_life():
    late, brief = forge.signer(begins=forge.AT + DAY), forge.signer(ends=forge.AT + 100 * DAY)
    assert fault(forge.code(late), late) == "outside_signer_validity"
    assert fault(forge.code(brief), brief) == "outside_signer_validity"


@pytest.mark.parametrize(
    ("purposes", "kinds"),
    [
        (None, set(forge.PAYLOADS)),
        (["1.3.6.1.5.5.7.3.1"], set(forge.PAYLOADS)),
        ([TEST_SIGNER], {"test"}),
        ([VACCINATION_SIGNER], {"vaccination"}),
        ([RECOVERY_SIGNER], {"recovery"}),
        (["1.3.6.1.4.1.0.1847.2021.1.3"], {"recovery"}),
        ([TEST_SIGNER, RECOVERY_SIGNER, "1.3.6.1.5.5.7.3.1"], {"test", "recovery"}),
    ],
)
def test_signer_signs_what_it_is_for(purposes, kinds):
    signer = forge.signer(purposes=purposes)
    valid = {
        kind for kind, payload in forge.PAYLOADS.items() if judged(forge.code(signer, payload=payload), signer).valid
    }
    assert valid == kinds
    refused = {
        fault(forge.code(signer, payload=forge.PAYLOADS[kind]), signer) for kind in forge.PAYLOADS.keys() - kinds
    }
    assert refused <= {"wrong_key_usage"}


def test_revoked_certificate_is_invalid_and_another_is_not(by):
    code = forge.code(by)
    revoked = verdicts.judge(code, trusted(by, revoked=[samples.IDENTIFIER]), NEWLY)
    assert revoked.fault == "revoked"
    assert revoked.certificate.certificate_id == samples.IDENTIFIER
    assert verdicts.judge(code, trusted(by, revoked=["URN:UVCI:01:XX:ANOTHER"]), NEWLY).valid


@pytest.mark.parametrize(
    "claims",
    [
        *({4: wrong} for wrong in (None, "soon", True, float("nan"), 10**18)),
        *({6: wrong} for wrong in (None, 1e300, -(2**60), -(2**70))),
        *({-260: wrong} for wrong in ([], {1: {}}, {2: {}}, {1: [1, 2]})),
        {1: 7},
    ],
    ids=str,
)
def test_claims_of_another_shape_are_wrong_contents(by, claims):
    assert fault(forge.code(by, claims=claims), by) == "wrong_contents"


def test_signed_bytes_that_are_no_claims_are_wrong_contents(by):
    for signed in (b"", b"\xff", cbor2.dumps([1]), cbor2.dumps("text"), b"\x81" * 2000):
        protected = cbor2.dumps({1: forge.ES256, 4: by.kid})
        signature = by.sign(cbor2.dumps(["Signature1", protected, b"", signed]))
        message = cbor2.CBORTag(18, [protected, {}, signed, signature])
        assert fault(forge.packed(cbor2.dumps(message)), by) == "wrong_contents"


def test_text_around_a_code_does_not_matter_and_another_prefix_does(by):
    code = forge.code(by)
    assert judged(f"  {code}\r\n", by).valid
    for text in ("", "HC1", "hc1:" + code[4:], "HC2:" + code[4:], code[4:], "https://example.org"):
        assert fault(text, by) == "not_hc1"


@pytest.mark.parametrize(
    "text",
    ["HC1:", "HC1:A", "HC1:ab", "HC1:::::", "HC1:Ü", "HC1:" + base45.encode(b"not zlib"), "HC1:" + "0" * 5_000],
)
def test_text_that_cannot_be_unpacked_is_malformed(text, by):
    assert fault(text, by) == "malformed"


def test_certificate_has_to_be_compressed(by):
    message = forge.Parts(by).message()
    assert fault("HC1:" + base45.encode(message), by) == "malformed"
    squeezed = zlib.compressobj(wbits=-15)
    raw = squeezed.compress(message) + squeezed.flush()
    assert fault("HC1:" + base45.encode(raw), by) == "malformed"


def test_nothing_stands_behind_a_certificate_and_nothing_is_cut_off(by):
    message = forge.Parts(by).message()
    compressed = zlib.compress(message)
    assert fault(forge.code(by, behind=b"\x00"), by) == "malformed"
    assert fault("HC1:" + base45.encode(compressed + b"\x00"), by) == "malformed"
    assert fault("HC1:" + base45.encode(compressed[:-1]), by) == "malformed"


def test_little_text_that_unpacks_to_much_is_refused_early(by):
    bomb = zlib.compress(bytes(2_500_000), 9)
    text = "HC1:" + base45.encode(bomb)
    assert len(text) < envelope.LONGEST_TEXT
    assert fault(text, by) == "malformed"


def test_deeply_nested_contents_are_refused(by):
    nested: object = 1
    for _ in range(cbor.MAX_DEPTH + 1):
        nested = [nested]
    assert fault(forge.code(by, payload=forge.PAYLOADS["test"] | {"extra": nested}), by) == "wrong_contents"


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_altered_message_never_verifies(by, data):
    message = bytearray(forge.Parts(by).message())
    at = data.draw(st.integers(0, len(message) - 1))
    message[at] ^= data.draw(st.integers(1, 255))
    verdict = judged(forge.packed(bytes(message)), by)
    assert verdict.fault in errors.FAULTS


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_altered_code_verifies_as_nothing_else(by, data):
    code = forge.code(by)
    at = data.draw(st.integers(4, len(code) - 1))
    how = data.draw(st.sampled_from(("another", "cut", "left out", "twice")))
    other = data.draw(st.sampled_from(base45.ALPHABET.replace(code[at], "")))
    altered = {
        "another": code[:at] + other + code[at + 1 :],
        "cut": code[:at],
        "left out": code[:at] + code[at + 1 :],
        "twice": code[:at] + code[at:] + code[at:],
    }[how]
    if judged(altered, by).valid:
        # Some bits of what is compressed say nothing.
        assert envelope.opened(altered) == envelope.opened(code)


@given(
    st.text(max_size=300)
    | st.text(base45.ALPHABET, max_size=300).map("HC1:".__add__)
    | st.binary(max_size=300).map(forge.packed)
)
@settings(max_examples=300, deadline=None)
def test_no_text_makes_it_stumble(by, text):
    assert judged(text, by).fault in errors.FAULTS


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.text(max_size=9)
    | st.floats()
    | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(claims=st.dictionaries(st.sampled_from((1, 4, 5, 6, -260)), _JSON, max_size=3))
@settings(max_examples=150, deadline=None)
def test_no_signed_claims_make_it_stumble(by, claims):
    assert fault(forge.code(by, claims=claims), by) in (None, *errors.FAULTS)
