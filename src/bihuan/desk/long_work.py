"""My long work (我的后台任务): how far each piece is, cancel, result."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from bihuan.accounts.requests import actor_from, signed_in, to_sign_in, user_or_none
from bihuan.desk.files import NO_SCRIPT
from bihuan.desk.shell import address
from bihuan.jobs import folders
from bihuan.jobs.asking import cancel, jobs_of, own_job
from bihuan.jobs.kinds import kind_of
from bihuan.jobs.models import Job
from bihuan.jobs.running import RESULT_AGE
from bihuan.matters.moment import now
from bihuan.matters.reach import is_reach_of
from bihuan.matters.refusals import Refused
from bihuan.ui.words import moment

RELOAD_S = 2
TONES = {"waiting": "todo", "running": "doing", "done": "done", "failed": "late"}
CHANGED = "您的职责或可见范围在办理之后有变化，这份结果已不能下载，请重新办理。"
GONE = "结果已到期删除，需要时请重新办理。"
CANCELLING = "正在取消，办完手头的几行就停。"


@require_safe
@signed_in
def show_jobs(request: HttpRequest) -> HttpResponse:
    """One's own jobs, newest first."""
    jobs = list(jobs_of(actor_from(request)))
    context = {
        "page": {
            "title": "我的后台任务",
            "lead": f"大批的导入、导出和文书在后台办理，结果保留 {RESULT_AGE.days} 天。",
            "crumbs": [{"label": "我的后台任务"}],
        },
        "entries": [_entry(job) for job in jobs],
    }
    return render(request, "desk/jobs.html", context)


@require_safe
@signed_in
def show_job(request: HttpRequest, code: str) -> HttpResponse:
    """How far one job is, or what came of it; asks for itself again while it runs."""
    job = _own_or_404(request, code)
    context = {
        "page": {
            "title": job.title,
            "lead": f"{moment(job.asked_at)} 提交",
            "crumbs": [
                {"label": "我的后台任务", "url": address("desk:jobs")},
                {"label": kind_of(job.kind).label},
            ],
        },
        "job": _card(job),
        "back": address("desk:jobs"),
        "list_url": address("desk:list", job.asked.get("kind", "")),
    }
    return render(request, "desk/job.html", context)


@require_POST
@signed_in
def cancel_job(request: HttpRequest, code: str) -> HttpResponse:
    """Take an order back; what is over stays as it is."""
    job = _own_or_404(request, code)
    cancel(job, now=now())
    return redirect(address("desk:job", job.code))


@require_safe
def send_result(request: HttpRequest, code: str) -> HttpResponseBase:
    """The result, to the one who asked for it, as long as he may see what it tells."""
    if user_or_none(request) is None:
        return to_sign_in(request)
    job = _own_or_404(request, code)
    if not job.result_name:
        raise Http404("no result")
    by, kind = actor_from(request), kind_of(job.kind)
    try:
        kind.check(by, job.asked)
        if not is_reach_of(job.reach_mark, by=by):
            raise Refused(CHANGED)
        file = folders.result_path(job.code).open("rb")
    except Refused as refused:
        return _refused(request, job, refused)
    except FileNotFoundError:
        return _refused(request, job, Refused(GONE))
    response = FileResponse(file, as_attachment=True, filename=job.result_name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = NO_SCRIPT
    response["Cache-Control"] = "private, no-store"
    response.left_the_system = kind.log_as(job.asked)  # type: ignore[attr-defined]
    return response


def _own_or_404(request: HttpRequest, code: str) -> Job:
    job = own_job(code, by=actor_from(request))
    if job is None:
        raise Http404("no such job")
    return job


def _entry(job: Job) -> dict[str, Any]:
    """A job as a row of the list."""
    words = job.words if job.is_over else _counted(job)
    return {
        "title": job.title,
        "url": address("desk:job", job.code),
        "sub": f"{moment(job.asked_at)}　{words}",
        "chip": {"label": job.get_state_display(), "tone": TONES.get(job.state, "plain")},
        "links": [_result_link(job)] if job.result_name else [],
    }


def _card(job: Job) -> dict[str, Any]:
    """A job as the component draws it."""
    lines = list(job.lines)
    if job.is_over and job.state == Job.State.DONE and not job.result_name and _had_result(job):
        lines.append(GONE)
    return {
        "title": kind_of(job.kind).label,
        "state": job.state if job.is_over else "running",
        "words": job.words if job.is_over else _running_words(job),
        "fraction": _fraction(job),
        "cancel_url": "" if job.is_cancelled else address("desk:cancel_job", job.code),
        "lines": lines,
        "results": [_result_link(job)] if job.result_name else [],
        "reload_s": None if job.is_over else RELOAD_S,
    }


def _had_result(job: Job) -> bool:
    return kind_of(job.kind).log_as(job.asked) is not None


def _running_words(job: Job) -> str:
    if job.is_cancelled:
        return CANCELLING
    return f"{job.words}，{_counted(job)}" if job.words and job.total else _counted(job)


def _counted(job: Job) -> str:
    if job.state == Job.State.WAITING:
        return "在排队，前面的任务办完就开始。"
    if job.total is None:
        return job.words or "刚刚开始。"
    return f"已办 {job.done:,}，共 {job.total:,}。"


def _fraction(job: Job) -> float | None:
    """How much of the bar is full; none while it isn't known, so that the bar keeps its place."""
    if job.state == Job.State.DONE:
        return 1.0
    if job.total is None:
        return 0.0 if job.is_over or job.state == Job.State.WAITING else None
    return round(job.done / job.total, 3) if job.total else 1.0


def _result_link(job: Job) -> dict[str, str]:
    kind = kind_of(job.kind)
    return {
        "label": kind.result_label,
        "url": address("desk:job_result", job.code),
        "full": f"{kind.result_label}：{job.title}",
    }


def _refused(request: HttpRequest, job: Job, refused: Refused) -> HttpResponse:
    context = {
        "page": {
            "title": job.title,
            "crumbs": [
                {"label": "我的后台任务", "url": address("desk:jobs")},
                {"label": "下载结果"},
            ],
            "notices": [{"tone": "bad", "words": refused.sentence}],
        },
        "may": False,
        "back": address("desk:jobs"),
    }
    return render(request, "desk/job_ask.html", context, status=refused.status)
