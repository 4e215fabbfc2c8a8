"""Doing long work: lease, run, keep the result; what a killed process held is taken again."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from bihuan.accounts.actors import actor_of
from bihuan.accounts.models import User
from bihuan.database.turns import turn_to_write
from bihuan.jobs import folders
from bihuan.jobs.asking import UNFINISHED
from bihuan.jobs.holders import is_dead, new_holder
from bihuan.jobs.kinds import Ended, Work, kind_of
from bihuan.jobs.models import Job
from bihuan.jobs.progress import LEASE, Cancelled, Lost, Progress, Stopped
from bihuan.language.clock import SHANGHAI
from bihuan.matters.moment import now
from bihuan.matters.reach import reach_mark
from bihuan.matters.refusals import Refused

ATTEMPTS_MAX = 3  # a file that kills its reader is not tried for ever
RESULT_AGE = timedelta(days=3)
ROW_AGE = timedelta(days=30)
BROKEN = "系统在办理中出错，已记入运行日志，请联系系统管理员。"
KILLED = f"连续 {ATTEMPTS_MAX} 次没有办完就中断了，请联系系统管理员查看运行日志。"
NO_DISK = "服务器的磁盘写不下结果，请联系系统管理员。"
CANCELLED = "已按您的要求取消，没有留下结果。"
type Stop = Callable[[], bool]
log = logging.getLogger("bihuan.jobs")


def is_waiting(at: datetime) -> bool:
    """Whether something could be taken in hand."""
    return Job.objects.filter(_free(at)).exists()


def run_next(*, is_stopped: Stop | None = None) -> Job | None:
    """Take the oldest waiting job in hand and do it; None when nothing waits."""
    job = _lease(now())
    if job is not None:
        _run(job, is_stopped=is_stopped)
    return job


def forget_old(*, now: datetime) -> int:
    """Remove results after their days, rows after a month; returns how many results."""
    over = Job.objects.exclude(state__in=UNFINISHED)
    old = over.filter(ended_at__lte=now - RESULT_AGE).exclude(result_name="")
    codes = list(old.values_list("code", flat=True))
    for code in codes:
        folders.forget(code)
    with turn_to_write(), transaction.atomic():
        old.filter(code__in=codes).update(result_name="")
        over.filter(ended_at__lte=now - ROW_AGE).delete()
    for code in folders.strays(set(Job.objects.values_list("code", flat=True)), now=now):
        folders.forget(code)
    return len(codes)


def _free(at: datetime) -> Q:
    """Nobody's yet, or of a process that was killed or stands still for longer than its lease."""
    running = Job.objects.filter(state=Job.State.RUNNING).values_list("pk", "holder")
    left = [pk for pk, holder in running if is_dead(holder)]
    over = Q(state=Job.State.RUNNING, leased_until__lte=at)
    return Q(state=Job.State.WAITING) | over | Q(state=Job.State.RUNNING, pk__in=left)


def _lease(at: datetime) -> Job | None:
    with turn_to_write(), transaction.atomic():
        free = Job.objects.filter(_free(at)).order_by("asked_at", "id")
        if connection.vendor == "postgresql":
            free = free.select_for_update(skip_locked=True)
        job = free.first()
        if job is None:
            return None
        job.state, job.holder = Job.State.RUNNING, new_holder()
        job.attempts, job.leased_until = job.attempts + 1, at + LEASE
        job.save(update_fields=("state", "holder", "attempts", "leased_until"))
    return job


def _run(job: Job, *, is_stopped: Stop | None) -> None:
    if job.attempts > ATTEMPTS_MAX:
        _end(job, Job.State.FAILED, Ended(words=KILLED))
        return
    try:
        ended = _do(job, is_stopped=is_stopped)
        state = Job.State.CANCELLED if ended.is_cancelled else Job.State.DONE
        _end(job, state, ended)
    except Cancelled:
        _end(job, Job.State.CANCELLED, Ended(words=CANCELLED))
    except Stopped:
        _give_free(job)
    except Lost:
        log.warning("job_lost kind=%s", job.kind)
    except Refused as refused:
        _end(job, Job.State.FAILED, Ended(words=refused.sentence))
    except OSError as error:
        log.exception("job_failed kind=%s", job.kind)
        _end(job, Job.State.FAILED, Ended(words=NO_DISK if error.errno else BROKEN))
    except Exception:  # the edge of the process
        log.exception("job_failed kind=%s", job.kind)
        _end(job, Job.State.FAILED, Ended(words=BROKEN))
    finally:
        with suppress(OSError):
            folders.part_path(job.code, holder=job.holder).unlink(missing_ok=True)


def _do(job: Job, *, is_stopped: Stop | None) -> Ended:
    """Who asked is asked again: an account, a role or a reach may be gone since."""
    moment, kind = now(), kind_of(job.kind)
    user = User.objects.filter(pk=job.user_id, is_active=True).first()
    if user is None:
        raise Refused("账号已停用，任务没有办理。")
    by = actor_of(user, on=moment.astimezone(SHANGHAI).date())
    kind.check(by, job.asked)
    progress = Progress(job, is_stopped=is_stopped)
    folders.make_folder(job.code)
    mark = reach_mark(by)
    ended = kind.run(
        Work(
            asked=job.asked,
            kept=job.kept,
            by=by,
            now=moment,
            input_path=folders.input_path(job.code),
            result_path=folders.part_path(job.code, holder=job.holder),
            progress=progress,
        )
    )
    if ended.result_name:
        folders.keep_result(job.code, holder=job.holder)
    job.reach_mark = mark
    return ended


def _end(job: Job, state: str, ended: Ended) -> None:
    mine = Job.objects.filter(pk=job.pk, holder=job.holder, state=Job.State.RUNNING)
    with turn_to_write(), transaction.atomic():
        is_mine = mine.update(
            state=state,
            done=job.done,
            words=ended.words[:400],
            lines=list(ended.lines),
            result_name=ended.result_name[:160],
            reach_mark=job.reach_mark,
            leased_until=None,
            ended_at=now(),
        )
    if is_mine:
        folders.forget_input(job.code)


def _give_free(job: Job) -> None:
    """Nothing went wrong: it waits again, and no attempt is counted."""
    with turn_to_write(), transaction.atomic():
        mine = Job.objects.filter(pk=job.pk, holder=job.holder, state=Job.State.RUNNING)
        mine.update(state=Job.State.WAITING, leased_until=None, attempts=job.attempts - 1)
