"""What the tests of this folder share: a signer with its folder, people of several scripts, their certificates."""

import os
import zlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import cbor2
import cwt
import pytest
from cryptography.hazmat.primitives import serialization

from issuance import base45, certificate, eligibility, keyring, products, signing_keys

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
IDENTIFIER = certificate.new_id(bytes(range(16)))
SHARED_DATA = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))

LATIN = certificate.Person("Müller-Lüdenscheidt", "Anna Katharina", "", "", date(1984, 3, 7))
GREEK = certificate.Person("Παπαδοπούλου", "Μαρία Ελένη", "", "", date(1979, 11, 30))
CYRILLIC = certificate.Person("Шевченко", "Євгенія", "", "", date(1991, 8, 24))
GEORGIAN = certificate.Person("ჯავახიშვილი", "თამარ", "", "", date(1966, 7, 8))
ARMENIAN = certificate.Person("Հովհաննիսյան", "Արևիկ", "", "", date(1950, 1, 31))
HEBREW = certificate.Person("בן-גוריון", "יעל שרה", "BEN GURION", "YAEL SARAH", date(1992, 5, 5))
ARABIC = certificate.Person("الفلسطيني", "محمد عبد الله", "AL FALASTINI", "MOHAMMED ABDALLAH", date(2001, 2, 3))
PEOPLE = [LATIN, GREEK, CYRILLIC, GEORGIAN, ARMENIAN, HEBREW, ARABIC]
SCRIPTS = ["latin", "greek", "cyrillic", "georgian", "armenian", "hebrew", "arabic"]

COMIRNATY = products.by_code("EU/1/20/1528")


def signer(folder: Path, now: datetime = NOW) -> signing_keys.Signer:
    signing_keys.create(folder, now)
    return signing_keys.load_signer(folder, now)


def signers(folder: Path) -> keyring.Keyring:
    """Of keys that are made now, for whoever serves by the clock."""
    signing_keys.create(folder)
    return keyring.Keyring(folder)


def dose(product: products.Product = COMIRNATY, number: int = 2, series: int = 2) -> eligibility.Dose:
    return eligibility.Dose(product, number, series, date(2021, 6, 14))


def issued(
    by: signing_keys.Signer, holder: certificate.Person = LATIN, product: products.Product = COMIRNATY
) -> certificate.Certificate:
    return certificate.certify(holder, dose(product), IDENTIFIER, NOW, by)


def cose(hc1: str) -> bytes:
    return zlib.decompress(base45.decode(hc1.removeprefix("HC1:")))


def verified(hc1: str, by: signing_keys.Signer) -> dict[int, Any]:
    """The claims as an implementation that is not ours reads them, after it verified the signature."""
    pem = by.certificate.public_bytes(serialization.Encoding.PEM)
    return cbor2.loads(cwt.COSE.new().decode(cose(hc1), [cwt.load_pem_hcert_dsc(pem)]))


def shared(name: str) -> Path:
    """A file of the official test data, which is not part of this repository; the test is skipped where it is away."""
    path = SHARED_DATA / name
    if not path.exists():
        pytest.skip(f"official test data not found: {path} (SHARED_DATA names the folder)")
    return path
