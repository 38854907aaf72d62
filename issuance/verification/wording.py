"""Verdicts in plain words, for staff and for whoever runs the command. Of a person only where that is asked for."""

import datetime
from typing import Any

from issuance import errors, products
from issuance.verification import contents, verdicts

SENTENCES: dict[errors.Fault, str] = {
    "not_hc1": "This code is not a health certificate: it does not begin with HC1.",
    "malformed": "This code begins like a health certificate, but cannot be unpacked. It is damaged, or made up.",
    "unknown_issuer": "Nobody in the trust list has this key id. Somebody else issued it, or the list is too old.",
    "bad_signature": "The signature is not the signer's. The certificate was altered, or made up.",
    "wrong_contents": "The signature is right, but what was signed is not a certificate as the EU schema has it.",
    "not_yet_valid": "The certificate is signed, and not valid yet.",
    "expired": "The certificate is signed, and no longer valid.",
    "outside_signer_validity": "The certificate begins before its signer was valid, or outlives it.",
    "wrong_key_usage": "The signer may not sign certificates of this kind.",
    "revoked": "The certificate was revoked by whoever issued it.",
}
VALID = "The certificate is valid."


def sentence(verdict: verdicts.Verdict) -> str:
    return VALID if verdict.fault is None else SENTENCES[verdict.fault]


def facts(verdict: verdicts.Verdict) -> dict[str, str]:
    """What may be shown to anybody: signer, kind and times; empty where nothing was unpacked."""
    shown = {"signer": verdict.kid.hex()} if verdict.kid is not None else {}
    if verdict.certificate is None:
        return shown
    said = verdict.certificate
    return shown | {
        "kind": said.kind,
        "issuer": _printable(said.issuer),
        "issued": _instant(said.issued_at),
        "expires": _instant(said.expires_at),
    }


def person(certificate: contents.Certificate) -> dict[str, str]:
    """Whom and what the certificate is about: personal data."""
    payload = certificate.payload
    name = payload["nam"]
    about = {
        "name": _joined(name, "gn", "fn"),
        "standardised name": _joined(name, "gnt", "fnt"),
        "date of birth": payload["dob"],
    }
    [entry] = payload[certificate.kind[0]]
    return {label: _printable(text) for label, text in (about | _entry(entry, certificate.kind)).items() if text}


def _entry(entry: dict[str, Any], kind: contents.Kind) -> dict[str, str]:
    shown = {"disease": products.DISEASES.get(entry["tg"], entry["tg"])}
    if kind == "vaccination":
        shown |= {
            "vaccine": _product(entry["mp"]),
            "dose": f"{entry['dn']} of {entry['sd']}",
            "given on": entry["dt"],
        }
    elif kind == "test":
        shown |= {"taken at": entry["sc"], "result": entry["tr"], "type of test": entry["tt"]}
    else:
        shown |= {"first positive test": entry["fr"], "valid from": entry["df"], "valid until": entry["du"]}
    return shown | {"country": entry["co"], "issued by": entry["is"], "certificate id": entry["ci"]}


def _product(code: str) -> str:
    try:
        return f"{products.by_code(code).name} ({code})"
    except KeyError:
        return code


def _joined(name: dict[str, str], *keys: str) -> str:
    return " ".join(name[key] for key in keys if name.get(key))


def _printable(text: str) -> str:
    """A terminal obeys what is not: no signer is trusted that far."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def _instant(at: datetime.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
