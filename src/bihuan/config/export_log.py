"""Who took a list or table out of the system, written where the audit administrator reads it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from bihuan.accounts import audit
from bihuan.accounts.logs import all_logs
from bihuan.accounts.requests import actor_from, user_or_none
from bihuan.matters.declarations import catalog
from bihuan.matters.moment import now
from bihuan.monitoring.declarations import BOARDS
from bihuan.places.models import Region

ACTION = "export"
EXPORTS = (
    "desk:export",
    "desk:ledger_export",
    "monitoring:board_export",
    "desk:statistics_export",
    "reports:export",
    "accounts:log_export",
)


class ExportLog:
    """Stands after the sign-in; one line per file that really went out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then note an export."""
        response = self.get_response(request)
        match = request.resolver_match
        told = getattr(response, "left_the_system", None)  # the result of long work
        if told is None and match and match.view_name in EXPORTS:
            # Which conditions were set, not what was typed into them: a search may hold a name.
            asked = "、".join(sorted(key for key, value in request.GET.items() if value))
            told = _subject(match), asked
        if told is not None and response.status_code == 200:
            _note(request, *told)
        return response


def _note(request: HttpRequest, subject: str, asked: str) -> None:
    user = user_or_none(request)
    if user is None or request.method != "GET":
        return
    held = actor_from(request).held
    region = Region.objects.filter(pk=held[0].region_id).first() if held else None
    audit.record(
        ACTION,
        subject=subject,
        by=user,
        now=now(),
        user=user,
        region=region,
        after={"筛选项": asked},
    )


def _subject(match: ResolverMatch) -> str:
    key = match.kwargs.get("kind") or match.kwargs.get("key", "")
    form = match.kwargs.get("form", "xlsx")
    board = "统计" if match.view_name == "desk:statistics_export" else ""
    known = catalog()
    labels = {one.key: one.label for one in known.loops}
    labels |= {one.key: one.label for one in known.ledgers}
    labels |= {one.key: one.label for one in known.reports}
    labels |= {one.key: one.label for one in BOARDS}
    labels |= {one.key: f"记录：{one.label}" for one in all_logs()}
    return f"{labels.get(key, key)}{board}（{form}）"
