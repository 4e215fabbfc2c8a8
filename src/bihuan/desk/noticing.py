"""My notices: what I was told of, newest first, and marking them read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk.shell import address
from bihuan.matters.identity import to_code
from bihuan.matters.models import Outbox
from bihuan.matters.moment import now
from bihuan.matters.reach import visible
from bihuan.ui.words import short_moment

NOTICES_PAGE = 50


@require_GET
@signed_in
def show_notices(request: HttpRequest) -> HttpResponse:
    """Notices of the signed-in person, a page at a time."""
    by = actor_from(request)
    after = request.GET.get("after", "")
    found = Outbox.objects.filter(user_id=by.user_id, channel="desk").order_by("-id")
    if after.isdecimal() and len(after) <= 18:
        found = found.filter(id__lt=int(after))
    rows = list(
        found.values("id", "text", "matter_id", "created_at", "read_at")[: NOTICES_PAGE + 1]
    )
    shown = rows[:NOTICES_PAGE]
    following = f"?after={shown[-1]['id']}" if len(rows) > NOTICES_PAGE else ""
    context = {
        "page": {"title": "我的提醒", "lead": "只写编号和事由，内容在事项里看。"},
        "entries": notice_entries(shown, by=by),
        "unread": [row["id"] for row in shown if row["read_at"] is None],
        "read_url": address("desk:read_notices"),
        "next_url": following,
    }
    return render(request, "desk/notices.html", context)


@require_POST
@signed_in
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark the notices that were on the page as read, and come back to it."""
    ids = [int(text) for text in request.POST.getlist("id") if text.isdecimal() and len(text) < 19]
    mark_read(ids, user_id=actor_from(request).user_id, now=now())
    return HttpResponseRedirect(address("desk:notices"), status=303)


def mark_read(ids: Sequence[int], *, user_id: int, now: datetime) -> int:
    """Mark a person's own notices as read; gives how many were unread."""
    mine = Outbox.objects.filter(pk__in=ids, user_id=user_id, channel="desk", read_at=None)
    return mine.update(read_at=now)


def notice_entries(rows: Sequence[Mapping[str, Any]], *, by: Actor) -> list[dict[str, Any]]:
    """Notices as rows of a list; what a person no longer sees has no link. One query."""
    about = {row["matter_id"] for row in rows if row["matter_id"]}
    seen = set(visible(by).filter(pk__in=about).values_list("pk", flat=True)) if about else set()
    return [_entry(row, is_seen=row["matter_id"] in seen) for row in rows]


def _entry(row: Mapping[str, Any], *, is_seen: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "title": row["text"],
        "sub": short_moment(row["created_at"]),
        "icon": "bell",
    }
    if is_seen:
        entry["url"] = address("desk:matter", to_code(row["matter_id"]))
    if row["read_at"] is None:
        entry["chip"] = {"label": "未读", "tone": "todo"}
    return entry
