"""The document of the pages names each state, and says truly how it comes about."""

from __future__ import annotations

import re

from tests.contracts import documents
from tests.pages.states import STATES

KIND = re.compile(r"\(\*(\w+)\*\)")


def test_every_state_is_named_with_the_way_to_it() -> None:
    named = {}
    for row in documents.section("docs/pages.md", "The states").splitlines():
        if kind := KIND.search(row):
            named |= dict.fromkeys(documents.codes(row), kind[1])
    assert named == {state.name: state.made for state in STATES}
