"""A signer, and simulated registries in processes of their own."""

import http.server
import json
import os
import re
import ssl
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from issuance import signing_keys
from issuance.registry import client, people
from tests.issuance import samples


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> signing_keys.Signer:
    """Of a demo authority made at samples.NOW."""
    return samples.signer(tmp_path_factory.mktemp("signing_keys"))


@dataclass
class Server:
    """A simulator in a process of its own."""

    url: str
    log: Path
    process: subprocess.Popen
    http: httpx.Client

    def fault(self, **fault):
        self.http.put("/simulator/faults", json=fault).raise_for_status()

    def stats(self):
        return self.http.get("/simulator/stats").json()

    def lines(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture(scope="session")
def start(tmp_path_factory):
    """Starts simulators, with the options given, and stops them in the end."""
    servers = []
    # Loading them for each client takes longer than most tests.
    authorities = ssl.create_default_context()

    def start_one(*options):
        log = tmp_path_factory.mktemp("registry") / "calls.jsonl"
        command = [sys.executable, "-m", "issuance.registry.simulator", "--port", "0", "--log", str(log)]
        defaults = ["--rate", "10000", "--people", "400", "--latency-ms", "0"]
        process = subprocess.Popen([*command, *defaults, *options], stdout=subprocess.PIPE, text=True)
        url = re.search(r"http://\S+", process.stdout.readline())[0]
        servers.append(Server(url, log, process, httpx.Client(base_url=url, verify=authorities)))
        return servers[-1]

    yield start_one
    for server in servers:
        server.http.close()
        server.process.terminate()
    for server in servers:
        server.process.communicate(timeout=10)


@pytest.fixture(scope="session")
def shared_server(start):
    return start()


@pytest.fixture
def server(shared_server):
    """A simulator that offers _revinclude and is well again after each test."""
    yield shared_server
    shared_server.fault()


@pytest.fixture(scope="session")
def plain_server(start):
    """A simulator without _revinclude, one match a page."""
    return start("--no-revinclude", "--page-size", "1")


@pytest.fixture
def open_registry():
    """Makes registry clients, and closes them in the end."""
    opened = []

    def open_one(url, **options):
        opened.append(client.Registry(url, **options))
        return opened[-1]

    yield open_one
    for registry in opened:
        registry.close()


@pytest.fixture
def registry(server, open_registry):
    return open_registry(server.url)


@pytest.fixture(scope="session")
def somebody():
    """The first person of a kind, and of a script if that matters."""

    def find(kind="vaccinated", script=None):
        return next(one for one in people.people(400) if one.kind == kind and script in (None, one.script))

    return find


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.asked.append(self.path)
        status, headers, body = self.server.answers.get(self.path, (404, {}, b""))
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status, headers.pop("reason", None))
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer  # noqa: N815

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def odd_server():
    """A server that says what it is told to: `answers[path] = (status, headers, body)`; `asked`: the paths."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.url = f"http://127.0.0.1:{server.server_port}"
    server.answers, server.asked = {}, []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class _Writes:
    """Hears of every file that Python opens for writing; a hook cannot be taken away, so it is deaf in between."""

    def __init__(self):
        self.heard = None
        sys.addaudithook(self._hear)

    def _hear(self, event, arguments):
        if self.heard is None or event != "open":
            return
        path, _, flags = arguments
        if isinstance(path, int):
            return  # a descriptor that is open already, of a pipe perhaps
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and not str(path).endswith((".pyc", os.devnull)):
            self.heard.append(str(path))


_listener = []


@pytest.fixture
def writes():
    """The files opened for writing while the test runs."""
    if not _listener:
        _listener.append(_Writes())
    [listener] = _listener
    listener.heard = []
    yield listener.heard
    listener.heard = None
