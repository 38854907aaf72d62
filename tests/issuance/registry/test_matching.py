import pytest

from issuance.registry import matching


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
        (("Athina", "Psarra"), ("Αθηνά", "Ψαρρά")),
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
    assert not matching.same_name("Athina", "Ψαρρά", recorded)
    assert not matching.same_name("Athina", "Psarra", [])
