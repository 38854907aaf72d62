"""Several commands of manage.py in one process: `python -m tests.pages.staff '[["rooms", "list"]]'`."""

import io
import json
import sys

import django
from django.core import management


def main() -> None:
    django.setup()
    for command in json.loads(sys.argv[1]):
        management.call_command(*command, stdout=io.StringIO())


if __name__ == "__main__":
    main()
