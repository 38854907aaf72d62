from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
from django.db import connection

from project.local import folders

# What an usher asks of a database.
ASK = "import django; django.setup(); from queueing.staff import publication; publication.rooms()"
TELL = "import django; django.setup(); from django.db import connection; cursor = connection.cursor(); "
TELL += "print(cursor.execute('SHOW statement_timeout').fetchone()[0])"
# Python and Django need some seconds to start.
PATIENCE_S = 30


def run(program: str, address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "project.settings.test"}
    command = [sys.executable, "-c", program, *arguments]
    told = {"capture_output": True, "text": True}
    return subprocess.run(command, check=False, cwd=folders.ROOT, env=environment, timeout=PATIENCE_S, **told)


def test_database_that_says_nothing_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        asked = run(ASK, f"postgres://somebody@127.0.0.1:{silent.getsockname()[1]}/vestibule")
    assert "OSError: the database does not answer" in asked.stderr


@pytest.mark.django_db
def test_tests_have_the_database_that_their_round_asks_for() -> None:
    asked = os.environ.get("DATABASE_URL", "sqlite").partition(":")[0]
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[asked]


def test_statement_that_is_stuck_ends_unless_it_migrates(postgres_url: str) -> None:
    assert run(TELL, postgres_url).stdout == "2s\n"
    assert run(TELL, postgres_url, "migrate").stdout == "0\n"
    with_own = f"{postgres_url}{'&' if '?' in postgres_url else '?'}options=-c%20statement_timeout%3D7000"
    assert run(TELL, with_own).stdout == "7s\n"
