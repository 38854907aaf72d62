import itertools
from datetime import date

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from issuance import eligibility, errors, products
from issuance.registry import records

TODAY = date(2026, 11, 22)
COMIRNATY, SPIKEVAX, JCOVDEN = ((products.CVX, code) for code in ("208", "207", "212"))
UNNAMED = (products.CVX, "213")
FLU = (products.CVX, "150")
LOCAL = ("urn:oid:1.2.3", "BNT")


COVID_19, INFLUENZA = (products.SNOMED, products.COVID_19), (products.SNOMED, "6142004")


def given(*codes, on="2021-06-14", number=None, series=None, maker=None, against=(), **other):
    other = {"status": "completed", "lot": "AB123", "diseases": tuple(against)} | other
    return records.Immunization(
        codes=codes, occurred=on, dose_number=number, series_doses=series, manufacturer=maker, **other
    )


def judged(*immunizations):
    return eligibility.dose(immunizations, TODAY)


def reason(*immunizations):
    with pytest.raises(errors.Refused) as refusal:
        judged(*immunizations)
    return refusal.value.reason


def test_last_dose_of_a_complete_series_is_certified():
    dose = judged(
        given(COMIRNATY, on="2021-06-14", number=2, series=2), given(COMIRNATY, on="2021-05-24", number=1, series=2)
    )
    assert (dose.number, dose.series, dose.given_on) == (2, 2, date(2021, 6, 14))
    assert dose.product.name == "Comirnaty"


def test_booster_is_certified_before_the_series_it_follows():
    dose = judged(
        given(COMIRNATY, on="2021-06-14", number=2, series=2), given(SPIKEVAX, on="2021-12-14", number=3, series=3)
    )
    assert (dose.product.name, dose.number, dose.series) == ("Spikevax", 3, 3)


def test_begun_second_series_does_not_undo_the_first():
    dose = judged(
        given(COMIRNATY, on="2021-06-14", number=2, series=2), given(SPIKEVAX, on="2022-06-14", number=1, series=2)
    )
    assert dose.product.name == "Comirnaty"


@pytest.mark.parametrize(
    "entries",
    [
        (),
        (given(COMIRNATY, number=1, series=2),),
        (given(COMIRNATY),),
        (given(COMIRNATY, number=2, series=2, status="not-done"),),
        (given(COMIRNATY, number=2, series=2, status="entered-in-error"),),
        (given(COMIRNATY, number=2, series=2, subpotent=True),),
        (given(FLU),),
        (given(COMIRNATY, number=1, series=2), given(FLU, on="2022-10-01")),
    ],
    ids=[
        "nothing registered",
        "first of two",
        "one dose without numbers",
        "refused by the person",
        "entered in error",
        "too weak",
        "another vaccine",
        "first of two and another vaccine",
    ],
)
def test_without_a_complete_series_nobody_is_eligible(entries):
    assert reason(*entries) == "not_eligible"


@pytest.mark.parametrize(
    "entries",
    [
        (given(UNNAMED, number=2, series=2),),
        (given(UNNAMED),),
        (given(LOCAL, number=2, series=2),),
        (given(),),
        (given(COMIRNATY, SPIKEVAX, number=2, series=2),),
        (given((products.CVX, "210"), number=2, series=2, maker="SII"),),
        (given(COMIRNATY, number=2, series=2), given(UNNAMED, on="2022-01-01", number=3, series=3)),
    ],
    ids=[
        "product not said",
        "product not said, no numbers",
        "code of a system we do not know",
        "no code",
        "two products at once",
        "maker whose product has no code of its own",
        "known series, unknown booster",
    ],
)
def test_product_that_cannot_be_named_makes_the_record_incomplete(entries):
    assert reason(*entries) == "incomplete_record"


@pytest.mark.parametrize("on", [None, "", "2021", "2021-06", "2021-02-30", "in the spring of 2021", "2026-11-24"])
def test_dose_without_a_day_that_has_been_makes_the_record_incomplete(on):
    assert reason(given(COMIRNATY, on=on, number=2, series=2)) == "incomplete_record"


def test_dose_of_today_beyond_the_date_line_counts():
    assert judged(given(COMIRNATY, on="2026-11-23", number=2, series=2)).given_on == date(2026, 11, 23)


def test_time_of_day_is_left_out():
    assert judged(given(JCOVDEN, on="2021-06-14T23:30:00+02:00")).given_on == date(2021, 6, 14)


def test_partial_date_of_a_first_dose_does_not_matter():
    dose = judged(given(COMIRNATY, on="2021", number=1, series=2), given(COMIRNATY, number=2, series=2))
    assert dose.number == 2


def test_numbers_that_are_not_registered_are_counted_by_date():
    dose = judged(given(COMIRNATY, on="2021-06-14"), given(COMIRNATY, on="2021-05-24"))
    assert (dose.number, dose.series, dose.given_on) == (2, 2, date(2021, 6, 14))


def test_third_dose_without_numbers_is_the_third_of_three():
    days = ("2021-05-24", "2021-06-14", "2021-12-14")
    dose = judged(*(given(COMIRNATY, on=day) for day in days))
    assert (dose.number, dose.series) == (3, 3)


def test_vaccine_of_one_dose_is_complete_after_it():
    dose = judged(given(JCOVDEN))
    assert (dose.number, dose.series) == (1, 1)


def test_dose_reported_twice_counts_once():
    assert reason(given(COMIRNATY), given(COMIRNATY, on="2021-06-14T10:00:00Z")) == "not_eligible"


def test_second_coding_of_another_system_does_not_confuse():
    assert judged(given(LOCAL, COMIRNATY, number=2, series=2)).product.name == "Comirnaty"


@pytest.mark.parametrize("maker", [None, "ASZ", "AstraZeneca AB"])
def test_maker_whose_product_the_code_means_is_accepted(maker):
    assert judged(given((products.CVX, "210"), number=2, series=2, maker=maker)).product.name == "Vaxzevria"


def certified(*immunizations):
    dose = judged(*immunizations)
    return dose.product.name, dose.number, dose.series, dose.given_on.isoformat()


MAY, JUNE, DECEMBER = "2021-05-24", "2021-06-14", "2021-12-14"


def test_booster_without_numbers_is_numbered_as_the_eu_numbers_it():
    assert certified(given(COMIRNATY, on=MAY), given(COMIRNATY, on=JUNE), given(SPIKEVAX, on=DECEMBER)) == (
        *("Spikevax", 3, 3),
        DECEMBER,
    )
    assert certified(given(JCOVDEN, on=JUNE), given(COMIRNATY, on=DECEMBER)) == ("Comirnaty", 2, 1, DECEMBER)
    boosted_twice = given(SPIKEVAX, on="2022-09-01")
    assert certified(given(JCOVDEN, on=JUNE), given(COMIRNATY, on=DECEMBER), boosted_twice)[1:3] == (3, 1)


def test_two_products_make_one_course():
    vaxzevria = (products.CVX, "210")
    assert certified(given(vaxzevria, on=MAY), given(COMIRNATY, on=JUNE)) == ("Comirnaty", 2, 2, JUNE)


def test_numbers_of_the_registry_go_before_ours():
    assert certified(given(COMIRNATY, number=3, series=2))[1:3] == (3, 2)
    assert certified(given(COMIRNATY, number=1, series=1))[1:3] == (1, 1)


def test_series_that_is_not_registered_follows_from_the_number_and_the_first_product():
    assert certified(given(COMIRNATY, number=2))[1:3] == (2, 2)
    assert certified(given(COMIRNATY, number=3))[1:3] == (3, 3)
    assert certified(given(JCOVDEN, on=JUNE, number=1), given(COMIRNATY, on=DECEMBER, number=2))[1:3] == (2, 1)


def test_count_goes_on_from_the_last_number_that_is_registered():
    assert certified(given(COMIRNATY, on=JUNE, number=2, series=2), given(COMIRNATY, on=DECEMBER))[1:3] == (3, 3)
    lost_first = given(COMIRNATY, on=MAY, number=3, series=3)
    assert certified(lost_first, given(SPIKEVAX, on=DECEMBER))[1:3] == (4, 4)


@pytest.mark.parametrize(
    "days", [("2021-05-24", "2021-05-24"), ("2021-05-24", "2021-05-25"), ("2021-05-24", "2021-06-06")]
)
def test_dose_that_two_places_reported_within_a_fortnight_is_one(days):
    assert reason(*(given(COMIRNATY, on=day) for day in days)) == "not_eligible"
    first, second = (given(COMIRNATY, on=day) for day in days)
    assert certified(first, second, given(COMIRNATY, on="2021-06-21"))[1:3] == (2, 2)


def test_doses_a_fortnight_apart_are_two():
    assert certified(given(COMIRNATY, on="2021-05-24"), given(COMIRNATY, on="2021-06-07"))[1:3] == (2, 2)


def test_of_two_reports_the_one_that_names_the_product_counts():
    vague, exact = given(UNNAMED, number=2, series=2), given(COMIRNATY, number=2, series=2)
    assert certified(vague, exact) == certified(exact, vague) == ("Comirnaty", 2, 2, JUNE)


def test_reports_that_name_two_products_make_the_record_incomplete():
    assert reason(given(SPIKEVAX, number=2, series=2), given(COMIRNATY, number=2, series=2)) == "incomplete_record"


def test_order_in_which_the_registry_lists_does_not_matter():
    entries = [
        given(COMIRNATY, on=MAY),
        given(COMIRNATY, on=JUNE),
        given(SPIKEVAX, on=DECEMBER),
        given(FLU, on=DECEMBER),
    ]
    assert {certified(*order) for order in itertools.permutations(entries)} == {("Spikevax", 3, 3, DECEMBER)}


@pytest.mark.parametrize("on", ["2021", "2021-05", "spring", None])
def test_count_needs_every_day(on):
    assert reason(given(COMIRNATY, on=on), given(COMIRNATY, on=JUNE)) == "incomplete_record"


def test_dose_without_a_day_is_passed_over_where_a_later_one_is_numbered():
    assert certified(given(COMIRNATY, on="2021-03"), given(COMIRNATY, on=JUNE, number=2, series=2))[1:3] == (2, 2)
    assert reason(given(COMIRNATY, on=JUNE, number=2, series=2), given(COMIRNATY, on="2021-12")) == "incomplete_record"


@pytest.mark.parametrize("on", ["2020-03-15", "2012-06-14", "1921-06-14"])
def test_dose_from_before_there_was_a_vaccine_makes_the_record_incomplete(on):
    assert reason(given(COMIRNATY, on=on, number=2, series=2)) == "incomplete_record"


def test_planned_dose_that_is_marked_as_given_makes_the_record_incomplete():
    assert (
        reason(given(COMIRNATY, on=JUNE, number=2, series=2), given(COMIRNATY, on="2027-01-01")) == "incomplete_record"
    )


@pytest.mark.parametrize(
    "codes",
    [
        ((products.EU_REGISTER, "EU/1/20/1528"),),
        ((products.ICD_11, "XM8NQ0"),),
        (("http://id.who.int/icd/release/11/mms", "XM8NQ0"),),
        ((products.ATC, "J07BN01"), (products.SNOMED, "1119349007"), COMIRNATY),
        (COMIRNATY, (products.EU_REGISTER, "EU/1/20/1528"), LOCAL),
    ],
    ids=["EU register", "ICD-11", "ICD-11 by its other name", "kinds beside the product", "two that agree"],
)
def test_product_is_known_by_any_code_that_names_it(codes):
    assert certified(given(*codes, number=2, series=2))[0] == "Comirnaty"


@pytest.mark.parametrize(
    "codes",
    [
        ((products.SNOMED, "1119349007"),),
        ((products.SNOMED, "1119305005"),),
        ((products.ATC, "J07BX03"),),
        ((products.ATC, "J07BN01"),),
        ((products.ICD_11, "XM0GQ8"),),
        ((products.ICD_11, "XM4YL8"),),
        ((products.EU_REGISTER, "EU/1/20/1507"), COMIRNATY),
    ],
    ids=[
        "mRNA",
        "antigen",
        "ATC of 2021",
        "ATC since 2022",
        "ICD-11 kind",
        "ICD-11 of several",
        "two that do not agree",
    ],
)
def test_kind_of_vaccine_is_no_product_whoever_made_it(codes):
    assert reason(given(*codes, number=2, series=2, maker="PFR")) == "incomplete_record"


@pytest.mark.parametrize(
    "other",
    [
        given(FLU, on=DECEMBER),
        given((products.ATC, "J07BB02"), on=DECEMBER),
        given(LOCAL, on=DECEMBER, against=[INFLUENZA]),
        given((products.SNOMED, "1181000221105"), on=DECEMBER, against=[INFLUENZA]),
        given(LOCAL, on=DECEMBER),
        given(LOCAL, on=None),
    ],
    ids=["CVX", "ATC", "disease", "SNOMED and disease", "unknown code", "unknown code and day"],
)
def test_vaccinations_against_something_else_do_not_count(other):
    assert certified(given(COMIRNATY, number=2, series=2), other) == ("Comirnaty", 2, 2, JUNE)
    assert reason(given(COMIRNATY, number=1, series=2), other) in ("not_eligible", "incomplete_record")


def test_unknown_code_counts_where_the_disease_is_named():
    booster = given(LOCAL, on=DECEMBER, number=3, series=3, against=[INFLUENZA, COVID_19])
    assert reason(given(COMIRNATY, number=2, series=2), booster) == "incomplete_record"


@pytest.mark.parametrize(
    ("on", "expected"), [("2012", "not_eligible"), ("2020-03", "incomplete_record"), (JUNE, "incomplete_record")]
)
def test_unknown_code_alone_leaves_the_question_open_if_the_day_does(on, expected):
    assert reason(given(LOCAL, on=on)) == expected


def test_of_two_reports_of_one_dose_the_longer_course_counts_whoever_is_read_first():
    reports = [
        given(COMIRNATY, on="2021-05-24"),
        given(COMIRNATY, on="2021-05-24", series=1),
        given(COMIRNATY, on="2010-01-01"),
    ]
    assert {_outcome(order).series for order in itertools.permutations(reports)} == {2}


def test_of_two_products_reported_as_the_first_dose_the_longer_course_counts_whoever_is_read_first():
    reports = [given(COMIRNATY, on="2021-05-30"), given(JCOVDEN, on="2021-05-30")]
    assert {_outcome(order) for order in itertools.permutations(reports)} == {"not_eligible"}


_ENTRIES = st.builds(
    given,
    st.sampled_from([COMIRNATY, SPIKEVAX, JCOVDEN, UNNAMED, FLU, LOCAL]),
    on=st.sampled_from(
        [None, "2021", "2021-05", "2021-05-24", "2021-05-30", JUNE, DECEMBER, "2027-01-01", "2010-01-01"]
    ),
    number=st.none() | st.integers(1, 4),
    series=st.none() | st.integers(1, 3),
    status=st.sampled_from(["completed", "completed", "completed", "not-done", "entered-in-error"]),
    subpotent=st.sampled_from([False, False, False, True]),
)


@given_(st.lists(_ENTRIES, max_size=5), st.randoms())
def test_whatever_is_certified_is_in_the_record_and_complete(entries, chance):
    outcome = _outcome(entries)
    shuffled = list(entries)
    chance.shuffle(shuffled)
    assert _outcome(shuffled) == outcome
    if isinstance(outcome, str):
        assert outcome in ("not_eligible", "incomplete_record")
        return
    assert outcome.number >= outcome.series >= 1
    assert any(
        each.occurred == outcome.given_on.isoformat()
        and each.status == "completed"
        and not each.subpotent
        and products.find(each.codes, None) == outcome.product
        for each in entries
    )


def _outcome(entries):
    try:
        return judged(*entries)
    except errors.Refused as refusal:
        return refusal.reason
