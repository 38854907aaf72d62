"""`manage.py crowd`: a crowd of synthetic citizens for the demo, the tests and as a load generator."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from benchmarks.crowd import arrivals, crowd, display, measures
from issuance.registry import people


class Command(BaseCommand):
    """Parses the plan, runs it and prints what came of it."""

    help = "Let a crowd of synthetic citizens queue in a room: they join, wait, leave, drop and come back."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("--size", type=_whole, default=300, help="how many people (300)")
        add("--arrive-per-s", type=_rate, default=50.0, help="how many arrive in a second on average (50)")
        add("--leave", type=_share, default=0.3, help="share of them that leaves, 0 to 1 (0.3)")
        add("--drop", type=_share, default=0.1, help="share that loses the connection and comes back (0.1)")
        add("--seed", type=int, default=1, help="the same seed makes the same crowd (1)")
        add("--url", default=settings.PUBLIC_URL, help="address of the public web (%(default)s)")
        add("--room", default="passport", help="slug of the room (passport)")
        add("--timeout", type=_rate, default=None, help="seconds until those still waiting leave (none)")
        add("--people", type=_whole, default=people.COUNT, help="size of the registry's population")
        add("--people-seed", type=int, default=people.SEED, help="seed of the registry's population")
        add("--people-out", type=Path, default=None, help="file for one JSON line a person, without names")
        add("--json", action="store_true", help="print all figures as one JSON object on the last line")

    def handle(self, *args: object, **options: Any) -> None:
        console = Console(stderr=options["json"])
        try:
            summary = asyncio.run(_run(crowd.Crowd(_plan(options)), console))
        except (crowd.NoSuchRoom, crowd.TooManySockets) as exc:
            raise CommandError(str(exc)) from exc
        display.show_summary(summary, console)
        if options["people_out"]:
            _write_people(options["people_out"], summary)
        if options["json"]:
            self.stdout.write(json.dumps(summary.as_json()))
        if not summary.is_good:
            raise SystemExit(1)


async def _run(gathering: crowd.Crowd, console: Console) -> measures.Summary:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stop_once, loop, number, stop)
    following = asyncio.create_task(display.follow(gathering, console))
    try:
        return await gathering.run(stop)
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


def _stop_once(loop: asyncio.AbstractEventLoop, number: int, stop: asyncio.Event) -> None:
    """The first signal lets everybody leave; a second one ends the process as usual."""
    loop.remove_signal_handler(number)
    stop.set()


def _plan(options: dict[str, Any]) -> crowd.Plan:
    visits = arrivals.plan(
        size=options["size"],
        arrive_per_s=options["arrive_per_s"],
        leave=options["leave"],
        drop=options["drop"],
        seed=options["seed"],
        population=options["people"],
    )
    return crowd.Plan(
        url=options["url"],
        room=options["room"],
        visits=visits,
        claims=_claims(options["people_seed"]),
        timeout_s=options["timeout"],
        seed=options["seed"],
    )


def _claims(seed: int) -> Callable[[int], dict[str, str]]:
    def claims(number: int) -> dict[str, str]:
        person = people.person(number, seed)
        return {
            "given_names": person.given_names,
            "family_name": person.family_name,
            "date_of_birth": person.date_of_birth.isoformat(),
            "document_number": person.document_number,
        }

    return claims


def _write_people(path: Path, summary: measures.Summary) -> None:
    path.write_text("".join(json.dumps(person) + "\n" for person in summary.people), encoding="utf-8")


def _whole(text: str) -> int:
    return int(_number(text, least=1))


def _rate(text: str) -> float:
    return _number(text, least=0.001)


def _share(text: str) -> float:
    return _number(text, least=0, most=1)


def _number(text: str, least: float, most: float = 10_000_000) -> float:
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a number") from None
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"must be from {least:g} to {most:g}")
    return number
