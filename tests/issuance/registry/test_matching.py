import collections

import pytest

from issuance.registry import matching, people


@pytest.mark.parametrize(
    ("claimed", "recorded"),
    [
        (("Łukasz", "Wójcik"), ("LUKASZ", "WOJCIK")),
        (("Anna Lena", "Groß"), ("Anna-Lena", "Gross")),
        (("Maria José", "García Márquez"), ("José María", "Garcia Marquez")),
        (("Smith", "Grace"), ("Grace", "Smith")),
        (("Emily", "O Brien"), ("Emily", "O’Brien")),
        (("Emily", "OBrien"), ("Emily", "O'Brien")),
        (("Ayse", "Isik"), ("Ayşe", "Işık")),
        (("Søren", "Ødegård"), ("Soren", "Odegard")),
        (("ΓΕΩΡΓΙΟΣ", "ΠΑΠΑΔΟΠΟΥΛΟΣ"), ("Γεώργιος", "Παπαδόπουλος")),
        (("ЕЛЕНА", "Щерева"), ("Елена", "ЩЕРЕВА")),
        (("ᲜᲘᲜᲝ", "ბერიძე"), ("ნინო", "ბერიძე")),
        (("أحمد", "بن علي"), ("احمد", "بن علي")),
        (("שרה", "בן דוד"), ("שרה", "בן-דוד")),
        (("무기", "장"), ("", "장무기")),
        (("Athina", "Psarra"), ("Αθηνά", "Ψαρρά")),
        (("Αθηνά", "Ψαρρά"), ("ATHINA", "PSARRA")),
        (("PSARRA", "Athina"), ("Αθηνά", "Ψαρρά")),
        (("Ihor", "Hnatiuk"), ("Ігор", "Гнатюк")),
        (("ნინო", "ბერიძე"), ("Nino", "Beridze")),
        (("Jürgen", "Groß"), ("JUERGEN", "GROSS")),
        (("Juergen", "Gross"), ("Jürgen", "Groß")),
        (("Søren", "Ødegård"), ("SOEREN", "OEDEGAARD")),
    ],
)
def test_habits_of_writing_do_not_make_another_name(claimed, recorded):
    assert matching.same_name(*claimed, [recorded])


@pytest.mark.parametrize(
    ("claimed", "recorded"),
    [
        (("Grace", "Smith"), ("Grace", "Smyth")),
        (("Grace", "Smith"), ("Alice", "Smith")),
        (("Grace", "Smith"), ("Grace Mary", "Smith")),
        (("Grace", "Grace"), ("Grace", "Smith")),
        (("Athena", "Psarra"), ("Αθηνά", "Ψαρρά")),
        (("Athina", "Psarrou"), ("Αθηνά", "Ψαρρά")),
        (("Athina", ""), ("Αθηνά", "Ψαρρά")),
        (("Αθηνά", "Ψαρρά"), ("Елена", "Псарра")),
        # Without vowels "SHRH" could be several names.
        (("Shrh", "Lvy"), ("שרה", "לוי")),
        (("Sarah", "Levy"), ("שרה", "לוי")),
        (("Muller", "Jurgen"), ("Mueller", "Juergen")),
        # Cut at 80 letters, these two would be one name.
        (("Щ" * 40, "А"), ("Щ" * 40, "Б")),
        (("Shch" * 20, "B"), ("Щ" * 40, "А")),
        (("-", "."), ("", "")),
        (("", ""), ("", "")),
    ],
)
def test_another_name_stays_another(claimed, recorded):
    assert not matching.same_name(*claimed, [recorded])


def test_any_of_the_recorded_names_will_do():
    recorded = [("Αθηνά", "Ψαρρά"), ("Athina", "Psarra")]

    assert matching.same_name("Athina", "Psarra", recorded)
    assert matching.same_name("Αθηνα", "Ψαρρα", recorded)
    assert matching.same_name("Athina", "Ψαρρά", recorded)
    assert not matching.same_name("Athina", "Psarra", [])


def test_no_two_people_of_the_register_pass_for_each_other():
    """But for those who have the same names in another order, or in another script."""
    by_form = collections.defaultdict(set)
    for one in people.people(3_000):
        words = tuple(sorted(matching._words(f"{one.given_names} {one.family_name}")))
        for form in matching._forms(one.given_names, one.family_name):
            by_form[one.script, form].add(words)

    assert {form: words for form, words in by_form.items() if len(words) > 1} == {}
