"""The simulator's HTTP side: FHIR searches under a contract, and the controls under /simulator.

The controls are for whoever runs the demo or a test: they are neither counted nor logged nor guarded.
"""

import asyncio
import contextlib
import datetime
import email.utils
import hmac
import json
import urllib.parse
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pydantic
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from issuance.registry.simulator import contract, faults, pages, register, resources, searches

FORM = "application/x-www-form-urlencoded"
MOST_BODY_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered with, and the number of the person it is about."""

    status: int
    body: resources.Resource
    person: int | None = None
    retry_after_s: int | None = None


class Simulator:
    """One server: its citizens, contract, faults and pages."""

    def __init__(
        self,
        citizens: register.Register,
        agreed: contract.Contract,
        *,
        token: str | None,
        latency_s: float,
        revinclude: bool,
        page_size: int,
    ) -> None:
        self._citizens = citizens
        self._contract = agreed
        self._authorization = f"Bearer {token}".encode() if token else None
        self._latency_s = latency_s
        self._revinclude = revinclude
        self._pages = pages.Pages(page_size)
        self._switch = faults.Switch()

    def app(self) -> Starlette:
        """The ASGI application."""
        every_method = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return Starlette(
            routes=[
                Route("/metadata", self.metadata),
                Route("/Patient/_search", self.patients, methods=["POST"]),
                Route("/Immunization/_search", self.immunizations, methods=["POST"]),
                Route("/page/{cursor}", self.page),
                Route("/simulator/faults", self.put_fault, methods=["PUT"]),
                Route("/simulator/faults", self.get_fault),
                Route("/simulator/stats", self.stats),
                Route("/{path:path}", self.unknown, methods=every_method),
            ],
            lifespan=self._lifespan,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        yield
        self._contract.close()

    async def metadata(self, request: Request) -> Response:
        body = resources.capabilities(_base(request), self._revinclude)
        return await self._respond(request, "metadata", Answer(200, body))

    async def patients(self, request: Request) -> Response:
        return await self._respond(request, "patient", await self._search(request, self._citizens.patients))

    async def immunizations(self, request: Request) -> Response:
        answer = await self._search(request, self._citizens.immunizations)
        return await self._respond(request, "immunization", answer)

    async def page(self, request: Request) -> Response:
        found = self._pages.further(_base(request), request.path_params["cursor"])
        answer = Answer(200, *found) if found else _error(410, "not-found", "this page is no longer kept")
        return await self._respond(request, "page", answer)

    async def unknown(self, request: Request) -> Response:
        return await self._respond(request, "other", _error(404, "not-found", "no such interaction"))

    async def put_fault(self, request: Request) -> Response:
        try:
            self._switch.turn(faults.Fault.model_validate_json(await request.body()))
        except pydantic.ValidationError as exc:
            return JSONResponse(json.loads(exc.json(include_url=False)), status_code=422)
        return await self.get_fault(request)

    async def get_fault(self, _request: Request) -> Response:
        return JSONResponse(self._switch.now().model_dump(mode="json"))

    async def stats(self, _request: Request) -> Response:
        return JSONResponse(self._contract.stats())

    async def _search(self, request: Request, search: Callable[[searches.Parameters], register.Found]) -> Answer:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            return _error(415, "not-supported", f"a search comes as {FORM}")
        body = await request.body()
        if len(body) > MOST_BODY_BYTES:
            return _error(413, "too-long", "this search is too long")
        try:
            parameters = urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
            found = search(parameters)
        except UnicodeDecodeError:
            return _error(400, "invalid", "a search comes in UTF-8")
        except searches.BadSearch as exc:
            return _error(400, "invalid", str(exc))
        return Answer(200, self._pages.first(_base(request), found), found.person)

    async def _respond(self, request: Request, kind: str, answer: Answer) -> Response:
        """Decide, log, wait, answer: the log says what was decided at the instant the call was there."""
        with self._contract.under_way():
            return await self._judge(request, kind, answer)

    async def _judge(self, request: Request, kind: str, answer: Answer) -> Response:
        arrived = self._contract.arrive()
        fault = self._switch.next(kind, answer.person)
        told_to_wait = fault.kind == "status" and fault.status == 429
        if not told_to_wait and (wait_s := self._contract.admit(arrived)):
            fault = faults.Fault()
            text = "more calls than the contract allows"
            answer = Answer(429, resources.outcome("throttled", text), answer.person, wait_s)
        elif not self._is_authorised(request):
            answer = _error(401, "login", "a bearer token is needed")
        retry_after_s = fault.retry_after_s if fault.kind == "status" else answer.retry_after_s
        self._contract.note(arrived, kind, fault.sent_status(answer.status), answer.person, retry_after_s)
        await asyncio.sleep(self._latency_s + (fault.delay_s if fault.kind == "slow" else 0))
        return _response(answer, fault)

    def _is_authorised(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode()
        return self._authorization is None or hmac.compare_digest(given, self._authorization)


def _response(answer: Answer, fault: faults.Fault) -> Response:
    """The answer as the fault leaves it."""
    now = datetime.datetime.now(datetime.UTC)
    status = fault.sent_status(answer.status) or answer.status
    media_type = "text/html" if fault.kind == "html" else "application/fhir+json"
    response = Response(_body(answer, fault), status, media_type=media_type)
    response.headers["date"] = email.utils.format_datetime(now, usegmt=True)
    if answer.retry_after_s is not None:
        response.headers["retry-after"] = str(answer.retry_after_s)
    if fault.kind == "status":
        faults.set_retry_after(response.headers, fault, now)
    return faults.Spoiled(response, fault) if fault.kind in faults.BROKEN_OFF else response


def _body(answer: Answer, fault: faults.Fault) -> bytes:
    if fault.kind in faults.BODIES:
        return faults.BODIES[fault.kind]
    if fault.kind == "status":
        return json.dumps(resources.outcome("transient", "a fault was asked for")).encode()
    return json.dumps(answer.body, ensure_ascii=False).encode()


def _error(status: int, code: str, text: str) -> Answer:
    return Answer(status, resources.outcome(code, text))


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")
