"""Random histories: Hypothesis chooses the steps."""

from __future__ import annotations

from tests.queueing.model.crowd import Crowd
from tests.queueing.model.faults import Faults
from tests.queueing.model.service import Service


class Histories(Crowd, Service, Faults):
    """All steps there are."""
