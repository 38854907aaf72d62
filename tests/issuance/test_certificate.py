import json
import zlib
from dataclasses import replace
from datetime import date, timedelta

import cbor2
import cwt
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuance import base45, certificate, errors, products
from issuance.registry import records
from issuance.verification import contents
from tests.issuance import samples


def test_signature_verifies_with_an_independent_implementation(signer):
    issued = samples.issued(signer)
    claims = samples.verified(issued.hc1, signer)
    assert claims[-260][1] == issued.payload


@pytest.mark.parametrize("holder", samples.PEOPLE, ids=samples.SCRIPTS)
def test_people_of_every_script_verify_with_it(signer, holder):
    issued = samples.issued(signer, holder)
    assert samples.verified(issued.hc1, signer)[-260][1] == issued.payload


@pytest.mark.parametrize("what", [2, 3], ids=["claims", "signature"])
def test_tampered_certificate_is_rejected_by_it(signer, what):
    envelope = cbor2.loads(samples.cose(samples.issued(signer).hc1))
    envelope.value[what] = envelope.value[what][:-1] + bytes([envelope.value[what][-1] ^ 1])
    tampered = "HC1:" + base45.encode(zlib.compress(cbor2.dumps(envelope)))
    with pytest.raises(cwt.VerifyError):
        samples.verified(tampered, signer)


def test_certificate_of_another_signer_is_rejected_by_it(signer, tmp_path):
    stranger = samples.signer(tmp_path)
    with pytest.raises((cwt.VerifyError, ValueError)):
        samples.verified(samples.issued(stranger).hc1, signer)


def test_container_is_as_the_specification_has_it(signer):
    issued = samples.issued(signer)
    envelope = cbor2.loads(samples.cose(issued.hc1))
    protected, unprotected, payload, signature = envelope.value
    assert envelope.tag == 18
    assert cbor2.loads(protected) == {1: -7, 4: signer.kid}
    assert unprotected == {}
    assert len(signature) == 64
    claims = cbor2.loads(payload)
    assert set(claims) == {1, 4, 6, -260}
    assert claims[1] == "XX"
    assert claims[6] == int(samples.NOW.timestamp())
    assert claims[4] - claims[6] == 180 * 24 * 3600
    assert issued.expires_at == samples.NOW + timedelta(days=180)


def test_same_arguments_give_the_same_text(signer):
    assert samples.issued(signer).hc1 == samples.issued(signer).hc1


@pytest.mark.parametrize("holder", samples.PEOPLE, ids=samples.SCRIPTS)
def test_contents_satisfy_the_official_schema(signer, holder):
    schema = json.loads(samples.shared("dcc/DCC.combined-schema.json").read_text())
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    payload = samples.issued(signer, holder).payload
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(payload)


def test_every_product_satisfies_the_official_schema(signer):
    schema = json.loads(samples.shared("dcc/DCC.combined-schema.json").read_text())
    for product in products.every():
        payload = samples.issued(signer, product=product).payload
        jsonschema.Draft202012Validator(schema).validate(payload)


_NAMES = st.text("aäßçñŘøþıİŀ '’-.1\u0301ΑαΐώύЮщєїґЂќәაჯԱևאףءةأ\u0651\u064e王", max_size=120)


@given(_NAMES, _NAMES, st.just("") | _NAMES, st.dates(date(1890, 1, 1), date(2021, 7, 1)))
@settings(max_examples=300, deadline=None)
def test_whoever_can_be_written_is_written_as_the_schema_has_it(signer, family, given_names, latin, born):
    holder = certificate.Person(family, given_names, latin, "", born)
    try:
        issued = samples.issued(signer, holder)
    except errors.Refused:
        return
    assert contents.read(cbor2.loads(samples.cose(issued.hc1)).value[2]).payload == issued.payload


def test_certificate_never_outlives_its_signer(signer):
    issued_at = signer.valid_until - timedelta(days=10)
    issued = certificate.certify(samples.LATIN, samples.dose(), samples.IDENTIFIER, issued_at, signer)
    assert issued.expires_at == signer.valid_until
    assert samples.verified(issued.hc1, signer)[4] == int(signer.valid_until.timestamp())


@pytest.mark.parametrize("days", [-2, 731])
def test_nothing_is_signed_outside_the_signers_validity(signer, days):
    issued_at = samples.NOW + timedelta(days=days)
    with pytest.raises(ValueError, match="was not valid"):
        certificate.certify(samples.LATIN, samples.dose(), samples.IDENTIFIER, issued_at, signer)


def test_registrys_own_spelling_goes_before_ours(signer):
    name = samples.issued(signer, samples.ARABIC).payload["nam"]
    assert name == {
        "fn": "الفلسطيني",
        "fnt": "AL<FALASTINI",
        "gn": "محمد عبد الله",
        "gnt": "MOHAMMED<ABDALLAH",
    }


def test_person_with_one_name_has_one_name(signer):
    holder = replace(samples.LATIN, family="Suharto", given="")
    assert samples.issued(signer, holder).payload["nam"] == {"fn": "Suharto", "fnt": "SUHARTO"}


def test_names_are_composed_and_cut_to_the_schema(signer):
    holder = replace(samples.LATIN, family="Mu\u0308ller", given="Anna " * 30)
    name = samples.issued(signer, holder).payload["nam"]
    assert name["fn"] == "Müller"
    assert len(name["gn"]) <= 80
    assert len(name["gnt"]) <= 80


@pytest.mark.parametrize(
    "holder",
    [
        replace(samples.LATIN, family="王", given="小明"),
        replace(samples.LATIN, family="", given=""),
        replace(samples.LATIN, date_of_birth=date(1899, 12, 31)),
        replace(samples.LATIN, date_of_birth=date(2021, 6, 15)),
    ],
    ids=["script without a table", "no name", "born too early", "born after the dose"],
)
def test_person_who_cannot_be_written_is_refused(signer, holder):
    with pytest.raises(errors.Refused) as refusal:
        samples.issued(signer, holder)
    assert refusal.value.reason == "incomplete_record"


def test_person_of_a_record_has_its_native_and_its_latin_names():
    record = records.Record(
        "p1", records.Name("Μαρία", "Παππά"), records.Name("Maria", "Pappa"), date(1979, 11, 30), ()
    )
    holder = certificate.person(record)
    assert holder == certificate.Person("Παππά", "Μαρία", "Pappa", "Maria", date(1979, 11, 30))
    latin = certificate.person(replace(record, latin_name=None))
    assert (latin.family_latin, latin.given_latin) == ("", "")


def test_neither_person_nor_certificate_shows_itself(signer):
    issued = samples.issued(signer)
    shown = repr(samples.LATIN) + repr(issued) + str(issued)
    assert "Müller" not in shown
    assert "HC1" not in shown


def test_check_character_is_that_of_the_published_example():
    assert certificate.check_character("URN:UVCI:01:NL:187/37512422923") == "Z"


def test_identifier_is_128_random_bits_with_a_check_character():
    identifier = certificate.new_id(b"\xff" * 16)
    assert identifier.startswith("URN:UVCI:01:XX:77777777777777777777777774#")
    assert identifier[-1] == certificate.check_character(identifier[:-2])
    assert len(identifier) <= 80
    with pytest.raises(ValueError, match="16 random bytes"):
        certificate.new_id(b"short")
