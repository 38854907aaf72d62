"""A worker that is killed at the instant its row has been committed: between the database and the outcome.

python -m tests.issuance.killed_worker TICKET
"""

import os
import signal
import sys
from typing import Any

import django
from django.db import transaction
from django.db.models.signals import post_save

django.setup()

from issuance import actors, stages  # noqa: E402
from issuance.models import Passport  # noqa: E402
from queueing.attendance import Attendance  # noqa: E402


def die(**_: Any) -> None:
    transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))


if __name__ == "__main__":
    post_save.connect(die, sender=Passport)
    desk = actors._desk(Attendance(actors.touch_point(), threads=1), stages.Meter())
    desk.serve("test", sys.argv[1])
