"""Health and metrics: live, ready, and figures for Prometheus without personal data."""

import hmac

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from bihuan.accounts.plain_http import ON_THIS_MACHINE, host_of
from bihuan.config.condition import Condition, condition_of
from bihuan.config.intake import Intake
from bihuan.matters.moment import now

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip")
NOT_YOURS = "/metrics 只答本机，或带令牌的请求（见 BIHUAN_METRICS_TOKEN）。"


@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Database and clock are there; 503 names what isn't. Alarms are told and stop nothing."""
    try:
        connection.ensure_connection()
        found = condition_of(now()).alarms
    except (DatabaseError, InterfaceError):
        return _readiness(["database"], [])
    lacking = ["clock"] if "clock_stopped" in found else []
    return _readiness(lacking, sorted(found))


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for this machine or a holder of the token."""
    if not _may_read(request):
        return HttpResponse(NOT_YOURS, status=403, content_type="text/plain; charset=utf-8")
    text = generate_latest(_registry(condition_of(now())))
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _readiness(lacking: list[str], alarms: list[str]) -> JsonResponse:
    told = {"ready": not lacking, "lacking": lacking, "alarms": alarms}
    return JsonResponse(told, status=503 if lacking else 200)


def _may_read(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    stated = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(stated.encode(), f"Bearer {token}".encode()):
        return True
    # A proxy on this machine also comes from 127.0.0.1, but with its own headers or host name.
    is_forwarded = any(name in request.headers for name in FORWARDED)
    comes_from_here = request.META.get("REMOTE_ADDR") in ON_THIS_MACHINE
    return comes_from_here and not is_forwarded and host_of(request) in ON_THIS_MACHINE


def _registry(found: Condition) -> CollectorRegistry:
    registry = CollectorRegistry()
    newest_age = (found.at - found.newest_at).total_seconds() if found.newest_at else None
    for name, words, value in (
        ("clock_age_seconds", "age of the clock's last round, -1 for never", found.age_s("clock")),
        ("worker_age_seconds", "age of the worker's last round", found.age_s("worker")),
        ("outbox_waiting", "messages due to be sent", found.outbox_waiting),
        ("outbox_failed", "messages given up", found.outbox_failed),
        ("rungs_pending", "timers with a rung due", found.rungs_pending),
        ("database_bytes", "size of the database", found.database_bytes),
        ("disk_free_bytes", "free space beside the data folder", found.disk_free_bytes),
        ("newest_row_age_seconds", "age of the newest moment on file", newest_age),
        ("clock_behind_seconds", "how far the clock is behind that moment", found.behind_s),
        ("alarms", "alarms that stand", len(found.alarms)),
        *_intake_figures(found.intake),
    ):
        Gauge(f"bihuan_{name}", words, registry=registry).set(-1 if value is None else value)
    if found.offset_s is not None:
        told = Gauge("bihuan_clock_offset_seconds", "time source minus clock", registry=registry)
        told.set(found.offset_s)
    return registry


def _intake_figures(found: Intake | None) -> list[tuple[str, str, float | None]]:
    """None where readings were never taken in."""
    if found is None:
        return []
    return [
        ("ingest_age_seconds", "age of the last word of the ingest", found.age_s),
        ("ingest_commit_age_seconds", "age of the last commit of readings", found.committed_s),
        ("ingest_spool_bytes", "readings answered for, not yet committed", found.spool_bytes),
        ("ingest_set_aside_files", "files that couldn't be read", found.set_aside),
        ("ingest_disk_free_bytes", "free space beside the readings", found.disk_free_bytes),
    ]


urlpatterns = [
    path("health/live", live, name="live"),
    path("health/ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
]
