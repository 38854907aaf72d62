"""Every page in every state it can be in, in the order in which a person may meet them. docs/pages.md shows them."""

from tests.pages import asides, ends, entrance, line, plain
from tests.pages.state import State

STATES: tuple[State, ...] = (*entrance.STATES, *line.STATES, *ends.STATES, *plain.STATES, *asides.STATES)
BY_NAME = {state.name: state for state in STATES}
