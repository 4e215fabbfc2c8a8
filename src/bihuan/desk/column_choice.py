"""The page on which somebody chooses which columns a list shows, and in which order."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk import columns
from bihuan.desk.filtering import Asked, asked_of
from bihuan.desk.lists import loop_or_404
from bihuan.desk.models import UsualColumns
from bihuan.desk.shell import address
from bihuan.desk.views_kept import with_usual_columns
from bihuan.language.loop import Loop
from bihuan.matters.moment import now

MOVES = {"up": -1, "down": 1}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def choose_columns(request: HttpRequest, kind: str) -> HttpResponse:
    """Tick columns, move them up and down, then use them once or from now on."""
    by = actor_from(request)
    loop = loop_or_404(kind, by=by)
    query = request.POST.get("query") or request.GET.urlencode()
    asked = asked_of(QueryDict(query.removeprefix("?")).dict(), loop=loop)
    if request.method != "POST":
        used = with_usual_columns(asked, by=by, loop=loop)
        shown = [column.key for column in columns.chosen(used, loop=loop)]
        return _page(request, loop, asked=asked, order=_ordered(shown, loop=loop), shown=shown)
    order = _ordered(request.POST.getlist("order"), loop=loop)
    shown = [key for key in order if key in {*request.POST.getlist("show"), order[0]}]
    if any(name in request.POST for name in MOVES):
        return _page(request, loop, asked=asked, order=_moved(request, order), shown=shown)
    mine = UsualColumns.objects.filter(user_id=by.user_id, kind=loop.key)
    chosen = ",".join(shown)
    if "forget" in request.POST:
        mine.delete()
        chosen = ""
    elif "keep" in request.POST:
        values = {"keys": chosen, "kept_at": now()}
        UsualColumns.objects.update_or_create(user_id=by.user_id, kind=loop.key, defaults=values)
        chosen = ""
    return HttpResponseRedirect(address("desk:list", loop.key) + asked.url(cols=chosen), status=303)


def _ordered(keys: Sequence[str], *, loop: Loop) -> list[str]:
    """Every column of the list once: the named ones in their order, then the others."""
    known = [column.key for column in columns.available(loop)]
    named = [key for key in dict.fromkeys(keys) if key in known[1:]]
    return [known[0], *named, *(key for key in known[1:] if key not in named)]


def _moved(request: HttpRequest, order: list[str]) -> list[str]:
    """One column changes places with the one above or below; the matter itself stays first."""
    move = next(name for name in MOVES if name in request.POST)
    key = request.POST[move]
    here = order.index(key) if key in order else 0
    there = here + MOVES[move]
    if here and 0 < there < len(order):
        order[here], order[there] = order[there], order[here]
    return order


def _page(
    request: HttpRequest, loop: Loop, *, asked: Asked, order: list[str], shown: list[str]
) -> HttpResponse:
    there = address("desk:list", loop.key)
    labels = {column.key: column.label for column in columns.available(loop)}
    phone = {column.key for column in columns.available(loop) if column.phone == "hide"}
    last = len(order) - 1
    entries: list[dict[str, Any]] = [
        {
            "key": key,
            "label": labels[key],
            "sub": "手机上不显示" if key in phone else "",
            "is_in": key in shown,
            "is_fixed": place == 0,
            "up": place > 1,
            "down": 0 < place < last,
        }
        for place, key in enumerate(order)
    ]
    context = {
        "page": {
            "title": f"{loop.label}台账的列",
            "lead": "勾选要显示的列，用上移、下移排序。存为常用列，以后打开都这样，只对自己有效。",
            "crumbs": [{"label": f"{loop.label}台账", "url": there}, {"label": "选择列"}],
        },
        "query": asked.url(),
        "entries": entries,
        "back": there + asked.url(),
    }
    return render(request, "desk/columns.html", context)
