"""The public tier: web processes. Knows tickets, never people; has no database and no issuing code."""

from __future__ import annotations

from project import demo, env, logs
from project.settings.base import *  # noqa: F403
from project.settings.base import BASE_DIR, LOGGING
from queueing import sealing, vouching

logs.configure(LOGGING)

ROOT_URLCONF = "project.urls.public"
ASGI_APPLICATION = "project.asgi.application"
INSTALLED_APPS: list[str] = []
# Only what can run without leaving the event loop.
MIDDLEWARE = ["project.headers.Problems"]
DATABASES: dict[str, dict[str, str]] = {}

# Signing of tickets: the first signs, all verify.
TICKET_KEYS = env.secrets("TICKET_KEYS")
ISSUING_PUBLIC_KEY = env.parsed(
    "ISSUING_PUBLIC_KEY",
    env.text("ISSUING_PUBLIC_KEY"),
    sealing.public_key,
    "base64url of a raw X25519 public key",
)
# Signs the requests that are sealed: what carries no such signature, workers do not open.
WEB_SIGNING_KEY = env.parsed(
    "WEB_SIGNING_KEY",
    env.secret("WEB_SIGNING_KEY"),
    vouching.signing_key,
    "base64url of a raw Ed25519 private key",
)
# Whose settings and outcomes people are shown: the public halves of the TIER_SIGNING_KEYs in use.
TIER_VERIFYING_KEYS = [
    env.parsed("TIER_VERIFYING_KEYS", text, vouching.verifying_key, "base64url of raw Ed25519 public keys")
    for text in env.text("TIER_VERIFYING_KEYS").split(",")
]
PUBLIC_ORIGINS = env.words("PUBLIC_ORIGINS")
SECURE_COOKIES = all(origin.startswith("https://") for origin in PUBLIC_ORIGINS)
demo.refuse_elsewhere("TICKET_KEYS", TICKET_KEYS, PUBLIC_ORIGINS)
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
JOINS_PER_ADDRESS_PER_MIN = env.integer("JOINS_PER_ADDRESS_PER_MIN", 6_000)

# WebSockets of one process; 0: as many as it may have files open, less some for everything else.
MAX_SOCKETS = env.integer("MAX_SOCKETS", 0)

FRONTEND_DIR = BASE_DIR / "frontend"
# Whether pages are made again when their files change.
FRONTEND_WATCHED = env.flag("FRONTEND_WATCHED", False)
# Larger bodies are refused before they are read (project.limits); this is the second fence.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16_384
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20
