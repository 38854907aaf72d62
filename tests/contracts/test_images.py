"""Each tier's image holds its own code and nothing of the other's, and that code runs by itself."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from issuance import signing_keys
from queueing import sealing, vouching
from queueing.pages import press
from tests.contracts import images

PUBLIC = {
    "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
    "TICKET_KEYS": "key-of-this-test",
    "ISSUING_PUBLIC_KEY": sealing.new_key_pair()[1],
    "TIER_VERIFYING_KEYS": vouching.new_key_pair()[1],
    "WEB_SIGNING_KEY": vouching.new_key_pair()[0],
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "PUBLIC_ORIGINS": "https://example.org",
}
PRIVATE = {
    "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
    "ISSUING_PRIVATE_KEYS": sealing.new_key_pair()[0],
    "TIER_SIGNING_KEY": vouching.new_key_pair()[0],
    "WEB_VERIFYING_KEYS": vouching.new_key_pair()[1],
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "BROKER_URL": "redis://127.0.0.1:1/1",
    "DATABASE_URL": "sqlite:///:memory:",
}
RUNNING = ("public", "private", "simulator", "edge")
# Lets nothing be imported that the image's packages do not bring.
FENCE = """
import json, sys
class Fence:
    absent = set(json.loads(sys.argv.pop(1)))
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.absent:
            raise ModuleNotFoundError(f"{name} is not in this image", name=name)
sys.meta_path.insert(0, Fence())
"""
ASK_FOR_A_PAGE = """
import asyncio
from project.asgi import application

async def receive():
    return {"type": "http.request", "body": b""}

async def send(message):
    print(message.get("status", ""), message.get("body", b"").decode())

scope = {"type": "http", "method": "GET", "path": "/rooms/passport",
         "headers": [(b"host", b"localhost")], "query_string": b""}
asyncio.run(application(scope, receive, send))
"""
LIST_MODULES = """
print(json.dumps({name: getattr(module, "__file__", None) for name, module in sys.modules.items()}))
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """Makes (once) the files of a target; returns the folder that is its /app."""
    made = {}

    def app(target: str) -> Path:
        if target not in made:
            made[target] = tmp_path_factory.mktemp(target)
            images.build(target, made[target])
        return made[target] / "app"

    return app


def requirements_of(target):
    """What its stage of packages installs: a dependency group, or packages by name."""
    command = next(rest for word, rest in images.stages()[f"{target}-packages"].lines if word == "RUN")
    group = re.search(r"--group (\S+)", command)
    if group:
        return images.requirements(group[1])
    names = re.search(r"--constraint constraints.txt (.*) &&", command)
    return [Requirement(name) for name in names[1].split()]


def run(app, target, code, *arguments, **variables):
    """Runs Python code as in the image: its files, its packages, its variables and no others."""
    absent = json.dumps(sorted(images.absent_packages(requirements_of(target))))
    finished = subprocess.run(
        [sys.executable, "-c", FENCE + code, absent, *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(app), "PYTHONDONTWRITEBYTECODE": "1", **variables},
        cwd=app,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_public_image_holds_no_issuing_code_and_nothing_of_the_private_tier(image):
    foreign = ("issuance/", "queueing/staff/", "project/local/", "project/management/", "benchmarks/", "tests/", "var/")
    private = {"project/settings/private.py", "project/settings/test.py", "project/urls/private.py"}
    private |= {"project/worker.py", "project/console.py", "project/broker.py", "manage.py"}
    there = files(image("public"))
    assert "project/asgi.py" in there
    assert not [name for name in there if name.startswith(foreign)]
    assert not there & private
    assert not {name for name in there if "passport" in Path(name).name and name.endswith(".py")}


def test_private_image_serves_nothing_public_and_holds_no_simulator(image):
    there = files(image("private"))
    public = {"project/asgi.py", "project/serve.py", "project/settings/public.py", "project/settings/test.py"}
    assert {"manage.py", "issuance/actors.py", "issuance/fonts/european-regular.ttf"} <= there
    assert "issuance/templates/issuance/verify.html" in there
    assert not there & public
    assert not [name for name in there if name.startswith(("issuance/registry/simulator", "frontend/", "tests/"))]


def test_no_image_holds_secrets_data_or_tests(image):
    for target in RUNNING:
        top = image(target).parent
        for name in files(top):
            assert not re.search(r"(^|/)(tests?|var|\.env|\.git|secrets|__pycache__)(/|$)", name), (target, name)
            assert not name.endswith((".sqlite3", ".key", ".pem", ".pyc", ".aof", ".rdb")), (target, name)


def test_public_image_runs_by_itself_with_its_own_packages(image):
    app = image("public")
    loaded = json.loads(run(app, "public", "import project.asgi, project.serve" + LIST_MODULES, **PUBLIC))
    ours = {name: file for name, file in loaded.items() if name.partition(".")[0] in ("project", "queueing")}
    assert all(file is None or Path(file).is_relative_to(app) for file in ours.values())
    assert "project.settings.public" in ours
    assert not [name for name in loaded if name.partition(".")[0] in ("issuance", "dramatiq", "psycopg", "sqlite3")]


def test_public_image_writes_the_pages_it_holds(image):
    """There is no Redis, which the page says."""
    said = run(image("public"), "public", ASK_FOR_A_PAGE, **PUBLIC)
    assert said.startswith("503")
    assert "<h1>The service needs a moment</h1>" in said


@pytest.mark.parametrize("module", ["project.worker", "project.console", "uvicorn", "dramatiq.cli"])
def test_private_image_loads_what_its_processes_start(image, module, tmp_path):
    signing_keys.create(tmp_path)
    given = PRIVATE | {"SIGNING_KEYS_DIR": str(tmp_path), "REGISTRY_URL": "http://127.0.0.1:1", "RECORD_KEY": "k" * 32}
    run(image("private"), "private", f"import {module}", **given, DJANGO_SETTINGS_MODULE="project.settings.private")


def test_every_command_of_the_private_image_loads(image):
    commands = [Path(name).stem for name in files(image("private")) if "/management/commands/" in name]
    commands = sorted({"migrate", "createsuperuser", *commands} - {"__init__"})
    assert {"usher", "rooms", "people"} < set(commands)
    code = (
        "from django.core import management\nimport manage, django\ndjango.setup()\n"
        "for name in sys.argv[1:]:\n"
        "    management.load_command_class(management.get_commands()[name], name)\n"
    )
    settings = "project.settings.private"
    run(image("private"), "private", code, *commands, **PRIVATE, DJANGO_SETTINGS_MODULE=settings)


def test_private_image_makes_a_deployments_secrets(image, tmp_path):
    code = "from deploy import make_secrets; sys.exit(make_secrets.main())"
    run(image("private"), "private", code, str(tmp_path / "secrets"))
    assert (tmp_path / "secrets" / "issuing_private_keys").exists()


def test_simulator_image_runs_by_itself_with_its_own_packages(image):
    there = files(image("simulator"))
    assert not [name for name in there if not name.startswith("issuance/registry/") and name != "issuance/__init__.py"]
    code = "import runpy; runpy.run_module('issuance.registry.simulator', run_name='__main__')"
    assert "--rate" in run(image("simulator"), "simulator", code, "--help")


def test_edge_image_holds_what_is_static_as_pressed_and_the_rules_of_nginx(image, tmp_path):
    code = "import runpy; runpy.run_module('queueing.pages.press', run_name='__main__')"
    run(image("pressed"), "pressed", code, str(tmp_path / "pressed"))
    press.write(tmp_path / "expected", press.FRONTEND)
    assert files(tmp_path / "pressed") == files(tmp_path / "expected")
    assert ("COPY", "--from=pressed /srv/frontend /srv/frontend") in images.stages()["edge"].lines
    assert "nginx.conf" in files(image("edge").parent / "etc" / "nginx")


def test_images_run_as_nobody_in_particular_and_say_how_they_are():
    for target in RUNNING:
        stage = images.stages()[target]
        user = stage.last("USER")
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user), target
        assert stage.last("HEALTHCHECK"), target


def test_images_start_from_named_versions():
    known = images.stages()
    outside = {stage.base for stage in known.values()} - set(known)
    assert outside
    for base in outside:
        assert re.fullmatch(r"[a-z/]+:\d+\.\d+-[a-z0-9.-]+", base), base


def test_no_layer_is_told_a_secret():
    for stage in images.stages().values():
        for keyword, rest in stage.lines:
            if keyword in ("ENV", "ARG"):
                assert not re.search(r"(KEY|TOKEN|PASSWORD|SECRET|_URL)\b", rest), rest


def test_nothing_is_copied_wholesale():
    for stage in images.stages().values():
        for keyword, rest in stage.lines:
            assert keyword != "ADD"
            assert not (keyword == "COPY" and rest.split()[0] in (".", "./", "*")), rest


def test_secrets_folder_never_reaches_a_build():
    names = {str(path) for path in images.context()}
    assert "project/asgi.py" in names
    assert not [name for name in names if name.startswith(("deploy/secrets", "var", ".git", "tests", ".env", ".venv"))]
