import pytest
from django.core.exceptions import ImproperlyConfigured

from project import env


@pytest.mark.parametrize("value", ["1", "5", "1000"])
def test_number_within_its_limits_is_taken(monkeypatch, value):
    monkeypatch.setenv("TRIES_PER_DOCUMENT", value)
    assert env.integer("TRIES_PER_DOCUMENT", 5, lowest=1, highest=1_000) == int(value)


@pytest.mark.parametrize("value", ["0", "1001", "-5", "five", ""])
def test_number_beyond_its_limits_stops_the_start_and_names_the_variable_alone(monkeypatch, value):
    monkeypatch.setenv("TRIES_PER_DOCUMENT", value)
    with pytest.raises(ImproperlyConfigured, match="TRIES_PER_DOCUMENT must be a whole number") as error:
        env.integer("TRIES_PER_DOCUMENT", 5, lowest=1, highest=1_000)
    assert value == "" or value not in str(error.value).replace("1000", "")
