"""A process that signs follows its folder: at once, from many threads, and never with a key that it should not use."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta

import pytest

from issuance import errors, key_changes, keyring, signing_keys
from project.local import folders
from tests.issuance import samples


@pytest.fixture
def ring(tmp_path):
    signing_keys.create(tmp_path / "keys", samples.NOW)
    return keyring.Keyring(tmp_path / "keys")


def rotated(ring, begins=samples.NOW):
    return signing_keys.key_id(key_changes.rotate(ring.directory, "signer", begins)).hex()


def test_rotation_is_followed_at_once(ring):
    before = ring.signer(samples.NOW)
    made = rotated(ring, samples.NOW + timedelta(minutes=1))
    assert ring.signer(samples.NOW).kid.hex() == made != before.kid.hex()
    # Who has begun with the old one may end with it.
    ring.check(before, samples.NOW)


def test_rotation_that_begins_later_is_followed_when_it_begins(ring):
    before = ring.signer(samples.NOW).kid.hex()
    made = rotated(ring, samples.NOW + timedelta(days=2))
    assert ring.signer(samples.NOW).kid.hex() == before
    assert ring.signer(samples.NOW + timedelta(days=2)).kid.hex() == made


def test_retired_key_signs_nothing_more(ring):
    before = ring.signer(samples.NOW).kid.hex()
    made = rotated(ring, samples.NOW + timedelta(minutes=1))
    newest = ring.signer(samples.NOW)
    assert newest.kid.hex() == made
    key_changes.retire(ring.directory, made)
    assert ring.signer(samples.NOW).kid.hex() == before
    with pytest.raises(errors.UnusableKeys, match=f"Signer {made} may sign no more"):
        ring.check(newest, samples.NOW)


def test_without_anybody_to_sign_it_says_why(ring):
    assert ring.trouble(samples.NOW) == ""
    end = ring.signer(samples.NOW).valid_until
    assert "valid now; the last ends on 2028-11-21: rotate" in ring.trouble(end)
    key_changes.retire(ring.directory, ring.signer(samples.NOW).kid.hex())
    assert "no document signer" in ring.trouble(samples.NOW)
    with pytest.raises(errors.UnusableKeys, match="no document signer"):
        ring.signer(samples.NOW)
    made = rotated(ring)
    assert (ring.trouble(samples.NOW), ring.signer(samples.NOW).kid.hex()) == ("", made)


def test_expired_key_does_not_sign_even_where_nothing_changes(ring):
    signer = ring.signer(samples.NOW)
    assert ring.signer(signer.valid_until - timedelta(seconds=1)) == signer
    with pytest.raises(errors.UnusableKeys, match="valid now"):
        ring.signer(signer.valid_until)
    with pytest.raises(errors.UnusableKeys, match="may sign no more"):
        ring.check(signer, signer.valid_until)


def test_damaged_newcomer_is_passed_over_and_told(ring, caplog):
    before = ring.signer(samples.NOW)
    made = rotated(ring, samples.NOW + timedelta(minutes=1))
    folder = ring.directory / "signers" / made
    (folder / "private_key.pem").write_text("half a key")
    assert ring.signer(samples.NOW).kid == before.kid
    assert "private_key.pem cannot be read" in caplog.text
    assert "half a key" not in caplog.text
    # Who starts should hear of it.
    with pytest.raises(errors.UnusableKeys, match="cannot be read"):
        signing_keys.load_signer(ring.directory, samples.NOW)


def test_signer_of_another_authority_is_passed_over(ring, tmp_path):
    before = ring.signer(samples.NOW)
    signing_keys.create(tmp_path / "other", samples.NOW + timedelta(minutes=1))
    shutil.copytree(tmp_path / "other" / "signers", ring.directory / "signers", dirs_exist_ok=True)
    assert ring.signer(samples.NOW).kid == before.kid


def test_key_replaced_within_one_tick_of_the_clock_is_noticed(ring):
    folder = ring.directory / "signers" / ring.signer(samples.NOW).kid.hex()
    key = folder / "private_key.pem"
    status = key.stat()
    (folder / "new").write_bytes(b"\0" * status.st_size)
    os.utime(folder / "new", ns=(status.st_atime_ns, status.st_mtime_ns))
    (folder / "new").rename(key)
    with pytest.raises(errors.UnusableKeys, match="cannot be read"):
        ring.signer(samples.NOW)


def test_everything_certified_while_keys_change_is_believed_by_the_list_of_that_moment(tmp_path):
    """Two processes with two threads each certify without a pause, while signers are made and retired."""
    signing_keys.create(tmp_path)
    command = [sys.executable, "-m", "tests.issuance.busy_signer", str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    busy = [subprocess.Popen(command, cwd=folders.ROOT, **pipes) for _ in range(2)]
    told = [[process.stdout.readline().strip()] for process in busy]
    old, made = signing_keys.load_signer(tmp_path).kid.hex(), []
    for _ in range(8):
        made.append(signing_keys.key_id(key_changes.rotate(tmp_path, "signer")).hex())
        key_changes.retire(tmp_path, old)
        # Nobody signs with the retired one now, so each says so before the next is made.
        for lines, process in zip(told, busy, strict=True):
            while not lines[-1].startswith(made[-1]):
                lines.append(process.stdout.readline().strip())
        old = made[-1]
    for lines, process in zip(told, busy, strict=True):
        lines.extend(process.communicate(timeout=60)[0].split("\n"))
        assert (lines[0], process.returncode) == ("ready", 0)
    said = {line for lines in told for line in lines[1:] if line}
    assert {line.partition(" ")[2] for line in said} == {"trusted"}
    assert {line.partition(" ")[0] for line in said} >= set(made)
