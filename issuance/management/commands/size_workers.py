"""`manage.py size_workers`: how many threads and processes the contract calls for, and what those at work reach."""

from __future__ import annotations

import argparse
import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from redis.exceptions import RedisError

from issuance import sizing
from queueing import store


class Command(BaseCommand):
    help = "Say how many workers the registry's contract calls for, by what those at work have measured lately."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--rate", type=float, metavar="PER_S", help="the contract (that of the workers)")
        for stage in sizing.MEASURED:
            parser.add_argument(f"--{stage}-s", type=float, metavar="S", help=f"{stage}, per passport (measured)")
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            now = sizing.crew(store.connect(settings.REDIS_URL))
        except (RedisError, OSError) as error:
            raise CommandError(f"Redis does not answer ({type(error).__name__})") from None
        rate = options["rate"] if options["rate"] is not None else now.contract_per_s or settings.REGISTRY_RATE_PER_S
        costs = _costs(now, options)
        if rate <= 0 or costs.total_s <= 0:
            raise CommandError("nothing was served lately: say --registry-s, --render-s and --record-s")
        advice = sizing.advise(rate, costs, now.threads)
        if options["json"]:
            self.stdout.write(json.dumps(sizing.as_json(now, rate, costs, advice)))
            return
        self._tell(now, rate, costs, advice)

    def _tell(self, now: sizing.Crew, rate: float, costs: sizing.Costs, advice: sizing.Advice) -> None:
        parts = ", ".join(f"{stage} {getattr(costs, f'{stage}_s') * 1_000:.0f} ms" for stage in sizing.MEASURED)
        lines = {
            "contract": f"{rate:g} calls/s, of which {advice.usable_per_s:g} are used",
            "a passport": f"{parts} (mean of {now.visits} visits)",
            "called for": f"{advice.threads} threads: {advice.processes} processes of {sizing.THREADS_A_PROCESS}",
            "at work": f"{now.threads} threads in {now.processes} processes, {now.busy} busy",
            "can reach": f"{advice.reach_per_s:.1f}/s" + ("" if advice.is_enough else ": more workers are called for"),
        }
        for what, said in lines.items():
            self.stdout.write(f"{what:12}{said}")


def _costs(now: sizing.Crew, options: dict[str, Any]) -> sizing.Costs:
    """What was said by hand goes before what was measured."""
    measured = {name: getattr(now.costs, name) for name in (f"{stage}_s" for stage in sizing.MEASURED)}
    said = {name: options[name] for name in measured if options[name] is not None}
    return sizing.Costs(**measured | said)
