"""A door in front of several web processes that can be cut: `python -m tests.faults.edge --port 8000 8001 8002`.

Forwards bytes, knows no HTTP. Each connection goes to a backend chosen at random, or to the next where it refuses.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
from collections.abc import Sequence

HOST = "127.0.0.1"
BACKLOG = 4_096


class End(asyncio.Protocol):
    """One end of a forwarded connection; what comes in here goes out at `other`."""

    def __init__(self, other: End | None = None) -> None:
        self.other = other
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()


class Door(End):
    """The end of a client: finds a backend before it reads anything."""

    def __init__(self, backends: Sequence[int]) -> None:
        super().__init__()
        self._backends = backends
        self._opening: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert self.transport is not None
        self.transport.pause_reading()
        self._opening = asyncio.create_task(self._open(self.transport))

    async def _open(self, transport: asyncio.Transport) -> None:
        loop = asyncio.get_running_loop()
        for port in random.sample(self._backends, len(self._backends)):
            try:
                _, self.other = await loop.create_connection(lambda: End(self), HOST, port)
            except OSError:
                continue
            if transport.is_closing():
                self.connection_lost(None)
            else:
                transport.resume_reading()
            return
        transport.abort()


async def serve(port: int, backends: Sequence[int]) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Door(backends), HOST, port, backlog=BACKLOG)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.edge")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("backends", type=int, nargs="+", metavar="PORT")
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(serve(options.port, options.backends))


if __name__ == "__main__":
    main()
