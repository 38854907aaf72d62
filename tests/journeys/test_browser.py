"""A citizen in a real browser: the form, a live line behind a crowd, the passport, and nothing left on the device."""

from __future__ import annotations

import asyncio
import ctypes
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import cbor2
import cwt
import pypdfium2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from playwright.sync_api import Browser, expect

from benchmarks.crowd import arrivals, crowd
from issuance import signing_keys
from issuance.registry import people
from project.local import options, stack
from project.local.stack import Stack
from tests.journeys.browsing import PATIENCE_MS, Visit
from tests.journeys.codes import read_codes
from tests.journeys.visitors import details, somebody

RATE_PER_S = 20
CROWD = 100
DPI = 100


@pytest.fixture(scope="module")
def vestibule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp("vestibule")
    chosen = options.Options(directory=directory, registry_rate_per_s=RATE_PER_S, registry_latency_ms=100)
    with stack.running(chosen) as running:
        yield running


def crowd_in(url: str) -> threading.Thread:
    """A hundred people who arrive at once and stay, in a thread of their own."""
    visits = arrivals.plan(size=CROWD, arrive_per_s=200, leave=0.0, drop=0.0, seed=3, population=4_000)
    plan = crowd.Plan(url, "passport", visits, lambda number: details(people.person(number, 1)), timeout_s=120)
    thread = threading.Thread(target=lambda: asyncio.run(crowd.run(plan)))
    thread.start()
    return thread


def positions_seen(visit: Visit, waiting: threading.Thread) -> list[int]:
    """What a person sees until the waiting is over, looking ten times a second."""
    seen = []
    while waiting.is_alive() and visit.page.locator("#screen-waiting").is_visible():
        seen.append(visit.position())
        visit.page.wait_for_timeout(100)
    return [number for number in seen if number]


@pytest.mark.timeout(300)
def test_citizen_waits_behind_a_crowd_and_gets_a_verifiable_passport(
    vestibule: Stack, browser: Browser, tmp_path: Path, zbar: ctypes.CDLL | Path
) -> None:
    person = somebody("vaccinated", skip=3_400)
    url = vestibule.address()
    vestibule.manage("rooms", "pause", "passport")
    waiting = crowd_in(url)
    visit = Visit(browser, url)
    visit.page.goto(url)
    visit.fill(person)
    room = f"{url}/api/rooms/passport"
    while waiting.is_alive() and visit.page.request.get(room).json()["waiting"] < CROWD:
        visit.page.wait_for_timeout(100)
    visit.page.click("#join")
    expect(visit.page.locator("#position")).to_have_text(str(CROWD + 1), timeout=PATIENCE_MS)
    vestibule.manage("rooms", "resume", "passport")
    shown = positions_seen(visit, waiting)
    assert shown[0] <= CROWD + 1
    assert len(set(shown)) > 3
    assert shown == sorted(shown, reverse=True)
    expect(visit.page.locator("#screen-issued")).to_be_visible(timeout=PATIENCE_MS)
    with visit.page.expect_download() as caught:
        visit.page.click("#download")
    passport = tmp_path / "passport.pdf"
    caught.value.save_as(passport)
    assert caught.value.suggested_filename == "passport.pdf"
    shows_its_holder_and_verifies(passport, person, Path(vestibule.site.folders.signing_keys))
    assert Visit(browser, url).passport().status == 404
    assert visit.passport().status == 200
    is_read_as_a_page(visit, person)
    visit.page.click("#clear-device")
    expect(visit.page.locator("#screen-ended")).to_be_visible()
    assert visit.passport().status == 404
    assert visit.page.context.cookies() == []
    assert visit.page.evaluate("() => Object.keys(sessionStorage).length + Object.keys(localStorage).length") == 0
    assert visit.problems == []
    waiting.join(timeout=120)


def is_read_as_a_page(visit: Visit, person: people.Person) -> None:
    """In a tab of its own: the same facts, written by the server."""
    page = visit.page.context.new_page()
    page.goto(f"{visit.url}{visit.page.locator('#read').get_attribute('href')}")
    expect(page.locator("h1")).to_contain_text("Health passport")
    expect(page.locator("dd", has_text=person.family_name)).to_be_visible()
    expect(page.get_by_role("img", name="Code with the signed certificate")).to_be_visible()
    page.close()


def shows_its_holder_and_verifies(passport: Path, person: people.Person, keys: Path) -> None:
    """The page names the holder, and its code, read from the rendered page, is signed by the demo certificate."""
    page = pypdfium2.PdfDocument(passport)[0]
    assert person.family_name in page.get_textpage().get_text_range()
    [code] = read_codes(page.render(scale=DPI / 72).to_pil())
    envelope = zlib.decompress(base45_decoded(code.removeprefix("HC1:")))
    [trusted] = signing_keys.trust_list(keys)
    certificate = x509.load_der_x509_certificate(trusted.certificate)
    key = cwt.load_pem_hcert_dsc(certificate.public_bytes(serialization.Encoding.PEM))
    claims = cbor2.loads(cwt.COSE.new().decode(envelope, [key]))
    assert claims[1] == "XX"
    assert claims[-260][1]["nam"]["fn"] == person.family_name
    assert claims[-260][1]["dob"] == person.date_of_birth.isoformat()


def base45_decoded(text: str) -> bytes:
    """RFC 9285, written down once more so that our own reader does not judge our own writer."""
    digits = ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".index(character) for character in text]
    groups = (digits[start : start + 3] for start in range(0, len(digits), 3))
    return b"".join(
        sum(digit * 45**place for place, digit in enumerate(group)).to_bytes(len(group) - 1, "big") for group in groups
    )


@pytest.mark.timeout(120)
def test_refused_citizen_reads_why_and_edits_without_retyping(vestibule: Stack, browser: Browser) -> None:
    person = somebody("none", skip=20)
    visit = Visit(browser, vestibule.address())
    visit.join(person)
    expect(visit.page.locator("#screen-ended")).to_be_visible(timeout=PATIENCE_MS)
    assert visit.page.inner_text("#ended-title")
    visit.page.click("#edit")
    expect(visit.page.locator("#family_name")).to_have_value(person.family_name)
    assert visit.problems == []


@pytest.mark.timeout(120)
def test_mistakes_are_shown_beside_their_fields_and_nothing_typed_is_lost(vestibule: Stack, browser: Browser) -> None:
    visit = Visit(browser, vestibule.address())
    visit.page.goto(visit.url)
    visit.page.fill("#given_names", "R2D2")
    visit.page.fill("#family_name", "Ozoliņa")
    for part, text in (("day", "30"), ("month", "2"), ("year", "1990")):
        visit.page.fill(f"#date_of_birth_{part}", text)
    visit.page.click("#join")
    expect(visit.page.locator("#error-summary")).to_be_focused()
    for field in ("date_of_birth", "document_number"):
        expect(visit.page.locator(f"#{field}-error")).to_be_visible()
    visit.page.reload()
    expect(visit.page.locator("#family_name")).to_have_value("Ozoliņa")
    expect(visit.page.locator("#date_of_birth_day")).to_have_value("30")
    visit.page.fill("#date_of_birth_day", "28")
    visit.page.fill("#document_number", "XX123456")
    visit.page.click("#join")
    expect(visit.page.locator("#given_names-error")).to_be_visible()
    expect(visit.page.locator("#family_name-error")).to_be_hidden()
    expect(visit.page.locator("#error-summary a")).to_have_count(1)


@pytest.mark.timeout(120)
def test_reload_keeps_the_place_and_leaving_gives_it_back(vestibule: Stack, browser: Browser) -> None:
    vestibule.manage("rooms", "pause", "passport", "--reason", "Lunch.")
    try:
        visit = Visit(browser, vestibule.address())
        visit.join(somebody("vaccinated", skip=3_500))
        expect(visit.page.locator("#screen-waiting")).to_be_visible(timeout=PATIENCE_MS)
        expect(visit.page.locator("#paused")).to_be_visible()
        reference = visit.page.inner_text("#reference")
        visit.page.reload()
        expect(visit.page.locator("#reference")).to_have_text(reference)
        visit.page.click("#leave")
        visit.page.click("#leave-confirm")
        expect(visit.page.locator("#screen-ended")).to_be_visible()
        assert visit.page.context.cookies() == []
        assert visit.problems == []
    finally:
        vestibule.manage("rooms", "resume", "passport")


def test_what_does_not_exist_says_so(vestibule: Stack, browser: Browser) -> None:
    visit = Visit(browser, vestibule.address())
    answer = visit.page.goto(f"{visit.url}/no/such/page")
    assert answer is not None
    assert answer.status == 404
    assert visit.page.locator("h1").inner_text()
    visit.page.goto(f"{visit.url}/rooms/no-such-room")
    expect(visit.page.locator("#screen-missing")).to_be_visible()
