"""A web process that is none: it tells what it was asked."""

import contextlib
import http.server
import itertools
import json
import threading
from collections.abc import Iterator

from project.local import ports


class Mirror(http.server.BaseHTTPRequestHandler):
    """Tells what it was asked; /api/answer-<status> answers so, /api/large sends a lot, /api/cookies large ones.

    Its answers are numbered, and pages of rooms may be kept for a minute.
    """

    protocol_version = "HTTP/1.1"
    numbers = itertools.count()

    def do_GET(self):
        told = {"path": self.path, "headers": dict(self.headers), "body": len(self._body())}
        body = json.dumps(told | {"number": next(self.numbers)}).encode()
        status = int(self.path.partition("answer-")[2] or 200)
        if self.path == "/api/large":
            body = bytes(8_000_000)
        self.send_response(status)
        if self.path.startswith("/rooms/"):
            self.send_header("Cache-Control", "no-store")
            self.send_header("Vary", "Accept-Encoding, Accept-Language, Cookie")
            self.send_header("X-Accel-Expires", "60")
        if self.path == "/api/cookies":
            self.send_header("Set-Cookie", f"a={'x' * 3_900}; HttpOnly")
            self.send_header("Set-Cookie", f"b={'x' * 3_900}; HttpOnly")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 the base class names them so

    def _body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def log_message(self, *_args):
        """Says nothing."""


@contextlib.contextmanager
def running_mirror() -> Iterator[str]:
    """Its address."""
    server = http.server.ThreadingHTTPServer((ports.HOST, 0), Mirror)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{ports.HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
