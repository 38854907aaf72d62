"""`manage.py revoke`: take a certificate back, lift that again, or list what is revoked."""

from __future__ import annotations

import argparse
import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from issuance import revocations
from issuance.models import Revocation


class Command(BaseCommand):
    help = "Revoke a certificate by its id, lift a revocation, or list those that stand."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("certificate_id", nargs="?", help="as it stands on the passport: URN:UVCI:…")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--reason", choices=Revocation.Reason.values)
        what.add_argument("--lift", action="store_true", help="the certificate is good again")
        what.add_argument("--list", action="store_true", help="what is revoked now")
        parser.add_argument("--by", default=getpass.getuser(), help="who does it (the account of this machine)")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["list"]:
            self._list()
            return
        certificate_id = (options["certificate_id"] or "").strip().upper()
        if not certificate_id:
            raise CommandError("which certificate?")
        if options["lift"]:
            if not revocations.lift(certificate_id, options["by"], timezone.now()):
                raise CommandError(f"{certificate_id} is not revoked")
            self.stdout.write(f"{certificate_id} is good again")
            return
        self._revoke(certificate_id, options["reason"], options["by"])

    def _revoke(self, certificate_id: str, reason: str, by: str) -> None:
        try:
            is_new = revocations.revoke(certificate_id, reason, by, timezone.now())
        except revocations.NeverIssued as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{certificate_id} {'is revoked' if is_new else 'was revoked before'}")

    def _list(self) -> None:
        for row in Revocation.objects.filter(lifted_at=None):
            self.stdout.write(f"{row.certificate_id}  {row.revoked_at:%Y-%m-%d %H:%M}  {row.reason}  {row.revoked_by}")
