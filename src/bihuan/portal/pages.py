"""The public shell's context, and responses that leave nothing behind on a shared device."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from bihuan.exchange.place import PortalPlace, portal_place
from bihuan.leads.tips import NotReadyError
from bihuan.matters.moment import now

type Answer = HttpResponse | StreamingHttpResponse
type View[**P] = Callable[Concatenate[HttpRequest, PortalPlace, P], Answer]
type Page = dict[str, Any]

MISSING = "地址可能抄错了，或者这一页已经没有了。请核对地址，或从下面进入。"
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


def missing(request: HttpRequest) -> HttpResponse | None:
    """The public page of an address that isn't there; None before a county is set up."""
    place = portal_place(now())
    if place is None:
        return None
    page = {"title": "没有这一页", "lead": MISSING}
    response = show(request, place, "missing", page, status=404)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


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
        ("", "lead.handover_days", "登记编号，交给负责查的部门"),
        ("登记后 ", "lead.publish_days", "公开问题清单，写明哪个矿、什么问题，来源写“群众举报”"),
        ("", "lead.objection_days", "部门签收；认为不该由它查的，在期限内提出"),
        ("", "lead.feedback_days", "查清情况、作出处理，单位主要负责人签字报告"),
        ("有进展后 ", "lead.publish_days", "公开查处进展"),
        ("办结后 ", "lead.result_publish_days", "公开办理结果"),
    )
    return [
        {"label": f"{since}{_within(place, key)}", "words": words} for since, key, words in steps
    ]


def told_to_the_public(place: PortalPlace) -> dict[str, str]:
    """What will be published of a tip-off and when, and what never is."""
    first, last = (_within(place, f"lead.{key}") for key in ("publish_days", "result_publish_days"))
    return {
        "shown": f"登记后{first}公开问题清单：哪个矿、什么问题、所在乡镇，来源写“群众举报”；"
        f"查处进展形成后{first}、办结后{last}再各公开一次。都由工作人员另写，不用您的原话。",
        "hidden": "您的姓名、电话、原话、照片、视频、录音，您在哪天提交，凭查询码补充的内容。",
    }


def _within(place: PortalPlace, key: str) -> str:
    value = place.value(key)
    return f"{value.amount} 日内" if value.is_set else "随后"
