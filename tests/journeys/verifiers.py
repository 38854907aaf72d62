"""Those who verify passports: a stranger with the authority's certificate and the trust list; staff in the console."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

import httpx
from cryptography import x509

from issuance import trust_list
from issuance.verification import contents, documents, trust, verdicts

PATIENCE_S = 60.0
STEP_S = 0.2


@dataclass
class Verifier:
    """`seen`: the list he goes by."""

    url: str
    authority: x509.Certificate
    seen: trust_list.TrustList | None = None

    def fetch(self, until: Callable[[trust_list.TrustList], bool] = lambda _list: True) -> trust_list.TrustList:
        """The first list that he believes, newer than any before, and that is as he waits for it."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            answer = httpx.get(f"{self.url}/api/trust-list")
            if answer.status_code == httpx.codes.OK:
                self.seen = trust_list.read(answer.content, self.authority, datetime.now(UTC), at_least=self.seen)
                if until(self.seen):
                    return self.seen
            assert time.monotonic() < deadline, (answer.status_code, self.seen)
            time.sleep(STEP_S)

    def judge(self, passport: bytes) -> tuple[verdicts.Verdict, contents.Certificate]:
        """By the list he goes by, from the page alone."""
        assert self.seen is not None
        signers = [x509.load_der_x509_certificate(one.certificate) for one in self.seen.certificates]
        [found] = documents.codes(passport)
        verdict = verdicts.judge(found.text, trust.of(signers), datetime.now(UTC))
        assert verdict.certificate is not None, verdict.fault
        return verdict, verdict.certificate


class Inspector:
    """Staff in the console, with a session of their own."""

    def __init__(self, url: str, password: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=PATIENCE_S)
        self._send("/admin/login/", {"username": "demo", "password": password.strip(), "next": "/admin/verify/"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def verify(self, document: bytes) -> str:
        """What the page says."""
        return self._send("/admin/verify/", {}, {"file": ("passport.pdf", document)})

    def _send(self, path: str, fields: dict[str, str], files: dict[str, tuple[str, bytes]] | None = None) -> str:
        self._http.get(path)
        token = {"csrfmiddlewaretoken": self._http.cookies["csrftoken"]}
        return self._http.post(path, data=fields | token, files=files).text
