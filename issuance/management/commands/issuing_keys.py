"""`manage.py issuing_keys`: the keys that open what web has sealed; a new one goes in front, old ones go on opening."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from issuance import errors, issuing_keys
from queueing import sealing

ASKS = "Everything sealed to {0} that still waits will end as failed, and nothing brings the key back. Type {0}: "


class Command(BaseCommand):
    help = "Make, list and drop the keys that open sealed requests (the file that ISSUING_PRIVATE_KEYS_FILE names)."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        given = settings.ISSUING_PRIVATE_KEYS_PATH or None
        default = f"default: {given}" if given else "no default: ISSUING_PRIVATE_KEYS_FILE is not set"
        parser.add_argument("--file", type=Path, default=given, help=f"the file of private keys ({default})")
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        actions.add_parser("new", help="put a new key in front; old ones open what was sealed before")
        actions.add_parser("list", help="fingerprints, newest first; web seals to the first")
        actions.add_parser("public", help="print the public key of the first, for ISSUING_PUBLIC_KEY of web")
        drop = actions.add_parser("drop", help="take a key away for good; asks first")
        drop.add_argument("fingerprint")
        drop.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["file"]
        if path is None:
            raise CommandError("Which file? Set ISSUING_PRIVATE_KEYS_FILE or say --file.")
        act: Callable[[Path, dict[str, Any]], None] = getattr(self, f"do_{options['action']}")
        try:
            act(path, options)
        except errors.UnusableKeys as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{error.filename or path}: {error.strerror}") from None

    def do_new(self, path: Path, _options: dict[str, Any]) -> None:
        public = issuing_keys.add(path)
        fingerprint = sealing.fingerprint(sealing.public_key(public))
        self.stdout.write(
            f"Issuing key {fingerprint} stands first in {path}.\n"
            "1. Restart all workers: they open with the new key and with the old ones.\n"
            "2. Then give web its public key and restart web:\n"
            f"ISSUING_PUBLIC_KEY={public}\n"
            "3. When nobody waits any more who joined before that, drop the old one (issuing_keys drop).\n"
            "To undo it before step 2: issuing_keys drop " + fingerprint
        )

    def do_list(self, path: Path, _options: dict[str, Any]) -> None:
        for number, key in enumerate(issuing_keys.read(path)):
            use = "web seals to this one" if number == 0 else "opens what was sealed before"
            self.stdout.write(f"{sealing.fingerprint(key.public_key())}  {use}")

    def do_public(self, path: Path, _options: dict[str, Any]) -> None:
        keys = issuing_keys.read(path)
        if not keys:
            raise CommandError(f"{path} is empty: manage.py issuing_keys new makes a key.")
        self.stdout.write(f"ISSUING_PUBLIC_KEY={issuing_keys.public_text(keys[0])}")

    def do_drop(self, path: Path, options: dict[str, Any]) -> None:
        fingerprint = options["fingerprint"]
        if fingerprint not in {sealing.fingerprint(key.public_key()) for key in issuing_keys.read(path)}:
            raise CommandError(f"There is no issuing key {fingerprint} in {path}.")
        if not options["yes"]:
            _ask(ASKS.format(fingerprint), fingerprint)
        issuing_keys.drop(path, fingerprint)
        self.stdout.write(f"Issuing key {fingerprint} is gone. Workers forget it when they are restarted.")


def _ask(question: str, expected: str) -> None:
    try:
        answer = input(question)
    except EOFError:
        raise CommandError("nobody is there to ask: add --yes") from None
    if answer.strip() != expected:
        raise CommandError("nothing was changed")
