"""manage.py verify."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from issuance import pdf, signing_keys
from tests.issuance import samples
from tests.issuance.verification import forge

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
