"""Keyed hashes of people, facts and document numbers: what the database holds instead of them. Pure.

HMAC-SHA-256 under RECORD_KEY, a word of its own for each kind, so that no hash of one kind says anything about another.
Numbers of documents can be guessed one after the other, so without the key these must say nothing: it is never in the
database, and workers alone have it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

# Of what a certificate says, this alone names the paper instead of the person.
_OF_THE_PAPER = "ci"


def person(key: bytes, document_number: str, date_of_birth: date) -> str:
    return _hash(key, "person", _number(document_number), date_of_birth.isoformat())


def facts(key: bytes, document_number: str, payload: Mapping[str, Any]) -> str:
    """Of everything a certificate says but its own id: another dose, or another name, makes another hash."""
    said = dict(payload)
    said["v"] = [{name: value for name, value in entry.items() if name != _OF_THE_PAPER} for entry in payload["v"]]
    return _hash(key, "facts", _number(document_number), json.dumps(said, sort_keys=True))


def document(key: bytes, document_number: str) -> str:
    """Of the number alone: whoever tries other names with it meets the same hash."""
    return _hash(key, "document", _number(document_number))


def _number(document_number: str) -> str:
    """However it is spaced or hyphened, it is one number."""
    return "".join(character for character in document_number.upper() if character.isalnum())


def _hash(key: bytes, kind: str, *parts: str) -> str:
    text = "\n".join((f"vestibule {kind}", *parts))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
