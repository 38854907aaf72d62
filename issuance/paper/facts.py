"""What a passport says: the facts of a certificate in the order they are read, on paper as on a web page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from issuance.paper import words


@dataclass(frozen=True, repr=False)
class Page:
    """What stands on the page; all as it is printed but the moments. `language`: whose words stand beside English."""

    family: str
    given: str
    family_latin: str
    given_latin: str
    birth_date: str
    disease: str
    vaccine: str
    product: str
    maker: str
    dose: str
    given_on: str
    country: str
    issuer: str
    certificate_id: str
    issued_at: datetime
    expires_at: datetime
    hc1: str
    language: str = words.SECOND


@dataclass(frozen=True, slots=True, repr=False)
class Fact:
    """`key` names the label in words.py; `also` is the same once more in Latin letters, as verifiers read it.

    `ours`: from our own tables, the same for thousands, and so may be remembered.
    """

    key: str
    value: str
    also: str = ""
    ours: bool = False
    strong: bool = True


def holder(content: Page) -> list[Fact]:
    names = [
        Fact("family", content.family, content.family_latin),
        Fact("given", content.given, content.given_latin),
    ]
    return [name for name in names if name.value] + [Fact("birth_date", content.birth_date)]


def vaccination(content: Page) -> list[Fact]:
    return [
        Fact("disease", content.disease, ours=True),
        Fact("vaccine", content.vaccine, ours=True),
        Fact("product", content.product, ours=True),
        Fact("maker", content.maker, ours=True),
        Fact("dose", content.dose),
        Fact("given_on", content.given_on),
        Fact("country", content.country, ours=True),
    ]


def in_short(content: Page) -> list[Fact]:
    """What stands beside the code: the rest is one fold away."""
    return [
        Fact("disease", content.disease, ours=True),
        Fact("dose", content.dose),
        Fact("given_on", content.given_on),
        Fact("expires_at", f"{content.expires_at.astimezone(UTC):%Y-%m-%d}"),
    ]


def certificate_itself(content: Page) -> list[Fact]:
    return [
        Fact("identifier", content.certificate_id, strong=False),
        Fact("issuer", f"{content.issuer} ({content.country})", ours=True, strong=False),
        Fact("issued_at", _moment(content.issued_at), strong=False),
        Fact("expires_at", _moment(content.expires_at)),
    ]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
