import hashlib
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from issuance import errors, signing_keys
from tests.issuance import samples


@pytest.fixture
def folder(tmp_path):
    signing_keys.create(tmp_path / "keys", samples.NOW)
    return tmp_path / "keys"


@pytest.fixture
def signer_folder(folder):
    return next((folder / "signers").iterdir())


def der(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)


def test_made_once_the_keys_stay(folder):
    before = {path: path.read_bytes() for path in folder.rglob("*.pem")}
    signing_keys.create(folder, samples.NOW + timedelta(days=1))
    assert {path: path.read_bytes() for path in folder.rglob("*.pem")} == before
    assert len(before) == 6


def test_two_who_make_them_at_once_get_the_same(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: signing_keys.create(tmp_path, samples.NOW), range(8)))
    assert len(list((tmp_path / "signers").iterdir())) == 1
    assert signing_keys.load_signer(tmp_path, samples.NOW)


def test_only_their_owner_can_read_them(folder):
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")] if path.is_dir()} == {0o700}


def test_key_id_is_the_beginning_of_the_certificates_hash(folder, signer_folder):
    signer = signing_keys.load_signer(folder, samples.NOW)
    assert signer.kid == hashlib.sha256(der(signer.certificate)).digest()[:8]
    assert signer_folder.name == signer.kid.hex()


def test_certificates_say_what_the_specification_asks(folder):
    authority = x509.load_pem_x509_certificate((folder / "authority" / "certificate.pem").read_bytes())
    signer = signing_keys.load_signer(folder, samples.NOW).certificate
    signer.verify_directly_issued_by(authority)
    for certificate in (authority, signer):
        assert "C=XX" in certificate.subject.rfc4514_string()
        assert "SPECIMEN" in certificate.subject.rfc4514_string()
    issued_by = signer.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert issued_by == authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [oid.dotted_string for oid in usage] == ["1.3.6.1.4.1.1847.2021.1.2"]
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_signature_is_raw_and_verifies(folder):
    signer = signing_keys.load_signer(folder, samples.NOW)
    signature = signer.sign(b"data")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public_key = signer.certificate.public_key()
    public_key.verify(utils.encode_dss_signature(r, s), b"data", ec.ECDSA(hashes.SHA256()))
    assert len(signature) == 64
    assert signer.sign(b"data") == signature


def test_worker_needs_no_private_key_of_the_authority(folder):
    (folder / "authority" / "private_key.pem").unlink()
    assert signing_keys.load_signer(folder, samples.NOW)


def test_newest_valid_signer_signs_and_all_are_trusted(folder, signer_folder, tmp_path):
    later = samples.NOW + timedelta(days=365)
    shutil.move(signer_folder, tmp_path / "old")
    signing_keys.create(folder, later)
    shutil.move(tmp_path / "old", signer_folder)
    newest = signing_keys.load_signer(folder, later)
    assert newest.kid.hex() != signer_folder.name
    assert signing_keys.load_signer(folder, samples.NOW).kid.hex() == signer_folder.name
    trusted = signing_keys.trust_list(folder, later)
    assert [one.kid.hex() for one in trusted] == [signer_folder.name, newest.kid.hex()]
    assert trusted[1].certificate == der(newest.certificate)
    assert trusted[1].valid_until == newest.valid_until
    assert [one.kid for one in signing_keys.trust_list(folder, later + timedelta(days=366))] == [newest.kid]


def test_signer_without_its_private_key_is_trusted_but_does_not_sign(folder, signer_folder):
    (signer_folder / "private_key.pem").unlink()
    assert len(signing_keys.trust_list(folder, samples.NOW)) == 1
    with pytest.raises(errors.UnusableKeys, match="no document signer"):
        signing_keys.load_signer(folder, samples.NOW)


def test_empty_folder_says_so(tmp_path):
    with pytest.raises(errors.UnusableKeys, match=r"no document signer in .*: create one or mount"):
        signing_keys.load_signer(tmp_path, samples.NOW)


@pytest.mark.parametrize(("days", "helps"), [(-1, "one begins on 2026-11-22 13:00 UTC"), (731, "rotate")])
def test_signer_outside_its_validity_says_until_when_and_what_helps(folder, days, helps):
    with pytest.raises(errors.UnusableKeys, match=f"valid now; the last ends on 2028-11-21: {helps}"):
        signing_keys.load_signer(folder, samples.NOW + timedelta(days=days))


def test_private_key_of_another_signer_is_noticed(folder, signer_folder, tmp_path):
    signing_keys.create(tmp_path / "other", samples.NOW)
    other = next((tmp_path / "other" / "signers").iterdir())
    shutil.copy(other / "private_key.pem", signer_folder)
    with pytest.raises(errors.UnusableKeys, match="do not belong together"):
        signing_keys.load_signer(folder, samples.NOW)


def test_signer_of_another_authority_is_noticed(folder, signer_folder, tmp_path):
    signing_keys.create(tmp_path / "other", samples.NOW)
    shutil.rmtree(signer_folder)
    shutil.copytree(tmp_path / "other" / "signers", folder / "signers", dirs_exist_ok=True)
    with pytest.raises(errors.UnusableKeys, match="was not issued by the authority"):
        signing_keys.load_signer(folder, samples.NOW)


def test_folder_with_another_key_id_is_noticed(folder, signer_folder):
    signer_folder.rename(signer_folder.with_name("0123456789abcdef"))
    with pytest.raises(errors.UnusableKeys, match="another key id"):
        signing_keys.load_signer(folder, samples.NOW)


@pytest.mark.parametrize("name", ["certificate.pem", "private_key.pem"])
def test_broken_file_is_named_and_not_quoted(folder, signer_folder, name):
    (signer_folder / name).write_text("secret nonsense")
    with pytest.raises(errors.UnusableKeys, match=name) as caught:
        signing_keys.load_signer(folder, samples.NOW)
    assert "nonsense" not in str(caught.value)


def test_key_of_another_kind_is_refused(folder, signer_folder):
    key = ec.generate_private_key(ec.SECP384R1())
    no_password = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    (signer_folder / "private_key.pem").write_bytes(pem)
    with pytest.raises(errors.UnusableKeys, match="not a P-256 key"):
        signing_keys.load_signer(folder, samples.NOW)


def test_no_signer_is_made_without_the_authoritys_private_key(folder, signer_folder):
    shutil.rmtree(signer_folder)
    (folder / "authority" / "private_key.pem").unlink()
    with pytest.raises(errors.UnusableKeys, match="no signer can be made"):
        signing_keys.create(folder, samples.NOW)
