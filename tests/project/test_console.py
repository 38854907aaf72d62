"""The staff's application as its server calls it."""

import asyncio
import os
import sys

import pytest

from project import console

_heard: list[str] = []


def _hear(event, arguments):
    """Every file that Python opens for writing."""
    if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        _heard.append(str(arguments[0]))


@pytest.fixture
def ask(settings):
    """Posts a body in pieces; gives the answer's status and text."""
    settings.ROOT_URLCONF = "project.urls.private"

    async def post(size):
        pieces = [min(65_536, size - at) for at in range(0, size, 65_536)]
        sent = []

        async def receive():
            if not pieces:
                await asyncio.Event().wait()  # the client stays until it has its answer
            return {"type": "http.request", "body": bytes(pieces.pop()), "more_body": bool(pieces)}

        async def send(message):
            sent.append(message)

        headers = [(b"host", b"localhost"), (b"content-type", b"application/x-www-form-urlencoded")]
        scope = {"type": "http", "method": "POST", "path": "/admin/verify/", "query_string": b"", "headers": headers}
        await console.application(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()

    return post


async def test_body_that_is_too_large_is_refused_before_anything_reads_it(ask, settings):
    assert (await ask(settings.LARGEST_BODY_BYTES + 1)) == (
        413,
        "Too large: the console takes documents of at most 5 MB.\n",
    )


async def test_body_is_never_written_to_a_file(ask, settings):
    sys.addaudithook(_hear)
    await ask(10)  # loads what it needs
    _heard.clear()
    assert (await ask(settings.LARGEST_BODY_BYTES))[0] == 403
    assert [path for path in _heard if not path.endswith((".pyc", os.devnull))] == []
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000
    await ask(2_000)
    assert _heard, "this test would not have noticed"
