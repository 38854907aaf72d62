"""As many POSTs as a web process can answer, over a few connections that stay open."""

from __future__ import annotations

import asyncio
import json
import secrets
import time

HOST = "127.0.0.1"
CONNECTIONS = 32
DETAILS = {
    "given_names": "Ieva Dzidra",
    "family_name": "Ozoliņa",
    "date_of_birth": "1969-03-12",
    "document_number": "XX7720646",
}


async def per_second(port: int, path: str, count: int) -> float:
    """Raises: RuntimeError for any answer but 201."""
    body = json.dumps(DETAILS).encode()
    left = count

    async def poster() -> None:
        nonlocal left
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            while left > 0:
                left -= 1
                writer.write(_request(port, path, body))
                await _answer(reader)
        finally:
            writer.close()

    began = time.monotonic()
    try:
        async with asyncio.TaskGroup() as posters:
            for _ in range(CONNECTIONS):
                posters.create_task(poster())
    except* RuntimeError as refusals:
        raise refusals.exceptions[0] from None
    return count / (time.monotonic() - began)


def _request(port: int, path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {secrets.token_urlsafe(16)}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b" 201 " not in head.partition(b"\r\n")[0]:
        raise RuntimeError(f"the POST was answered: {head[:40]!r}")
    _, found, rest = head.partition(b"content-length: ")
    if found:
        await reader.readexactly(int(rest.partition(b"\r\n")[0]))
    else:
        await reader.readuntil(b"0\r\n\r\n")
