"""`manage.py signing_keys`: the certificate authority, the signers of passports, and who signs the trust list."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from redis.exceptions import RedisError

from issuance import errors, key_changes, key_dates, key_files, signer_certificates, signing_keys, trust_list
from issuance.signing_keys import Kind
from queueing import keys, store

ROLES: dict[str, Kind | None] = {"worker": "signer", "usher": "list", "console": None}
NAMES = {"authority": "authority", "signer": "signer", "list": "trust list"}
# The list has a new signer in 3 s, web hands that on 2 s later, and caches keep what they have for 60 s.
ANNOUNCED_FIRST = timedelta(minutes=2)


class Command(BaseCommand):
    help = "Create, list, rotate and retire the keys that sign passports and the trust list (SIGNING_KEYS_DIR)."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        given = settings.SIGNING_KEYS_DIR or None
        default = f"default: {given}" if given else "no default: SIGNING_KEYS_DIR is not set"
        parser.add_argument("--folder", type=Path, default=given, help=f"where the keys are ({default})")
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        _add_create(actions.add_parser("create", help="make what is missing: authority, signer, signer of trust lists"))
        listing = actions.add_parser("list", help="all certificates: state, from, until, days left, private key or not")
        listing.add_argument("--json", action="store_true", help="as JSON")
        _add_rotate(actions.add_parser("rotate", help="make a new signer; needs the authority's private key"))
        retire = actions.add_parser("retire", help="let a signer sign nothing more; what it has signed stays valid")
        retire.add_argument("kid", help="key id, in hex, as list shows it")
        retire.add_argument("--compromised", action="store_true", help="off the trust list: its passports are invalid")
        retire.add_argument("--yes", action="store_true", help="do not ask")
        trust = actions.add_parser("trust", help="take `retire --compromised` back: on the trust list again")
        trust.add_argument("kid")
        _add_hand_out(actions.add_parser("hand-out", help="copy what one kind of process needs, and no more"))
        _add_trust_list(actions.add_parser("trust-list", help="the published trust list, verified"))

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path | None = options["folder"]
        if folder is None:
            raise CommandError("Which folder? Set SIGNING_KEYS_DIR or say --folder.")
        act: Callable[[Path, dict[str, Any]], None] = getattr(self, f"do_{options['action'].replace('-', '_')}")
        try:
            act(folder, options)
        except (errors.UnusableKeys, errors.BadTrustList) as error:
            raise CommandError(str(error)) from None
        except RedisError as error:
            raise CommandError(f"Redis does not answer ({type(error).__name__})") from None
        except OSError as error:
            raise CommandError(f"{error.filename or folder}: {error.strerror}") from None

    def do_create(self, folder: Path, options: dict[str, Any]) -> None:
        issuer = _issuer(options)
        made = signing_keys.create(folder, issuer=issuer)
        if not made:
            self.stdout.write(f"{folder} has all keys already; nothing was made.")
            return
        self.stdout.write(f"{folder} has the keys of {issuer.organisation}, country {issuer.country}.")
        self.stdout.write(
            f"Verifiers pin {folder / signing_keys.AUTHORITY / 'certificate.pem'}.\n"
            f"Keep {folder / signing_keys.AUTHORITY / 'private_key.pem'} offline, and a copy of it: only create and"
            " rotate need it, and nothing replaces it."
        )

    def do_list(self, folder: Path, options: dict[str, Any]) -> None:
        now = datetime.now(UTC)
        dated = key_dates.overview(folder, now)
        if options["json"]:
            found = [asdict(one) | {"days_left": one.days_left(now), "urgent": one.is_urgent(now)} for one in dated]
            self.stdout.write(json.dumps(found, default=datetime.isoformat))
            return
        self.stdout.write("what        key id            state       from        until       days left  private key")
        for one in dated:
            self.stdout.write(_line(one, now))
        for one in dated:
            if one.is_urgent(now):
                self.stdout.write(f"! {key_dates.warning(one, now)}")

    def do_rotate(self, folder: Path, options: dict[str, Any]) -> None:
        begins = _begins(folder, options["in_hours"], datetime.now(UTC))
        kinds: tuple[Kind, ...] = (options["only"],) if options["only"] else ("signer", "list")
        for kind in kinds:
            self._say_rotated(folder, kind, key_changes.rotate(folder, kind, begins if kind == "signer" else None))

    def do_retire(self, folder: Path, options: dict[str, Any]) -> None:
        kid, now = options["kid"], datetime.now(UTC)
        if not options["yes"]:
            _ask(_question(folder, kid, options["compromised"], now), kid)
        if options["compromised"]:
            key_changes.distrust(folder, kid)
            self.stdout.write(
                f"Signer {kid} is off the trust list as soon as an usher has read {folder}: seconds; verifiers follow"
                " when they fetch the next list. Its private key is gone for good."
                f" To take it back: signing_keys trust {kid}"
            )
        else:
            key_changes.retire(folder, kid)
            self.stdout.write(
                f"Signer {kid} signs nothing more; what it has signed stays valid. Its private key is gone for good."
            )
        self._say_if_nobody_signs(folder, now)

    def do_trust(self, folder: Path, options: dict[str, Any]) -> None:
        key_changes.trust(folder, options["kid"])
        self.stdout.write(f"Signer {options['kid']} is on the trust list again, as a retired one.")

    def do_hand_out(self, folder: Path, options: dict[str, Any]) -> None:
        target: Path = options["target"]
        modes = key_files.READABLE if options["readable"] else key_files.OWNERS_ALONE
        key_changes.hand_out(folder, target, ROLES[options["to"]], modes)
        self.stdout.write(f"{target} has what a {options['to']} needs.")

    def do_trust_list(self, folder: Path, options: dict[str, Any]) -> None:
        data = options["file"].read_bytes() if options["file"] else _published()
        found = trust_list.read(data, signing_keys.authority(folder), datetime.now(UTC))
        if options["json"]:
            self.stdout.write(data.decode())
            return
        self.stdout.write(f"serial {found.serial}, signed by {found.signed_by.hex()}")
        self.stdout.write(f"issued {_minute(found.issued_at)}, valid until {_minute(found.valid_until)} (UTC)")
        for one in found.certificates:
            self.stdout.write(f"trusts {one.kid.hex()} until {_minute(one.valid_until)}")
        self.stdout.write(f"revokes {len(found.revoked)} certificates")

    def _say_rotated(self, folder: Path, kind: Kind, made: x509.Certificate) -> None:
        kid = signing_keys.key_id(made).hex()
        if kind == "list":
            self.stdout.write(f"Signer {kid} signs trust lists from now on; the one before has lost its private key.")
            return
        begins, ends = max(datetime.now(UTC), made.not_valid_before_utc), made.not_valid_after_utc
        self.stdout.write(
            f"Signer {kid} signs from {begins:%Y-%m-%d %H:%M:%S} UTC on, until {ends:%Y-%m-%d}; others stay trusted."
            f" Workers follow by themselves where {folder} is theirs. To undo it: signing_keys retire {kid}"
        )

    def _say_if_nobody_signs(self, folder: Path, now: datetime) -> None:
        try:
            signing_keys.load_signer(folder, now)
        except errors.UnusableKeys as error:
            self.stdout.write(f"! Nobody is issued a passport from these keys any more: {error}")


def _add_create(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--country", default=signer_certificates.SPECIMEN.country, help="two letters (%(default)s)")
    parser.add_argument("--organisation", default=None, help=f"({signer_certificates.SPECIMEN.organisation})")
    parser.add_argument("--real-country", action="store_true", help="the country is a state, and we are it")


def _add_rotate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", choices=("signer", "list"), help="of passports, or of trust lists (both)")
    help_text = "when the new signer begins: 48 for verifiers that fetch the list daily (two minutes; 0 is at once)"
    parser.add_argument("--in-hours", type=int, help=help_text)


def _add_hand_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", type=Path, help="that kind of process' folder, which is brought up to date")
    parser.add_argument("--to", choices=tuple(ROLES), required=True, help="with signers' keys, the list's, none")
    parser.add_argument("--readable", action="store_true", help="files readable to containers' users (0444)")


def _add_trust_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--file", type=Path, help="another one than the one in Redis")
    parser.add_argument("--json", action="store_true", help="as it was published")


def _issuer(options: dict[str, Any]) -> signer_certificates.Issuer:
    country, organisation = options["country"], options["organisation"]
    if organisation is None:
        organisation = signer_certificates.SPECIMEN.organisation
    try:
        issuer = signer_certificates.Issuer(country, organisation)
    except ValueError as error:
        raise CommandError(str(error)) from None
    if issuer.is_a_states and not options["real_country"]:
        raise CommandError(
            f"{country} may be a real state's code. Only that state certifies in its name: say --real-country if this"
            " is it, or take a user-assigned code (XX, QM to QZ, XA to XZ)."
        )
    if issuer.is_a_states and issuer.organisation == signer_certificates.SPECIMEN.organisation:
        raise CommandError("A state does not issue specimens: say --organisation.")
    return issuer


def _begins(folder: Path, in_hours: int | None, now: datetime) -> datetime | None:
    """As key_changes.rotate has it; None for at once, which is also right where nobody signs."""
    begins = now + (ANNOUNCED_FIRST if in_hours is None else timedelta(hours=in_hours))
    try:
        signing_keys.load_signer(folder, now)
    except errors.UnusableKeys:
        begins = now if in_hours is None else begins
    # Nothing is signed before the time it was announced for: no leeway then.
    return begins + signer_certificates.LEEWAY if begins > now else None


def _line(one: key_dates.Dated, now: datetime) -> str:
    return (
        f"{NAMES[one.kind]:<10}  {one.kid}  {one.state:<10}  {one.valid_from:%Y-%m-%d}  {one.valid_until:%Y-%m-%d}"
        f"  {one.days_left(now):>9}  {one.private_key}"
    )


def _question(folder: Path, kid: str, compromised: bool, now: datetime) -> str:
    signing = next((one for one in key_dates.overview(folder, now) if one.kid == kid and one.state == "signing"), None)
    warning = "It is the one that signs now. " if signing else ""
    if compromised:
        warning += "EVERY passport it has signed becomes invalid, and verifiers will say so. "
    return f"{warning}The private key of signer {kid} will be deleted for good. Type its key id: "


def _ask(question: str, expected: str) -> None:
    try:
        answer = input(question)
    except EOFError:
        raise CommandError("nobody is there to ask: add --yes") from None
    if answer.strip() != expected:
        raise CommandError("nothing was changed")


def _published() -> bytes:
    if not settings.REDIS_URL:
        raise CommandError("There is no Redis here: say --file.")
    data = store.connect(settings.REDIS_URL).get(keys.TRUST_LIST)
    if not isinstance(data, bytes):
        raise CommandError("No trust list is published: is an usher at work, and does it have SIGNING_KEYS_DIR?")
    return data


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
