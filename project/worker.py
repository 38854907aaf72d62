"""What `dramatiq project.worker` loads: the private settings, the broker, the actor."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings.private")

import django

django.setup(set_prefix=False)

import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import dramatiq  # noqa: E402
from django.conf import settings  # noqa: E402

from issuance import errors, signing_keys  # noqa: E402
from project import broker as brokers  # noqa: E402

# Of random letters these are as good as the hash; a short word could be guessed.
SHORTEST_RECORD_KEY = 32

# Now, because Dramatiq would go on without: what middleware raises at the start is logged and forgotten.
try:
    signing_keys.load_signer(Path(settings.SIGNING_KEYS_DIR))
except errors.UnusableKeys as error:
    sys.exit(f"worker: {error}")
if not settings.ISSUING_PRIVATE_KEYS:
    sys.exit("worker: ISSUING_PRIVATE_KEYS is not set (see .env.example)")
if not settings.WEB_VERIFYING_KEYS:
    sys.exit("worker: WEB_VERIFYING_KEYS is not set (see .env.example)")
if len(settings.RECORD_KEY) < SHORTEST_RECORD_KEY:
    sys.exit(f"worker: RECORD_KEY is not set or has less than {SHORTEST_RECORD_KEY} characters (see .env.example)")
if not settings.REGISTRY_URL:
    sys.exit("worker: REGISTRY_URL is not set (see .env.example)")

broker = brokers.connect(settings.BROKER_URL, answer_timeout_s=None)
dramatiq.set_broker(broker)

from issuance import actors  # noqa: E402

broker.add_middleware(actors.WorkerLife())
