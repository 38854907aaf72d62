"""The staff's page of the workers: how many the contract calls for, and what those at work reach."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from issuance import sizing
from queueing import store


@require_safe
def workers(request: HttpRequest) -> HttpResponse:
    """Behind admin.site.admin_view. Numbers of machines, so whoever may log in may see them."""
    context = admin.site.each_context(request) | {"title": "Workers"} | _figures()
    return render(request, "issuance/workers.html", context)


def _figures() -> dict[str, Any]:
    try:
        with store.connect(settings.REDIS_URL) as client:
            now = sizing.crew(client)
    except (RedisError, OSError):
        return {"obstacle": "Redis does not answer."}
    contract_per_s = now.contract_per_s or settings.REGISTRY_RATE_PER_S
    if not now.visits:
        return {"now": now, "obstacle": "Nobody was served lately, so there is nothing to reckon with yet."}
    advice = sizing.advise(contract_per_s, now.costs, now.threads)
    costs_ms = {stage: round(getattr(now.costs, f"{stage}_s") * 1_000) for stage in sizing.MEASURED}
    return {
        "now": now,
        "contract_per_s": contract_per_s,
        "costs_ms": costs_ms,
        "advice": advice,
        "threads_a_process": sizing.THREADS_A_PROCESS,
    }
