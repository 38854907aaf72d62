"""What the internet may ask for."""

from __future__ import annotations

from django.urls import path, re_path

from project import health
from queueing.api import api
from queueing.pages import logo, reading, views

urlpatterns = [
    path("api/", api.urls),
    path("", views.front),
    re_path(r"^rooms/(?P<room>[a-z0-9-]{1,40})/?$", views.room),
    path("rooms/<slug:room>/passport", reading.document),
    re_path(r"^rooms/(?P<room>[a-z0-9-]{1,40})/(?P<name>logo-[0-9a-f]{16}\.(?:svg|png))$", logo.logo),
    path("healthz", health.alive),
    path("readyz", health.ready),
]
handler404 = "project.health.not_found"
handler500 = "project.health.broken"
handler400 = "project.health.bad_request"
