import collections

import pytest

from issuance.registry import people
from queueing import claims


def test_the_same_number_and_seed_are_always_the_same_person():
    assert people.person(17, seed=3) == people.person(17, seed=3)
    assert people.person(17, seed=3) != people.person(17, seed=4)
    assert list(people.people(20, seed=3))[16] == people.person(17, seed=3)


def test_no_two_people_have_one_document_number():
    numbers = {person.document_number for person in people.people()}

    assert len(numbers) == people.COUNT


def test_four_of_five_people_are_vaccinated_and_every_kind_is_there():
    kinds = collections.Counter(person.kind for person in people.people())

    assert 0.77 < kinds["vaccinated"] / people.COUNT < 0.83
    assert set(kinds) == set(people.KINDS)
    assert min(kinds.values()) > 100


def test_every_script_is_there_and_brings_a_latin_form_where_it_is_not_latin():
    scripts = collections.defaultdict(set)
    for person in people.people():
        scripts[person.script].add(person.latin_family_name is None and person.latin_given_names is None)

    assert set(scripts) == set(people.SCRIPTS)
    assert all(answers == {script == "latin"} for script, answers in scripts.items())


def test_everybody_fits_into_the_form():
    for person in people.people():
        typed = claims.Claims(
            given_names=person.given_names,
            family_name=person.family_name,
            date_of_birth=person.date_of_birth.isoformat(),
            document_number=person.document_number,
        )
        assert (typed.given_names, typed.family_name) == (person.given_names, person.family_name)


def test_kinds_say_which_doses_are_completed():
    for person in people.people():
        completed = [dose for dose in person.doses if dose.status == "completed" and dose.number]
        last = completed[-1] if completed else None
        match person.kind:
            case "none":
                assert not person.doses
            case "partial":
                assert [(dose.number, dose.series) for dose in completed] == [(1, 2)]
            case _:
                assert last.number == last.series
                assert [dose.number for dose in completed] == list(range(1, last.number + 1))


@pytest.mark.parametrize("number", [0, -1, people.MOST + 1])
def test_there_is_nobody_beyond_the_numbers(number):
    with pytest.raises(ValueError, match="person numbers"):
        people.person(number)
