"""docker-compose.yml: who reaches whom, who is given what, and that each process loads with what it is given."""

import json
import os
import re
import shlex
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from honcho import environ as procfiles

from deploy import make_secrets
from issuance import signing_keys
from project.local import folders, redis_users
from queueing import hub
from tests.contracts import edges, images, variables

PRIVATE = {"usher", "worker", "console", "migrate"}
PYTHON = {"web", "simulator", *PRIVATE}
PRIVATE_SECRETS = {"private_secret_key", "tier_signing_key", "database_url"}
SECRETS = {
    "edge": {"tls_certificate", "tls_key"},
    "web": {"web_secret_key", "ticket_keys", "web_signing_key", "redis_url_web"},
    "usher": PRIVATE_SECRETS | {"redis_url_usher", "broker_url_usher"},
    "worker": PRIVATE_SECRETS
    | {"issuing_private_keys", "record_key", "registry_token", "redis_url_worker", "broker_url_worker"},
    "console": PRIVATE_SECRETS | {"redis_url_console"},
    "migrate": PRIVATE_SECRETS,
    "redis": {"redis_users"},
    "broker": {"broker_users"},
    "postgres": {"postgres_password"},
    "simulator": set(),
    "make-secrets": set(),
}
# Who may speak to whom, and nobody else.
PAIRS = {
    ("edge", "web"),
    ("redis", "web"),
    *{("redis", name) for name in ("usher", "worker", "console")},
    *{("broker", name) for name in ("usher", "worker")},
    *{("postgres", name) for name in PRIVATE},
    ("simulator", "worker"),
    *combinations(sorted(PRIVATE), 2),
}
# Whose folder of signing keys is mounted where.
KEYS_OF = {"worker": "signing", "usher": "trust", "console": "certificates"}
# Networks with a way out, and why: published ports, staff's port, the registry.
OPEN_NETWORKS = {"outside": {"edge"}, "staff": {"console"}, "registry": {"worker", "simulator"}}
# Where a deployment on one machine begins elsewhere than a process by itself.
OTHER_DEFAULTS = {"ALLOWED_HOSTS", "PUBLIC_ORIGINS", "REGISTRY_URL"}
LOAD = {
    "web": "import project.asgi, project.serve",
    "usher": "import django; django.setup(); import project.management.commands.usher",
    "worker": "import project.worker",
    "console": "import project.console",
    "migrate": "import django; django.setup(); from django.core.management import get_commands; get_commands()",
}
TELL = """
import json
from django.conf import settings
names = ("ALLOWED_HOSTS", "REDIS_URL", "SIGNING_KEYS_DIR", "REGISTRY_TOKEN", "BROKER_URL")
told = {name: getattr(settings, name, None) for name in names}
told["database"] = settings.DATABASES.get("default", {}).get("HOST")
told["secure"] = getattr(settings, "SECURE_COOKIES", None)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def compose():
    """As Docker reads it when no variable is set."""
    return as_defaulted(yaml.safe_load((folders.ROOT / "docker-compose.yml").read_text()))


def as_defaulted(value):
    if isinstance(value, dict):
        return {name: as_defaulted(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_defaulted(inner) for inner in value]
    return re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", value) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deploy") / "secrets"
    make_secrets.make(folder, "localhost")
    return folder


def neighbours(services):
    """All pairs that share a network."""
    shared = set()
    for one, other in combinations(sorted(services), 2):
        if set(services[one].get("networks", ())) & set(services[other].get("networks", ())):
            shared.add((one, other))
    return shared


def test_every_service_reaches_whom_it_must_and_nobody_else(services):
    assert neighbours(services) == {tuple(sorted(pair)) for pair in PAIRS}


def test_web_shares_no_network_with_the_private_tier(services):
    """Redis has a leg on either side; the containers of the two sides cannot even open a connection."""
    web = set(services["web"]["networks"])
    assert "dmz" not in web
    for name in (*PRIVATE, "broker", "postgres", "simulator"):
        assert not web & set(services[name]["networks"]), name


def test_only_those_have_a_way_out_who_need_one(compose, services):
    for name, network in compose["networks"].items():
        if name in OPEN_NETWORKS:
            assert {one for one in services if name in services[one].get("networks", ())} == OPEN_NETWORKS[name]
        else:
            assert network["internal"] is True, name


def test_nothing_is_published_but_the_edge_and_staffs_console_on_this_machine(services):
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"edge": ["80:8080", "443:8443"], "console": ["127.0.0.1:8001:8001"]}


def test_every_service_is_given_its_own_secrets_only(services):
    assert {name: set(service.get("secrets", ())) for name, service in services.items()} == SECRETS
    assert not SECRETS["web"] & SECRETS["worker"]
    mounts = {name for name, service in services.items() if "deploy/secrets" in str(service.get("volumes", ""))}
    assert mounts == {*KEYS_OF, "make-secrets"}


def test_secrets_come_as_files_and_never_as_values(services):
    secret = {name for name, variable in variables.read_by_code().items() if variable.secret}
    for name in PYTHON:
        given = services[name].get("environment", {})
        plain = secret & set(given) - {"REDIS_URL", "BROKER_URL"}
        assert not plain, name
        for variable, value in given.items():
            if variable.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in SECRETS[name], (name, variable)
    assert "@" not in str([service.get("environment") for service in services.values()])


def test_every_variable_given_is_one_that_the_tier_reads(services):
    read = variables.read_by_code()
    for name in PYTHON - {"simulator"}:
        tier = "public tier" if name == "web" else "private tier"
        for variable in services[name]["environment"]:
            if not variable.startswith("dramatiq_"):
                assert read[variable.removesuffix("_FILE")].tier in (tier, "both tiers"), (name, variable)


def test_every_variable_that_is_required_is_given(services):
    for name in PYTHON - {"simulator"}:
        tier = "public tier" if name == "web" else "private tier"
        given = {variable.removesuffix("_FILE") for variable in services[name]["environment"]}
        named = (Path(entry["path"]).stem.upper() for entry in services[name].get("env_file", ()))
        given |= set(named)
        needed = {v.name for v in variables.read_by_code().values() if v.default == variables.REQUIRED}
        needed = {one for one in needed if variables.read_by_code()[one].tier in (tier, "both tiers")}
        assert needed <= given, name


@pytest.mark.parametrize("name", sorted(LOAD))
def test_every_process_loads_with_what_it_is_given(services, secrets, name):
    service = services[name]
    given = {variable: str(value) for variable, value in service["environment"].items()}
    given = {variable: value.replace("/run/secrets", str(secrets)) for variable, value in given.items()}
    if "SIGNING_KEYS_DIR" in given:
        given["SIGNING_KEYS_DIR"] = str(secrets / KEYS_OF[name])
    for entry in service.get("env_file", ()):
        lines = (secrets / Path(entry["path"]).name).read_text().splitlines()
        given |= dict(line.split("=", 1) for line in lines)
    tier = "public" if name == "web" else "private"
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": f"project.settings.{tier}", **given}
    command = [sys.executable, "-c", LOAD[name] + TELL]
    loaded = subprocess.run(command, env=environment, cwd=folders.ROOT, capture_output=True, text=True, check=False)
    assert loaded.returncode == 0, loaded.stderr
    told = json.loads(loaded.stdout)
    touch_point = urlsplit(told["REDIS_URL"])
    assert (touch_point.hostname, touch_point.username) == ("redis", None if name == "migrate" else name)
    assert told["secure"] is (True if name == "web" else None)
    assert told["database"] == (None if name == "web" else "postgres")
    if name == "web":
        assert told["BROKER_URL"] is None
    else:
        broker = urlsplit(told["BROKER_URL"])
        assert (broker.hostname, broker.username) == ("broker", redis_users.BROKER_USERS.get(name))


@pytest.mark.parametrize(
    ("name", "load", "other"),
    [("worker", signing_keys.load_signer, "trust_list"), ("usher", signing_keys.load_list_signer, "signers")],
)
def test_workers_and_ushers_find_their_own_signer_and_no_other_key(services, secrets, name, load, other):
    [mount] = services[name]["volumes"]
    given = secrets / Path(mount["source"]).relative_to("deploy/secrets")
    assert given.name == KEYS_OF[name]
    assert services[name]["environment"]["SIGNING_KEYS_DIR"] == mount["target"]
    assert mount["read_only"] is True
    assert load(given).kid
    assert list((given / other).glob("*/certificate.pem"))
    for kind in ("authority", other):
        assert not list((given / kind).rglob("private_key.pem"))


def test_console_verifies_by_certificates_alone(services, secrets):
    [mount] = services["console"]["volumes"]
    given = secrets / Path(mount["source"]).relative_to("deploy/secrets")
    assert (given.name, mount["read_only"]) == (KEYS_OF["console"], True)
    assert services["console"]["environment"]["SIGNING_KEYS_DIR"] == mount["target"]
    assert signing_keys.certificates(given)
    assert not list(given.rglob("private_key.pem"))


def test_keys_are_changed_where_no_server_and_no_other_secret_is(services, secrets):
    given = {
        name: str(value).replace("/secrets", str(secrets), 1)
        for name, value in services["make-secrets"]["environment"].items()
    }
    environment = {"PATH": os.environ["PATH"], **given}
    for arguments in (["signing_keys", "list"], ["issuing_keys", "list"]):
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, env=environment, cwd=folders.ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert re.search(r"[0-9a-f]{16}  (signing|web seals to this one)", done.stdout)


def test_every_secret_named_is_one_that_is_made(compose, secrets):
    for name, secret in compose["secrets"].items():
        assert (secrets / Path(secret["file"]).relative_to("deploy/secrets")).is_file(), name
    assert compose["secrets"].keys() == set().union(*SECRETS.values())


def test_secrets_are_kept_out_of_git():
    assert "/deploy/secrets/" in (folders.ROOT / ".gitignore").read_text().splitlines()


def test_every_service_is_hardened(services):
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert any(mount.startswith("/tmp:") for mount in service["tmpfs"]), name  # noqa: S108
        assert {"max-size", "max-file"} <= set(service["logging"]["options"]), name
        assert service["pids_limit"], name
        assert not {"privileged", "cap_add", "pid", "ipc", "container_name"} & set(service), name


def test_every_lasting_service_is_watched_and_started_again(services):
    once = {"migrate", "make-secrets"}
    for name, service in services.items():
        assert service["restart"] == ("no" if name in once else "unless-stopped"), name
        target = service.get("build", {}).get("target")
        watched = "healthcheck" in service or images.stages()[target].last("HEALTHCHECK")
        assert watched, name
        assert (service.get("healthcheck") == {"disable": True}) == (name in once), name


def test_nobody_is_cut_off_before_his_work_is_handed_back(services):
    grace = {name: int(service.get("stop_grace_period", "10s").rstrip("s")) for name, service in services.items()}
    worker = next(word for word in services["worker"]["command"] if word.startswith("--worker-shutdown-timeout="))
    assert grace["web"] > hub.DRAIN_S + 5
    assert grace["worker"] == 60
    assert int(worker.partition("=")[2]) < (grace["worker"] - 5) * 1_000
    rules = (edges.RULES / "nginx.conf").read_text()
    nginx_s = int(re.search(r"worker_shutdown_timeout (\d+)s;", rules)[1])
    assert grace["edge"] > nginx_s


def test_web_and_usher_run_twice_and_workers_as_often_as_one_likes(services):
    assert services["web"]["deploy"]["replicas"] == services["usher"]["deploy"]["replicas"] == 2
    for name in ("web", "usher", "worker"):
        assert not {"ports", "container_name", "hostname"} & set(services[name])


def test_processes_are_started_as_make_up_starts_them(services):
    procfile = procfiles.parse_procfile((folders.ROOT / "Procfile").read_text()).processes
    assert procfile["usher"] == shlex.join(services["usher"]["command"])
    worker = services["worker"]
    words = procfile["worker"].replace(" --worker-shutdown-timeout", "\n--worker-shutdown-timeout").split("\n")[0]
    assigned, _, started = words.removeprefix("env ").partition(" python ")
    given = [f"{name}={value}" for name, value in worker["environment"].items() if name.startswith("dramatiq_")]
    assert assigned.split() == given
    composed = " ".join(worker["command"]).replace("=", " ")
    assert composed.startswith(f"python {started}")
    assert procfile["console"].split()[:4] == services["console"]["command"][:4]
    module = json.loads(images.stages()["public"].last("CMD"))[2]
    assert procfile["web"].split()[2] == module


@pytest.mark.parametrize("name", ["redis", "broker"])
def test_redis_forgets_nobody_on_its_own(services, name):
    command = services[name]["command"]
    told = dict(zip(command[1::2], command[2::2], strict=True))
    assert told["--appendonly"] == "yes"
    assert told["--appendfsync"] == "everysec"
    assert told["--maxmemory-policy"] == "noeviction"
    assert "--maxmemory" in told
    assert services[name]["volumes"] == [f"{name}-data:/data"]


def test_full_line_does_not_fill_the_broker(secrets):
    """maxmemory counts for a server and all its databases: called people could not be handed over."""
    for name in ("usher", "worker"):
        broker, touch_point = (urlsplit((secrets / f"{kind}_url_{name}").read_text()) for kind in ("broker", "redis"))
        assert broker.hostname == "broker" != touch_point.hostname


@pytest.mark.parametrize(("name", "rules"), [("redis", redis_users.TOUCH_POINT), ("broker", redis_users.BROKER)])
def test_redis_asks_everybody_who_they_are(services, secrets, name, rules):
    command = services[name]["command"]
    assert command[command.index("--aclfile") + 1] == f"/run/secrets/{name}_users"
    users = {line.split()[1]: line for line in (secrets / f"{name}_users").read_text().splitlines()}
    assert users["default"].split()[2] == "off"
    assert set(users) == {"default", "health", *redis_users.names(redis_users.COMMON, rules)}
    given = {urlsplit(path.read_text()).password for path in secrets.glob("*_url_*")}
    assert len(given) == 7
    assert not [password for password in given if password in "".join(users.values())]
    check = services[name]["healthcheck"]["test"]
    assert check[check.index("--user") + 1] == "health"


def test_web_trusts_the_edge_and_its_network_alone(compose, services):
    subnet = compose["networks"]["edge"]["ipam"]["config"][0]["subnet"]
    assert services["web"]["environment"]["TRUSTED_PROXIES"] == subnet
    assert neighbours({name: services[name] for name in services if "edge" in services[name].get("networks", ())}) == {
        ("edge", "web")
    }


def test_the_simulator_and_the_setup_come_only_when_asked_for(services):
    profiles = {name: service["profiles"] for name, service in services.items() if "profiles" in service}
    assert profiles == {"simulator": ["simulator"], "make-secrets": ["setup"]}


def test_images_that_are_not_ours_are_of_named_versions(services):
    foreign = {service["image"] for service in services.values() if "build" not in service}
    assert len(foreign) == 2
    for image in foreign:
        assert re.fullmatch(r"[a-z/]+:\d+(\.\d+)?-alpine", image), image


def test_every_variable_of_the_file_is_told_of_with_its_default():
    text = (folders.ROOT / "docker-compose.yml").read_text()
    used = set(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", text))
    told = variables.told()
    assert len(re.findall(r"\$\{", text)) == len(re.findall(r"\$\{[A-Z_]+:-", text))
    own = {name for name, variable in told.items() if variable.tier == "docker compose"}
    assert own <= {name for name, _ in used}
    for name, default in used:
        assert name in told, name
        if name not in OTHER_DEFAULTS:
            assert told[name].default == default, name
