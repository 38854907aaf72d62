"""`manage.py tries`: who was refused for too many tries of a document number, and giving that number new ones."""

from __future__ import annotations

import argparse
import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from issuance import tries
from issuance.models import Refusal

SHOWN = 50


class Command(BaseCommand):
    help = "List tickets that were refused for too many tries, or give their document number its tries again."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        actions.add_parser("list", help=f"the last {SHOWN} that stand")
        lift = actions.add_parser("lift", help="give the number behind a refused ticket its tries again")
        lift.add_argument("reference", help="the ticket's reference, as the person reads it out: K7F-2QMX")
        lift.add_argument("--by", default=getpass.getuser(), help="who does it (the account of this machine)")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["action"] == "list":
            for row in Refusal.objects.filter(lifted_at=None)[:SHOWN]:
                self.stdout.write(f"{row.reference}  {row.refused_at:%Y-%m-%d %H:%M}")
            return
        reference = options["reference"].strip().upper()
        if not tries.lift(reference, options["by"], timezone.now()):
            raise CommandError(f"no ticket {reference} stands refused for too many tries")
        self.stdout.write(f"The document number of {reference} has its tries again; its person may join again.")
