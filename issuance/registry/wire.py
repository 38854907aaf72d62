"""The wire to the registry: one HTTP call, and what its failures mean. Knows HTTP, not FHIR.

Nothing is tried twice here, redirects are not followed, and messages name the kind of call and a status only.
"""

import contextlib
import datetime
import functools
import logging
import ssl
import time
from collections.abc import Callable, Mapping

import httpx

from issuance import errors
from issuance.registry import retry_after

SILENCE_S = 6.0
"""Longest silence within an answer; the whole of it has a deadline besides, for servers that drip."""
CONNECT_TIMEOUT_S = 3.0
# Shorter than servers keep idle connections (uvicorn 5 s, nginx 75 s): meeting a closed one costs a permit.
IDLE_CONNECTION_S = 4.0
MOST_BYTES = 2_000_000
UNSAID_S = 5.0
"""When to come back where the registry names no time."""
LEAST_PAUSE_S = 1.0
"""Whoever says "too many" and "at once" still means that it was too many: a contract counts by the second."""
# Elsewhere for now: a page of maintenance. The permanent ones (301, 308) are ours to mend.
_FOR_NOW = frozenset({httpx.codes.FOUND, httpx.codes.SEE_OTHER, httpx.codes.TEMPORARY_REDIRECT})

AfterCall = Callable[[], None]
BeforeCall = Callable[[], AfterCall | None]
Observer = Callable[[str, int | None, float], None]

log = logging.getLogger(__name__)

# They log addresses and headers, and a server may put a person into its links. We log calls ourselves.
for _library in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy"):
    logging.getLogger(_library).addFilter(lambda _record: False)


class Wire:
    """Connections to one registry, shared by all threads of a process."""

    def __init__(
        self, url: str, token: str | None, call_timeout_s: float, connections: int, observe: Observer | None
    ) -> None:
        self._base = httpx.URL(url.rstrip("/") + "/")
        self._call_timeout_s = call_timeout_s
        self._observe = observe
        headers = {"Accept": "application/fhir+json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._client = httpx.Client(
            headers=headers,
            timeout=httpx.Timeout(min(SILENCE_S, call_timeout_s), connect=min(CONNECT_TIMEOUT_S, call_timeout_s)),
            limits=httpx.Limits(
                max_connections=connections,
                max_keepalive_connections=connections,
                keepalive_expiry=IDLE_CONNECTION_S,
            ),
            follow_redirects=False,
            # Personal data goes to the registry, not to a proxy that happens to stand in the environment.
            trust_env=False,
            verify=_trusted_authorities(),
        )

    def call(
        self,
        kind: str,
        method: str,
        address: str,
        before_call: BeforeCall,
        form: Mapping[str, str] | None = None,
    ) -> bytes:
        """The body of a 200. `address`: a path below the registry's URL, or a link of the same origin.

        `before_call` may return what is to be called when this call has ended. Raises: RegistryPaused,
        RegistryUnavailable, RegistryRejected, and what `before_call` raises, nothing being sent then.
        """
        # All that can be done before the permit: what comes behind it makes the call late.
        request = self._client.build_request(method, self._target(kind, address), data=form)
        after_call = before_call()
        started, status = time.monotonic(), None
        try:
            with contextlib.closing(self._client.send(request, stream=True)) as response:
                status = response.status_code
                _check(kind, response)
                return self._read(kind, response, started + self._call_timeout_s)
        except httpx.HTTPError as exc:
            # Not "from exc": the library's texts may quote what the server sent.
            raise unavailable(kind, type(exc).__name__) from None
        finally:
            if after_call:
                after_call()
            self._note(kind, status, time.monotonic() - started)

    def close(self) -> None:
        """Let go of all connections."""
        self._client.close()

    def _target(self, kind: str, address: str) -> httpx.URL:
        try:
            target = self._base.join(address)
        except httpx.InvalidURL:
            raise unavailable(kind, "a link that is no URL") from None
        if _origin(target) != _origin(self._base) or target.userinfo:
            raise unavailable(kind, "a link to another origin")
        return target

    def _read(self, kind: str, response: httpx.Response, deadline: float) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if time.monotonic() > deadline:
                raise unavailable(kind, "too slow")
            if len(body) > MOST_BYTES:
                raise unavailable(kind, "too long")
        return bytes(body)

    def _note(self, kind: str, status: int | None, seconds: float) -> None:
        log.debug("registry call: %s, status %s, %.0f ms", kind, status, seconds * 1_000)
        if self._observe:
            self._observe(kind, status, seconds)


@functools.cache
def _trusted_authorities() -> ssl.SSLContext:
    """Those of this machine, where a registry's own authority can be added; loading them takes a while."""
    return ssl.create_default_context()


def unavailable(kind: str, what: str, retry_after_s: float = UNSAID_S) -> errors.RegistryUnavailable:
    """The error for an answer that is of no use; `what` must not quote the answer."""
    return errors.RegistryUnavailable(f"{kind}: {what}", retry_after_s)


def _check(kind: str, response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        return
    asked_s = retry_after.seconds(response.headers, datetime.datetime.now(datetime.UTC))
    if status == httpx.codes.TOO_MANY_REQUESTS or (status == httpx.codes.SERVICE_UNAVAILABLE and asked_s is not None):
        pause_s = UNSAID_S if asked_s is None else max(asked_s, LEAST_PAUSE_S)
        raise errors.RegistryPaused(f"{kind}: status {status}", pause_s)
    if _may_pass(kind, status):
        raise unavailable(kind, f"status {status}", UNSAID_S if asked_s is None else asked_s)
    raise errors.RegistryRejected(status)


def _may_pass(kind: str, status: int) -> bool:
    """Whether the same search may succeed later; a page gone is one that the server kept too short a time."""
    gone = kind == "page" and status in (httpx.codes.NOT_FOUND, httpx.codes.GONE)
    return gone or status in _FOR_NOW or status == httpx.codes.REQUEST_TIMEOUT or status >= 500 or 200 < status < 300


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    default_port = {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.host, url.port or default_port
