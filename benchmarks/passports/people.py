"""Citizens whose record was just found, and a signer: what a worker has in hand before it makes a page."""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from issuance import certificate, eligibility, products, signing_keys
from issuance.registry import people

ROOM, TICKET = "passport", "t" * 22
_PRODUCT = products.by_code("EU/1/20/1528")
_DOSE = eligibility.Dose(_PRODUCT, 2, 2, datetime.date(2021, 6, 14))


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """`reply_key`: under which the passport goes back."""

    person: certificate.Person
    script: str
    reply_key: bytes

    def certify(self, signer: signing_keys.Signer, now: datetime.datetime) -> certificate.Certificate:
        return certificate.certify(self.person, _DOSE, certificate.new_id(os.urandom(16)), now, signer)


def found(script: str, count: int) -> list[Found]:
    """The first `count` citizens who write their names in a script."""
    return [one for one, _number in zip(_of_script(script), range(count), strict=False)]


def signer(now: datetime.datetime) -> signing_keys.Signer:
    with tempfile.TemporaryDirectory() as folder:
        signing_keys.create(Path(folder), now)
        return signing_keys.load_signer(Path(folder), now)


def _of_script(script: str) -> Iterator[Found]:
    for one in people.people(people.MOST):
        if one.script == script:
            latin = (one.latin_family_name or "", one.latin_given_names or "")
            person = certificate.Person(one.family_name, one.given_names, *latin, one.date_of_birth)
            yield Found(person, script, os.urandom(32))
