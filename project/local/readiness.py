"""Whether a process says that it is ready, and if not, why."""

from __future__ import annotations

import http.client

from project.local import ports

TIMEOUT_S = 2.0
# Of our own processes, on the address that is not public.
PATH = "/readyz"
# The simulator is a stranger's server; this path is neither counted nor logged there.
REGISTRY_PATH = "/simulator/stats"
LONGEST_REASON = 100


def trouble(port: int, path: str = PATH) -> str | None:
    """None when it is ready, else the first line of what it says."""
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        if answer.status == http.client.OK:
            return None
        lines = answer.read(LONGEST_REASON).decode(errors="replace").splitlines()
        return lines[0] if lines else f"it answers {answer.status}"
    except (OSError, http.client.HTTPException):
        return "it does not answer"
    finally:
        connection.close()
