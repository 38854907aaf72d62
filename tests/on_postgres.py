"""The tests of the database once more, with PostgreSQL where the first round has SQLite. `make test` runs this second.

python -m tests.on_postgres [what else pytest is to be told]
"""

import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

from project.local import folders, watchdog
from tests import prepare, servers

# One process: they are short, and starting a second one would take as long as half of them.
COMMAND = (sys.executable, "-m", "pytest", "-q", "-m", "django_db", "--durations=0", "--durations-min=5")


def main(arguments: Sequence[str]) -> int:
    """What pytest answers; that nothing was found to be run is an answer only to whoever picked some."""
    binaries = prepare.POSTGRES.find()
    if binaries is None:
        print(prepare.loud(["PostgreSQL is missing: its round of the tests is SKIPPED."]), file=sys.stderr)
        return int(prepare.must_not_skip())
    print("The tests of the database once more, with PostgreSQL …", flush=True)
    guard = watchdog.Watchdog()
    try:
        with servers.running_postgres(guard, binaries) as address:
            environment = os.environ | {"DATABASE_URL": address}
            code = subprocess.run([*COMMAND, *arguments], cwd=folders.ROOT, env=environment, check=False).returncode
    finally:
        guard.close()
    return 0 if arguments and code == pytest.ExitCode.NO_TESTS_COLLECTED else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
