"""Both tiers in one process, for tests: throw-away keys, SQLite, and a Redis that the fixtures start."""

from __future__ import annotations

import os
import tempfile

from queueing import sealing, vouching

_private, _public = sealing.new_key_pair()
_web_signing, _web_verifying = vouching.new_key_pair()
_tier_signing, _tier_verifying = vouching.new_key_pair()
os.environ.setdefault("SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests")
os.environ.setdefault("RECORD_KEY", "only-for-tests-only-for-tests-only-for-tests")
os.environ.setdefault("TICKET_KEYS", "first-key-of-the-tests,second-key-of-the-tests")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
os.environ.setdefault("BROKER_URL", "redis://127.0.0.1:1/1")
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
os.environ.setdefault("PUBLIC_ORIGINS", "http://testserver")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ["ISSUING_PUBLIC_KEY"] = _public
os.environ["ISSUING_PRIVATE_KEYS"] = _private
os.environ["WEB_SIGNING_KEY"] = _web_signing
os.environ["WEB_VERIFYING_KEYS"] = _web_verifying
os.environ["TIER_SIGNING_KEY"] = _tier_signing
os.environ["TIER_VERIFYING_KEYS"] = _tier_verifying

from project.settings.private import *  # noqa: E402, F403
from project.settings.private import DATABASES  # noqa: E402
from project.settings.public import (  # noqa: E402, F401
    FRONTEND_DIR,
    FRONTEND_WATCHED,
    ISSUING_PUBLIC_KEY,
    JOINS_PER_ADDRESS_PER_MIN,
    MAX_SOCKETS,
    PUBLIC_ORIGINS,
    SECURE_COOKIES,
    TICKET_KEYS,
    TIER_VERIFYING_KEYS,
    TRUSTED_PROXIES,
    WEB_SIGNING_KEY,
)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as everywhere else: threads that share a database in memory do not wait for each other.
    DATABASES["default"]["TEST"] = {"NAME": f"{tempfile.gettempdir()}/vestibule-test-{os.getpid()}.sqlite3"}
# Tests of the console ask for the private tier's.
ROOT_URLCONF = "project.urls.public"
