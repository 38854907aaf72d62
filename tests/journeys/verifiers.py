"""Somebody who verifies passports: has the authority's certificate, fetches the trust list, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

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
