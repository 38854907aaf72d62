import io
import json
import re

import pytest
from django.core.management import CommandError, call_command

from issuance.registry import people
from queueing import claims


def printed(*options):
    out = io.StringIO()
    call_command("people", *options, stdout=out)
    return out.getvalue()


def test_people_of_the_running_demo_are_printed_as_the_form_asks_for_them():
    text = printed("--count", "2")

    last = people.person(people.COUNT)
    assert re.search(rf"given names +{last.given_names}\n +family name +{last.family_name}\n", text)
    assert f"date of birth    {last.date_of_birth}" in text
    assert f"document number  {last.document_number}" in text
    assert text.count("document number") == 2


def test_json_can_be_sent_to_the_form_as_it_is():
    [person] = json.loads(printed("--json", "--count", "1", "--script", "greek"))

    assert claims.Claims(**{field: person[field] for field in claims.FIELDS})
    assert person["script"] == "greek"
    assert person["latin_family_name"].isascii()


@pytest.mark.parametrize("kind", people.KINDS)
def test_people_of_one_kind_can_be_asked_for(kind):
    found = json.loads(printed("--json", "--kind", kind))

    assert [person["kind"] for person in found] == [kind] * 5
    assert all(people.person(person["number"]).document_number == person["document_number"] for person in found)


def test_another_seed_has_other_people():
    one, other = (json.loads(printed("--json", "--count=1", seed)) for seed in ("--seed=1", "--seed=2"))

    assert one[0]["number"] == other[0]["number"]
    assert one[0]["document_number"] != other[0]["document_number"]


def test_an_unknown_kind_is_refused():
    with pytest.raises(CommandError, match="invalid choice"):
        printed("--kind", "immortal")
