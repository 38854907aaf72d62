"""Opens closed rooms whose time has come, once: what staff close again stays closed. Ushers ask every second."""

from __future__ import annotations

import logging

from django.utils import timezone

from queueing.staff import models
from queueing.staff.models import Room

log = logging.getLogger(__name__)


def opened_if_due(room: Room) -> Room:
    """The room as it stands now. Of several ushers one opens it: whoever finds it as it was read."""
    if not room.is_due(timezone.now()):
        return room
    as_read = Room.objects.filter(pk=room.pk, version=room.version)
    version = models.newer_than(room)
    if as_read.update(state="open", state_reason="", opens_at=None, version=version, changed_at=timezone.now()):
        log.info("room %s opens as planned", room.slug)
    return Room.objects.filter(pk=room.pk).first() or room
