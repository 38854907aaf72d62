"""`manage.py verify FILE`: is the code in this document a valid certificate, and if not, why.

Ends with 0 where every code is valid, with 1 where one is not, with 2 where there is nothing to judge, or nobody to
trust.
"""

import datetime
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from issuance import errors
from issuance.verification import documents, reading, sources, trust, verdicts, wording

INVALID, UNREADABLE = 1, 2


class Command(BaseCommand):
    """Reads, judges, prints; writes nothing anywhere."""

    help = "Say whether the certificates in a PDF, a picture or a text are valid, and why not."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a PDF, a PNG, JPEG or WebP picture, or text; - for standard input")
        parser.add_argument("--trust-list", metavar="SOURCE", help="a file or a URL (our own keys and revocations)")
        parser.add_argument("--authority", type=Path, help="whose list: a certificate (the one in SIGNING_KEYS_DIR)")
        parser.add_argument("--at", type=_instant, help="judge as at this time, ISO 8601 (now)")
        parser.add_argument("--json", action="store_true", help="one JSON array, an object a code")
        parser.add_argument("--show", action="store_true", help="print the person and the contents too")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = datetime.datetime.now(datetime.UTC)
        try:
            found = reading.codes(_document(options["file"]))
            trusted = _trust(options["trust_list"], options["authority"], now)
        except (errors.Unreadable, errors.UnusableKeys, errors.BadTrustList) as error:
            raise CommandError(str(error), returncode=UNREADABLE) from None
        at = options["at"] or now
        judged = [(one, verdicts.judge(one.text, trusted, at)) for one in found]
        if options["json"]:
            told = [_as_json(one, verdict, options["show"]) for one, verdict in judged]
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n\n".join(_as_text(one, verdict, options["show"]) for one, verdict in judged))
        if not all(verdict.valid for _, verdict in judged):
            sys.exit(INVALID)


def _document(name: str) -> bytes:
    """A little more than may be, so that what is too large is noticed without being read to its end."""
    most = documents.LARGEST_BYTES + 1
    try:
        if name == "-":
            return sys.stdin.buffer.read(most)
        with Path(name).open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise errors.Unreadable(f"The file cannot be read: {error.strerror}.") from None


def _trust(source: str | None, authority: Path | None, now: datetime.datetime) -> trust.Trust:
    return sources.listed(source, authority, now) if source else sources.configured()


def _instant(text: str) -> datetime.datetime:
    """Without an offset it is UTC. Raises ValueError."""
    at = datetime.datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=datetime.UTC)


def _as_json(found: documents.Found, verdict: verdicts.Verdict, show: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"valid": verdict.valid, "fault": verdict.fault, "page": found.page}
    told |= {"says": wording.sentence(verdict), **wording.facts(verdict)}
    if show and verdict.certificate:
        told["contents"] = verdict.certificate.payload
    return told


def _as_text(found: documents.Found, verdict: verdicts.Verdict, show: bool) -> str:
    place = f"page {found.page}: " if found.page else ""
    head = f"{place}{'VALID' if verdict.valid else 'INVALID'}. {wording.sentence(verdict)}"
    shown = wording.facts(verdict)
    if show and verdict.certificate:
        shown |= wording.person(verdict.certificate)
    return "\n".join([head, *(f"  {label:20} {value}" for label, value in shown.items())])
