"""Water-exploration drilling: film of every job, and design, ledger and film compared."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final

from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard
from bihuan.language.parameter import Option
from bihuan.language.words import Finding, Ledger, Watch
from bihuan.matters.models import Record
from bihuan.matters.records import RecordCase, valid_on
from bihuan.monitoring.boards import (
    Board,
    Cell,
    Chip,
    Figure,
    Head,
    Row,
    Scope,
    Shown,
    record_link,
    register_link,
    site_of,
)
from bihuan.monitoring.equipment import spans
from bihuan.monitoring.equipment.recordings import RECORDING, film_of
from bihuan.monitoring.equipment.wording import figure_text, moment_of, moment_words, number_of
from bihuan.regulations.values import value_of

JOB: Final = "drill_job"
SERIES: Final = (("design", "设计"), ("ledger", "台账"), ("video", "视频"))
QUANTITIES: Final = (
    ("holes", "孔数", "个", "drilling.count_tolerance"),
    ("depth", "孔深", "m", "drilling.depth_tolerance_m"),
)


def number_is_new(case: RecordCase) -> bool:
    """Film is found by the job's number, so a mine has it once."""
    same = valid_on(case.today).filter(
        ledger=JOB, site_id=case.answers.get("site") or 0, facts__number=case.answers.get("number")
    )
    return not same.exclude(pk=case.record.pk).exists()


def moments_are_in_order(case: RecordCase) -> bool:
    """The end isn't before the start."""
    first, last = case.answers.get("started_at"), case.answers.get("ended_at")
    return not last or not first or moment(first) <= moment(last)


def moment(text: object) -> datetime:
    """A stored moment."""
    return datetime.fromisoformat(str(text))


IN_ORDER = Guard(holds=moments_are_in_order, otherwise="结束时刻早于开始时刻，请核对。")
LEDGER = Ledger(
    key=JOB,
    label="探放水钻孔作业",
    title="number",
    subject="site",
    write_by=("office", "inspector", "watch", "firm"),
    fields=(
        Field(key="site", label="煤矿", kind=Kind.SITE, required=True),
        Field(key="number", label="作业编号", required=True, max_length=40),
        Field(key="place", label="地点", max_length=60),
        Field(key="started_at", label="开钻时刻", kind=Kind.MOMENT, required=True),
        Field(key="ended_at", label="终孔时刻", kind=Kind.MOMENT, hint="未终孔的不填"),
        *(
            Field(key=f"{one}_holes", label=f"{label}孔数", kind=Kind.INTEGER, unit="个")
            for one, label in SERIES
        ),
        *(
            Field(
                key=f"{one}_depth",
                label=f"{label}孔深",
                kind=Kind.NUMBER,
                unit="m",
                at_least="0",
                hint="各孔合计",
            )
            for one, label in SERIES
        ),
    ),
    guards=(
        IN_ORDER,
        Guard(holds=number_is_new, otherwise="这个矿已有这个作业编号，请在原记录上更正。"),
    ),
    basis=("AY-23-4", "AY-23-6"),
)


def look(scope: Scope) -> Shown:
    """Every job with the minutes that no film covers, and how the three series compare."""
    jobs = list(scope.records(JOB))
    film = film_of({job.site_id for job in jobs if job.site_id}, on=scope.today)
    rows = [_row(job, film=film, scope=scope) for job in jobs]
    lacking = sum(row.cells["missing"] not in (0, None) for row in rows)
    return Shown(rows=rows, figures=[Figure(label="缺录像的作业", value=str(lacking), unit="次")])


def _row(job: Record, *, film: dict[tuple[int, str], list[spans.Span]], scope: Scope) -> Row:
    site = site_of(job)
    start, end = moment_of(job, "started_at"), moment_of(job, "ended_at")
    covers = film.get((site.pk, str(job.facts.get("number"))), [])
    missing: int | None = None
    state = Chip("施工中", "doing")
    if start and end:
        missing = spans.minutes(spans.gaps((start, end), covers))
        state = Chip("录像完整", "done") if not missing else Chip("录像不足", "late")
        state = Chip("无录像", "late") if missing and not covers else state
    compared = _compared(job, on=scope.now)
    cells: dict[str, Cell] = {
        "job": record_link(job, sub=site.name),
        "started": moment_words(start),
        "ended": moment_words(end) or "未终孔",
        "state": state,
        "missing": missing,
        "holes": _figures(job, "holes", "个"),
        "depth": _figures(job, "depth", "m"),
        "compared": compared,
    }
    add = register_link(RECORDING, "登记录像", site=site.pk, job=str(job.facts["number"]))
    return Row(id=job.pk, name=f"{job.title} {site.name}", cells=cells, actions=(add,))


def _compared(job: Record, *, on: datetime) -> Chip:
    if differences(job, on=on):
        return Chip("不一致", "late")
    lacking = [label for one, label in SERIES if number_of(job, f"{one}_holes") is None]
    if lacking:
        return Chip(f"无法比对（缺{'、'.join(lacking)}）", "todo")
    depths = [one for one, _label in SERIES if number_of(job, f"{one}_depth") is not None]
    return Chip("一致", "done") if len(depths) > 1 else Chip("孔深无法比对", "todo")


def _figures(job: Record, quantity: str, unit: str) -> str:
    return " / ".join(
        figure_text(number_of(job, f"{one}_{quantity}"), unit=unit) for one, _label in SERIES
    )


def differences(job: Record, *, on: datetime) -> list[str]:
    """Quantities in which two of the series that are there differ by more than the tolerance."""
    region = site_of(job).region
    found = []
    for key, label, unit, param in QUANTITIES:
        held = [number_of(job, f"{one}_{key}") for one, _label in SERIES]
        there = [number for number in held if number is not None]
        allowed = value_of(param, region_path=region.path_ids, on=on.astimezone(SHANGHAI).date())
        tolerance = Decimal(str(allowed.value)) if allowed.is_set else Decimal(0)
        if len(there) > 1 and max(there) - min(there) > tolerance:
            found.append(f"{label}相差 {max(there) - min(there):f}{unit}（容差 {tolerance:f}）")
    return found


def look_at_drilling(*, now: datetime) -> Iterator[Finding]:
    """Jobs whose design, ledger and film don't say the same (AY-23-6)."""
    today = now.astimezone(SHANGHAI).date()
    jobs = valid_on(today).filter(ledger=JOB, site__isnull=False).order_by("id")
    for job in jobs.select_related("site__region"):
        found = differences(job, on=now)
        if not found:
            continue
        figures = tuple(
            (
                f"{label}{name}",
                figure_text(number_of(job, f"{one}_{key}"), unit=f" {unit}", missing="无法比对"),
            )
            for key, name, unit, _param in QUANTITIES
            for one, label in SERIES
        )
        stamp = "-".join(text for _name, text in figures)
        told = "；".join(f"{name} {text}" for name, text in figures)
        yield Finding(
            site=site_of(job).pk,
            key=f"drilling:{job.pk}:{stamp}",
            label=f"探放水作业 {job.title} 三方数据不一致",
            text=f"{'；'.join(found)}。{told}。",
            figures=figures,
        )


WATCH = Watch(
    key="drilling_compared",
    label="钻孔设计、台账、视频比对",
    look=look_at_drilling,
    decide_by=("watch", "office", "head", "leader"),
    codes=(
        Option(key="faked", label="疑似探放水造假"),
        Option(key="slip", label="登记差错"),
    ),
    opens=("site_check",),
    ceases=True,
    basis=("AY-23-6",),
)
BOARD = Board(
    key="drilling",
    label="探放水作业录像和三方比对",
    heads=(
        Head(key="job", label="作业", kind="title"),
        Head(key="state", label="录像", kind="chip"),
        Head(key="missing", label="缺录像（分钟）", kind="number"),
        Head(key="started", label="开钻", kind="date"),
        Head(key="ended", label="终孔", kind="date"),
        Head(key="holes", label="孔数：设计 / 台账 / 视频"),
        Head(key="depth", label="孔深：设计 / 台账 / 视频"),
        Head(key="compared", label="三方比对", kind="chip"),
    ),
    look=look,
    state="state",
    ledgers=(JOB, RECORDING),
    basis=("AY-23-4", "AY-23-6"),
)
