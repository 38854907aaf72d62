"""What some tests need besides Python: a browser, PostgreSQL, nginx, zbar, npm packages. `make test` runs this first.

What is missing is installed where that can be done unasked (apt as root, npm). Otherwise the tests that need it are
skipped, and told of in loud lines; with CI=true nothing may be skipped, so then this fails.
"""

import contextlib
import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import tools

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where browsers and servers lie that are not on the PATH.
PLAYWRIGHT_BROWSERS = (
    ".cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "Library/Caches/ms-playwright/chromium-*/*/*.app/Contents/MacOS/*",
)
POSTGRES_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
)
# Debian's packages start what they bring, unless this says no (Debian policy, 9.3.3.1).
SERVICE_POLICY = Path("/usr/sbin/policy-rc.d")
DENY_ALL = "#!/bin/sh\nexit 101\n"
APT_TIMEOUT_S = 300
APT_LOG = Path(sys.prefix) / "install-system.log"


@dataclass(frozen=True)
class Need:
    """How it is found, what Debian calls it ('' where it has none of it), how else to get it."""

    name: str
    find: Callable[[], Path | None]
    package: str
    hint: str

    @property
    def lacking(self) -> str:
        ways = [f"apt install {self.package}"] if self.package else []
        return f"{self.name} is missing. Install it: {', or '.join([*ways, self.hint])}."


def chromium() -> Path | None:
    found = (shutil.which(name) for name in BROWSERS)
    return next((Path(path) for path in found if path), _newest(Path.home(), PLAYWRIGHT_BROWSERS))


def postgres() -> Path | None:
    """The folder of `initdb` and `postgres`."""
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).parent / "postgres").exists():
        return Path(on_path).parent
    return _newest(Path("/"), POSTGRES_FOLDERS)


def nginx() -> Path | None:
    """Debian keeps it where only root looks."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    return Path(found) if found else None


def zbar() -> Path | None:
    name = ctypes.util.find_library("zbar")
    return Path(name) if name else None


def _newest(top: Path, patterns: Iterable[str]) -> Path | None:
    found = [path for pattern in patterns for path in top.glob(pattern)]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


CHROMIUM = Need("Chromium", chromium, "chromium", ".venv/bin/playwright install chromium")
POSTGRES = Need("PostgreSQL", postgres, "postgresql", "your system's package of it, no running server is needed")
NGINX = Need("nginx", nginx, "nginx", "your system's package of it, no running server is needed")
ZBAR = Need("zbar", zbar, "libzbar0", "your system's package of the library")
TOOLS = Need("The set of npm packages", tools.folder, "", f"make test, where npm finds a registry (see {tools.LOG})")
NEEDS = (CHROMIUM, POSTGRES, NGINX, ZBAR, TOOLS)


def must_not_skip() -> bool:
    return os.environ.get("CI", "").lower() in {"true", "1"}


def missing() -> list[Need]:
    return [need for need in NEEDS if need.find() is None]


def install(needs: list[Need]) -> None:
    """As far as apt and npm go; what is still missing afterwards, is missing."""
    if TOOLS in needs:
        print("Installing npm packages for the tests (once, a minute) …", flush=True)
        tools.install()
    _install_packages([need for need in needs if need.package])


def _install_packages(needs: list[Need]) -> None:
    if not needs or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(f"Installing {', '.join(need.name for need in needs)} for the tests (apt, once) …", flush=True)
    with _no_service_started():
        if _apt("update") and not _apt("install", *(need.package for need in needs)):
            # One that cannot be had must not keep the others away.
            for need in needs:
                _apt("install", need.package)


@contextlib.contextmanager
def _no_service_started() -> Iterator[None]:
    """The tests start servers of their own; the machine shall have none it did not have before."""
    if SERVICE_POLICY.exists():
        yield
        return
    SERVICE_POLICY.write_text(DENY_ALL)
    SERVICE_POLICY.chmod(0o755)
    try:
        yield
    finally:
        SERVICE_POLICY.unlink()


def _apt(*arguments: str) -> bool:
    command = ["apt-get", "-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold", *arguments]
    with APT_LOG.open("ab") as log:
        try:
            answer = subprocess.run(
                command,
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=APT_TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
    return answer.returncode == 0


def loud(lines: Iterable[str]) -> str:
    return "\n".join(f"!!! {line}" for line in lines)


def main() -> int:
    if wanted := missing():
        install(wanted)
    left = missing()
    if not left:
        return 0
    lines = [need.lacking for need in left]
    if must_not_skip():
        print(loud([*lines, "With CI=true no test may be skipped, so none is run."]), file=sys.stderr)
        return 1
    print(loud([*lines, "The tests that need it are SKIPPED."]), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
