"""The certificate in the code: an EU digital certificate of one dose, signed, as HC1 text. Pure.

Sources: hcert specification 1.0.8 (container), EU DCC schema 1.3 (contents), eHealth Network guidelines on
vaccination proof, annex 2 (identifier).
"""

import base64
import unicodedata
import zlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import cbor2

from issuance import base45, eligibility, errors, products, signer_certificates, signing_keys, transliteration
from issuance.registry import records

COUNTRY = signer_certificates.SPECIMEN.country
SCHEMA_VERSION = "1.3.0"
VALIDITY = timedelta(days=180)
PREFIX = "HC1:"

_ID_BYTES = 16  # 128 random bits: nothing of the person, and nobody guesses another's
_CHECKED = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:"
_BIRTH_YEARS = range(1900, 2100)  # of the schema

# Keys of CWT (RFC 8392), COSE (RFC 9052) and hcert.
_ISSUER, _EXPIRES, _ISSUED, _HCERT, _EU_DCC = 1, 4, 6, -260, 1
_ALGORITHM, _KEY_ID, _ES256 = 1, 4, -7
_COSE_SIGN1 = 18


@dataclass(frozen=True, repr=False)
class Person:
    """Names as registered and as the registry spells them in Latin letters ("" where it does not).

    Not to be printed: a person must not end up in a log.
    """

    family: str
    given: str
    family_latin: str
    given_latin: str
    date_of_birth: date


@dataclass(frozen=True, repr=False)
class Certificate:
    """`hc1` is what the code holds; `payload` is the certificate inside it, by the names of the schema."""

    hc1: str
    payload: dict[str, Any]
    issued_at: datetime
    expires_at: datetime


def person(record: records.Record) -> Person:
    latin = record.latin_name or records.Name("", "")
    native = record.name
    return Person(native.family_name, native.given_names, latin.family_name, latin.given_names, record.date_of_birth)


def certify(
    holder: Person,
    dose: eligibility.Dose,
    certificate_id: str,
    issued_at: datetime,
    signer: signing_keys.Signer,
) -> Certificate:
    """The same arguments give the same text, so a second try reproduces the first.

    Raises Refused(`incomplete_record`) where name or date of birth cannot be written as the schema has them, or the
    dose was given before that date; ValueError where the signer was not valid at `issued_at`.
    """
    if not signer.valid_from <= issued_at < signer.valid_until:
        raise ValueError(f"signer {signer.kid.hex()} was not valid at {issued_at:%Y-%m-%dT%H:%M:%SZ}")
    expires = expires_at(issued_at, signer)
    payload = _payload(holder, dose, certificate_id, signer.issuer)
    claims = {
        _ISSUER: signer.issuer.country,
        _EXPIRES: int(expires.timestamp()),
        _ISSUED: int(issued_at.timestamp()),
        _HCERT: {_EU_DCC: payload},
    }
    compressed = zlib.compress(_sign(cbor2.dumps(claims), signer), 9)
    return Certificate(PREFIX + base45.encode(compressed), payload, issued_at, expires)


def expires_at(issued_at: datetime, signer: signing_keys.Signer) -> datetime:
    """Never beyond the signer's own end: verifiers reject what outlives its key."""
    return min(issued_at + VALIDITY, signer.valid_until)


def new_id(random: bytes, country: str = COUNTRY) -> str:
    """A UVCI of version 1, option 3 (opaque), of 16 random bytes. Keep it: nothing derives it again."""
    if len(random) != _ID_BYTES:
        raise ValueError(f"an identifier takes {_ID_BYTES} random bytes")
    identifier = f"URN:UVCI:01:{country}:{base64.b32encode(random).decode().rstrip('=')}"
    return f"{identifier}#{check_character(identifier)}"


def check_character(identifier: str) -> str:
    """Luhn modulo 38 over the whole identifier without "#"; catches typing errors, proves nothing."""
    base = len(_CHECKED)
    total = 0
    for place, character in enumerate(reversed(identifier)):
        product = _CHECKED.index(character) * (1 if place % 2 else 2)
        total += product // base + product % base
    return _CHECKED[-total % base]


def _sign(claims: bytes, signer: signing_keys.Signer) -> bytes:
    protected = cbor2.dumps({_ALGORITHM: _ES256, _KEY_ID: signer.kid})
    signature = signer.sign(cbor2.dumps(["Signature1", protected, b"", claims]))
    return cbor2.dumps(cbor2.CBORTag(_COSE_SIGN1, [protected, {}, claims, signature]))


def _payload(
    holder: Person, dose: eligibility.Dose, certificate_id: str, issuer: signer_certificates.Issuer
) -> dict[str, Any]:
    return {
        "ver": SCHEMA_VERSION,
        "nam": _name(holder),
        "dob": _date_of_birth(holder, dose.given_on),
        "v": [
            {
                "tg": products.COVID_19,
                "vp": dose.product.vaccine_code,
                "mp": dose.product.code,
                "ma": dose.product.holder_code,
                "dn": dose.number,
                "sd": dose.series,
                "dt": dose.given_on.isoformat(),
                "co": issuer.country,
                "is": issuer.organisation,
                "ci": certificate_id,
            }
        ],
    }


def _name(holder: Person) -> dict[str, str]:
    name = {
        "fn": _written(holder.family or holder.family_latin),
        "fnt": _standardised(holder.family_latin or holder.family),
        "gn": _written(holder.given or holder.given_latin),
        "gnt": _standardised(holder.given_latin or holder.given),
    }
    if not (name["fnt"] or name["gnt"]):
        raise errors.Refused("incomplete_record")
    return {key: value for key, value in name.items() if value}


def _written(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split()))[: transliteration.MAX_LENGTH]


def _standardised(name: str) -> str:
    try:
        return transliteration.standardise(name)
    except transliteration.UnknownLetter as exc:
        raise errors.Refused("incomplete_record") from exc


def _date_of_birth(holder: Person, given_on: date) -> str:
    if holder.date_of_birth.year not in _BIRTH_YEARS or holder.date_of_birth > given_on:
        raise errors.Refused("incomplete_record")
    return holder.date_of_birth.isoformat()
