"""The staff's page for verifying, as staff see it."""

import datetime
import logging

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from issuance import pdf, signing_keys
from tests.issuance import samples
from tests.issuance.verification import forge

pytestmark = pytest.mark.django_db
PAGE = "/admin/verify/"
NOW = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys") / "signing_keys"
    signing_keys.create(folder, NOW)
    return folder


@pytest.fixture(scope="module")
def issued(keys):
    signer = signing_keys.load_signer(keys)
    return samples.certificate.certify(samples.LATIN, samples.dose(), samples.IDENTIFIER, signer.valid_from, signer)


@pytest.fixture(autouse=True)
def console(settings, keys):
    settings.ROOT_URLCONF = "project.urls.private"
    settings.SIGNING_KEYS_DIR = str(keys)


def client_of(name, *permissions, **options):
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client(**options)
    client.force_login(user)
    return client


@pytest.fixture
def staff():
    return client_of("inspector", "view_passport")


def brought(client, content, name="passport.pdf"):
    answer = client.post(PAGE, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200
    return answer.content.decode()


def test_nobody_gets_there_without_logging_in():
    for answer in (Client().get(PAGE), Client().post(PAGE, {"text": "HC1:"})):
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("/admin/login/")


def test_page_needs_its_permission_and_is_linked_for_those_who_have_it(staff):
    other = client_of("caretaker", "view_room")
    assert other.get(PAGE).status_code == 403
    assert other.post(PAGE, {"text": "HC1:"}).status_code == 403
    assert PAGE not in other.get("/admin/").content.decode()
    assert PAGE in staff.get("/admin/").content.decode()
    assert staff.get(PAGE).status_code == 200
    assert staff.put(PAGE).status_code == 405


def test_form_of_another_site_is_refused(issued):
    client = client_of("inspector", "view_passport", enforce_csrf_checks=True)
    assert client.post(PAGE, {"text": issued.hc1}).status_code == 403


def test_valid_passport_shows_what_it_says(staff, issued):
    page = brought(staff, pdf.render(pdf.page(issued)))
    assert "Page 1: Valid" in page
    for shown in ("Müller-Lüdenscheidt", "1984-03-07", "Comirnaty", "2 of 2", samples.IDENTIFIER):
        assert shown in page


def test_pasted_code_is_judged_and_not_written_into_the_form_again(staff, issued):
    page = staff.post(PAGE, {"text": f" {issued.hc1}\n"}).content.decode()
    assert "The certificate is valid." in page
    assert issued.hc1 not in page


def test_invalid_code_says_why_and_shows_nothing_that_is_not_signed(staff):
    stranger = forge.code(forge.signer())
    page = staff.post(PAGE, {"text": stranger}).content.decode()
    assert "Not valid" in page
    assert "Nobody in the trust list has this key id" in page
    assert "Müller" not in page


def test_contents_are_written_as_text(staff, keys):
    signer = signing_keys.load_signer(keys)
    named = samples.certificate.Person("<script>alert(1)</script>", "Bo", "Script", "Bo", datetime.date(1984, 3, 7))
    issued = samples.certificate.certify(named, samples.dose(), samples.IDENTIFIER, signer.valid_from, signer)
    page = staff.post(PAGE, {"text": issued.hc1}).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "one of the two"),
        ({"text": "nothing"}, "No code was found"),
        ({"text": "HC1:" + "A" * 100_000}, "at most 100000 characters"),
        ({"file": b"%PDF-nonsense"}, "damaged"),
        ({"file": b""}, "No code was found"),
        ({"file": bytes(5_300_000)}, "larger than 5 MB"),
        ({"file": b"HC1:A", "text": "HC1:A"}, "one of the two"),
    ],
    ids=["nothing", "no code", "too long", "broken", "empty", "too large", "both"],
)
def test_what_cannot_be_read_says_so(staff, fields, says):
    files = {name: SimpleUploadedFile(name, value) for name, value in fields.items() if isinstance(value, bytes)}
    answer = staff.post(PAGE, fields | files)
    assert answer.status_code == 200
    assert says in answer.content.decode()


def test_console_without_keys_says_that_nobody_is_trusted(staff, issued, settings):
    settings.SIGNING_KEYS_DIR = ""
    assert "Nobody is trusted here" in staff.post(PAGE, {"text": issued.hc1}).content.decode()


def test_nothing_is_kept_written_or_logged(staff, issued, writes, caplog, django_assert_num_queries):
    document = pdf.render(pdf.page(issued)) + bytes(4_900_000)
    staff.get(PAGE)
    writes.clear()
    caplog.set_level(logging.DEBUG)
    with django_assert_num_queries(5):  # who it is, what they may, what was revoked
        answer = staff.post(PAGE, {"file": SimpleUploadedFile("passport.pdf", document)})
    assert b"The certificate is valid." in answer.content
    assert writes == []
    assert "ller-L" not in caplog.text
    assert "no-store" in answer.headers["cache-control"]
