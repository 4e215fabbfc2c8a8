"""Imports of long tables: uploaded at the desk, opened row by row by the worker.

A cancelled import keeps the rows that it has registered, as does one that a killed process broke
off: a matter that has a number can't be made undone, and the same file goes on where it stopped.
"""

from collections.abc import Mapping
from typing import Any

from bihuan.accounts.actors import Actor
from bihuan.desk.forms import region_of
from bihuan.desk.import_rows import (
    Form,
    Outcome,
    Row,
    digest_of,
    import_rows,
    repeated_words,
    rows_on_file,
)
from bihuan.documents.error_workbooks import annotate_errors
from bihuan.documents.grids import Unreadable
from bihuan.documents.tables import ROWS_MAX
from bihuan.jobs.asking import ask
from bihuan.jobs.kinds import Ended, JobKind, Work
from bihuan.jobs.models import Job
from bihuan.jobs.progress import Cancelled
from bihuan.language.loop import Loop
from bihuan.matters.declarations import catalog
from bihuan.matters.moment import now
from bihuan.matters.refusals import NotYours, Refused
from bihuan.places.models import Region

KEY = "import"
SHOWN_ERRORS = 20


def ask_import(loop: Loop, data: bytes, *, name: str, by: Actor) -> Job:
    """Put an uploaded table in the queue."""
    region = region_of(by, roles=loop.open_by)
    order = {"kind": loop.key, "name": name[-100:], "region": region.pk}
    return ask(KEY, order, title=f"导入{loop.label}：{name[-80:]}", by=by, now=now(), data=data)


def _check(by: Actor, asked: Mapping[str, Any]) -> None:
    loop = next((one for one in catalog().loops if one.key == asked["kind"]), None)
    if loop is None or not set(loop.open_by) & by.roles:
        raise NotYours("您的职责已不包括登记这类事项，任务没有办理。")
    if region_of(by, roles=loop.open_by).pk != asked["region"]:
        raise NotYours("您的辖区已有变化，任务没有办理，请重新上传。")


def _run(work: Work) -> Ended:
    form, name = Form(catalog().loop(work.asked["kind"])), work.asked["name"]
    try:
        data = work.input_path.read_bytes()
    except FileNotFoundError as gone:  # a backup holds no files of jobs
        raise Refused("上传的文件已不在服务器上，请重新上传。") from gone
    region = Region.objects.get(pk=work.asked["region"])
    outcome, digest = Outcome(), digest_of(data)
    is_cancelled, rows = False, list[Row]()
    try:
        work.progress(0, words="正在读取表格")
        rows = list(form.rows(data, name=name, rows_max=ROWS_MAX))
        before = work.kept.get("before")
        if before is None:  # a later attempt has to tell its own rows from those of other days
            before = sorted(rows_on_file(form, digest=digest, region=region))
            work.progress.keep(before=before)
        work.progress(0, total=len(rows), words="正在逐行登记")
        import_rows(
            form,
            iter(rows),
            digest=digest,
            by=work.by,
            region=region,
            now=work.now,
            on_progress=work.progress,
            outcome=outcome,
        )
        _settle(outcome, before=set(before))
        if outcome.errors:
            work.progress(len(rows), words="正在写退回的表格")
    except Unreadable as unreadable:
        raise Refused(str(unreadable)) from unreadable
    except Cancelled:
        is_cancelled = True
        _settle(outcome, before=set(work.kept.get("before") or ()))
    return _ended(work, form, outcome, data=data, left=len(rows), is_cancelled=is_cancelled)


def _settle(outcome: Outcome, *, before: set[int]) -> None:
    """Rows that an earlier attempt of this very job registered are its own, not repeated."""
    own = [number for number in outcome.repeated if number not in before]
    outcome.repeated = [number for number in outcome.repeated if number in before]
    outcome.opened += len(own)


def _ended(
    work: Work, form: Form, outcome: Outcome, *, data: bytes, left: int, is_cancelled: bool
) -> Ended:
    left -= len(outcome.done) + len(outcome.errors)
    result_name = ""
    if outcome.errors or (is_cancelled and outcome.done):
        name = work.asked["name"]
        marked = annotate_errors(
            data, name=name, labels=form.labels, errors=outcome.errors, done=outcome.done
        )
        work.result_path.write_bytes(marked)
        result_name = f"{name.rpartition('.')[0] or '导入'}-请更正.xlsx"
    errors = list(outcome.errors.items())[:SHOWN_ERRORS]
    lines = [repeated_words(outcome)] if outcome.repeated else []
    lines += [f"第 {number} 行：{'；'.join(faults.values())}" for number, faults in errors]
    if len(outcome.errors) > SHOWN_ERRORS:
        lines.append(f"另有 {len(outcome.errors) - SHOWN_ERRORS} 行，见退回的表格。")
    return Ended(
        words=_words(outcome, left=left, is_cancelled=is_cancelled),
        lines=tuple(lines),
        result_name=result_name,
        is_cancelled=is_cancelled,
    )


def _words(outcome: Outcome, *, left: int, is_cancelled: bool) -> str:
    skipped = outcome.skipped + len(outcome.repeated)
    parts = [f"登记 {outcome.opened:,} 件"]
    parts += [f"跳过已登记的 {skipped:,} 行"] if skipped else []
    parts += [f"退回 {len(outcome.errors):,} 行"] if outcome.errors else []
    told = "，".join(parts)
    if not is_cancelled:
        return f"{told}。"
    return (
        f"{told}，已登记的留在台账中，其余 {left:,} 行没有登记。"
        "同一个文件再上传一次，会从没有登记的行继续。"
    )


IMPORT = JobKind(key=KEY, label="导入事项", run=_run, check=_check, result_label="下载退回的表格")
