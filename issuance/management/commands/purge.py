"""`manage.py purge`: remove what has been kept long enough. For cron, once a day."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from issuance import retention


class Command(BaseCommand):
    help = "Remove records RECORDS_RETENTION_DAYS after their certificate expired, and tries older than TRIES_WINDOW_H."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument("--batch", type=int, default=retention.BATCH, help="rows a transaction (%(default)s)")

    def handle(self, *_args: Any, **options: Any) -> None:
        days, hours = settings.RECORDS_RETENTION_DAYS, settings.TRIES_WINDOW_H
        rules = retention.Rules(timedelta(days=days), timedelta(hours=hours))
        self.stdout.write(f"Records are kept for {days} days after they have expired, tries for {hours} hours.")
        for what, rows in retention.old(rules, timezone.now()).items():
            if options["dry_run"]:
                self.stdout.write(f"{what}: {rows.count()} would go")
                continue
            gone = 0
            for removed in retention.remove(rows, max(1, options["batch"])):
                gone += removed
                if options["verbosity"] > 1:
                    self.stdout.write(f"{what}: {gone} so far")
            self.stdout.write(f"{what}: {gone} removed")
