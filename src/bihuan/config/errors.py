"""Pages that end a request: not found, not allowed, misshapen, broken; each says what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_DESK = {"label": "回到工作台", "url": "/desk/", "tone": "primary"}
_HOME = {"label": "回到首页", "url": "/", "tone": "primary"}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - by name
    """400: too large, broken off, or not what a browser sends."""
    sentence = (
        "提交的内容过大、没有传完或格式不对，没有收下。请返回上一页，减少内容或附件后再提交。"
    )
    return _end(request, title="没有收下", sentence=sentence, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - by name
    """403 outside the forms, which tell their own reason."""
    sentence = "您不能进入这一页。需要办理请联系本单位的系统管理员。"
    return _end(request, title="您不能进入这一页", sentence=sentence, status=403)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - by name
    """403 when a form came without its token: nothing was done."""
    sentence = "页面停留过久或来自别处，这次提交没有办理。请返回上一页，刷新后再提交。"
    return _end(request, title="请刷新后再提交", sentence=sentence, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - by name
    """404: nothing there, or nothing that this person may know of."""
    sentence = "没有找到这一页，或者不在您的办理范围内。请核对地址，或从下面进入。"
    return _end(request, title="没有找到", sentence=sentence, status=404)


def method_not_allowed(request: HttpRequest, *, allowed: str) -> HttpResponse:
    """405: the address is known, but not this way of asking for it."""
    sentence = "这个地址不能这样打开，没有办理任何事。请从页面上的按钮或链接进入。"
    response = _end(request, title="不能这样打开", sentence=sentence, status=405)
    response.headers["Allow"] = allowed
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; what was sent isn't kept."""
    sentence = "系统出错，这次操作没有办理，已记录。请稍后再试，仍不行请联系系统管理员。"
    return _end(request, title="系统出错", sentence=sentence, status=500)


def _end(request: HttpRequest, *, title: str, sentence: str, status: int) -> HttpResponse:
    link = _DESK if request.path.startswith("/desk") else _HOME
    page = {"title": title, "sentence": sentence, "code": str(status), "links": [link]}
    response = render(request, "ui/error.html", {"page": page}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
