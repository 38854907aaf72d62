"""`manage.py people`: synthetic citizens whose details one can type into the form."""

import dataclasses
import itertools
import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from issuance.registry import people

FORM_FIELDS = ("given_names", "family_name", "date_of_birth", "document_number")


class Command(BaseCommand):
    """Prints from the end of the population, where the crowd, which begins with person 1, comes last."""

    help = "Print a few synthetic citizens of the registry simulator, to be typed into the form."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON array")
        parser.add_argument("--kind", choices=people.KINDS)
        parser.add_argument("--script", choices=people.SCRIPTS, help="the writing of the name")
        parser.add_argument("--count", type=int, default=5, help="how many (5)")
        parser.add_argument("--seed", type=int, default=people.SEED, help="the simulator's seed")
        parser.add_argument("--people", type=int, default=people.COUNT, help="the simulator's population")

    def handle(self, *_args: Any, **options: Any) -> None:
        wanted = itertools.islice(_wanted(options), max(0, options["count"]))
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(person) for person in wanted], ensure_ascii=False, indent=2))
            return
        self.stdout.write("\n\n".join(_as_text(person) for person in wanted))


def _wanted(options: dict[str, Any]) -> Iterator[people.Person]:
    for number in range(options["people"], 0, -1):
        person = people.person(number, options["seed"])
        if options["kind"] in (None, person.kind) and options["script"] in (None, person.script):
            yield person


def _as_json(person: people.Person) -> dict[str, Any]:
    """Everything but the doses; the form's fields under the form's names."""
    fields = dataclasses.asdict(person)
    del fields["doses"]
    return {**fields, "date_of_birth": person.date_of_birth.isoformat()}


def _as_text(person: people.Person) -> str:
    lines = [f"person {person.number}, {person.kind}, {person.script}"]
    lines += [f"  {field.replace('_', ' '):16} {getattr(person, field)}" for field in FORM_FIELDS]
    if person.latin_family_name:
        lines.append(f"  {'or in Latin':16} {person.latin_given_names} {person.latin_family_name}")
    return "\n".join(lines)
