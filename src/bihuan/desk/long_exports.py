"""Exports of long lists: asked for here, written by the worker."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk import filtering
from bihuan.desk.exporting import MIMES, export_name, found_by, write_export
from bihuan.desk.lists import loop_or_404
from bihuan.desk.shell import address, count_words, working_kinds
from bihuan.jobs.asking import ask
from bihuan.jobs.kinds import Ended, JobKind, Work
from bihuan.language.loop import Loop
from bihuan.matters.declarations import catalog
from bihuan.matters.inbox import capped_count
from bihuan.matters.moment import now
from bihuan.matters.refusals import Refused

KEY = "export"
FORMS = {"xlsx": "Excel 工作簿", "csv": "CSV 文本"}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ask_export(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """How long the list is, and the button that puts its export in the queue."""
    by = actor_from(request)
    loop = loop_or_404(kind, by=by)
    if form not in MIMES:
        raise Http404(f"no export as {form!r}")
    asked = filtering.asked_of(request.GET.dict(), loop=loop)
    if request.method != "POST":
        count = capped_count(found_by(asked, by=by, loop=loop, at=now()))[0]
        words = f"共 {count_words(count)} 件，写成{FORMS[form]}要一会儿，由后台办理。"
        return ask_page(
            request, loop, title=f"导出{loop.label}台账", words=words, query=asked.url()
        )
    order = {"kind": loop.key, "form": form, "query": dict(asked.params)}
    try:
        job = ask(KEY, order, title=f"导出{loop.label}台账（{FORMS[form]}）", by=by, now=now())
    except Refused as refused:
        return ask_page(
            request, loop, title=f"导出{loop.label}台账", query=asked.url(), refusal=refused
        )
    return redirect(address("desk:job", job.code))


def ask_page(
    request: HttpRequest,
    loop: Loop,
    *,
    title: str,
    query: str,
    words: str = "",
    refusal: Refused | None = None,
) -> HttpResponse:
    """The page that tells what will be done; one button."""
    list_url = address("desk:list", loop.key)
    context = {
        "page": {
            "title": title,
            "lead": words,
            "crumbs": [{"label": f"{loop.label}台账", "url": list_url}, {"label": title}],
            "notices": [{"tone": "bad", "words": refusal.sentence}] if refusal else [],
        },
        "may": refusal is None,
        "back": list_url + query,
        "jobs_url": address("desk:jobs"),
    }
    is_refused = refusal is not None and request.method == "POST"
    status = refusal.status if refusal and is_refused else 200
    return render(request, "desk/job_ask.html", context, status=status)


def loop_at(by: Actor, asked: Mapping[str, Any]) -> Loop:
    """The loop of an order, as long as the actor works in it; Refused otherwise."""
    loop = next((one for one in catalog().loops if one.key == asked["kind"]), None)
    if loop is None or loop not in working_kinds(by):
        raise Refused("您的职责已不包括这类事项，任务没有办理。")
    return loop


def _check(by: Actor, asked: Mapping[str, Any]) -> None:
    loop_at(by, asked)


def _run(work: Work) -> Ended:
    loop, form = loop_at(work.by, work.asked), work.asked["form"]
    asked = filtering.asked_of(work.asked["query"], loop=loop)
    found = found_by(asked, by=work.by, loop=loop, at=work.now)
    work.progress(0, total=found.order_by().count(), words="正在写出各行")
    written = write_export(
        work.result_path,
        asked,
        by=work.by,
        loop=loop,
        at=work.now,
        form=form,
        on_progress=work.progress,
    )
    name = export_name(loop, at=work.now, form=form)
    return Ended(words=f"共 {written:,} 行。", result_name=name)


def filters_set(asked: Mapping[str, Any]) -> str:
    """Which conditions were set, not what was typed into them: a search may hold a name."""
    return "、".join(sorted(asked.get("query", {})))


def _log_as(asked: Mapping[str, Any]) -> tuple[str, str]:
    return f"{catalog().loop(asked['kind']).label}（{asked['form']}）", filters_set(asked)


EXPORT = JobKind(key=KEY, label="导出台账", run=_run, check=_check, log_as=_log_as)
