from datetime import date

import pytest

from issuance import eligibility, errors, products
from issuance.registry import records

TODAY = date(2026, 11, 22)
COMIRNATY, SPIKEVAX, JCOVDEN = ((products.CVX, code) for code in ("208", "207", "212"))
UNNAMED = (products.CVX, "213")
FLU = (products.CVX, "150")
LOCAL = ("urn:oid:1.2.3", "BNT")


def given(*codes, on="2021-06-14", number=None, series=None, status="completed", maker=None, subpotent=False):
    return records.Immunization(status, codes, on, "AB123", number, series, maker, subpotent)


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
