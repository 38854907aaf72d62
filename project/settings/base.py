"""What both tiers share. Secrets, databases and applications belong to one tier each (public.py, private.py)."""

from __future__ import annotations

from pathlib import Path

from project import demo, env
from project.logs import configuration

BASE_DIR = Path(__file__).resolve().parents[2]

DEBUG = False
SECRET_KEY = env.secret("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1")
demo.refuse_elsewhere("SECRET_KEY", [SECRET_KEY], ALLOWED_HOSTS)
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.secret("REDIS_URL")
# Where /metrics, /healthz and /readyz answer: host:port on an address that is not public; empty for nowhere.
OPS_ADDRESS = env.text("OPS_ADDRESS", "")

# One member per web process and room; a blocked receive must not time out (channels_redis issue 422).
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "queueing.hints.HintLayer",
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_timeout": None, "driver_info": None}],
            "prefix": "hints",
            "capacity": 10_000,
            "expiry": 60,
        },
    }
}

LOGGING_CONFIG = None
LOGGING = configuration(env.text("LOG_LEVEL", "INFO"), env.levels("LOG_LEVELS"))
