"""The list in Redis follows keys and revocations, and whoever else writes there fools nobody for long."""

import logging
import shutil
import threading
from datetime import timedelta

import pytest

from issuance import errors, key_changes, signing_keys, trust_list, trust_publisher
from queueing import keys
from tests.issuance import samples

NOW = samples.NOW
SOON = NOW + timedelta(seconds=3)


@pytest.fixture
def folder(tmp_path):
    signing_keys.create(tmp_path / "keys", NOW)
    return tmp_path / "keys"


class Office:
    """A publisher, and what it is told of revocations."""

    def __init__(self, client, folder):
        self.client, self.folder, self.revoked = client, folder, []
        self.publisher = trust_publisher.Publisher(client, folder, lambda: self.revoked)

    def look(self, now=NOW):
        return self.publisher.look(now)

    def published(self, now=NOW):
        return trust_list.read(self.client.get(keys.TRUST_LIST), signing_keys.authority(self.folder), now)


@pytest.fixture
def office(redis_client, folder):
    return Office(redis_client, folder)


def test_list_is_published_and_left_alone_while_nothing_changes(office):
    assert office.look()
    assert not office.look(SOON)
    assert office.published().certificates == tuple(signing_keys.trust_list(office.folder, NOW))
    assert 0 < office.client.ttl(keys.TRUST_LIST) <= 48 * 3600


def test_list_is_made_anew_every_ten_minutes(office):
    office.look()
    assert not office.look(NOW + timedelta(minutes=9))
    assert office.look(NOW + timedelta(minutes=10))
    assert office.published(NOW + timedelta(minutes=10)).issued_at == NOW + timedelta(minutes=10)


def test_revocation_is_published_with_the_next_look_and_so_is_its_end(office):
    office.look()
    office.revoked = [samples.IDENTIFIER]
    assert office.look(SOON)
    assert office.published(SOON).revokes(samples.IDENTIFIER)
    office.revoked = []
    assert office.look(SOON)
    assert not office.published(SOON).revokes(samples.IDENTIFIER)


@pytest.mark.parametrize("kind", ["signer", "list"])
def test_rotation_is_published_with_the_next_look(office, kind):
    office.look()
    made = signing_keys.key_id(key_changes.rotate(office.folder, kind, NOW + timedelta(seconds=1)))
    assert office.look(SOON)
    published = office.published(SOON)
    assert made in {published.signed_by, *(one.kid for one in published.certificates)}


def test_distrust_is_published_with_the_next_look(office):
    office.look()
    key_changes.distrust(office.folder, signing_keys.load_signer(office.folder, NOW).kid.hex())
    assert office.look(SOON)
    assert office.published(SOON).certificates == ()


@pytest.mark.parametrize("what", [b"nonsense", b'{"certificates": [], "signed": "a.b.c"}'])
def test_what_somebody_else_wrote_is_replaced_and_told(office, caplog, what):
    office.look()
    office.client.set(keys.TRUST_LIST, what)
    assert office.look(SOON)
    assert office.published(SOON).certificates
    assert "not one of ours, and is replaced" in caplog.text


def test_replayed_list_is_replaced(office):
    office.look()
    old = office.client.get(keys.TRUST_LIST)
    office.revoked = [samples.IDENTIFIER]
    office.look(SOON)
    office.client.set(keys.TRUST_LIST, old)
    assert office.look(SOON)
    assert office.published(SOON).revokes(samples.IDENTIFIER)


def test_deleted_list_comes_back(office):
    office.look()
    office.client.delete(keys.TRUST_LIST)
    assert office.look(SOON)
    assert office.published(SOON)


def test_of_two_copies_of_the_keys_the_newer_is_published(office, tmp_path):
    shutil.copytree(office.folder, tmp_path / "old")
    behind = Office(office.client, tmp_path / "old")
    key_changes.rotate(office.folder, "signer", NOW)
    assert office.look()
    assert not behind.look(SOON)
    assert len(office.published(SOON).certificates) == 2
    # Also when that one is due to be made anew: whoever knows the newer keys does it.
    assert not behind.look(NOW + timedelta(minutes=20))
    assert office.look(NOW + timedelta(minutes=20))


def test_two_with_the_same_keys_do_not_take_turns(office):
    other = Office(office.client, office.folder)
    assert office.look()
    assert not other.look(SOON)
    assert not office.look(SOON)


def test_without_a_key_it_says_so_and_leaves_the_list_alone(office):
    office.look()
    before = office.client.get(keys.TRUST_LIST)
    shutil.rmtree(office.folder / "trust_list")
    with pytest.raises(errors.UnusableKeys, match="no signer of trust lists"):
        office.look(SOON)
    assert office.client.get(keys.TRUST_LIST) == before


def test_silent_database_is_waited_for_and_told_once(office, caplog):
    stop = threading.Event()
    stop.set()

    def revoked():
        raise OSError("the database does not answer (OperationalError)")

    publisher = trust_publisher.Publisher(office.client, office.folder, revoked)
    with caplog.at_level(logging.ERROR):
        publisher.run(stop)
        publisher.run(stop)
    assert caplog.text.count("no trust list is published: the database does not answer") == 1
    assert office.client.get(keys.TRUST_LIST) is None
