"""How every process logs: one line an event, to standard error, levels per logger from LOG_LEVEL and LOG_LEVELS.

Request lines of the servers stay off: paths carry no person, but who came when is nobody's business.
"""

from __future__ import annotations

import logging.config
from typing import Any

QUIET = {
    "daphne": "WARNING",
    "daphne.server": "WARNING",
    "uvicorn.access": "WARNING",
    "django.request": "ERROR",
    "httpx": "WARNING",
    "httpcore": "WARNING",
    "fontTools": "WARNING",
    "fpdf": "WARNING",
    "asyncio": "WARNING",
}


def configuration(level: str, levels: dict[str, str]) -> dict[str, Any]:
    """A logging dictConfig; `levels` by logger name wins over the quiet defaults."""
    loggers = {name: {"level": quiet} for name, quiet in QUIET.items()} | {
        name: {"level": wanted} for name, wanted in levels.items()
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": loggers,
    }


def configure(settings: dict[str, Any]) -> None:
    """Raises: ValueError for a level that does not exist."""
    logging.config.dictConfig(settings)
