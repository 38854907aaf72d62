"""nginx with the configuration of deploy/nginx on free loopback ports; only places and addresses are replaced."""

import contextlib
import http.client
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

from project.local import environments, folders, ports, processes, watchdog
from queueing.pages import press

RULES = folders.ROOT / "deploy" / "nginx"
READY_TIMEOUT_S = 30
STEP_S = 0.02
# Status, headers, body.
Answer = tuple[int, Message, bytes]
# Since then HTTP/2 is switched on by a line of its own.
OWN_HTTP2_LINE = (1, 25, 1)


class Edge:
    """`changes`: further replacements in nginx.conf and what it includes, such as a tighter limit."""

    def __init__(self, nginx: Path, folder: Path, secrets: Path, web: str, changes: dict[str, str]) -> None:
        self.folder = folder
        self.http_port, self.https_port, health_port = ports.free(), ports.free(), ports.free()
        replaced = {
            "listen 8080": f"listen {ports.HOST}:{self.http_port}",
            "listen 127.0.0.1:8081": f"listen {ports.HOST}:{health_port}",
            "listen 8443 ssl default_server;\n        http2 on;": _listen(nginx, self.https_port),
            "/tmp/": f"{folder}/",  # noqa: S108 of the container
            "/dev/stdout": str(folder / "access.log"),
            "/dev/stderr": str(folder / "error.log"),
            "/run/secrets": str(secrets),
            "/srv/frontend": str(folder / "frontend"),
            "127.0.0.11": ports.HOST,
            "http://web:8000": web,
        } | changes
        press.write(folder / "frontend", press.FRONTEND)
        _render(folder, replaced)
        as_root = "user root; " if os.geteuid() == 0 else ""
        self.command = [str(nginx), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
        started = [*self.command, "-g", f"{as_root}daemon off;"]
        self.process = processes.Process("edge", started, environments.inherited(), folder / "nginx.log", folder)

    def check(self) -> str:
        """What nginx says of its configuration. Raises: CalledProcessError."""
        asked = [*self.command, "-t"]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stderr

    def log(self, until: str = "") -> str:
        """Once `until` stands there: a line is written after its answer was sent."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        while until not in (written := (self.folder / "access.log").read_text()):
            assert time.monotonic() < deadline, f"{until!r} is not in {written}"
            time.sleep(STEP_S)
        return written


def _listen(nginx: Path, port: int) -> str:
    told = subprocess.run([nginx, "-v"], check=True, capture_output=True, text=True).stderr
    version = tuple(map(int, re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", told).groups()))
    listen = f"listen {ports.HOST}:{port} ssl"
    return f"{listen} default_server; http2 on;" if version >= OWN_HTTP2_LINE else f"{listen} http2 default_server;"


def _render(folder: Path, replaced: dict[str, str]) -> None:
    texts = {path.name: path.read_text() for path in RULES.glob("*.conf")}
    for old, new in replaced.items():
        assert any(old in text for text in texts.values()), f"{old} stands nowhere in {RULES}"
        texts = {name: text.replace(old, new) for name, text in texts.items()}
    for name, text in texts.items():
        (folder / name).write_text(text)


@contextlib.contextmanager
def running_edge(
    guard: watchdog.Watchdog, nginx: Path, folder: Path, secrets: Path, web: str, changes: dict[str, str] | None = None
) -> Iterator[Edge]:
    """In front of the web process at the address `web`."""
    edge = Edge(nginx, folder, secrets, web, changes or {})
    edge.process.start(guard)
    try:
        _wait(edge.process, edge.https_port)
        yield edge
    finally:
        edge.process.kill()


def _wait(process: processes.Process, port: int) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not ports.taken(port):
        assert time.monotonic() < deadline, process.tail()
        assert not process.died, process.tail()
        time.sleep(STEP_S)


@contextlib.contextmanager
def running_web(
    guard: watchdog.Watchdog, redis_url: str, secrets: Path, folder: Path, *, secure: bool = True
) -> Iterator[str]:
    """A real web process, with what compose gives it; its address. Not `secure`: asked without an edge."""
    port = ports.free()
    environment = environments.inherited() | {
        "REDIS_URL": redis_url,
        "SECRET_KEY_FILE": str(secrets / "web_secret_key"),
        "TICKET_KEYS_FILE": str(secrets / "ticket_keys"),
        "TIER_VERIFYING_KEYS": (secrets / "tier_verifying_keys.env").read_text().strip().partition("=")[2],
        "WEB_SIGNING_KEY_FILE": str(secrets / "web_signing_key"),
        "ISSUING_PUBLIC_KEY": (secrets / "issuing_public_key.env").read_text().strip().partition("=")[2],
        "ALLOWED_HOSTS": ports.HOST,
        "PUBLIC_ORIGINS": f"https://{ports.HOST}" if secure else f"http://{ports.HOST}:{port}",
        "TRUSTED_PROXIES": ports.HOST,
    }
    command = [sys.executable, "-m", "project.serve", "--port", str(port)]
    process = processes.Process("web", command, environment, folder / "web.log", folders.ROOT)
    process.start(guard)
    try:
        _wait(process, port)
        yield f"http://{ports.HOST}:{port}"
    finally:
        process.kill()


def trusting() -> ssl.SSLContext:
    """The certificate of a trial is nobody's."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def without_temporary_folders(edge: Edge) -> None:
    """From now on nginx fails where it would write something aside."""
    for name in ("client_body", "proxy"):
        shutil.rmtree(edge.folder / name)


def ask(edge: Edge, path: str, method: str = "GET", body: Any = None, source: str | None = None, **sent: str) -> Answer:
    """`source`: the address to ask from. `sent`: headers, with _ for -."""
    named = {name.replace("_", "-"): value for name, value in sent.items()}
    near = (source, 0) if source else None
    with contextlib.closing(
        http.client.HTTPSConnection(
            ports.HOST, edge.https_port, timeout=READY_TIMEOUT_S, context=trusting(), source_address=near
        )
    ) as connection:
        connection.request(method, path, body, named, encode_chunked=body is not None and not isinstance(body, bytes))
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def ask_web(web: str, path: str, **sent: str) -> Answer:
    """The same of a web process itself."""
    named = {name.replace("_", "-"): value for name, value in sent.items()}
    with contextlib.closing(
        http.client.HTTPConnection(web.removeprefix("http://"), timeout=READY_TIMEOUT_S)
    ) as connection:
        connection.request("GET", path, headers=named)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
