"""manage.py verify."""

import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from issuance import certificate, models, pdf, revocations, signing_keys, trust_list
from issuance.verification import sources
from project.local import folders
from tests.issuance import samples
from tests.issuance.verification import forge

pytestmark = pytest.mark.django_db
LATER = samples.NOW + timedelta(days=1)
AT = LATER.isoformat()
PERSON = "MUELLER<LUEDENSCHEIDT"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys") / "signing_keys"
    signing_keys.create(folder, samples.NOW)
    return folder


@pytest.fixture(scope="module")
def issued(keys):
    return samples.issued(signing_keys.load_signer(keys, samples.NOW))


@pytest.fixture
def verify(settings, keys):
    """Runs the command; gives the exit code and what it printed."""
    settings.SIGNING_KEYS_DIR = str(keys)

    def run(*arguments):
        printed = io.StringIO()
        try:
            call_command("verify", *map(str, arguments), stdout=printed)
        except SystemExit as end:
            return end.code, printed.getvalue()
        except CommandError as error:
            return error.returncode, str(error)
        return 0, printed.getvalue()

    return run


@pytest.fixture
def written(tmp_path):
    def write(content, name="document"):
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path / name

    return write


def test_passport_is_valid(verify, written, issued):
    code, said = verify(written(pdf.render(pdf.page(issued))), "--at", AT)
    assert code == 0
    assert said.startswith("page 1: VALID. The certificate is valid.")
    assert issued.payload["v"][0]["ci"] not in said


def test_person_is_printed_only_where_that_is_asked_for(verify, written, issued):
    path = written(issued.hc1)
    for options in ((), ("--json",)):
        assert "Anna" not in verify(path, "--at", AT, *options)[1]
        assert "1984-03-07" not in verify(path, "--at", AT, *options)[1]
    _, said = verify(path, "--at", AT, "--show")
    assert "Anna Katharina Müller-Lüdenscheidt" in said
    assert "1984-03-07" in said
    assert "Comirnaty (EU/1/20/1528)" in said
    assert "2 of 2" in said


def test_answer_for_programs_has_a_word_for_the_fault(verify, written, issued, keys):
    code, said = verify(written(issued.hc1), "--at", "2030-01-01", "--json")
    [told] = json.loads(said)
    assert code == 1
    assert (told["valid"], told["fault"], told["page"]) == (False, "expired", None)
    assert told["signer"] == signing_keys.load_signer(keys, samples.NOW).kid.hex()
    assert (told["kind"], told["issuer"], told["issued"]) == ("vaccination", "XX", "2026-11-22 14:00 UTC")
    _, said = verify(written(issued.hc1), "--at", "2030-01-01", "--json", "--show")
    assert json.loads(said)[0]["contents"] == issued.payload


def test_one_wrong_code_makes_the_document_invalid(verify, written, issued):
    stranger = forge.code(forge.signer())
    code, said = verify(written(f"{issued.hc1}\n{stranger}\n"), "--at", AT)
    assert code == 1
    assert said.index("VALID. The certificate is valid.") < said.index("INVALID. Nobody in the trust list")


@pytest.mark.parametrize(
    ("content", "says"),
    [("no code at all", "No code was found"), (b"%PDF-nonsense", "damaged"), (bytes(6_000_000), "larger than 5 MB")],
    ids=["no code", "broken", "too large"],
)
def test_what_cannot_be_read_says_why(verify, written, content, says):
    code, said = verify(written(content))
    assert code == 2
    assert says in said


def test_file_that_is_not_there_says_so(verify, tmp_path):
    assert verify(tmp_path / "nowhere.pdf") == (2, "The file cannot be read: No such file or directory.")
    assert verify(tmp_path) == (2, "The file cannot be read: Is a directory.")


def test_without_keys_nobody_is_trusted(verify, written, issued, settings):
    settings.SIGNING_KEYS_DIR = ""
    assert verify(written(issued.hc1))[0] == 2


def test_time_is_a_time(verify, written, issued):
    assert "--at" in verify(written(issued.hc1), "--at", "tomorrow")[1]


def test_signer_that_has_ended_is_still_known(verify, written, issued):
    _, said = verify(written(issued.hc1), "--at", "2040-01-01", "--json")
    assert json.loads(said)[0]["fault"] == "expired"


def test_nothing_is_written(verify, written, issued, writes):
    document = written(pdf.render(pdf.page(issued)))
    assert str(document) in writes
    writes.clear()
    assert verify(document, "--at", AT, "--show")[0] == 0
    assert writes == []


def test_revoked_passport_is_invalid(verify, written, issued):
    path = written(issued.hc1)
    models.Passport.objects.create(
        ticket_id="t", certificate_id=samples.IDENTIFIER, issued_at=samples.NOW, expires_at=LATER
    )
    assert revocations.revoke(samples.IDENTIFIER, "a test", "nobody", LATER)
    code, said = verify(path, "--at", AT, "--json")
    assert (code, json.loads(said)[0]["fault"]) == (1, "revoked")
    assert revocations.lift(samples.IDENTIFIER, "nobody", LATER)
    assert verify(path, "--at", AT)[0] == 0


@pytest.fixture(scope="module")
def list_keys(tmp_path_factory):
    """Of today: a trust list is good for two days."""
    folder = tmp_path_factory.mktemp("today") / "signing_keys"
    signing_keys.create(folder)
    return folder


@pytest.fixture(scope="module")
def today(list_keys):
    signer = signing_keys.load_signer(list_keys)
    return certificate.certify(samples.LATIN, samples.dose(), samples.IDENTIFIER, signer.valid_from, signer)


def listed(keys, *revoked, now=None):
    now = now or datetime.now(UTC)
    return trust_list.make(
        signing_keys.trust_list(keys, now), revoked, 1, signing_keys.load_list_signer(keys, now), now
    )


def test_trust_list_in_a_file_is_gone_by(verify, written, today, list_keys, settings):
    settings.SIGNING_KEYS_DIR = str(list_keys)
    document, path = written(today.hc1), written(listed(list_keys), "trust.json")
    assert verify(document, "--trust-list", path)[0] == 0
    written(listed(list_keys, samples.IDENTIFIER), "trust.json")
    code, said = verify(document, "--trust-list", path)
    assert code == 1
    assert "revoked" in said


def test_trust_list_is_fetched_and_its_authority_may_be_a_file(verify, written, today, list_keys, odd_server, settings):
    settings.SIGNING_KEYS_DIR = ""
    odd_server.answers["/api/trust-list"] = (200, {}, listed(list_keys))
    authority = list_keys / "authority" / "certificate.pem"
    document = written(today.hc1)
    url = f"{odd_server.url}/api/trust-list"
    assert verify(document, "--trust-list", url, "--authority", authority)[0] == 0
    assert odd_server.asked == ["/api/trust-list"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((404, {}, b""), "status 404"),
        ((302, {"location": "/elsewhere"}, b""), "status 302"),
        ((200, {}, b"<html>"), "not a trust list"),
        ((200, {}, bytes(sources.LARGEST_LIST_BYTES + 1)), "too large"),
    ],
    ids=["nothing there", "elsewhere", "HTML", "too large"],
)
def test_without_a_trust_list_nothing_is_said_of_the_passport(verify, written, issued, odd_server, answer, says):
    odd_server.answers["/api/trust-list"] = answer
    code, said = verify(written(issued.hc1), "--trust-list", f"{odd_server.url}/api/trust-list")
    assert code == 2
    assert says in said
    assert odd_server.asked == ["/api/trust-list"]


def test_trust_list_that_cannot_be_had_says_so(verify, written, issued, tmp_path):
    document = written(issued.hc1)
    assert verify(document, "--trust-list", tmp_path / "none.json") == (
        2,
        "The trust list cannot be read: No such file or directory.",
    )
    code, said = verify(document, "--trust-list", "http://127.0.0.1:1/api/trust-list")
    assert (code, "cannot be fetched" in said) == (2, True)


def test_trust_list_of_another_authority_or_of_last_week_is_not_believed(verify, written, today, list_keys, keys):
    document, path = written(today.hc1), written(listed(list_keys), "trust.json")
    assert verify(document, "--trust-list", path)[0] == 2  # SIGNING_KEYS_DIR is another's
    assert verify(document, "--trust-list", path, "--authority", list_keys / "serial")[0] == 2
    old = written(listed(keys, now=samples.NOW), "old.json")
    code, said = verify(document, "--trust-list", old)
    assert code == 2
    assert "expired" in said


def test_stranger_needs_no_server_of_ours(written, today, list_keys):
    trusted = ["--trust-list", str(written(listed(list_keys), "trust.json"))]
    trusted += ["--authority", str(list_keys / "authority" / "certificate.pem")]

    def ended(content):
        document = str(written(content))
        command = [sys.executable, "manage.py", "verify", document, *trusted, "--settings", "project.settings.offline"]
        return subprocess.run(
            command, cwd=folders.ROOT, env={"PATH": os.defpath}, capture_output=True, text=True, check=False
        )

    valid = ended(today.hc1)
    assert (valid.returncode, valid.stderr) == (0, "")
    assert valid.stdout.startswith("VALID.")
    assert ended(forge.code(forge.signer())).returncode == 1
    nothing = ended("nothing")
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "No code was found" in nothing.stderr
