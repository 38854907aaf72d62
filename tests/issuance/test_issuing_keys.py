"""The keys that open sealed requests: a new one in front, old ones open what was sealed before."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command

from issuance import errors, issuing_keys
from queueing import sealing
from queueing.errors import Unsealable

ROOM, TICKET = "passport", "A" * 22


@pytest.fixture
def file(tmp_path):
    issuing_keys.add(tmp_path / "issuing_private_keys")
    return tmp_path / "issuing_private_keys"


def manage(file, *arguments):
    said = io.StringIO()
    call_command("issuing_keys", "--file", str(file), *arguments, stdout=said)
    return said.getvalue()


def fingerprints(file):
    return [sealing.fingerprint(key.public_key()) for key in issuing_keys.read(file)]


def sealed_by_web(file):
    """What a web process seals that is given the public key of this moment."""
    line = manage(file, "public").strip()
    return sealing.seal(sealing.public_key(line.removeprefix("ISSUING_PUBLIC_KEY=")), ROOM, TICKET, b"request")


def test_new_key_goes_in_front_and_old_ones_open_what_was_sealed_before(file):
    before = sealed_by_web(file)
    said = manage(file, "new")
    after = sealed_by_web(file)
    assert manage(file, "public").strip() in said
    for sealed in (before, after):
        assert sealing.open_sealed(issuing_keys.read(file), ROOM, TICKET, sealed) == b"request"
    with pytest.raises(Unsealable):
        sealing.open_sealed(issuing_keys.read(file)[:1], ROOM, TICKET, before)


def test_list_names_keys_without_showing_them(file):
    manage(file, "new")
    said = manage(file, "list")
    newest, oldest = fingerprints(file)
    assert said.splitlines() == [f"{newest}  web seals to this one", f"{oldest}  opens what was sealed before"]
    assert not [text for text in file.read_text().strip().split(",") if text in said]


def test_dropped_key_opens_nothing_more(file, monkeypatch):
    [old] = fingerprints(file)
    manage(file, "new")
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    with pytest.raises(CommandError, match="nothing was changed"):
        manage(file, "drop", old)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="add --yes"):
        manage(file, "drop", old)
    assert old in fingerprints(file)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{old}\n"))
    manage(file, "drop", old)
    assert old not in fingerprints(file)


def test_last_key_and_unknown_ones_are_not_dropped(file):
    [only] = fingerprints(file)
    with pytest.raises(CommandError, match="the only issuing key"):
        manage(file, "drop", only, "--yes")
    with pytest.raises(CommandError, match="no issuing key 0123"):
        manage(file, "drop", "0123", "--yes")
    assert fingerprints(file) == [only]


def test_file_is_its_owners_alone_and_keeps_the_permissions_it_was_given(file):
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o444)
    manage(file, "new")
    assert file.stat().st_mode & 0o777 == 0o444
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_many_at_once_lose_no_key(file):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: issuing_keys.add(file), range(8)))
    known = {issuing_keys.public_text(key) for key in issuing_keys.read(file)}
    assert set(made) < known
    assert len(known) == 9


def test_damaged_file_is_told_without_what_stands_in_it(file):
    file.write_text("something-secret,else\n")
    for act in (lambda: issuing_keys.read(file), lambda: issuing_keys.add(file)):
        with pytest.raises(errors.UnusableKeys, match="does not hold base64url") as caught:
            act()
        assert "something" not in str(caught.value)
    assert file.read_text() == "something-secret,else\n"


def test_missing_file_and_empty_one_say_how_to_make_a_key(tmp_path):
    with pytest.raises(CommandError, match="issuing_keys new makes it"):
        manage(tmp_path / "none", "list")
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(CommandError, match="issuing_keys new makes a key"):
        manage(tmp_path / "empty", "public")
    with pytest.raises(CommandError, match="Set ISSUING_PRIVATE_KEYS_FILE or say --file"):
        call_command("issuing_keys", "list")
