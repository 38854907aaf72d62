"""Settings of rooms as they are typed on a command line, and as they are shown there."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from queueing import errors, logos


class Untypable(Exception):
    """What was typed is no value of this setting; says what would be."""


def value(text: str, name: str, before: Any) -> Any:
    """Raises: Untypable."""
    reader = READERS.get(name) or (whole_number if isinstance(before, int) else str)
    return reader(text)


def whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Untypable("write a whole number") from None


def instant(text: str) -> datetime.datetime | None:
    """ISO 8601 with its time zone; '' takes it back."""
    if not text:
        return None
    try:
        read = datetime.datetime.fromisoformat(text)
        if read.tzinfo is not None:
            return read.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        pass
    raise Untypable("write date, time and time zone, such as 2026-12-01T08:00+01:00")


def logo(text: str) -> str:
    """The name of a file, or what is kept already."""
    if not text or text.startswith("data:"):
        return text
    try:
        return logos.to_uri(Path(text).read_bytes())
    except OSError as error:
        raise Untypable(f"{text} cannot be read: {error.strerror}") from None
    except errors.BadLogo as bad:
        raise Untypable(f"{text} {bad}") from None


def texts(text: str) -> Any:
    """JSON, or the name of a file with it."""
    try:
        return json.loads(text if text.startswith("{") else Path(text).read_text(encoding="utf-8")) if text else {}
    except OSError as error:
        raise Untypable(f"{text} cannot be read: {error.strerror}") from None
    except ValueError:
        raise Untypable('write JSON such as {"en": {"form.title": "…"}}, or the name of a file with it') from None


def shown(value: Any) -> str:
    """On one line."""
    match value:
        case tuple():
            return " ".join(value)
        case datetime.datetime():
            return value.astimezone(datetime.UTC).isoformat(timespec="minutes")
        case dict():
            return json.dumps(value, ensure_ascii=False)
        case None:
            return ""
    text = str(value)
    return _logo_shown(text) if text.startswith("data:") else text


def _logo_shown(uri: str) -> str:
    try:
        drawn = logos.read(uri)
    except errors.BadLogo:
        return uri[:40]
    return f"{logos.EXTENSIONS[drawn.content_type]}, {len(drawn.content):,} bytes, {drawn.width} × {drawn.height}"


READERS: dict[str, Callable[[str], Any]] = {"opens_at": instant, "logo": logo, "texts": texts}
