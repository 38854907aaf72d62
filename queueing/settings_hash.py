"""The settings of a room as they stand in Redis (hash keys.settings): written by the private tier, read by all. Pure.

Everything is a string; durations are ms under `…_ms`. `epoch_began_us` beside them belongs to publish.lua.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, asdict, fields
from typing import Any

from queueing import colours, logos, settings, wordings
from queueing.settings import RoomSettings


def of(room: RoomSettings) -> dict[str, str]:
    """Whatever cannot be stored stands there as `?`: a room must not keep those who publish from all others."""
    return {_stored(name): _storable(_written(name, value)) for name, value in asdict(room).items()}


def read(published: Mapping[bytes, bytes]) -> RoomSettings | None:
    """None where nothing is published. What a newer version may have written and this one cannot read is as usual."""
    texts = {name.decode(): value.decode() for name, value in published.items()}
    if "slug" not in texts:
        return None
    known = {field.name: field for field in fields(RoomSettings) if _stored(field.name) in texts}
    return RoomSettings(**{name: _read(field, texts[_stored(name)]) for name, field in known.items()})


def says(published: Mapping[bytes, bytes], room: RoomSettings) -> bool:
    """Whether these settings stand there as this version writes them; what a newer one wrote besides may stay."""
    return all(published.get(name.encode()) == value.encode() for name, value in of(room).items())


def _stored(name: str) -> str:
    if name.endswith("_s"):
        return name[:-2] + "_ms"
    return name + "_ms" if name.endswith("_at") else name


def _written(name: str, value: Any) -> str:
    if name.endswith("_s"):
        return str(value * 1_000)
    if name == "texts":
        return wordings.to_json(value)
    match value:
        case None:
            return ""
        case tuple():
            return " ".join(value)
        case datetime.datetime():
            return str(round(value.timestamp() * 1_000))
    return str(value)


def _storable(text: str) -> str:
    return text.encode(errors="replace").decode()


def _read(field: Field[Any], text: str) -> Any:
    try:
        return _reader(field)(text)
    except (ValueError, OverflowError):
        return UNREADABLE.get(field.name, _usual(field))


def _reader(field: Field[Any]) -> Callable[[str], Any]:
    if field.name.endswith("_s"):
        return _seconds
    return READERS.get(field.name, int if isinstance(field.default, int) else str)


def _usual(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _seconds(ms: str) -> int:
    return int(ms) // 1_000


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _instant(text: str) -> datetime.datetime | None:
    return datetime.datetime.fromtimestamp(int(text) / 1_000, datetime.UTC) if text else None


def _colour(text: str) -> str:
    return text if colours.is_colour(text) else ""


def _logo(text: str) -> str:
    return text if logos.shown(text) else ""


def _one_of(name: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in settings.CHOICES[name]:
            raise ValueError(text)
        return text

    return read


READERS: dict[str, Callable[[str], Any]] = {
    "hosts": _words,
    "languages": _words,
    "opens_at": _instant,
    "logo": _logo,
    "texts": wordings.from_json,
    **{name: _colour for pair in settings.COLOURS.values() for name in pair},
    **{name: _one_of(name) for name in settings.CHOICES},
}
# A state that this version does not know lets nobody in.
UNREADABLE = {"state": "closed"}
