"""What has to be there before the first person comes: the tables, the room `passport`, a demo account for the console.

Runs as `python -m project.local.prepare` in the private tier's environment; safe to repeat. The last line it
prints is a person the simulated registry knows, as `manage.py people --json` has it.
"""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from typing import Any

import django
from django.contrib import auth
from django.core import management

ROOM = "passport"
ACCOUNT = "demo"


def make_account(password: str) -> None:
    """With the password kept beside the private keys: whoever may read those may log in."""
    user, _ = auth.get_user_model().objects.get_or_create(username=ACCOUNT)
    user.is_staff = user.is_superuser = True
    if not user.check_password(password):
        user.set_password(password)
    user.save()


def person(people: int, seed: int) -> Any:
    """Somebody who gets a passport, with a name that any keyboard can type."""
    printed = io.StringIO()
    wanted = {"kind": "vaccinated", "script": "latin", "people": people, "seed": seed, "count": 1}
    management.call_command("people", json=True, stdout=printed, **wanted)
    return json.loads(printed.getvalue())[0]


def main() -> None:
    arguments = _arguments()
    django.setup()
    management.call_command("migrate", interactive=False, verbosity=0)
    management.call_command("rooms", "ensure", ROOM, stdout=io.StringIO())
    make_account(arguments.password_file.read_text().strip())
    print(json.dumps(person(arguments.people, arguments.seed)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m project.local.prepare")
    parser.add_argument("password_file", type=Path)
    parser.add_argument("people", type=int)
    parser.add_argument("seed", type=int)
    return parser.parse_args()


if __name__ == "__main__":
    main()
