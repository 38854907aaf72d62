"""For commands on keys where no server is: an offline machine, a container that makes secrets. Knows where keys lie.

DJANGO_SETTINGS_MODULE=project.settings.offline python manage.py signing_keys --folder … list
"""

from __future__ import annotations

import secrets

from project import env

# Nothing is signed with it; Django asks for one.
SECRET_KEY = secrets.token_urlsafe(32)
INSTALLED_APPS = ["issuance", "project"]
DATABASES: dict[str, dict[str, str]] = {}
USE_TZ = True
TIME_ZONE = "UTC"
REDIS_URL = ""

SIGNING_KEYS_DIR = env.text("SIGNING_KEYS_DIR", "")
ISSUING_PRIVATE_KEYS_PATH = env.path("ISSUING_PRIVATE_KEYS")
