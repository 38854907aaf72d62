"""What staff may ask for, inside the DMZ."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from issuance import console
from issuance.verification import views

admin.site.site_header = admin.site.site_title = "Vestibule"
admin.site.index_title = "Waiting rooms"
admin.site.index_template = "issuance/index.html"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/verify/", admin.site.admin_view(views.verify), name="verify"),
    path("admin/workers/", admin.site.admin_view(console.workers), name="workers"),
    path("admin/", admin.site.urls),
]
