"""The X.509 certificates of authority (CSCA), document signers (DSC) and signers of trust lists: what stands in them.

Sources: hcert specification 1.0.8, annex A; ICAO Doc 9303 part 12 for the names of the kinds; ISO 3166-1 for countries.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VACCINATION_SIGNER = x509.ObjectIdentifier("1.3.6.1.4.1.1847.2021.1.2")
# Ours: a UUID as object identifier (ITU-T X.667) needs nobody's leave and is nobody else's.
TRUST_LIST_SIGNER = x509.ObjectIdentifier("2.25.154367936720306698468108532734879440198")

AUTHORITY_VALIDITY = timedelta(days=3650)
# A year of signing and as long again, so that the last certificate signed lives its 180 days.
SIGNER_VALIDITY = timedelta(days=730)
# Its key is in use every minute, and a list that it signed lives for days.
LIST_SIGNER_VALIDITY = timedelta(days=365)
# Clocks of verifiers differ; what is signed at once must not seem signed too early.
LEEWAY = timedelta(hours=1)

# Never any state's: AA, QM to QZ, XA to XZ, ZZ.
_USER_ASSIGNED = re.compile(r"AA|Q[M-Z]|X[A-Z]|ZZ")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LONGEST_ORGANISATION = 64  # characters, of X.520


@dataclass(frozen=True)
class Issuer:
    """In whose name is certified: an alpha-2 code and an organisation. Raises: ValueError for what cannot be."""

    country: str
    organisation: str

    def __post_init__(self) -> None:
        if not _COUNTRY.fullmatch(self.country):
            raise ValueError("a country has two capital letters (ISO 3166-1 alpha-2)")
        if not 0 < len(self.organisation.strip()) <= _LONGEST_ORGANISATION:
            raise ValueError(f"an organisation has 1 to {_LONGEST_ORGANISATION} characters")

    @property
    def is_a_states(self) -> bool:
        """Whether the code may belong to a real state."""
        return not _USER_ASSIGNED.fullmatch(self.country)


SPECIMEN = Issuer("XX", "Vestibule SPECIMEN authority")


def issuer_of(certificate: x509.Certificate) -> Issuer:
    """Raises: ValueError where the certificate does not name one of each."""
    return Issuer(_named(certificate, NameOID.COUNTRY_NAME), _named(certificate, NameOID.ORGANIZATION_NAME))


def authority(key: ec.EllipticCurvePrivateKey, issuer: Issuer, now: datetime) -> x509.Certificate:
    name = _name(issuer, "certificate authority")
    builder = _builder(name, name, key.public_key(), now - LEEWAY, now + AUTHORITY_VALIDITY)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(certificates=True), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier(identifier.digest, None, None), critical=False)
        .sign(key, hashes.SHA256())
    )


@dataclass(frozen=True)
class Authority:
    """A certificate authority whose private key is here: whoever holds this can make signers."""

    certificate: x509.Certificate
    private_key: ec.EllipticCurvePrivateKey

    def signer(self, public_key: ec.EllipticCurvePublicKey, begins: datetime) -> x509.Certificate:
        """Of documents, for vaccinations."""
        return self._issue(public_key, f"signer {begins:%Y-%m-%d}", VACCINATION_SIGNER, begins, SIGNER_VALIDITY)

    def list_signer(self, public_key: ec.EllipticCurvePublicKey, begins: datetime) -> x509.Certificate:
        common_name = f"trust list signer {begins:%Y-%m-%d}"
        return self._issue(public_key, common_name, TRUST_LIST_SIGNER, begins, LIST_SIGNER_VALIDITY)

    def _issue(
        self,
        public_key: ec.EllipticCurvePublicKey,
        common_name: str,
        purpose: x509.ObjectIdentifier,
        begins: datetime,
        validity: timedelta,
    ) -> x509.Certificate:
        """Never longer than the authority itself: verifiers end the chain there."""
        identifier = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        name = _name(issuer_of(self.certificate), common_name)
        until = min(begins + validity, self.certificate.not_valid_after_utc)
        builder = _builder(name, self.certificate.subject, public_key, begins - LEEWAY, until)
        return (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(_key_usage(certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .sign(self.private_key, hashes.SHA256())
        )


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """By name, key identifier and signature; says nothing of dates."""
    try:
        certificate.verify_directly_issued_by(issuer)
        named = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        may_issue = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return may_issue and named == own


def is_for(certificate: x509.Certificate, purpose: x509.ObjectIdentifier) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        signs = certificate.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    except (ValueError, x509.ExtensionNotFound):
        return False
    return signs and purpose in list(usage)


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )


def _name(issuer: Issuer, common_name: str) -> x509.Name:
    product = "Vestibule SPECIMEN" if issuer == SPECIMEN else "Vestibule"
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, issuer.country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, issuer.organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{product} {common_name}"),
        ]
    )


def _named(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    values = [attribute.value for attribute in certificate.subject.get_attributes_for_oid(oid)]
    if len(values) != 1 or not isinstance(values[0], str):
        raise ValueError(f"the certificate names {len(values)} of {oid.dotted_string}")
    return values[0]


def _key_usage(certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
