"""Whether a signer signed: the two algorithms that every verifier has to know. Pure.

Source: hcert specification 1.0.8, section 3.3.2; RFC 9053, 2.1 (ES256); RFC 8230, 2 (PS256).
"""

from cryptography import exceptions, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from issuance.verification import envelope

ES256, PS256 = -7, -37
_COORDINATE = 32  # bytes of r and of s on P-256
_SALT = 32  # bytes: as long as the hash
_SMALLEST_RSA = 2_048  # bits


def is_by(code: envelope.Envelope, signer: x509.Certificate) -> bool:
    """Whether the signature is that of this certificate's key, by the algorithm that the key is for."""
    try:
        key = signer.public_key()
        if code.algorithm == ES256 and isinstance(key, ec.EllipticCurvePublicKey):
            _verify_es256(key, code)
        elif code.algorithm == PS256 and isinstance(key, rsa.RSAPublicKey):
            _verify_ps256(key, code)
        else:
            return False
    except (exceptions.InvalidSignature, exceptions.UnsupportedAlgorithm, ValueError):
        return False
    return True


def _verify_es256(key: ec.EllipticCurvePublicKey, code: envelope.Envelope) -> None:
    if not isinstance(key.curve, ec.SECP256R1) or len(code.signature) != 2 * _COORDINATE:
        raise ValueError("not ES256")
    r, s = (int.from_bytes(half, "big") for half in (code.signature[:_COORDINATE], code.signature[_COORDINATE:]))
    key.verify(utils.encode_dss_signature(r, s), code.signed, ec.ECDSA(hashes.SHA256()))


def _verify_ps256(key: rsa.RSAPublicKey, code: envelope.Envelope) -> None:
    if key.key_size < _SMALLEST_RSA:
        raise ValueError("not PS256")
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=_SALT)
    key.verify(code.signature, code.signed, scheme, hashes.SHA256())
