"""What a room's colours make of a page, drawn for staff: light and dark side by side, as they stand in the form."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from queueing import colours, logos, palettes
from queueing.staff.models import Room

SCHEMES: tuple[palettes.Scheme, ...] = ("light", "dark")


def drawn(room: Room) -> SafeString:
    """With the usual colour in the place of one that is none."""
    cards = [_card(scheme, room) for scheme in SCHEMES]
    return render_to_string("staff/preview.html", {"cards": cards, "room": room})


def logo_shown(room: Room) -> SafeString:
    """On both papers, for it may be drawn for one of them only."""
    drawing = logos.shown(room.logo)
    papers = [_card(scheme, room)["raised"] for scheme in SCHEMES]
    return render_to_string("staff/logo.html", {"logo": drawing and room.logo, "papers": papers})


def _card(scheme: palettes.Scheme, room: Room) -> dict[str, str]:
    chosen = (shade if colours.is_colour(shade) else "" for shade in room.settings().colours(scheme))
    palette = palettes.derive(scheme, *chosen)
    return {name.replace("-", "_"): shade for name, shade in palette.items()} | {"scheme": scheme}
