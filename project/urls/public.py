"""What the internet may ask for."""

from __future__ import annotations

from django.urls import path

from project import health
from queueing import views
from queueing.api import api

urlpatterns = [
    path("api/", api.urls),
    path("rooms/<slug:room>/passport", views.document),
    path("healthz", health.alive),
    path("readyz", health.ready),
]
handler404 = "project.health.not_found"
handler500 = "project.health.broken"
handler400 = "project.health.bad_request"
