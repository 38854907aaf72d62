from datetime import timedelta

import pytest

from issuance import errors
from issuance.verification import trust, verdicts, wording
from tests.issuance.verification import forge


def judged(by, payload=None, **parts):
    code = forge.code(by, payload=payload, **parts)
    return verdicts.judge(code, trust.of([by.certificate]), forge.AT + timedelta(minutes=1))


def test_every_fault_has_its_sentence():
    assert wording.SENTENCES.keys() == set(errors.FAULTS)
    assert len({*wording.SENTENCES.values(), wording.VALID}) == len(errors.FAULTS) + 1


def test_facts_name_nobody(by):
    assert wording.facts(judged(by)) == {
        "signer": by.kid.hex(),
        "kind": "vaccination",
        "issuer": "XX",
        "issued": "2026-11-22 14:00 UTC",
        "expires": "2027-05-21 14:00 UTC",
    }
    assert wording.facts(judged(by, signature=bytes(64))) == {"signer": by.kid.hex()}
    assert wording.facts(verdicts.Verdict("not_hc1")) == {}


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("vaccination", {"vaccine": "Comirnaty (EU/1/20/1528)", "dose": "2 of 2", "given on": "2021-06-14"}),
        ("test", {"taken at": "2026-11-20T08:00:00Z", "result": "260415000"}),
        ("recovery", {"first positive test": "2026-10-01", "valid until": "2027-03-30"}),
    ],
)
def test_person_and_entry_are_told_in_words(by, kind, shown):
    told = wording.person(judged(by, forge.PAYLOADS[kind]).certificate)
    common = {"name": "Anna Müller", "standardised name": "ANNA MUELLER", "date of birth": "1984-03-07"}
    assert common | {"disease": "COVID-19"} | shown | told == told


def test_product_that_we_do_not_know_is_told_by_its_code(by):
    payload = forge.PERSON | {"v": [forge.VACCINATION | {"mp": "R-COVI", "tg": "1"}]}
    told = wording.person(judged(by, payload).certificate)
    assert (told["vaccine"], told["disease"]) == ("R-COVI", "1")


def test_what_a_terminal_would_obey_is_not_told(by):
    name = forge.PERSON["nam"] | {"fn": "\x1b[2JMüller\r\n\u202e"}
    told = wording.person(judged(by, forge.PAYLOADS["test"] | {"nam": name}).certificate)
    assert told["name"] == "Anna �[2JMüller���"
