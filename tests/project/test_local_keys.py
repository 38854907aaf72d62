import re
import stat
from pathlib import Path

import pytest

from issuance import issuing_keys, signing_keys
from project.local import environments, errors, folders, keys, options, site
from queueing import sealing, vouching

ROOM, TICKET = "passport", "A" * 22


@pytest.fixture
def place(tmp_path: Path) -> folders.Folders:
    place = folders.Folders(tmp_path / "var")
    place.make()
    keys.make(place)
    return place


def contents(place: folders.Folders) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in place.top.rglob("*") if path.is_file()}


def test_keys_are_made_only_once(place):
    before = contents(place)

    keys.make(place)

    assert contents(place) == before


def test_two_places_share_no_secret(place, tmp_path):
    other = folders.Folders(tmp_path / "other")
    other.make()
    keys.make(other)

    ours, theirs = ({text for path, text in contents(one).items() if path.name != "serial"} for one in (place, other))
    assert not ours & theirs


def test_everything_is_its_owners_alone(place):
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [place.top, *place.top.rglob("*")]}

    assert {path for path, mode in modes.items() if path.is_dir() and mode != 0o700} == set()
    assert {path for path, mode in modes.items() if path.is_file() and mode != 0o600} == set()


def test_folder_left_open_by_somebody_is_closed_again(place):
    place.top.chmod(0o755)

    place.make()

    assert stat.S_IMODE(place.top.stat().st_mode) == 0o700


def test_what_the_public_tier_seals_the_private_tier_opens(place):
    public_key = sealing.public_key((place.public_keys / "issuing_public_key").read_text().strip())
    private_key = sealing.private_key((place.private_keys / "issuing_private_keys").read_text().strip())

    sealed = sealing.seal(public_key, ROOM, TICKET, b"request")

    assert sealing.open_sealed([private_key], ROOM, TICKET, sealed) == b"request"


def test_what_the_public_tier_signs_the_private_tier_verifies(place):
    signing = vouching.signing_key((place.public_keys / "web_signing_key").read_text().strip())
    verifying = vouching.verifying_key((place.private_keys / "web_verifying_keys").read_text().strip())

    signed = vouching.sign_request(signing, ROOM, TICKET, b"sealed", 0)

    assert vouching.verified_request([verifying], ROOM, TICKET, signed, 0) == b"sealed"


def test_lost_public_key_is_made_again_from_the_private_one(place):
    path = place.public_keys / "issuing_public_key"
    before = path.read_text()
    path.unlink()

    keys.make(place)

    assert path.read_text() == before


def test_public_key_follows_a_new_issuing_key_from_the_next_start_on(place):
    private_path = place.private_keys / "issuing_private_keys"
    before = (place.public_keys / "issuing_public_key").read_text().strip()
    made = issuing_keys.add(private_path)

    keys.make(place)

    assert (place.public_keys / "issuing_public_key").read_text().strip() == made != before
    known = {issuing_keys.public_text(key) for key in issuing_keys.read(private_path)}
    assert known == {before, made}


def test_commands_beside_a_running_stack_find_the_keys_to_change(place):
    variables = environments.of_operator(site.choose(options.Options(directory=place.top)))

    assert issuing_keys.read(Path(variables["ISSUING_PRIVATE_KEYS_FILE"]))
    assert signing_keys.load_signer(Path(variables["SIGNING_KEYS_DIR"]))


def test_signer_can_sign(place):
    assert signing_keys.load_signer(place.signing_keys).sign(b"certificate")


def test_damaged_key_is_told_in_a_sentence_without_the_key(place):
    (place.private_keys / "issuing_private_keys").write_text("not-a-key-at-all\n")

    with pytest.raises(errors.BadKeys, match=r"^The keys in .* are damaged \(.*\): remove that folder") as caught:
        keys.make(place)

    assert "not-a-key-at-all" not in str(caught.value)


def environment(place: folders.Folders, kind: str) -> dict[str, str]:
    chosen = options.Options(directory=place.top, database_url="postgres://issuing:db-password@database/vestibule")
    return environments.of_process(site.choose(chosen), kind, 1, 2)


def secrets_of(folder: Path) -> set[bytes]:
    """Contents of the key files below a folder, each as a whole and line by line of the encoded keys."""
    texts = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return {text.strip() for text in texts} | {line for text in texts for line in re.findall(rb"\S{40,}", text)}


@pytest.mark.parametrize(
    ("kind", "others"),
    [("web", "private"), ("usher", "public"), ("worker", "public"), ("console", "public"), ("registry", "private")],
)
def test_environment_holds_and_names_nothing_secret_of_the_other_tier(place, kind, others):
    variables = environment(place, kind)
    other_folder = place.top / "keys" / others
    known = "\0".join(variables.values()).encode()
    halves = ("public/issuing_public_key", "private/web_verifying_keys", "public/tier_verifying_keys")
    made_public = [place.top / "keys" / half for half in halves]
    public_anyway = {path.read_bytes().strip() for path in made_public}

    assert str(other_folder) not in known.decode()
    assert not {secret for secret in secrets_of(other_folder) - public_anyway if secret in known}


def test_public_tier_knows_neither_database_nor_broker_nor_registry(place):
    variables = environment(place, "web")

    assert not [
        name for name in variables if name.startswith(("DATABASE", "BROKER", "REGISTRY", "SIGNING", "ISSUING_PRIVATE"))
    ]
    assert "db-password" not in str(variables)


def test_secrets_of_ours_are_named_by_file_only(place):
    for kind in ("web", "usher"):
        variables = environment(place, kind)
        assert "SECRET_KEY" not in variables
        assert Path(variables["SECRET_KEY_FILE"]).read_text().strip()
    assert environment(place, "web")["SECRET_KEY_FILE"] != environment(place, "usher")["SECRET_KEY_FILE"]


def test_environment_of_the_operator_is_not_handed_down(place, monkeypatch):
    monkeypatch.setenv("ISSUING_PRIVATE_KEYS", "somebody's own")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "somebody's own")

    assert "somebody's own" not in str([environment(place, kind) for kind in ("web", "worker", "registry")])
