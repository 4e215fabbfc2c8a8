"""Import of matters from a user's table: template, upload, result, and the errors given back.

A short table is imported at once; a long one is work for the worker (`long_imports.py`).
"""

from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk.choices import options_at
from bihuan.desk.files import no_script
from bihuan.desk.forms import region_of
from bihuan.desk.import_rows import (
    Form,
    Outcome,
    digest_of,
    import_rows,
    repeated_words,
    template_of,
)
from bihuan.desk.long_imports import ask_import
from bihuan.desk.opening import openable_or_404
from bihuan.desk.shell import address
from bihuan.documents.error_workbooks import annotate_errors
from bihuan.documents.grids import Unreadable
from bihuan.documents.tables import ROWS_MAX
from bihuan.jobs.models import Job
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field
from bihuan.matters import files
from bihuan.matters.moment import now
from bihuan.matters.permission import why_not
from bihuan.matters.refusals import Incomplete, NotYours, Refused

AT_ONCE_MAX = 200  # rows that a page's answer may wait for
AT_ONCE_BYTES_MAX = 64 * 1024  # a larger file isn't even read while a page waits
SALT = "bihuan.desk.import"
ERRORS_AGE_S = 24 * 3600
SHOWN_ERRORS = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def import_form(request: HttpRequest, kind: str) -> HttpResponse:
    """Upload a table; rows that are right are opened, the others come back in the user's file."""
    form = Form(openable_or_404(kind))
    by = actor_from(request)
    if not set(form.loop.open_by) & by.roles:
        words = f"登记{form.loop.label}须由{why_not(form.loop.open_by)}办理。"
        return _page(request, form, refusal=NotYours(words))
    if request.method != "POST":
        return _page(request, form)
    try:
        done = _imported(request, form)
        if isinstance(done, Job):
            return redirect(address("desk:job", done.code))
        return _page(request, form, result=done)
    except Refused as refused:
        return _page(request, form, refusal=refused)


@require_safe
@signed_in
def send_template(request: HttpRequest, kind: str) -> HttpResponse:
    """The empty table to be filled in."""
    form = Form(openable_or_404(kind))
    region = region_of(actor_from(request), roles=form.loop.open_by)
    on = now().astimezone(SHANGHAI).date()
    path = region.path_ids if region.pk else ()

    def options(asked: Field) -> list[str]:
        return [one.label for one in options_at(asked, region_path=path, on=on)]

    data = template_of(form, options=options)
    return no_script(data, name=f"{form.loop.label}导入模板.xlsx", mime=XLSX)


@require_safe
@signed_in
def send_errors(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """The user's own table with the errors written in; only to the one who uploaded it."""
    try:
        told = signing.loads(token, salt=SALT, max_age=ERRORS_AGE_S)
    except signing.BadSignature as bad:
        raise Http404("no such errors") from bad
    if told["user"] != actor_from(request).user_id or told["kind"] != kind:
        raise Http404("no such errors")
    name = f"{str(told['name']).rpartition('.')[0] or '导入'}-请更正.xlsx"
    return no_script(files.read(told["digest"]), name=name, mime=XLSX)


def _imported(request: HttpRequest, form: Form) -> dict[str, Any] | Job:
    """What came of the table, or the job that it became."""
    sent = request.FILES.get("file")
    if sent is None:
        sentence = "请先选择填好的表格，再上传。"
        raise Incomplete(sentence, fields={"file": sentence})
    data, name = sent.read(), sent.name or "表格"
    by = actor_from(request)
    if len(data) > AT_ONCE_BYTES_MAX:
        return ask_import(form.loop, data, name=name, by=by)
    region = region_of(by, roles=form.loop.open_by)
    try:
        rows = list(form.rows(data, name=name, rows_max=ROWS_MAX))
        if len(rows) > AT_ONCE_MAX:
            return ask_import(form.loop, data, name=name, by=by)
        outcome = import_rows(
            form, iter(rows), digest=digest_of(data), by=by, region=region, now=now()
        )
        url = _errors_url(form, outcome, data=data, name=name, user_id=by.user_id)
    except Unreadable as unreadable:
        sentence = str(unreadable)
        raise Incomplete(sentence, fields={"file": sentence}) from unreadable
    return {
        "opened": outcome.opened,
        "skipped": outcome.skipped + len(outcome.repeated),
        "repeated": repeated_words(outcome),
        "wrong": len(outcome.errors),
        "url": url,
        "lines": _lines(outcome),
    }


def _errors_url(form: Form, outcome: Outcome, *, data: bytes, name: str, user_id: int) -> str:
    if not outcome.errors or not files.has_room_for(2 * len(data)):
        return ""  # the faults stand on the page all the same
    marked = annotate_errors(
        data, name=name, labels=form.labels, errors=outcome.errors, done=outcome.done
    )
    told = {"digest": files.keep(marked), "user": user_id, "kind": form.loop.key, "name": name}
    token = signing.dumps(told, salt=SALT)
    return reverse("desk:import_errors", args=(form.loop.key, token))


def _lines(outcome: Outcome) -> list[dict[str, str]]:
    return [
        {"title": f"第 {number} 行", "sub": "；".join(faults.values()), "icon": "warning"}
        for number, faults in list(outcome.errors.items())[:SHOWN_ERRORS]
    ]


def _page(
    request: HttpRequest,
    form: Form,
    *,
    result: dict[str, Any] | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    loop = form.loop
    sentence = refusal.fields.get("file", "") if refusal else ""
    is_refused = refusal is not None and not refusal.fields
    context = {
        "page": {
            "title": f"导入{loop.label}",
            "lead": "一行一件。有错的行不会登记，原表连同错误说明一并退回。",
            "crumbs": [
                {"label": f"{loop.label}台账", "url": address("desk:list", loop.key)},
                {"label": "导入"},
            ],
            "notices": [{"tone": "bad", "words": refusal.sentence}]
            if refusal and is_refused
            else [],
        },
        "may": not is_refused,
        "error": sentence,
        "errors": [{"name": "file", "label": "表格", "sentence": sentence}] if sentence else [],
        "result": result,
        "template_url": reverse("desk:import_template", args=(loop.key,)),
        "back": address("desk:list", loop.key),
        "labels": [f"{a.label}{'（必填）' if a.required else ''}" for a in form.fields],
        "rows_max": f"{ROWS_MAX:,}",
        "at_once_max": AT_ONCE_MAX,
    }
    status = refusal.status if refusal else 422 if result and result["wrong"] else 200
    return render(request, "desk/import.html", context, status=status)
