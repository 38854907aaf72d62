"""A process that certifies without a pause, in two threads, as a worker does; for tests of keys that change meanwhile.

Says "ready", and then what became of each certificate: "KEY-ID trusted" if a verifier with the authority's certificate
and the trust list of that moment believes it, else what is wrong. Ends when its standard input does.

python -m tests.issuance.busy_signer FOLDER-OF-KEYS
"""

import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from issuance import certificate, keyring, signing_keys
from issuance.verification import trust, verdicts
from tests.issuance import samples

THREADS = 2


def main(folder: Path) -> None:
    ring, stop = keyring.Keyring(folder), threading.Event()
    threads = [threading.Thread(target=work, args=(ring, stop)) for _ in range(THREADS)]
    print("ready", flush=True)
    for thread in threads:
        thread.start()
    sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()


def work(ring: keyring.Keyring, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            told = certify(ring)
        except Exception as error:  # noqa: BLE001 whatever it is, it is a fault
            told = f"fault {type(error).__name__}: {error}"
        # One line at a time, whichever thread it is.
        os.write(1, f"{told}\n".encode())


def certify(ring: keyring.Keyring) -> str:
    signer, now = ring.signer(), datetime.now(UTC)
    issued = certificate.certify(samples.LATIN, samples.dose(), samples.IDENTIFIER, now, signer)
    verdict = verdicts.judge(issued.hc1, trust.of(signing_keys.certificates(ring.directory)), now)
    return f"{signer.kid.hex()} {verdict.fault or 'trusted'}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
