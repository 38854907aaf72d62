"""What each process is told: its own tier's variables and nothing of the other's.

Secrets are named by NAME_FILE, so that no environment and no command line holds them; addresses of servers
given by their operator (REDIS_URL, DATABASE_URL) are handed on as they came.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from project.local import ports, redis_users, site, valkey

# Of the operator's own environment: what programs need to run at all, never a secret.
INHERITED = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "PATH", "SSL_CERT_FILE", "TMPDIR", "TZ")
LOOPBACK_NAMES = ("127.0.0.1", "localhost")


def of_process(place: site.Site, kind: str, port: int, ops_port: int) -> dict[str, str]:
    """`port`: where it serves its tier, if it does; `ops_port`: /metrics, /healthz, /readyz."""
    own = {"PORT": str(port), "OPS_ADDRESS": f"{ports.HOST}:{ops_port}"}
    if kind == "registry":
        return common(place) | _registry(place) | own
    if kind == "web":
        return common(place) | _public(place, port) | own
    given = common(place) | private(place) | _servers(place, kind) | own
    return given | _worker(place) if kind == "worker" else given


def of_command(place: site.Site) -> dict[str, str]:
    """For a command of the private tier, which serves nothing."""
    return common(place) | private(place) | _servers(place, "console")


def of_operator(place: site.Site) -> dict[str, str]:
    """For commands that somebody types beside the running stack: they may be any, and may change keys."""
    issuing = {"ISSUING_PRIVATE_KEYS_FILE": str(place.folders.private_keys / "issuing_private_keys")}
    return private(place) | issuing | {"REDIS_URL": place.redis_url, "BROKER_URL": place.broker_url}


def common(place: site.Site) -> dict[str, str]:
    """What every process gets."""
    return inherited() | dict(place.options.common)


def inherited() -> dict[str, str]:
    """What any program needs to run."""
    variables = {name: os.environ[name] for name in INHERITED if name in os.environ}
    # `python` in the Procfile is the one that runs us, with all its packages.
    variables["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{variables.get('PATH', os.defpath)}"
    return variables | {"PYTHONUNBUFFERED": "1"}


def private(place: site.Site) -> dict[str, str]:
    """The private tier's own variables, as usher, worker, console and commands get them; their servers apart."""
    keys = place.folders.private_keys
    return {
        "DJANGO_SETTINGS_MODULE": "project.settings.private",
        "DATABASE_URL": place.database_url,
        "SECRET_KEY_FILE": str(keys / "secret_key"),
        "TIER_SIGNING_KEY_FILE": str(keys / "tier_signing_key"),
        "SIGNING_KEYS_DIR": str(place.folders.signing_keys),
        "ALLOWED_HOSTS": ",".join(LOOPBACK_NAMES),
        "PUBLIC_URL": place.web_url,
    }


def _servers(place: site.Site, user: str) -> dict[str, str]:
    """Redis and the broker, as this user where they are ours; the console has no business with the broker."""
    given = _redis(place, user)
    if place.valkey_port is None or place.options.broker_url:
        return given | {"BROKER_URL": place.broker_url}
    if user in redis_users.BROKER_USERS:
        return given | {"BROKER_URL_FILE": str(place.folders.broker_url(user))}
    return given | {"BROKER_URL": valkey.url(place.valkey_port, site.BROKER_DATABASE)}


def _redis(place: site.Site, user: str) -> dict[str, str]:
    if place.valkey_port is None:
        return {"REDIS_URL": place.redis_url}
    return {"REDIS_URL_FILE": str(place.folders.redis_url(user))}


def _worker(place: site.Site) -> dict[str, str]:
    """What opens requests, signs passports and asks the registry: workers do, and nobody else."""
    keys = place.folders.private_keys
    return {
        "ISSUING_PRIVATE_KEYS_FILE": str(keys / "issuing_private_keys"),
        "WEB_VERIFYING_KEYS": (keys / "web_verifying_keys").read_text().strip(),
        "RECORD_KEY_FILE": str(keys / "record_key"),
        "REGISTRY_URL": place.registry_url,
        "REGISTRY_TOKEN_FILE": str(keys / "registry_token"),
        "REGISTRY_RATE_PER_S": f"{place.options.registry_rate_per_s:g}",
    }


def _public(place: site.Site, port: int) -> dict[str, str]:
    keys = place.folders.public_keys
    origins = [f"http://{name}:{port}" for port in sorted({port, place.web_port}) for name in LOOPBACK_NAMES]
    return {
        "DJANGO_SETTINGS_MODULE": "project.settings.public",
        **_redis(place, "web"),
        "SECRET_KEY_FILE": str(keys / "secret_key"),
        "TICKET_KEYS_FILE": str(keys / "ticket_keys"),
        "TIER_VERIFYING_KEYS": (keys / "tier_verifying_keys").read_text().strip(),
        "WEB_SIGNING_KEY_FILE": str(keys / "web_signing_key"),
        "ISSUING_PUBLIC_KEY": (keys / "issuing_public_key").read_text().strip(),
        "ALLOWED_HOSTS": ",".join(LOOPBACK_NAMES),
        "PUBLIC_ORIGINS": ",".join(origins),
        "FRONTEND_WATCHED": "true",
        **place.options.public,
    }


def _registry(place: site.Site) -> dict[str, str]:
    """The simulator is a stranger's server: it knows its own contract and nobody's secrets."""
    return {
        "REGISTRY_RATE_PER_S": f"{place.options.registry_rate_per_s:g}",
        "REGISTRY_PEOPLE": str(place.options.registry_people),
        "REGISTRY_SEED": str(place.options.registry_seed),
        "REGISTRY_LATENCY_MS": str(place.options.registry_latency_ms),
        "REGISTRY_LOG": str(place.registry_calls),
    }
