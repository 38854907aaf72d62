"""The secrets of a deployment are made once, closed to others, and follow the keys that are changed by hand."""

import shutil

import pytest

from deploy import make_secrets
from issuance import key_changes, signer_certificates, signing_keys
from project import demo
from queueing import sealing, vouching


@pytest.fixture
def secrets(tmp_path):
    make_secrets.make(tmp_path / "secrets", "localhost")
    return tmp_path / "secrets"


def test_secrets_are_closed_to_other_people_and_readable_to_containers(secrets):
    assert secrets.stat().st_mode & 0o777 == 0o700
    for path in (*secrets.glob("*"), *(secrets / "signing").rglob("*"), *(secrets / "trust").rglob("*")):
        if path.is_file():
            assert path.stat().st_mode & 0o777 == 0o444, path
    assert (secrets / "authority").stat().st_mode & 0o777 == 0o700


def test_secrets_that_are_there_stay(secrets):
    before = {path: path.read_bytes() for path in secrets.rglob("*") if path.is_file()}
    make_secrets.make(secrets, "localhost")
    assert {path: path.read_bytes() for path in secrets.rglob("*") if path.is_file()} == before


def test_public_key_follows_the_newest_of_the_private_ones(tmp_path):
    make_secrets.make(tmp_path, "localhost")
    keys = tmp_path / "issuing_private_keys"
    older, (newer, public) = keys.read_text(), sealing.new_key_pair()
    keys.unlink()
    keys.write_text(f"{newer},{older}")
    make_secrets.make(tmp_path, "localhost")
    assert (tmp_path / "issuing_public_key.env").read_text() == f"ISSUING_PUBLIC_KEY={public}\n"
    assert keys.read_text() == f"{newer},{older}"


def test_verifying_keys_follow_the_signing_key_and_keep_the_older_ones(tmp_path):
    make_secrets.make(tmp_path, "localhost")
    older = (tmp_path / "web_verifying_keys.env").read_text().strip().partition("=")[2]
    signing, newer = vouching.new_key_pair()
    (tmp_path / "web_signing_key").unlink()
    (tmp_path / "web_signing_key").write_text(signing)
    for _ in range(2):
        make_secrets.make(tmp_path, "localhost")
    assert (tmp_path / "web_verifying_keys.env").read_text() == f"WEB_VERIFYING_KEYS={newer},{older}\n"


def test_new_password_of_one_process_leaves_the_others_theirs(tmp_path):
    make_secrets.make(tmp_path, "localhost")
    before = (tmp_path / "redis_users").read_text().splitlines()
    (tmp_path / "redis_url_web").unlink()
    make_secrets.make(tmp_path, "localhost")
    after = (tmp_path / "redis_users").read_text().splitlines()
    changed = [line.split()[1] for line, other in zip(after, before, strict=True) if line != other]
    assert changed == ["web"]


def test_signers_are_not_made_anew_once_the_authority_is_put_away(tmp_path):
    make_secrets.make(tmp_path, "localhost")
    shutil.rmtree(tmp_path / "authority")
    before = signing_keys.load_signer(tmp_path / "signing").kid, signing_keys.load_list_signer(tmp_path / "trust").kid
    make_secrets.make(tmp_path, "localhost")
    after = signing_keys.load_signer(tmp_path / "signing").kid, signing_keys.load_list_signer(tmp_path / "trust").kid
    assert after == before
    assert not (tmp_path / "authority").exists()


def test_rotated_keys_are_handed_out(tmp_path):
    make_secrets.make(tmp_path, "localhost")
    for kind in ("signer", "list"):
        key_changes.rotate(tmp_path / "authority", kind)
    make_secrets.make(tmp_path, "localhost")
    made = signing_keys.load_signer(tmp_path / "authority").kid
    assert signing_keys.load_signer(tmp_path / "signing").kid == made
    assert made in {one.kid for one in signing_keys.trust_list(tmp_path / "trust")}
    assert (
        signing_keys.load_list_signer(tmp_path / "trust").kid
        == signing_keys.load_list_signer(tmp_path / "authority").kid
    )


def test_deployment_from_before_trust_lists_is_completed_while_the_authority_is_there(tmp_path):
    make_secrets.make(tmp_path, "localhost")
    for name in ("trust", "signing/trust_list", "authority/trust_list"):
        shutil.rmtree(tmp_path / name)
    make_secrets.make(tmp_path, "localhost")
    assert signing_keys.load_list_signer(tmp_path / "trust").kid


def test_deployment_from_before_trust_lists_whose_authority_is_away_starts_without(tmp_path):
    make_secrets.make(tmp_path, "localhost")
    for name in ("trust", "signing/trust_list", "authority"):
        shutil.rmtree(tmp_path / name)
    make_secrets.make(tmp_path, "localhost")
    assert signing_keys.trust_list(tmp_path / "trust") == signing_keys.trust_list(tmp_path / "signing")
    assert not list((tmp_path / "trust").rglob("private_key.pem"))
    assert not (tmp_path / "authority").exists()


def test_deployment_of_ones_own_organisation_stays_its_own(tmp_path):
    signing_keys.create(tmp_path / "authority", issuer=signer_certificates.Issuer("QM", "Ministry of Health"))
    make_secrets.make(tmp_path, "localhost")
    assert signing_keys.load_signer(tmp_path / "signing").issuer.organisation == "Ministry of Health"


def test_they_are_no_keys_of_a_demo(secrets):
    assert not [path for path in secrets.iterdir() if path.is_file() and demo.MARK in path.read_text()]
