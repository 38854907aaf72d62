"""Looks of rooms as files: the samples in themes/, and what staff write or keep themselves. A theme has no words."""

from __future__ import annotations

import json
from pathlib import Path

from queueing.staff import typed
from queueing.staff.models import Room

SAMPLES = Path(__file__).parent / "themes"
PARTS = ("logo", "logo_alt", "accent", "paper", "accent_dark", "paper_dark")
USUAL = "usual"
ABOUT = "about"

Theme = dict[str, str]


def samples() -> dict[str, str]:
    """Name → what it looks like, in words."""
    files = sorted(SAMPLES.glob("*.json"))
    return {USUAL: "Teal on warm white; no logo"} | {path.stem: _parsed(path)[ABOUT] for path in files}


def read(name: str) -> Theme:
    """A sample by its name, else a file; its logo may be a file beside it. Raises: Untypable."""
    if name == USUAL:
        return dict.fromkeys(PARTS, "")
    path = SAMPLES / f"{name}.json" if name in samples() else Path(name)
    found = _parsed(path)
    if not found.keys() <= {*PARTS, ABOUT} or not all(isinstance(value, str) for value in found.values()):
        raise typed.Untypable(f"{name} may have these, each a text: {', '.join(PARTS)}")
    theme = dict.fromkeys(PARTS, "") | {part: value for part, value in found.items() if part != ABOUT}
    if theme["logo"] and not theme["logo"].startswith("data:"):
        theme["logo"] = typed.logo(str(path.parent / theme["logo"]))
    return theme


def of(room: Room) -> Theme:
    return {part: getattr(room, part) for part in PARTS}


def name_of(theme: Theme) -> str | None:
    """None for what is no sample."""
    return next((name for name in samples() if read(name) == theme), None)


def write(theme: Theme, path: Path) -> None:
    """A file that is there already stays as it is. Raises: Untypable."""
    try:
        with path.open("x", encoding="utf-8") as file:
            json.dump(theme, file, indent=4, ensure_ascii=False)
    except OSError as error:
        raise typed.Untypable(f"{path} cannot be written: {error.strerror}") from None


def _parsed(path: Path) -> Theme:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise typed.Untypable(
            f"{path} is no theme (there are {', '.join(samples())}) and no file that can be read: {error.strerror}"
        ) from None
    except ValueError:
        raise typed.Untypable(f"{path} is not JSON") from None
    if not isinstance(found, dict):
        raise typed.Untypable(f"{path} is not a JSON object")
    return found
