"""The private tier: usher, workers, console, commands. Has the database and the keys that open requests."""

from __future__ import annotations

import sys

import dj_database_url

from project import env, logs
from project.settings.base import *  # noqa: F403
from project.settings.base import BASE_DIR, LOGGING
from queueing import sealing, vouching

logs.configure(LOGGING)

ROOT_URLCONF = "project.urls.private"
WSGI_APPLICATION = "project.console.application"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "queueing.staff",
    "issuance",
    "project",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
# What staff bring to be verified is somebody's passport: it stays in memory. project.console refuses larger bodies
# before Django, which would spool them to a file; documents of 5 MB are the largest that are read.
LARGEST_BODY_BYTES = 6 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = LARGEST_BODY_BYTES
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
STATIC_URL = "/static/"
# The console is small: WhiteNoise serves the admin's files from where they are installed, nothing is collected.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
CONSOLE_ORIGINS = env.words("CONSOLE_ORIGINS")
CSRF_TRUSTED_ORIGINS = CONSOLE_ORIGINS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(CONSOLE_ORIGINS) and all(
    origin.startswith("https://") for origin in CONSOLE_ORIGINS
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

DATABASES = {
    "default": dj_database_url.parse(
        env.secret("DATABASE_URL", f"sqlite:///{BASE_DIR / 'var' / 'data' / 'vestibule.sqlite3'}"),
        conn_max_age=60,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Several processes write: wait for each other, and let readers read meanwhile.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
    }
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # No silent server holds anybody up for long; what the URL says itself counts. Migrations take their time.
    patience: dict[str, int | str] = {"connect_timeout": 2, "tcp_user_timeout": 3_000}
    if sys.argv[1:2] != ["migrate"]:
        patience |= {"options": "-c statement_timeout=2000"}
    DATABASES["default"]["OPTIONS"] = patience | DATABASES["default"].get("OPTIONS", {})

# The broker has a server of its own (or a logical database): its maintenance scans keys, and one that fills up does not
# fill the other.
BROKER_URL = env.secret("BROKER_URL")
# Signs the settings of rooms and the outcomes of tickets: what carries no such signature, web shows nobody.
TIER_SIGNING_KEY = env.parsed(
    "TIER_SIGNING_KEY",
    env.secret("TIER_SIGNING_KEY"),
    vouching.signing_key,
    "base64url of a raw Ed25519 private key",
)
# What opens sealed requests: newest first, old ones open what was sealed before. Workers alone are given them.
ISSUING_PRIVATE_KEYS = [
    env.parsed("ISSUING_PRIVATE_KEYS", text, sealing.private_key, "base64url of raw X25519 private keys")
    for text in env.secret("ISSUING_PRIVATE_KEYS", "").split(",")
    if text.strip()
]
# The same as a file, for the command that changes it.
ISSUING_PRIVATE_KEYS_PATH = env.path("ISSUING_PRIVATE_KEYS")
# Whose requests workers open: the public halves of the WEB_SIGNING_KEYs in use.
WEB_VERIFYING_KEYS = [
    env.parsed("WEB_VERIFYING_KEYS", word, vouching.verifying_key, "base64url of raw Ed25519 public keys")
    for word in env.words("WEB_VERIFYING_KEYS")
]
SIGNING_KEYS_DIR = env.text("SIGNING_KEYS_DIR", "")
REGISTRY_URL = env.text("REGISTRY_URL", "")
REGISTRY_TOKEN = env.secret("REGISTRY_TOKEN", "")
# Processes beside a worker that make pages; 0: as many as there are cores.
RENDER_PROCESSES = env.integer("RENDER_PROCESSES", 0)
# The registry's contract: calls per second, shared by all workers of all rooms.
REGISTRY_RATE_PER_S = env.decimal("REGISTRY_RATE_PER_S", 20)
# And how many of them may be under way at a time; 0 for as many as come.
REGISTRY_CALLS_AT_ONCE = env.integer("REGISTRY_CALLS_AT_ONCE", 0, lowest=0, highest=10_000)
# Keys the hashes of people and document numbers in the database. Workers alone are given it.
RECORD_KEY = env.secret("RECORD_KEY", "")
TRIES_PER_DOCUMENT = env.integer("TRIES_PER_DOCUMENT", 5, lowest=1, highest=1_000)
TRIES_WINDOW_H = env.integer("TRIES_WINDOW_H", 24, lowest=1, highest=8_760)
# What `manage.py purge` leaves: days after a certificate has expired.
RECORDS_RETENTION_DAYS = env.integer("RECORDS_RETENTION_DAYS", 365, lowest=0, highest=36_500)
# What manage.py crowd and the start page of the console point to.
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000")
