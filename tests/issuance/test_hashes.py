from datetime import date

from issuance import certificate, hashes
from tests.issuance import samples

KEY = b"k" * 32
NUMBER = "XA1234567"
BORN = date(1984, 3, 7)
PERSON = hashes.person(KEY, NUMBER, BORN)


def test_person_needs_the_key_and_names_nobody():
    assert hashes.person(KEY, " xa 12-34567", BORN) == PERSON
    others = {
        hashes.person(b"other key", NUMBER, BORN),
        hashes.person(KEY, NUMBER, date(1984, 3, 8)),
        hashes.person(KEY, "XA1234568", BORN),
    }
    assert len(others | {PERSON}) == 4
    assert len(PERSON) == 64
    assert "1234567" not in PERSON


def test_document_is_known_by_its_number_alone_and_says_nothing_of_the_person():
    assert hashes.document(KEY, "XA1234567") == hashes.document(KEY, "xa 12/345-67")
    assert hashes.document(KEY, "XA1234567") != hashes.document(KEY, "XA1234568")
    assert hashes.document(KEY, "XA1234567") != hashes.document(b"other", "XA1234567")
    assert hashes.document(KEY, NUMBER) != PERSON


def test_facts_are_all_that_is_certified_but_the_id_of_the_paper(signer):
    def facts(person=samples.LATIN, dose=None, identifier=samples.IDENTIFIER, number=NUMBER):
        made = certificate.certify(person, dose or samples.dose(), identifier, samples.NOW, signer)
        return hashes.facts(KEY, number, made.payload)

    same = facts()
    assert facts(identifier=certificate.new_id(bytes(16))) == same
    assert len({same, facts(dose=samples.dose(number=3, series=3)), facts(samples.GREEK), facts(number="XB1")}) == 4
