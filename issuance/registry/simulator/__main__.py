"""Run the registry simulator: `python -m issuance.registry.simulator --port 8089 --rate 20`."""

import argparse
import asyncio
import errno
import pathlib
import signal
import socket
import sys
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from issuance.registry import people
from issuance.registry.simulator import app, contract, register


class Connection(H11Protocol):
    """Hands the connection to the application, so that faults can break it off."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        application = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            try:
                await application({**scope, "transport": self.transport}, receive, send)
            except asyncio.CancelledError:
                # The server ends while a fault keeps this caller waiting: there is no answer to give.
                self.transport.abort()
                await asyncio.sleep(0)

        self.app = with_transport


def main() -> None:
    options = _parser().parse_args()
    listener = _listener(options.host, options.port)
    simulator = app.Simulator(
        register.Register(options.people, options.seed, options.revinclude),
        _contract(options.rate, options.at_once, options.log),
        token=options.token,
        latency_s=options.latency_ms / 1_000,
        revinclude=options.revinclude,
        page_size=options.page_size,
    )
    host, port = listener.getsockname()[:2]
    print(
        f"Registry simulator: {options.people:,} people of seed {options.seed}, "
        f"{options.rate} calls per second, on http://{host}:{port}",
        flush=True,
    )
    # uvicorn ends in peace and then raises the signal once more: it has done its work by then.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    uvicorn.Server(_config(simulator)).run(sockets=[listener])


def _config(simulator: app.Simulator) -> uvicorn.Config:
    return uvicorn.Config(
        simulator.app(),
        http=Connection,
        ws="none",
        access_log=False,
        log_level="error",
        server_header=False,
        # Cached for up to a second: the application sends an exact one, from which Retry-After counts.
        date_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=1,
    )


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1_024)
    except OSError as exc:
        reason = "it is in use" if exc.errno == errno.EADDRINUSE else exc.strerror
        sys.exit(f"The registry simulator cannot listen on {host}:{port}: {reason}. Choose another with --port.")


def _contract(rate_per_s: int, at_once: int | None, log: pathlib.Path | None) -> contract.Contract:
    try:
        return contract.Contract(rate_per_s, log, at_once)
    except OSError as exc:
        sys.exit(f"The registry simulator cannot write its log {log}: {exc.strerror}.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m issuance.registry.simulator",
        description="A FHIR R4 registry of synthetic citizens that keeps its contract.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8089, help="0 takes a free one and prints it")
    parser.add_argument("--rate", type=_positive, default=20, help="calls served in any second")
    parser.add_argument("--at-once", type=_positive, help="calls under way at a time; more are answered 429")
    parser.add_argument("--people", type=_positive, default=people.COUNT, help="how many citizens are recorded")
    parser.add_argument("--seed", type=int, default=people.SEED)
    parser.add_argument("--latency-ms", type=_milliseconds, default=100)
    parser.add_argument("--log", type=pathlib.Path, help="a JSON line for every call is appended here")
    parser.add_argument("--token", help="the bearer token that callers must send")
    parser.add_argument("--revinclude", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--page-size", type=_positive, default=20, help="matches on a page")
    return parser


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError("a whole number above 0 is needed")
    return int(text)


def _milliseconds(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError("a whole number of milliseconds is needed")
    return int(text)


if __name__ == "__main__":
    main()
