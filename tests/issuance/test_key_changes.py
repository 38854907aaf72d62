"""Rotating, retiring, distrusting, handing out: what each changes, and what it refuses."""

import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from issuance import errors, key_changes, key_files, signing_keys
from tests.issuance import samples

LATER = samples.NOW + timedelta(days=365)


@pytest.fixture
def folder(tmp_path):
    signing_keys.create(tmp_path / "keys", samples.NOW)
    return tmp_path / "keys"


@pytest.fixture
def kid(folder):
    return signing_keys.load_signer(folder, samples.NOW).kid.hex()


def kids(folder, now=LATER):
    return [one.kid.hex() for one in signing_keys.trust_list(folder, now)]


def signing(folder, now=LATER):
    return signing_keys.load_signer(folder, now).kid.hex()


def private_keys(folder):
    return {str(path.parent.relative_to(folder)) for path in folder.rglob("private_key.pem")}


def test_after_a_rotation_the_new_one_signs_and_both_are_trusted(folder, kid):
    made = signing_keys.key_id(key_changes.rotate(folder, "signer", LATER)).hex()
    assert signing(folder) == made != kid
    assert kids(folder) == [kid, made]
    assert signing(folder, samples.NOW) == kid


def test_rotation_may_begin_later_so_that_verifiers_know_it_by_then(folder, kid):
    made = signing_keys.key_id(key_changes.rotate(folder, "signer", LATER)).hex()
    before = LATER - timedelta(days=2)
    assert (signing(folder, before), kids(folder, before)) == (kid, [kid, made])


def test_of_those_who_sign_trust_lists_the_newest_alone_keeps_its_key(folder):
    before = signing_keys.load_list_signer(folder, samples.NOW)
    key_changes.rotate(folder, "list", LATER - timedelta(days=60))
    after = signing_keys.load_list_signer(folder, LATER)
    assert after.kid != before.kid
    assert {name for name in private_keys(folder) if "trust_list" in name} == {f"trust_list/{after.kid.hex()}"}


def test_signer_never_outlives_its_authority(folder):
    end = signing_keys.authority(folder).not_valid_after_utc
    assert key_changes.rotate(folder, "signer", end - timedelta(days=3)).not_valid_after_utc == end
    with pytest.raises(errors.UnusableKeys, match="has expired"):
        key_changes.rotate(folder, "signer", end)


def test_nothing_is_rotated_where_there_are_no_keys(tmp_path):
    with pytest.raises(errors.KeysRefused, match=r"no signing keys in .*signing_keys create"):
        key_changes.rotate(tmp_path, "signer")


def test_without_the_authoritys_private_key_everything_works_but_making_signers(folder, kid):
    made = signing_keys.key_id(key_changes.rotate(folder, "signer", LATER)).hex()
    (folder / "authority" / "private_key.pem").unlink()
    with pytest.raises(errors.UnusableKeys, match="may lie offline"):
        key_changes.rotate(folder, "signer", LATER)
    assert signing(folder) == made
    key_changes.retire(folder, made)
    key_changes.distrust(folder, made)
    key_changes.trust(folder, made)
    assert (signing(folder), kids(folder)) == (kid, [kid, made])


def test_retired_signer_signs_nothing_more_and_stays_trusted(folder, kid):
    made = signing_keys.key_id(key_changes.rotate(folder, "signer", LATER)).hex()
    key_changes.retire(folder, made)
    assert signing(folder) == kid
    assert kids(folder) == [kid, made]
    assert f"signers/{made}" not in private_keys(folder)
    with pytest.raises(errors.KeysRefused, match="retired already"):
        key_changes.retire(folder, made)


def test_distrusted_signer_leaves_the_trust_list_until_it_is_trusted_again(folder, kid):
    key_changes.distrust(folder, kid)
    assert kids(folder) == []
    with pytest.raises(errors.UnusableKeys, match="no document signer"):
        signing(folder)
    key_changes.trust(folder, kid)
    assert kids(folder, samples.NOW) == [kid]
    with pytest.raises(errors.UnusableKeys, match="no document signer"):
        signing(folder, samples.NOW)


@pytest.mark.parametrize("change", [key_changes.retire, key_changes.distrust, key_changes.trust])
@pytest.mark.parametrize("name", ["0123456789abcdef", "../authority", "", "0123456789ABCDEF"])
def test_unknown_signers_and_ways_out_of_the_folder_are_refused(folder, change, name):
    before = private_keys(folder)
    with pytest.raises(errors.KeysRefused, match="There is no"):
        change(folder, name)
    assert private_keys(folder) == before


def test_every_change_is_counted(folder, kid):
    seen = [signing_keys.serial(folder)]
    for change in (
        lambda: key_changes.rotate(folder, "signer"),
        lambda: key_changes.rotate(folder, "list"),
        lambda: key_changes.retire(folder, kid),
        lambda: key_changes.distrust(folder, kid),
        lambda: key_changes.trust(folder, kid),
    ):
        change()
        seen.append(signing_keys.serial(folder))
    assert seen == sorted(set(seen))


def test_many_at_once_lose_no_change(folder):
    with ThreadPoolExecutor(8) as pool:
        made = [signing_keys.key_id(one).hex() for one in pool.map(lambda _: _rotated(folder), range(8))]
    assert set(made) < set(kids(folder, samples.NOW))
    assert len(set(made)) == 8


def _rotated(folder):
    return key_changes.rotate(folder, "signer", samples.NOW)


@pytest.mark.parametrize(("kind", "own"), [("signer", "signers"), ("list", "trust_list")])
def test_each_kind_of_process_is_handed_its_private_keys_and_no_other(folder, tmp_path, kind, own):
    key_changes.hand_out(folder, tmp_path / "copy", kind)
    assert {name.partition("/")[0] for name in private_keys(tmp_path / "copy")} == {own}
    assert kids(tmp_path / "copy") == kids(folder)
    assert signing_keys.authority(tmp_path / "copy") == signing_keys.authority(folder)
    assert signing_keys.serial(tmp_path / "copy") == signing_keys.serial(folder)
    files = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_copy_is_brought_up_to_date_and_what_was_taken_back_in_it_stays_so(folder, kid, tmp_path):
    copy = tmp_path / "copy"
    key_changes.hand_out(folder, copy, "signer")
    made = signing_keys.key_id(key_changes.rotate(folder, "signer", LATER)).hex()
    key_changes.hand_out(folder, copy, "signer")
    assert signing(copy) == made
    key_changes.retire(copy, made)
    key_changes.hand_out(folder, copy, "signer")
    assert signing(copy) == kid
    key_changes.distrust(copy, made)
    key_changes.hand_out(folder, copy, "signer")
    assert kids(copy) == [kid]


def test_what_is_retired_or_distrusted_at_home_becomes_so_in_the_copy(folder, kid, tmp_path):
    copy = tmp_path / "copy"
    made = signing_keys.key_id(key_changes.rotate(folder, "signer", LATER)).hex()
    key_changes.hand_out(folder, copy, "signer")
    key_changes.retire(folder, made)
    key_changes.distrust(folder, kid)
    key_changes.hand_out(folder, copy, "signer")
    assert kids(copy) == [made]
    assert private_keys(copy) == set()
    assert (copy / "distrusted" / kid / "certificate.pem").exists()


def test_keys_of_two_authorities_are_not_mixed(folder, tmp_path):
    signing_keys.create(tmp_path / "other", samples.NOW)
    before = kids(tmp_path / "other")
    with pytest.raises(errors.KeysRefused, match="another authority"):
        key_changes.hand_out(folder, tmp_path / "other", "signer")
    assert kids(tmp_path / "other") == before


def test_draft_of_a_change_that_was_cut_off_is_nobodys_key(folder, kid):
    shutil.copytree(folder / "signers" / kid, folder / "signers" / ".0123456789abcdef")
    assert [one.name for one in key_files.folders(folder / "signers")] == [kid]
    assert kids(folder) == [kid]


def test_copy_for_containers_stays_readable_to_them_whatever_is_changed_in_it(folder, kid, tmp_path):
    """In a hurry a leaked key is taken back in the copies themselves; ushers must be able to read what that makes."""
    copy = tmp_path / "copy"
    key_changes.hand_out(folder, copy, "signer", key_files.READABLE)
    key_changes.rotate(folder, "signer", LATER)
    key_changes.hand_out(folder, copy, "signer", key_files.READABLE)
    key_changes.distrust(copy, kid)
    key_changes.trust(copy, kid)
    key_changes.distrust(copy, kid)
    modes = {path.relative_to(copy): stat.S_IMODE(path.stat().st_mode) for path in copy.rglob("*")}
    assert {modes[path] for path in modes if (copy / path).is_file()} == {0o444}
    assert {modes[path] for path in modes if (copy / path).is_dir()} == {0o755}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o755
