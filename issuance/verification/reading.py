"""Reads a stranger's document in a process of its own: whatever its decoders do, ours goes on and keeps its secrets.

The child gets the document and nothing else: no environment of ours, bounded memory and time (documents.main).
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from issuance import errors
from issuance.verification import documents

_ROOT = Path(__file__).resolve().parents[2]
# Beside what it may compute: to start, and to wait for a busy machine.
_PATIENCE_S = documents.MOST_SECONDS + 20


def codes(document: bytes) -> list[documents.Found]:
    """As documents.codes. Raises Unreadable."""
    if len(document) > documents.LARGEST_BYTES:
        raise errors.Unreadable(f"The document is larger than {documents.LARGEST_BYTES // 1024**2} MB.")
    told = _told(document)
    if "unreadable" in told:
        raise errors.Unreadable(told["unreadable"])
    return [documents.Found(text, page) for text, page in told["codes"]]


def _told(document: bytes) -> dict[str, Any]:
    command = [sys.executable, "-m", documents.__name__]
    environment = {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        # What it says of its troubles may quote the document.
        ended = subprocess.run(
            command,
            input=document,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env=environment,
            timeout=_PATIENCE_S,
            check=True,
        )
        told: dict[str, Any] = json.loads(ended.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise errors.Unreadable("The document cannot be read: it is damaged, or takes too much to unpack.") from None
    return told
