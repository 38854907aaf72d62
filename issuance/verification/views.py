"""The staff's page for verifying: valid or not, and why. What was brought is forgotten with the answer."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from issuance import errors
from issuance.verification import documents, forms, sources, trust, verdicts, wording

# Whoever may see what was issued may see whether something was.
PERMISSION = "issuance.view_passport"


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Behind admin.site.admin_view: it asks who is there and forbids to keep the answer. Raises PermissionDenied."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, forms.Document())
    form = forms.Document(request.POST, request.FILES)
    try:
        trusted = sources.configured()
    except errors.UnusableKeys as error:
        return _page(request, form, obstacle=str(error))
    if not form.is_valid():
        return _page(request, form)
    now = datetime.datetime.now(datetime.UTC)
    return _page(request, forms.Document(), [_answer(found, trusted, now) for found in form.found])


def _page(
    request: HttpRequest, form: forms.Document, answers: Sequence[dict[str, Any]] = (), obstacle: str = ""
) -> HttpResponse:
    context = {"title": "Verify a certificate", "form": form, "answers": answers, "obstacle": obstacle}
    return render(request, "issuance/verify.html", admin.site.each_context(request) | context)


def _answer(found: documents.Found, trusted: trust.Trust, now: datetime.datetime) -> dict[str, Any]:
    verdict = verdicts.judge(found.text, trusted, now)
    facts = wording.facts(verdict)
    if verdict.certificate:
        facts |= wording.person(verdict.certificate)
    return {"valid": verdict.valid, "page": found.page, "sentence": wording.sentence(verdict), "facts": facts}
