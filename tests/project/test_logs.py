from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from project import logs


def test_levels_by_logger_win_over_the_quiet_defaults() -> None:
    chosen = logs.configuration("debug", {"queueing.hub": "ERROR", "dramatiq": "DEBUG"})
    assert chosen["root"]["level"] == "DEBUG"
    assert chosen["loggers"]["queueing.hub"]["level"] == "ERROR"
    assert chosen["loggers"]["dramatiq"]["level"] == "DEBUG"
    assert chosen["loggers"]["fontTools"]["level"] == "WARNING"


@pytest.mark.parametrize(
    ("level", "levels", "variable"), [("LOUD", {}, "LOG_LEVEL "), ("INFO", {"queueing": "LOUD"}, "LOG_LEVELS ")]
)
def test_level_that_does_not_exist_names_its_variable(level: str, levels: dict[str, str], variable: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=variable):
        logs.configuration(level, levels)


def test_template_that_misses_a_value_does_not_tell_the_others() -> None:
    chosen = logs.configuration("DEBUG", {"django": "DEBUG"})
    assert chosen["loggers"]["django"]["level"] == "DEBUG"
    assert chosen["loggers"]["django.template"]["level"] == "WARNING"


@pytest.mark.parametrize(
    "name", ["fontTools", "fontTools.subset", "httpx", "fpdf.fonts", "daphne.server", "django.template"]
)
def test_libraries_that_would_tell_names_cannot_be_made_to_talk(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="personal data"):
        logs.configuration("INFO", {name: "DEBUG"})
