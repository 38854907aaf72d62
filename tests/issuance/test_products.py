"""The product tables against the official value sets and a draft map (see samples.shared)."""

import json

import pytest

from issuance import products
from tests.issuance import samples

# CVX calls it a live attenuated virus, Annex A allows an inactivated one alone: one of the two is wrong, so it stays
# unnamed until a physician has said which.
WITHOUT_A_PRODUCT_HERE = {"503"}


@pytest.fixture(scope="module")
def value_sets():
    names = ("prophylaxis", "medicinal-product", "mah-manf", "encoding-instructions")
    return {
        name: json.loads(samples.shared(f"dcc/valuesets/vaccine-{name}.json").read_text())["valueSetValues"]
        for name in names
    }


def test_every_code_is_active_in_its_value_set(value_sets):
    for product in products.every():
        listed = value_sets["medicinal-product"][product.code]
        assert (listed["display"], listed["active"]) == (product.name, True)
        holder = value_sets["mah-manf"][product.holder_code]
        assert (holder["display"], holder["active"]) == (product.holder, True)
        vaccine = value_sets["prophylaxis"][product.vaccine_code]
        assert (vaccine["display"], vaccine["active"]) == (products.VACCINES[product.vaccine_code], True)


def test_every_disease_is_active_in_its_value_set():
    listed = json.loads(samples.shared("dcc/valuesets/disease-agent-targeted.json").read_text())["valueSetValues"]
    for code, name in products.DISEASES.items():
        assert (listed[code]["display"], listed[code]["active"]) == (name, True)


def test_every_combination_is_one_that_annex_a_allows(value_sets):
    lines = {line["vaccine-code"]: line for line in value_sets["encoding-instructions"].values()}
    for product in products.every():
        line = lines[product.code]
        assert product.holder_code == line["vaccine-manufacturer"]
        assert product.vaccine_code in line["sct-codes"]


def test_most_exact_kind_that_annex_a_allows_is_written(value_sets):
    lines = {line["vaccine-code"]: line for line in value_sets["encoding-instructions"].values()}
    for product in products.every():
        exact = set(lines[product.code]["sct-codes"]) - {products.UNSPECIFIED}
        assert product.vaccine_code in (exact or {products.UNSPECIFIED})


def test_map_from_cvx_is_the_draft_but_for_what_contradicts_itself():
    draft = json.loads(samples.shared("dcc/map_cvx_to_dcc.draft.json").read_text())["map"]
    assert len(draft) > 30
    found = {code: products.find([(products.CVX, code)], None) for code in draft}
    assert {code for code, product in found.items() if product is None} == WITHOUT_A_PRODUCT_HERE
    for code, line in draft.items():
        if found[code]:
            written = (found[code].code, found[code].holder_code, found[code].vaccine_code)
            assert written == (line["mp"], line["ma"], line["vp"]), code


def test_no_other_cvx_code_names_a_product():
    draft = json.loads(samples.shared("dcc/map_cvx_to_dcc.draft.json").read_text())["map"]
    others = {str(code) for code in range(1_000)} - draft.keys()
    assert not [code for code in others if products.find([(products.CVX, code)], None)]


def test_systems_are_those_of_the_value_sets(value_sets):
    systems = {value["system"] for value in value_sets["medicinal-product"].values()}
    assert systems == {products.EU_REGISTER, products.EU_OTHERS}
    for system in systems:
        assert products.find([(system, "EU/1/22/1709")], None).name == "Bimervax"


def test_every_kind_of_the_value_set_is_known_as_such(value_sets):
    for code, value in value_sets["prophylaxis"].items():
        assert products.is_against_covid_19([(value["system"], code)]), code
        assert products.find([(value["system"], code)], "PFR") is None


def test_disease_tells_where_the_code_does_not():
    local = [("urn:oid:1.2.3", "X")]
    assert products.is_against_covid_19(local) is None
    assert products.is_against_covid_19(local, [(products.SNOMED, products.COVID_19)]) is True
    assert products.is_against_covid_19(local, [(products.SNOMED, "6142004")]) is False
    assert products.is_against_covid_19([(products.CVX, "208")], [(products.SNOMED, "6142004")]) is True
    assert products.is_against_covid_19([(products.CVX, "150")]) is False
