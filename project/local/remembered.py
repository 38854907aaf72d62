"""The private tier's environment as `make up` chose it: commands in a second terminal find their servers by it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from project.local import folders

# A process with this one was given an environment of its own, which is nobody's to complete.
ANCHOR = "SECRET_KEY"


def keep(place: folders.Folders, variables: Mapping[str, str]) -> None:
    """One NAME=value a line, readable to its owner only."""
    folders.write_private(place.environment, "".join(f"{name}={value}\n" for name, value in sorted(variables.items())))


def restore(place: folders.Folders) -> None:
    """Complete this process's environment; what is set already stays."""
    if _given(ANCHOR) or not place.environment.exists():
        return
    for line in place.environment.read_text().splitlines():
        name, _, value = line.partition("=")
        if not _given(name.removesuffix("_FILE")):
            os.environ[name] = value


def _given(name: str) -> bool:
    return name in os.environ or f"{name}_FILE" in os.environ
