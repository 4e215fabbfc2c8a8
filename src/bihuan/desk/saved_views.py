"""The page on which somebody names a view of a list, and gives others up."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk import filtering
from bihuan.desk.filtering import Asked
from bihuan.desk.lists import loop_or_404
from bihuan.desk.models import SavedView
from bihuan.desk.shell import address
from bihuan.desk.views_kept import views_of
from bihuan.language.loop import Loop
from bihuan.matters.moment import now
from bihuan.ui.faults import summary

NAME_MAX = 20
VIEWS_MAX = 30  # of one person and kind: more than a menu holds


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def show_views(request: HttpRequest, kind: str) -> HttpResponse:
    """Name the view that the list stood in, and the views kept so far."""
    by = actor_from(request)
    loop = loop_or_404(kind, by=by)
    asked = _of_query(request.POST.get("query") or request.GET.urlencode(), loop=loop)
    name = request.POST.get("name", "").strip()
    fault = ""
    if request.method == "POST":
        fault = _fault(name, by=by, loop=loop)
        if not fault:
            SavedView.objects.update_or_create(
                user_id=by.user_id,
                kind=loop.key,
                name=name,
                defaults={"query": asked.url(), "kept_at": now()},
            )
            return HttpResponseRedirect(address("desk:list", loop.key) + asked.url(), status=303)
    return _page(request, loop, asked=asked, name=name, fault=fault)


@require_POST
@signed_in
def drop_view(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Give up a view of one's own."""
    by = actor_from(request)
    loop = loop_or_404(kind, by=by)
    mine = SavedView.objects.filter(pk=number, user_id=by.user_id, kind=loop.key)
    if not mine.exists():
        raise Http404(f"no view {number!r}")
    mine.delete()
    return HttpResponseRedirect(address("desk:views", loop.key), status=303)


def _of_query(text: str, *, loop: Loop) -> Asked:
    """What a query string asks of this list; the page that was turned to isn't part of a view."""
    asked = filtering.asked_of(QueryDict(text.removeprefix("?")).dict(), loop=loop)
    return Asked({key: value for key, value in asked.params.items() if key != "after"})


def _fault(name: str, *, by: Actor, loop: Loop) -> str:
    if not name:
        return "请给这个视图起个名称，例如“北石镇逾期”"
    if len(name) > NAME_MAX:
        return f"名称最多 {NAME_MAX} 字，现有 {len(name)} 字"
    if "\0" in name or not name.isprintable():
        return "名称含有无法保存的字符，请删去后再保存"
    names = {known for _number, known, _query in views_of(by.user_id, loop.key)}
    if name not in names and len(names) >= VIEWS_MAX:
        return f"已有 {VIEWS_MAX} 个视图，请先删去不用的"
    return ""


def _page(request: HttpRequest, loop: Loop, *, asked: Asked, name: str, fault: str) -> HttpResponse:
    by, there = actor_from(request), address("desk:list", loop.key)
    faults = {"name": fault} if fault else {}
    context = {
        "page": {
            "title": f"{loop.label}台账的常用视图",
            "lead": "筛选条件、列和排序一起保存，只有自己能看到；同名的以新的为准。",
            "crumbs": [{"label": f"{loop.label}台账", "url": there}, {"label": "常用视图"}],
        },
        "errors": summary(faults, labels={"name": "名称"}, typed={"name": name}),
        "name": {
            "name": "name",
            "label": "名称",
            "kind": "text",
            "required": True,
            "maxlength": NAME_MAX,
            "value": name,
            "error": fault,
            "hint": "把刚才台账上的条件、列和排序保存为一个视图",
        },
        "query": asked.url(),
        "back": there + asked.url(),
        "views": [
            {
                "name": known,
                "url": there + query,
                "drop_url": address("desk:drop_view", loop.key, number),
            }
            for number, known, query in views_of(by.user_id, loop.key)
        ],
    }
    return render(request, "desk/views.html", context, status=422 if fault else 200)
