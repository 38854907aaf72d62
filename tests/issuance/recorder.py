"""A process that records as a worker does, for tests of what several do at once.

Says "ready", waits for a line, then writes JSON: certificate ids of the same tickets in every process, those of
tickets of its own for the same people, and how many tries of the same document numbers it got.

python -m tests.issuance.recorder FOLDER-OF-KEYS NAME COUNT
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

import django
from django.utils import timezone

django.setup()

from issuance import errors, issued, signing_keys, tries  # noqa: E402
from issuance.models import Passport  # noqa: E402
from tests.issuance import samples  # noqa: E402

LIMIT = tries.Limit(5, timedelta(hours=24))
TRIES_EACH = 4


def main(folder: Path, name: str, count: int) -> None:
    signer = signing_keys.load_signer(folder, samples.NOW)
    Passport.objects.count()  # connected
    print("ready", flush=True)
    sys.stdin.readline()
    numbers = range(count)
    shared = [issued.Issue(f"{number:022}", "passport", "", f"ticket {number}") for number in numbers]
    own = [issued.Issue(f"{name}{number:021}", "passport", "", f"person {number}") for number in numbers]
    said = {
        "tickets": [issued.record(each, signer, samples.NOW).certificate_id for each in shared],
        "people": [issued.record(each, signer, samples.NOW).certificate_id for each in own],
        "tries": [sum(tried(name, number, each) for each in range(TRIES_EACH)) for number in numbers],
    }
    print(json.dumps(said))


def tried(name: str, number: int, each: int) -> bool:
    attempt = tries.Attempt(f"{name}{number:05}{each:016}", 1, f"document {number}")
    try:
        with tries.one(attempt, LIMIT, timezone.now):
            raise errors.Refused("no_record")
    except errors.Refused as refused:
        return refused.reason == "no_record"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
