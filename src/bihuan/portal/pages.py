"""The public shell's context, and responses that leave nothing behind on a shared device."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from bihuan.leads.tips import NotReadyError
from bihuan.matters.moment import now
from bihuan.portal.place import PortalPlace, portal_place

type Answer = HttpResponse | StreamingHttpResponse
type View[**P] = Callable[Concatenate[HttpRequest, PortalPlace, P], Answer]
type Page = dict[str, Any]

LEAVE = "portal:published"  # read by anybody at any time, and needs no other host
TABS = (
    ("我要举报", "portal:tip_off"),
    ("查询办理", "portal:receipt"),
    ("公开结果", "portal:published"),
)
STATEMENTS = (("隐私说明", "portal:privacy"), ("无障碍说明", "portal:accessibility"))


def placed[**P](view: View[P]) -> Callable[Concatenate[HttpRequest, P], Answer]:
    """Give the view the county it speaks for; before one is set up every page says so."""

    @wraps(view)
    def served(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        place = portal_place(now())
        if place is None:
            page = {"title": "网上举报尚未开通", "sentence": "本系统还没有设置受理单位。"}
            return render(request, "ui/error.html", {"page": page}, status=503)
        response = view(request, place, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return served


def show(
    request: HttpRequest,
    place: PortalPlace,
    template: str,
    page: Page,
    *,
    tab: str = "",
    leaves: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Render a public page in its shell."""
    portal = {
        "unit": place.bureau,
        "home_url": reverse("portal:home"),
        "tabs": [
            {"label": label, "url": reverse(name), "current": name == tab} for label, name in TABS
        ],
        "hotline": place.hotline,
        "office": place.office,
        "links": [{"label": label, "url": reverse(name)} for label, name in STATEMENTS],
        "leave_url": reverse(LEAVE) if leaves else "",
    }
    context = {"page": page, "portal": portal}
    return render(request, f"portal/{template}.html", context, status=status)


def not_ready(request: HttpRequest, place: PortalPlace) -> HttpResponse:
    """Nobody holds a key yet: say where to turn instead of storing anything in clear."""
    page = {
        "title": "网上举报暂时不能提交",
        "sentence": NotReadyError().sentence,
        "channels": place.channels(),
    }
    return show(request, place, "not_ready", page, tab="portal:tip_off", status=503)


def afterwards(place: PortalPlace) -> list[dict[str, str]]:
    """What happens after a tip-off, with the days of the packs in force."""
    steps = (
        ("lead.handover_days", "编号登记，交办到承办单位"),
        ("lead.objection_days", "承办单位签收，有异议即时研究"),
        ("lead.feedback_days", "核查办理，主要负责人签字反馈"),
        ("lead.result_publish_days", "隐去个人信息，公开办理结果"),
    )
    path = []
    for key, words in steps:
        value = place.value(key)
        label = f"{value.amount} 日内" if value.is_set else "随后"
        is_last = key == "lead.result_publish_days"
        path.append({"label": f"办结后 {label}" if is_last else label, "words": words})
    return path
