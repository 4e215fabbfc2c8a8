"""Health and metrics: live, ready, and figures for Prometheus without personal data."""

from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from bihuan.matters.models import Heartbeat, Outbox, Timer
from bihuan.matters.moment import now

STALE = timedelta(minutes=5)
WAITING_MAX = 1000  # beyond it the figure stands still: the alarm has long gone off


def live(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def ready(_request: HttpRequest) -> JsonResponse:
    """Database and clock are there; 503 names what isn't."""
    lacking = _lacking(now())
    return JsonResponse({"ready": not lacking, "lacking": lacking}, status=503 if lacking else 200)


def metrics(_request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus."""
    registry = CollectorRegistry()
    moment = now()
    for name in ("clock", "worker"):
        beat = Heartbeat.objects.filter(name=name).first()
        age = (moment - beat.beat_at).total_seconds() if beat else -1
        Gauge(
            f"bihuan_{name}_age_seconds", f"age of the {name}'s last round", registry=registry
        ).set(age)
    waiting = Outbox.objects.filter(next_at__lte=moment)[:WAITING_MAX].count()
    Gauge("bihuan_outbox_waiting", "messages due to be sent", registry=registry).set(waiting)
    pending = Timer.objects.filter(next_at__lte=moment)[:WAITING_MAX].count()
    Gauge("bihuan_rungs_pending", "timers with a rung due", registry=registry).set(pending)
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4")


def _lacking(moment: datetime) -> list[str]:
    try:
        connection.ensure_connection()
        beat = Heartbeat.objects.filter(name="clock").first()
    except DatabaseError:
        return ["database"]
    if beat is None or moment - beat.beat_at > STALE:
        return ["clock"]
    return []


urlpatterns = [
    path("health/live", live, name="live"),
    path("health/ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
]
