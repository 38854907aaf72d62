"""Whom a verifier believes: the list as it was made, and every way of making it look like one that it is not."""

import base64
import hashlib
import json
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from issuance import errors, key_changes, signer_certificates, signing_keys, trust_list
from tests.issuance import samples

NOW = samples.NOW
REVOKED = "URN:UVCI:01:XX:AAAQEAYEAUDAOCAJBIFQYDIOB4#X"


@pytest.fixture
def folder(tmp_path):
    signing_keys.create(tmp_path / "keys", NOW)
    return tmp_path / "keys"


@pytest.fixture
def authority(folder):
    return signing_keys.authority(folder)


@pytest.fixture
def lister(folder):
    return signing_keys.load_list_signer(folder, NOW)


@pytest.fixture
def data(folder, lister):
    return made(folder, lister)


def made(folder, lister, revoked=(REVOKED,), now=NOW, serial=7):
    return trust_list.make(signing_keys.trust_list(folder, now), revoked, serial, lister, now)


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def der(certificate):
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()


def signed_by(signer, content, **header):
    """What somebody with this key can make of any content."""
    header = {"alg": "ES256", "typ": trust_list.TYPE, "x5c": [der(signer.certificate)], **header}
    signing_input = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(content).encode())}"
    return json.dumps({**content, "signed": f"{signing_input}.{encoded(signer.sign(signing_input.encode()))}"}).encode()


def content_of(data):
    content = json.loads(data)
    del content["signed"]
    return content


def refused(data, authority, why, now=NOW, **at_least):
    with pytest.raises(errors.BadTrustList, match=why):
        trust_list.read(data, authority, now, **at_least)


def test_what_was_made_is_believed(folder, authority, lister, data):
    found = trust_list.read(data, authority, NOW)
    assert found.certificates == tuple(signing_keys.trust_list(folder, NOW))
    assert (found.serial, found.issued_at, found.signed_by) == (7, NOW, lister.kid)
    assert found.valid_until == NOW + timedelta(hours=48)
    [signer] = found.certificates
    assert found.certificate(signer.kid).public_bytes(serialization.Encoding.DER) == signer.certificate
    assert found.certificate(lister.kid) is None


def test_payload_of_the_signature_is_exactly_the_list(data):
    answer = json.loads(data)
    payload = answer.pop("signed").split(".")[1]
    assert json.loads(decoded(payload)) == answer
    assert set(answer) == {"serial", "issued_at", "valid_until", "certificates", "revoked"}
    assert [set(line) for line in answer["certificates"]] == [{"kid", "certificate", "valid_until"}]


def test_signature_is_one_that_any_library_can_verify(data, lister):
    header, payload, signature = json.loads(data)["signed"].split(".")
    assert json.loads(decoded(header)) == {"alg": "ES256", "typ": "trust-list+jws", "x5c": [der(lister.certificate)]}
    assert len(decoded(signature)) == 64
    assert lister.sign(f"{header}.{payload}".encode()) == decoded(signature)


def test_revoked_are_listed_by_hash_and_name_nobody(authority, data):
    assert REVOKED not in data.decode()
    [listed] = json.loads(data)["revoked"]
    assert base64.b64decode(listed) == hashlib.sha256(REVOKED.encode()).digest()[:16]
    found = trust_list.read(data, authority, NOW)
    assert found.revokes(REVOKED)
    assert not found.revokes(samples.IDENTIFIER)


def test_order_of_revocations_tells_nothing(folder, lister):
    ids = [f"URN:UVCI:01:XX:{number}" for number in range(20)]
    assert made(folder, lister, ids) == made(folder, lister, [*reversed(ids), *ids])


def test_retired_signer_is_listed_and_a_distrusted_one_is_not(folder, authority, lister):
    kid = signing_keys.load_signer(folder, NOW).kid
    key_changes.retire(folder, kid.hex())
    assert trust_list.read(made(folder, lister), authority, NOW).certificate(kid)
    key_changes.distrust(folder, kid.hex())
    assert trust_list.read(made(folder, lister), authority, NOW).certificate(kid) is None


@pytest.mark.parametrize(
    "junk", [b"", b"null", b"[]", b"{}", b'{"signed":3}', b'{"signed":"a.b"}', b'{"signed":"e30.e30.e30"}', b"\xff"]
)
def test_what_is_no_list_at_all_is_refused_without_being_quoted(authority, junk):
    refused(junk, authority, "^This is not a trust list")


def test_list_of_another_authority_is_refused(tmp_path, data):
    signing_keys.create(tmp_path / "other", NOW)
    refused(data, signing_keys.authority(tmp_path / "other"), "was not issued by the authority")


def test_whoever_changes_what_stands_beside_the_signature_is_noticed(authority, data):
    answer = json.loads(data)
    refused(json.dumps(answer | {"revoked": []}).encode(), authority, "differs from what was signed")


def test_changed_payload_is_noticed(authority, data):
    answer = json.loads(data)
    header, _payload, signature = answer["signed"].split(".")
    answer |= {"revoked": []}
    content = {name: value for name, value in answer.items() if name != "signed"}
    answer["signed"] = f"{header}.{encoded(json.dumps(content).encode())}.{signature}"
    refused(json.dumps(answer).encode(), authority, "signature does not fit")


@pytest.mark.parametrize("cut", [0, 10, 63])
def test_cut_signature_is_noticed(authority, data, cut):
    answer = json.loads(data)
    head, _, signature = answer["signed"].rpartition(".")
    answer["signed"] = f"{head}.{encoded(decoded(signature)[:cut])}"
    refused(json.dumps(answer).encode(), authority, "signature does not fit")


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {"typ": "JWT"}, {"crit": ["exp"]}])
def test_signature_of_another_kind_is_refused(authority, lister, data, header):
    refused(signed_by(lister, content_of(data), **header), authority, "of a kind")


def test_document_signer_may_not_sign_lists(folder, authority, data):
    signer = signing_keys.load_signer(folder, NOW)
    refused(signed_by(signer, content_of(data)), authority, "may not sign trust lists")


def test_authority_itself_signs_no_lists(folder, authority, data):
    key = serialization.load_pem_private_key((folder / "authority" / "private_key.pem").read_bytes(), None)
    forged = signed_by(signing_keys.Signer(b"", authority, key), content_of(data))
    refused(forged, authority, "may not sign trust lists")


def test_certificate_of_ones_own_making_is_refused(authority, data):
    key = ec.generate_private_key(ec.SECP256R1())
    own = signer_certificates.Authority(signer_certificates.authority(key, signer_certificates.SPECIMEN, NOW), key)
    liar = signing_keys.Signer(b"", own.list_signer(key.public_key(), NOW), key)
    refused(signed_by(liar, content_of(data)), authority, "was not issued by the authority")


def test_whoever_signs_lists_cannot_make_signers(tmp_path, folder, authority, lister, data):
    """A stolen list key may leave signers out, and puts nobody in."""
    signing_keys.create(tmp_path / "liar", NOW)
    [line] = content_of(made(tmp_path / "liar", lister))["certificates"]
    content = content_of(data)
    content["certificates"].append(line)
    refused(signed_by(lister, content), authority, "Signer [0-9a-f]{16} was not issued by the authority")
    content["certificates"] = [{**line, "certificate": der(lister.certificate)}]
    refused(signed_by(lister, content), authority, "stands under another key id")
    content["certificates"][0]["kid"] = base64.b64encode(lister.kid).decode()
    refused(signed_by(lister, content), authority, "may not sign vaccination certificates")


def test_list_is_believed_for_two_days_and_no_longer(authority, data):
    assert trust_list.read(data, authority, NOW + timedelta(hours=48) - timedelta(seconds=1))
    refused(data, authority, "has expired on 2026-11-24T14:00:00Z", NOW + timedelta(hours=48))


def test_list_of_tomorrow_is_not_believed_but_clocks_may_differ(folder, authority, lister):
    assert trust_list.read(made(folder, lister, now=NOW + timedelta(minutes=5)), authority, NOW)
    refused(made(folder, lister, now=NOW + timedelta(minutes=6)), authority, "issued in the future")


def test_list_that_claims_a_longer_life_is_refused(authority, lister, data):
    content = content_of(data) | {"valid_until": "2026-12-24T14:00:00Z"}
    refused(signed_by(lister, content), authority, "for longer than a list may be")


def test_list_ends_with_its_signer(folder, authority, lister):
    near = lister.valid_until - timedelta(hours=1)
    data = made(folder, lister, now=near)
    assert trust_list.read(data, authority, near).valid_until == lister.valid_until
    refused(data, authority, "list's signer is not valid now", lister.valid_until)


def test_list_ends_with_its_authority(folder, authority):
    end = authority.not_valid_after_utc
    key_changes.rotate(folder, "list", end - timedelta(days=10))
    lister = signing_keys.load_list_signer(folder, end - timedelta(hours=1))
    refused(made(folder, lister, now=end - timedelta(hours=1)), authority, "not valid now", end)


def test_replayed_list_is_noticed_by_whoever_has_seen_a_newer_one(folder, authority, lister, data):
    later = NOW + timedelta(hours=1)
    newer = trust_list.read(made(folder, lister, now=later), authority, later)
    refused(data, authority, "older than one that was seen before", later, at_least=newer)
    older_keys = made(folder, lister, now=later + timedelta(minutes=1), serial=6)
    refused(older_keys, authority, "older than one", later + timedelta(minutes=1), at_least=newer)
    assert trust_list.read(made(folder, lister, now=later), authority, later, at_least=newer) == newer


def test_signer_of_lists_is_certified_for_nothing_else(authority, lister):
    usage = lister.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [signer_certificates.TRUST_LIST_SIGNER]
    assert not lister.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert lister.valid_until - NOW == timedelta(days=365)
