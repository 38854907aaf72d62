"""What the operator reads once everything runs: where to go, whom to be, and what else there is."""

from __future__ import annotations

from project.local import prepare, stack, terminal

CROWD = 300


def lines(vestibule: stack.Stack) -> list[str]:
    place = vestibule.site
    password = place.folders.console_password.read_text().strip()
    return [
        f"Vestibule is ready:  {vestibule.address()}/",
        "",
        "Somebody to type in:",
        *_person(vestibule.person),
        "Others:   .venv/bin/python manage.py people",
        f"A crowd:  .venv/bin/python manage.py crowd --size {CROWD} --url {vestibule.address()}",
        "",
        f"Console:  {vestibule.address('console')}/   (log in as {prepare.ACCOUNT} with {password})",
        f"Logs:     {terminal.shortest(place.folders.logs)}/, one file a process; warnings come here too",
        "",
        "Ctrl-C stops everything.",
    ]


def _person(person: dict[str, str]) -> list[str]:
    """As the form asks for them."""
    labels = {
        "given_names": "given names",
        "family_name": "family name",
        "date_of_birth": "date of birth",
        "document_number": "document number",
    }
    return [f"    {label:<16} {person[name]}" for name, label in labels.items()]
