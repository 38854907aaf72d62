"""`manage.py openapi`: the HTTP calls of docs/protocol.md as OpenAPI, made from the code, always in the same bytes.

Owns docs/openapi.json. Adds what django-ninja cannot know of answers and requests that are built by hand.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from queueing import answers, wire
from queueing.api import api

PUBLISHED = Path(settings.BASE_DIR) / "docs" / "openapi.json"
PREFIX = "/api/"
FIRST_REFUSAL = 400

NOT_NOW = "Redis does not answer, or the room is not ready: see Retry-After"

Schema = dict[str, Any]

# Answered beside the API, by project/pages.py and project/health.py: (summary, media type, descriptions by status).
BESIDE_THE_API: dict[str, tuple[str, str, dict[int, str]]] = {
    "/": (
        "The page of the host",
        "text/html",
        {
            200: "Of its only room, in the phase of this browser's ticket, or a list to choose from",
            404: "A page: no room is served here",
            503: "A page that looks again by itself; see Retry-After",
        },
    ),
    "/rooms/{room}": (
        "The page of a room",
        "text/html",
        {
            200: "In the phase of this browser's ticket; with one, also a sign of life",
            404: "A page: there is no such room",
            503: "A page that looks again by itself; see Retry-After",
        },
    ),
    "/rooms/{room}/passport": (
        "The passport as a page to be read",
        "text/html",
        {
            200: "The same facts as in the PDF, for the browser that waited",
            404: "A page: there is nothing here for this browser",
            410: "A page: the passport is no longer kept",
            503: "A page: try again shortly; see Retry-After",
        },
    ),
    "/rooms/{room}/{logo}": (
        "The logo of a room, SVG or PNG, at the address that its theme names",
        "image/*",
        {
            200: "May be kept for a year: another logo has another address",
            404: "The room has another logo, or none",
            503: NOT_NOW,
        },
    ),
    "/healthz": ("Alive", "text/plain", {200: "alive"}),
    "/readyz": ("Ready", "text/plain", {200: "ready", 503: "Why not: draining, or Redis is not to be relied upon"}),
}


class Command(BaseCommand):
    help = "Print the OpenAPI document of the public API, or check that the published one is up to date."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare instead of printing; fail where it differs")
        parser.add_argument("--file", type=Path, default=PUBLISHED, help="what to compare (default: docs/openapi.json)")

    def handle(self, *args: Any, **options: Any) -> None:
        made = text()
        if not options["check"]:
            self.stdout.write(made, ending="")
            return
        path: Path = options["file"]
        if not path.exists() or path.read_text(encoding="utf-8") != made:
            raise CommandError(f"{path.name} is out of date: write it anew with manage.py openapi > docs/openapi.json")
        self.stdout.write(f"{path.name} is up to date")


def text() -> str:
    """Sorted: sets of statuses have no order of their own."""
    return json.dumps(document(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def document() -> Schema:
    schema: Schema = api.get_openapi_schema(path_prefix=PREFIX)
    _complete_join(schema["paths"]["/api/rooms/{room}/tickets"]["post"])
    _complete_passport(schema["paths"]["/api/rooms/{room}/passport"]["get"])
    schema["paths"]["/api/rooms"]["get"]["responses"][400] = {"description": "This host is not served"}
    for operation in _operations(schema):
        _name_headers(operation)
        _refuse_with_problems(operation)
    for path, (summary, media_type, statuses) in BESIDE_THE_API.items():
        schema["paths"][path] = {"get": _plain(path, summary, media_type, statuses)}
    return schema


def _operations(schema: Schema) -> Iterator[Schema]:
    for path in schema["paths"].values():
        yield from path.values()


def _name_headers(operation: Schema) -> None:
    """ninja names a header after the argument that takes it."""
    for parameter in operation["parameters"]:
        if parameter["in"] == "header":
            parameter["name"] = parameter["name"].replace("_", "-").title()


def _refuse_with_problems(operation: Schema) -> None:
    """ninja takes every answer for application/json."""
    problem = {answers.PROBLEM_JSON: {"schema": {"$ref": f"#/components/schemas/{wire.Problem.__name__}"}}}
    operation["responses"].setdefault(503, {"description": NOT_NOW})
    for status, response in operation["responses"].items():
        if int(status) >= FIRST_REFUSAL:
            response["content"] = problem


def _complete_join(join: Schema) -> None:
    """The form that pages without scripts send, and its answer."""
    content = join["requestBody"]["content"]
    content[answers.FORM] = content["application/json"]
    join["responses"][303] = {"description": "To the room's page: the body came as a form, from a page without scripts"}
    join["responses"][400] = {"description": "The JSON or the Idempotency-Key cannot be read"}
    join["responses"][201]["description"] = "A new place; the ticket's cookie comes with it"
    join["responses"][200]["description"] = "The place this browser, or this Idempotency-Key, already has"


def _complete_passport(passport: Schema) -> None:
    document_ = {"type": "string", "contentMediaType": "application/pdf"}
    passport["responses"][200] = {"description": "The passport", "content": {"application/pdf": {"schema": document_}}}


def _plain(path: str, summary: str, media_type: str, statuses: dict[int, str]) -> Schema:
    room = {"in": "path", "name": "room", "required": True, "schema": {"title": "Room", "type": "string"}}
    return {
        "operationId": "_".join(["page", *(re.findall(r"\w+", path) or ["start"])]),
        "summary": summary,
        "parameters": [room] if "{room}" in path else [],
        "responses": {
            status: {"description": description, "content": {media_type: {"schema": {"type": "string"}}}}
            for status, description in statuses.items()
        },
    }
