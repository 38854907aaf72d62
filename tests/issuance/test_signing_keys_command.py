"""`manage.py signing_keys`, as an operator types it."""

import io
import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from issuance import key_changes, signing_keys, trust_publisher
from queueing import keys


@pytest.fixture
def folder(tmp_path):
    manage(tmp_path / "keys", "create")
    return tmp_path / "keys"


@pytest.fixture
def kid(folder):
    return signing_keys.load_signer(folder).kid.hex()


def manage(folder, *arguments):
    said = io.StringIO()
    call_command("signing_keys", "--folder", str(folder), *arguments, stdout=said)
    return said.getvalue()


def refused(why, folder, *arguments):
    with pytest.raises(CommandError, match=why):
        manage(folder, *arguments)


def answering(monkeypatch, answer):
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))


def listed(folder):
    return {one["kid"]: one for one in json.loads(manage(folder, "list", "--json"))}


def test_keys_are_created_once_and_it_says_what_to_do_with_them(tmp_path):
    said = manage(tmp_path / "keys", "create")
    assert "Vestibule SPECIMEN authority, country XX" in said
    assert "offline" in said
    before = {path: path.read_bytes() for path in (tmp_path / "keys").rglob("*") if path.is_file()}
    assert "has all keys already; nothing was made" in manage(tmp_path / "keys", "create")
    assert {path: path.read_bytes() for path in (tmp_path / "keys").rglob("*") if path.is_file()} == before


def test_keys_of_ones_own_organisation_stand_in_every_certificate(tmp_path):
    manage(tmp_path / "keys", "create", "--country", "QM", "--organisation", "Ministry of Health")
    signer = signing_keys.load_signer(tmp_path / "keys")
    assert (signer.issuer.country, signer.issuer.organisation) == ("QM", "Ministry of Health")
    assert "SPECIMEN" not in signer.certificate.subject.rfc4514_string()
    refused("is that of QM, Ministry of Health, and stays", tmp_path / "keys", "create")


@pytest.mark.parametrize("country", ["DE", "FR", "AB"])
def test_no_certificate_of_a_real_state_is_made_by_accident(tmp_path, country):
    refused("may be a real state's code", tmp_path / "keys", "create", "--country", country, "--organisation", "We")
    refused("does not issue specimens", tmp_path / "keys", "create", "--country", country, "--real-country")
    assert not (tmp_path / "keys").exists()
    manage(tmp_path / "keys", "create", "--country", country, "--organisation", "We", "--real-country")
    assert signing_keys.load_signer(tmp_path / "keys").issuer.country == country


@pytest.mark.parametrize(("option", "value"), [("--country", "xx"), ("--country", "XXX"), ("--organisation", "x" * 65)])
def test_names_that_no_certificate_can_hold_are_refused(tmp_path, option, value):
    refused("has two capital letters|has 1 to 64 characters", tmp_path / "keys", "create", option, value)


def test_list_shows_every_certificate_with_its_state(folder, kid):
    made = signing_keys.key_id(key_changes.rotate(folder, "signer")).hex()
    coming = signing_keys.key_id(key_changes.rotate(folder, "signer", datetime.now(UTC) + timedelta(days=2))).hex()
    old = signing_keys.key_id(key_changes.rotate(folder, "signer", datetime.now(UTC) - timedelta(days=800))).hex()
    states = {one: facts["state"] for one, facts in listed(folder).items()}
    assert (states[kid], states[made], states[coming], states[old]) == ("valid", "signing", "coming", "expired")
    manage(folder, "retire", made, "--yes")
    manage(folder, "retire", coming, "--compromised", "--yes")
    facts = listed(folder)
    assert (facts[kid]["state"], facts[made]["state"], facts[coming]["state"]) == ("signing", "retired", "distrusted")
    assert (facts[kid]["private_key"], facts[made]["private_key"]) == ("here", "not here")
    assert sorted(one["kind"] for one in facts.values()) == ["authority", "list", *["signer"] * 4]
    shown = manage(folder, "list")
    assert all(one in shown for one in (kid, made, coming, old, "not here", "distrusted"))


def test_list_shows_a_damaged_key_and_who_signs_instead(folder, kid):
    made = signing_keys.key_id(key_changes.rotate(folder, "signer")).hex()
    (folder / "signers" / made / "private_key.pem").write_text("half a key")
    facts = listed(folder)
    assert (facts[made]["state"], facts[made]["private_key"]) == ("damaged", "damaged")
    assert (facts[kid]["state"], facts[kid]["private_key"]) == ("signing", "here")


def test_list_marks_what_ends_within_thirty_days(tmp_path):
    signing_keys.create(tmp_path, datetime.now(UTC) - timedelta(days=340))
    shown = manage(tmp_path, "list")
    assert "! The signer of trust lists" in shown
    assert shown.count("!") == 1
    signing_keys.create(tmp_path / "older", datetime.now(UTC) - timedelta(days=525))
    assert "passports live shorter from" in manage(tmp_path / "older", "list")


def test_rotation_makes_both_signers_and_says_how_to_undo_it(folder, kid):
    before = signing_keys.load_list_signer(folder).kid
    said = manage(folder, "rotate", "--in-hours", "0")
    made = signing_keys.load_signer(folder).kid.hex()
    assert made != kid
    assert f"signing_keys retire {made}" in said
    assert signing_keys.load_list_signer(folder).kid != before
    manage(folder, "retire", made, "--yes")
    assert signing_keys.load_signer(folder).kid.hex() == kid


@pytest.mark.parametrize(("only", "other"), [("signer", "list"), ("list", "signer")])
def test_one_of_the_two_can_be_rotated_alone(folder, only, other):
    load = {"signer": signing_keys.load_signer, "list": signing_keys.load_list_signer}
    before = {kind: load[kind](folder).kid for kind in load}
    manage(folder, "rotate", "--only", only, "--in-hours", "0")
    assert load[only](folder).kid != before[only]
    assert load[other](folder).kid == before[other]


def test_new_signer_is_on_the_list_before_it_signs(folder, kid):
    said = manage(folder, "rotate")
    soon = datetime.now(UTC) + timedelta(minutes=2)
    assert f"from {soon:%Y-%m-%d}" in said
    assert signing_keys.load_signer(folder).kid.hex() == kid
    assert len(signing_keys.trust_list(folder)) == 2
    assert signing_keys.load_signer(folder, soon).kid.hex() != kid


def test_new_signer_signs_at_once_where_nobody_else_does(folder, kid):
    manage(folder, "retire", kid, "--yes")
    manage(folder, "rotate")
    assert signing_keys.load_signer(folder).kid.hex() != kid


def test_rotation_can_be_announced_before_it_begins(folder, kid):
    manage(folder, "rotate", "--only", "signer", "--in-hours", "48")
    assert signing_keys.load_signer(folder).kid.hex() == kid
    assert len(signing_keys.trust_list(folder)) == 2
    assert signing_keys.load_signer(folder, datetime.now(UTC) + timedelta(hours=48)).kid.hex() != kid


def test_without_the_authoritys_key_rotation_says_where_it_may_be(folder, kid):
    (folder / "authority" / "private_key.pem").unlink()
    refused("may lie offline", folder, "rotate")
    assert listed(folder)[kid]["state"] == "signing"


@pytest.mark.parametrize("arguments", [(), ("--compromised",)])
def test_retiring_asks_first_and_an_other_answer_changes_nothing(folder, kid, monkeypatch, arguments):
    answering(monkeypatch, "yes\n")
    refused("nothing was changed", folder, "retire", kid, *arguments)
    answering(monkeypatch, "")
    refused("add --yes", folder, "retire", kid, *arguments)
    assert listed(folder)[kid]["state"] == "signing"
    answering(monkeypatch, f"{kid}\n")
    assert "gone for good" in manage(folder, "retire", kid, *arguments)
    assert listed(folder)[kid]["state"] == ("distrusted" if arguments else "retired")


def test_retiring_the_last_signer_says_what_that_means(folder, kid):
    said = manage(folder, "retire", kid, "--yes")
    assert "Nobody is issued a passport from these keys any more" in said
    refused("retired already", folder, "retire", kid, "--yes")
    refused("There is no signer 0123", folder, "retire", "0123", "--yes")


def test_distrust_can_be_taken_back(folder, kid):
    said = manage(folder, "retire", kid, "--compromised", "--yes")
    assert f"signing_keys trust {kid}" in said
    assert signing_keys.trust_list(folder) == []
    manage(folder, "trust", kid)
    assert [one.kid.hex() for one in signing_keys.trust_list(folder)] == [kid]
    refused("no distrusted signer", folder, "trust", kid)


@pytest.mark.parametrize(("role", "private"), [("worker", {"signers"}), ("usher", {"trust_list"}), ("console", set())])
def test_each_kind_of_process_gets_its_part(folder, tmp_path, role, private):
    manage(folder, "hand-out", str(tmp_path / role), "--to", role, "--readable")
    found = list((tmp_path / role).rglob("*"))
    given = {path.relative_to(tmp_path / role).parts[0] for path in found if path.name == "private_key.pem"}
    assert given == private
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o444, 0o755}


def test_published_list_is_shown_only_if_a_verifier_would_believe_it(folder, kid, redis_client):
    refused("No trust list is published", folder, "trust-list")
    trust_publisher.Publisher(redis_client, folder, lambda: ["an id"]).look(datetime.now(UTC))
    said = manage(folder, "trust-list")
    assert f"trusts {kid}" in said
    assert "revokes 1 certificates" in said
    assert manage(folder, "trust-list", "--json").strip() == redis_client.get(keys.TRUST_LIST).decode()
    redis_client.set(keys.TRUST_LIST, b"{}")
    refused("not a trust list", folder, "trust-list")


def test_list_in_a_file_is_read_without_redis(folder, tmp_path, redis_client, settings):
    trust_publisher.Publisher(redis_client, folder, list).look(datetime.now(UTC))
    (tmp_path / "list.json").write_bytes(redis_client.get(keys.TRUST_LIST))
    settings.REDIS_URL = ""
    refused("no Redis here", folder, "trust-list")
    assert "revokes 0" in manage(folder, "trust-list", "--file", str(tmp_path / "list.json"))
    refused("No such file", folder, "trust-list", "--file", str(tmp_path / "other.json"))


def test_without_a_folder_it_says_how_to_name_one():
    with pytest.raises(CommandError, match="Set SIGNING_KEYS_DIR or say --folder"):
        call_command("signing_keys", "list")


def test_folder_without_keys_says_so(tmp_path):
    refused("missing or is not a certificate", tmp_path, "list")
    refused("no signing keys in", tmp_path, "rotate")
