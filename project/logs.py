"""How every process logs: one line an event, to standard error, levels per logger from LOG_LEVEL and LOG_LEVELS.

Request lines of the servers stay off: paths carry no person, but who came when is nobody's business.
"""

from __future__ import annotations

import logging
import logging.config
from typing import Any

from django.core.exceptions import ImproperlyConfigured

QUIET = {
    "daphne": "WARNING",
    "daphne.server": "WARNING",
    "uvicorn.access": "WARNING",
    "uvicorn.error": "WARNING",
    "httpx": "WARNING",
    "httpcore": "WARNING",
    "fontTools": "WARNING",
    "fpdf": "WARNING",
    "asyncio": "WARNING",
    "django.template": "WARNING",
    # Strangers make it, and Django would tell each time with a traceback.
    "django.security.TooManyFieldsSent": "CRITICAL",
}


# These tell at INFO or below what they work on: letters of names, addresses, forms, all that a page is made of. Nobody
# can make them talk.
DISCREET = ("fontTools", "fpdf", "httpx", "httpcore", "asyncio", "daphne", "uvicorn", "django.template")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def configuration(level: str, levels: dict[str, str]) -> dict[str, Any]:
    """A logging dictConfig; `levels` by logger name wins over the quiet defaults. Raises: ImproperlyConfigured."""
    for name, wanted in [("", level.upper()), *levels.items()]:
        _check(name, wanted)
    loggers = {name: {"level": quiet} for name, quiet in QUIET.items()} | {
        name: {"level": wanted} for name, wanted in levels.items()
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": loggers | {"django.request": {"filters": ["unexpected"]}},
        "filters": {"unexpected": {"()": Unexpected}},
    }


class Unexpected(logging.Filter):
    """Lets through what is a fault of ours: no 4xx, which strangers make, no 503, which was told where it arose."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR and getattr(record, "status_code", 500) != 503


def configure(settings: dict[str, Any]) -> None:
    logging.config.dictConfig(settings)


def _check(name: str, level: str) -> None:
    variable = "LOG_LEVELS" if name else "LOG_LEVEL"
    if level not in LEVELS:
        raise ImproperlyConfigured(f"{variable} must name levels among {', '.join(LEVELS)}")
    if f"{name}.".startswith(tuple(f"{discreet}." for discreet in DISCREET)) and level in ("DEBUG", "INFO"):
        raise ImproperlyConfigured(f"LOG_LEVELS must leave {name} at WARNING or above: it would log personal data")
