import pytest

from issuance.fonts import faces
from issuance.paper import lines


def runs(text, family=faces.STRONG):
    return [(run.face.name, "".join(run.letters.values())) for run in lines.line(text, family).runs]


def glyphs(text):
    return [run.shown for run in lines.line(text, faces.STRONG).runs]


def test_letter_that_no_font_has_is_refused_and_not_named():
    with pytest.raises(faces.MissingGlyph) as caught:
        lines.line("Müller 王", faces.STRONG)
    assert "王" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "face"),
    [
        ("Müller-Lüdenscheidt", "european-bold"),
        ("Nguyễn Țepeș Łukasz ẞ", "european-bold"),
        ("Παπαδοπούλου", "european-bold"),
        ("Шевченко-Ґудзь", "european-bold"),
        ("ჯავახიშვილი", "georgian-bold"),
        ("Հովհաննիսյան", "armenian-bold"),
        ("בן-גוריון", "hebrew-bold"),
        ("عبد الله", "arabic-bold"),
    ],
)
def test_name_is_set_in_one_font_of_its_script(text, face):
    assert [run.face.name for run in lines.line(text, faces.STRONG).runs] == [face]


@pytest.mark.parametrize(("text", "left"), [("Anna", False), ("יעל", True), ("محمد", True), ("2026-01-01", False)])
def test_line_runs_the_way_of_its_first_letter(text, left):
    assert lines.line(text, faces.STRONG).to_the_left is left


def test_foreign_words_stand_within_a_line_as_they_are():
    # From left to right as it is seen: the last words first, and XX in between the right way round.
    seen = lines.line("رمز XX بلد", faces.PLAIN).runs
    assert [run.face.name for run in seen] == ["arabic-regular", "european-regular", "arabic-regular"]
    assert [set(run.letters.values()) - {" "} for run in seen] == [set("بلد"), {"X"}, set("رمز")]


def test_digits_between_letters_that_run_to_the_left_stay_in_order():
    seen = lines.line("يوم 19 شهر", faces.PLAIN).runs
    digits = next(run for run in seen if "1" in run.letters.values())
    assert [digits.letters[int(code, 16)] for code in _codes(digits)] == ["1", "9"]


def _codes(run):
    written = "".join(part for _height, part in run.shown)
    inside = "".join(chunk.partition(">")[0] for chunk in written.split("<")[1:])
    return [inside[at : at + 4] for at in range(0, len(inside), 4)]


def test_arabic_letters_take_the_forms_of_their_places():
    alone = {code for letter in "محمد" for run in lines.line(letter, faces.STRONG).runs for code in _codes(run)}
    joined = {code for run in lines.line("محمد", faces.STRONG).runs for code in _codes(run)}
    assert len(joined) == 4
    assert not joined & alone - set(_codes(lines.line("م", faces.STRONG).runs[0]))


def test_marks_stand_over_their_letter():
    (run,) = lines.line("Ř̈", faces.STRONG).runs
    assert [height for height, _shown in run.shown][1] > 0


def test_every_glyph_says_what_it_stands_for():
    for text in ("ffi fl", "علاء ليلى", "أُعد", "בֶּן", "Nguyễn", "Արևիկ"):
        for run in lines.line(text, faces.STRONG).runs:
            assert {int(code, 16) for code in _codes(run)} <= run.letters.keys()
            assert all(run.letters.values())


def test_width_is_that_of_the_glyphs():
    (run,) = lines.line("AVATAR", faces.STRONG).runs
    bare = sum(run.face.widths[int(code, 16)] for code in _codes(run))
    assert lines.line("AVATAR", faces.STRONG).width < bare
