"""A worker that dies between row and outcome leads to the same passport, once: a real process, really killed."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pypdfium2
import pytest
import zxingcpp
from django.db import connection

from issuance import actors, models, signing_keys, stages
from project.local import folders
from queueing import documents, sealing
from queueing.attendance import Attendance
from tests.queueing.lines import Line
from tests.thieves import citizens

TICKET = "T" * 22
REPLY_KEY = bytes(range(32))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(redis_client):
    # The bucket of permits has been in use: a new one gives none for three seconds.
    run = redis_client.info("server")["run_id"]
    redis_client.mset({"{permit:registry}:tat": "0", "{permit:registry}:run": run})
    return Line(redis_client)


@pytest.fixture
def worker(settings, server, tmp_path):
    """What is handed to a worker process; this one has the same settings."""
    signing_keys.create(tmp_path / "keys", datetime.now(UTC))
    given = {"SIGNING_KEYS_DIR": str(tmp_path / "keys"), "REGISTRY_URL": server.url, "REGISTRY_RATE_PER_S": "1000"}
    for name, value in given.items():
        setattr(settings, name, float(value) if name == "REGISTRY_RATE_PER_S" else value)
    return {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "project.settings.private", **given}


def database_url():
    to = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{to['NAME']}"
    return f"postgres://{to['USER']}@{to['HOST']}:{to['PORT']}/{to['NAME']}"


def test_worker_killed_between_row_and_outcome_leads_to_the_same_passport_once(line, worker, somebody):
    citizens.stand_in_line(line, TICKET, citizens.signed(somebody(), TICKET, REPLY_KEY))
    command = [sys.executable, "-m", "tests.issuance.killed_worker", TICKET]
    killed = subprocess.run(command, cwd=folders.ROOT, env=os.environ | worker, check=False)
    assert killed.returncode == -signal.SIGKILL
    row = models.Passport.objects.get()
    assert line.where(TICKET) == {"serving"}
    assert models.Try.objects.count() == 0

    line.let_pass(31)
    line.advance(may_call=0)
    assert line.call() == [TICKET]
    another = actors._desk(Attendance(line.store, threads=1), stages.Meter())
    another.serve("test", TICKET)
    another.registry.close()
    another.store.client.close()
    actors.touch_point.cache_clear()

    assert line.look(TICKET).state == "issued"
    [again] = models.Passport.objects.all()
    assert (again.pk, again.certificate_id, again.issued_at) == (row.pk, row.certificate_id, row.issued_at)
    assert models.Certificate.objects.count() == 1
    locked = line.client.hget(line.keys.outcome(TICKET), "document")
    page = pypdfium2.PdfDocument(documents.pdf_of(sealing.unlock(REPLY_KEY, "test", TICKET, locked)))[0]
    assert row.certificate_id in page.get_textpage().get_text_bounded()
    [code] = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    assert code.text.startswith("HC1:")
