"""The environment of the tests, which must stand before Django reads its settings: hence a plugin, loaded first of all.

The Redis it names is the one that the fixture `redis_url` starts; a real one named by the caller is never touched,
for tests empty theirs.
"""

import os

from project.local import ports, valkey

REDIS_PORT = ports.free()

os.environ["REDIS_URL"] = valkey.url(REDIS_PORT, 0)
os.environ["BROKER_URL"] = valkey.url(REDIS_PORT, 1)
SECRETS = ("SECRET_KEY", "TICKET_KEYS", "ISSUING_PRIVATE_KEYS", "WEB_SIGNING_KEY", "TIER_SIGNING_KEY")
for name in ("REDIS_URL", "BROKER_URL", *SECRETS):
    os.environ.pop(f"{name}_FILE", None)
