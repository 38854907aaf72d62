"""The registry client: asks a FHIR R4 server who a person is and what was given to them.

One HTTP request is one permit: the caller's `before_call` runs before each. Personal data goes into request
bodies only: never into a URL of ours, a log or a message.
"""

import datetime
import itertools
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

import pydantic

from issuance import errors
from issuance.registry import fhir, matching, records, wire

CALL_TIMEOUT_S = 10.0
CONNECTIONS = 32
CAPABILITIES_TTL_S = 3_600.0
MOST_PAGES = 10

_Shape = TypeVar("_Shape", bound=fhir.Shape)


class Claims(Protocol):
    """What a person says of themselves; queueing.claims.Claims is one."""

    @property
    def given_names(self) -> str: ...
    @property
    def family_name(self) -> str: ...
    @property
    def date_of_birth(self) -> datetime.date: ...
    @property
    def document_number(self) -> str: ...


class Registry:
    """One registry; made once per worker process, after forking, and shared by its threads.

    `observe(kind, status, seconds)` hears of every call that was sent: kind is metadata, patient, immunization
    or page; status None means no answer.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        document_system: str = fhir.DOCUMENT_SYSTEM,
        call_timeout_s: float = CALL_TIMEOUT_S,
        connections: int = CONNECTIONS,
        capabilities_ttl_s: float = CAPABILITIES_TTL_S,
        observe: wire.Observer | None = None,
    ) -> None:
        self._document_system = document_system
        self._wire = wire.Wire(url, token, call_timeout_s, connections, observe)
        self._capabilities = _Capabilities(self._wire, capabilities_ttl_s)

    def find(self, claims: Claims, before_call: wire.BeforeCall) -> records.Record:
        """The one record of this person.

        Raises: Refused (no_record, also where name, date or number differ; ambiguous_record), RegistryPaused,
        RegistryUnavailable, RegistryRejected, and whatever `before_call` raises, nothing being sent then.
        Safe to repeat; each repeat costs its permits again.
        """
        included = self._capabilities.offer_revinclude(before_call)
        try:
            patient, immunizations = self._patient(claims, included, before_call)
            if not included:
                immunizations = self._immunizations(patient, before_call)
        except errors.RegistryRejected:
            # Perhaps the server offers less than it did: the next one asks.
            self._capabilities.forget()
            raise
        return records.record(patient, claims.date_of_birth, immunizations)

    def probe(self, before_call: wire.BeforeCall) -> None:
        """Ask for /metadata, which is about nobody, and go by what it offers from now on.

        Raises: RegistryPaused, RegistryUnavailable, RegistryRejected, and what `before_call` raises.
        """
        self._capabilities.ask(before_call)

    def close(self) -> None:
        """Let go of all connections."""
        self._wire.close()

    def _patient(
        self, claims: Claims, included: bool, before_call: wire.BeforeCall
    ) -> tuple[fhir.Patient, list[fhir.Immunization]]:
        form = {"identifier": self._asked(claims.document_number), "birthdate": f"eq{claims.date_of_birth.isoformat()}"}
        if included:
            form["_revinclude"] = fhir.REVINCLUDE
        found: dict[str, fhir.Patient] = {}
        addresses: set[str | None] = set()
        entries: list[fhir.Entry] = []
        for bundle in self._pages("patient", "Patient/_search", form, before_call):
            entries += bundle.of_type("Immunization")
            for entry in bundle.of_type("Patient"):
                patient = _read(fhir.Patient, "patient", entry.resource)
                if self._is(patient, claims):
                    found[patient.id] = patient
                    addresses.add(entry.full_url)
            if len(found) > 1:
                raise errors.Refused("ambiguous_record")
        if not found:
            raise errors.Refused("no_record")
        [patient] = found.values()
        return patient, _of_patient(entries, patient, addresses)

    def _asked(self, document_number: str) -> str:
        """As it was typed or without its hyphens and slashes, for registries keep either. Source: R4 search, token."""
        typed = document_number.replace(" ", "")
        numbers = dict.fromkeys((typed, _bare(document_number) or typed))
        return ",".join(f"{_escaped(self._document_system)}|{_escaped(number)}" for number in numbers)

    def _immunizations(self, patient: fhir.Patient, before_call: wire.BeforeCall) -> list[fhir.Immunization]:
        form = {"patient": f"Patient/{_escaped(patient.id)}", "status": "completed"}
        pages = self._pages("immunization", "Immunization/_search", form, before_call)
        return _of_patient((entry for bundle in pages for entry in bundle.of_type("Immunization")), patient, set())

    def _is(self, patient: fhir.Patient, claims: Claims) -> bool:
        """Whether all details agree; the server is not trusted to have looked at each.

        A date of birth recorded as a year or a month is nobody's: it would fit thousands.
        """
        recorded_numbers = (_bare(one.value or "") for one in patient.identifier if one.system == self._document_system)
        recorded = ((name.given_names, name.family_name) for name in records.names(patient))
        return (
            patient.active
            and not patient.is_replaced()
            and _bare(claims.document_number) in filter(None, recorded_numbers)
            and patient.birth_date == claims.date_of_birth.isoformat()
            and matching.same_name(claims.given_names, claims.family_name, recorded)
        )

    def _pages(
        self, kind: str, path: str, form: Mapping[str, str], before_call: wire.BeforeCall
    ) -> Iterator[fhir.Bundle]:
        answer = self._wire.call(kind, "POST", path, before_call, form)
        for page in itertools.count(1):
            bundle = _read(fhir.Bundle, kind, answer)
            yield bundle
            next_url = bundle.next_url()
            if next_url is None:
                return
            if page == MOST_PAGES:
                raise wire.unavailable(kind, f"more than {MOST_PAGES} pages")
            answer = self._wire.call("page", "GET", next_url, before_call)


class _Capabilities:
    """What the server's /metadata offers, asked by one thread at a time and kept for `ttl_s`."""

    def __init__(self, connection: wire.Wire, ttl_s: float) -> None:
        self._wire = connection
        self._ttl_s = ttl_s
        self._lock = threading.Lock()
        self._offered: bool | None = None
        self._asked_at = 0.0
        self._failures = 0

    def offer_revinclude(self, before_call: wire.BeforeCall) -> bool:
        """Whether /metadata lists it; asked with a permit where that is unknown or old.

        While one thread asks anew, the others go by the old answer.
        """
        offered = self._offered
        if offered is not None and (self._is_fresh() or self._lock.locked()):
            return offered
        failures = self._failures
        with self._lock:
            if self._offered is not None and self._is_fresh():
                return self._offered
            if self._failures != failures:
                # Whoever waits for a registry that is down shares what the first of them met.
                raise wire.unavailable("metadata", "failed for another search")
            return self.ask(before_call)

    def ask(self, before_call: wire.BeforeCall) -> bool:
        """Ask now, whoever else does."""
        try:
            body = self._wire.call("metadata", "GET", "metadata", before_call)
            statement = _read(fhir.Capabilities, "metadata", body)
        except errors.RegistryUnavailable:
            self._failures += 1
            raise
        self._asked_at = time.monotonic()
        self._offered = statement.offers_revinclude()
        return self._offered

    def forget(self) -> None:
        """Ask again at the next search."""
        self._offered = None

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._asked_at < self._ttl_s


def _read(shape: type[_Shape], kind: str, source: bytes | dict[str, Any]) -> _Shape:
    try:
        if isinstance(source, bytes):
            return shape.model_validate_json(source)
        return shape.model_validate(source)
    except pydantic.ValidationError:
        # Not "from exc": an error that is kept keeps the answer.
        raise wire.unavailable(kind, "not the FHIR that was asked for") from None


def _of_patient(
    entries: Iterable[fhir.Entry], patient: fhir.Patient, addresses: set[str | None]
) -> list[fhir.Immunization]:
    """The immunizations that refer to this patient, by id or by the address of the entry; each once."""
    mine: dict[str | int, fhir.Immunization] = {}
    for number, entry in enumerate(entries):
        one = _read(fhir.Immunization, "immunization", entry.resource)
        reference = (one.patient.reference or "").partition("/_history/")[0]
        if reference in addresses or f"/{reference}".endswith(f"/Patient/{patient.id}"):
            mine[one.id or number] = one
    return list(mine.values())


def _escaped(value: str) -> str:
    """The value, meant literally: unescaped, "a,b" asks for two. Source: R4 search, "Escaping Search Parameters"."""
    return re.sub(r"([\\|,$])", r"\\\1", value)


def _bare(document_number: str) -> str:
    """However people group the characters of a long number it is one number, as in issuance.hashes.

    Empty where nothing but marks was typed, or recorded: that is nobody's number.
    """
    return "".join(character for character in document_number if character.isalnum())
