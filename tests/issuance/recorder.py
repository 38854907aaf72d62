"""A process that records tickets as a worker does, for tests of what several do at once.

Says "ready", waits for a line, then writes which certificates it was given.

python -m tests.issuance.recorder FOLDER-OF-KEYS TICKETS
"""

import sys
from pathlib import Path

import django
from django.apps import apps

from issuance import signing_keys
from tests.issuance import samples


def main(folder: Path, tickets: int) -> None:
    django.setup()
    passports = apps.get_model("issuance", "Passport").objects
    signer = signing_keys.load_signer(folder, samples.NOW)
    passports.count()  # connected
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(tickets):
        row = passports.record(f"{number:022}", "passport", "", signer, samples.NOW)
        print(row.certificate_id)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
