"""What was filmed: recordings, faults of cameras, and operations that must be filmed (AY-33-6)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Final

from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard
from bihuan.language.parameter import Option
from bihuan.language.words import Finding, Ledger, Watch
from bihuan.matters.models import Record
from bihuan.matters.records import RecordCase, valid_on
from bihuan.monitoring.boards import Board, Chip, Head, Row, Scope, Shown, record_link, site_of
from bihuan.monitoring.equipment import spans
from bihuan.monitoring.equipment.wording import moment_of, moment_words

RECORDING: Final = "video_recording"
FAULT: Final = "camera_fault"
OPERATION: Final = "filmed_operation"
_WRITERS = ("office", "inspector", "watch", "firm")
_SITE = Field(key="site", label="煤矿", kind=Kind.SITE, required=True)
OPERATIONS = (
    Option(key="measuring", label="关键数据测定"),
    Option(key="repair", label="关键部位检修"),
)


def source_is_named(case: RecordCase) -> bool:
    """A recording is found by its camera or its file."""
    return bool(case.answers.get("camera") or case.answers.get("file"))


def end_is_after_start(case: RecordCase) -> bool:
    """A span has a length."""
    first, last = case.answers.get("started_at"), case.answers.get("ended_at")
    if not first or not last:
        return True
    return datetime.fromisoformat(str(first)) < datetime.fromisoformat(str(last))


_ORDER = Guard(holds=end_is_after_start, otherwise="结束时刻应晚于开始时刻，请核对。")
_FROM = Field(key="started_at", label="开始", kind=Kind.MOMENT, required=True)
_UNTIL = Field(key="ended_at", label="结束", kind=Kind.MOMENT, required=True)
RECORDINGS = Ledger(
    key=RECORDING,
    label="视频录像",
    title="camera",
    subject="site",
    write_by=_WRITERS,
    fields=(
        _SITE,
        Field(key="camera", label="摄像机", max_length=60),
        Field(key="file", label="录像文件", max_length=120, hint="文件名或存放位置"),
        Field(key="job", label="探放水作业编号", max_length=40),
        _FROM,
        _UNTIL,
    ),
    guards=(
        _ORDER,
        Guard(holds=source_is_named, otherwise="请填写摄像机或录像文件，至少一项。"),
    ),
    basis=("AY-23-4", "AY-33-6"),
)
FAULTS = Ledger(
    key=FAULT,
    label="摄像机故障",
    title="camera",
    subject="site",
    write_by=_WRITERS,
    fields=(
        _SITE,
        Field(key="camera", label="摄像机", required=True, max_length=60),
        _FROM,
        Field(key="ended_at", label="恢复", kind=Kind.MOMENT, hint="未恢复的不填"),
    ),
    guards=(_ORDER,),
    basis=("AY-33-6",),
)
OPERATION_LEDGER = Ledger(
    key=OPERATION,
    label="须有视频佐证的作业",
    title="place",
    subject="site",
    write_by=_WRITERS,
    fields=(
        _SITE,
        Field(
            key="operation", label="作业类型", kind=Kind.CHOICE, options=OPERATIONS, required=True
        ),
        Field(key="place", label="地点", required=True, max_length=60),
        Field(key="camera", label="摄像机", required=True, max_length=60),
        _FROM,
        _UNTIL,
    ),
    guards=(_ORDER,),
    basis=("AY-33-6",),
)


def film_of(site_ids: Collection[int], *, on: date) -> dict[tuple[int, str], list[spans.Span]]:
    """Spans filmed for each job of these sites, by site and job number."""
    found: dict[tuple[int, str], list[spans.Span]] = defaultdict(list)
    rows = valid_on(on).filter(ledger=RECORDING, site_id__in=site_ids, facts__job__isnull=False)
    for row in rows.order_by("id"):
        found[row.site_id or 0, str(row.facts["job"])].append(_span(row))
    return found


def look(scope: Scope) -> Shown:
    """Operations that must be filmed, with the minutes that no film covers."""
    rows = []
    for operation, missing in _unfilmed(scope.records(OPERATION), now=scope.now):
        site = site_of(operation)
        count = spans.minutes(missing)
        rows.append(
            Row(
                id=operation.pk,
                name=f"{operation.title} {site.name}",
                cells={
                    "place": record_link(operation, sub=site.name),
                    "operation": _label(operation),
                    "camera": str(operation.facts["camera"]),
                    "started": moment_words(moment_of(operation, "started_at")),
                    "ended": moment_words(moment_of(operation, "ended_at")),
                    "missing": count,
                    "state": Chip("无视频作业", "late") if count else Chip("有视频", "done"),
                },
            )
        )
    return Shown(rows=rows)


def look_at_operations(*, now: datetime) -> Iterator[Finding]:
    """Operations over which no recording reaches from start to end (AY-33-6)."""
    today = now.astimezone(SHANGHAI).date()
    rows = valid_on(today).filter(ledger=OPERATION, site__isnull=False).order_by("id")
    for operation, missing in _unfilmed(rows.select_related("site"), now=now):
        if not missing:
            continue
        parts = "、".join(f"{moment_words(a)} 至 {moment_words(b)}" for a, b in missing)
        count = spans.minutes(missing)
        yield Finding(
            site=site_of(operation).pk,
            key=f"unfilmed:{operation.pk}",
            label=f"无视频作业：{operation.title}",
            text=f"{_label(operation)}没有录像的时段：{parts}，共 {count} 分钟。",
            figures=(("缺录像", f"{count} 分钟"), ("摄像机", str(operation.facts["camera"]))),
        )


def _unfilmed(
    operations: Iterable[Record], *, now: datetime
) -> Iterator[tuple[Record, list[spans.Span]]]:
    """Operations that are over, each with the parts that weren't filmed."""
    rows = list(operations)
    sites = {row.site_id for row in rows if row.site_id}
    film = _by_camera(RECORDING, sites, now=now)
    faults = _by_camera(FAULT, sites, now=now)
    for row in rows:
        whole = _span(row)
        if whole[1] > now:
            continue
        place = (row.site_id, str(row.facts["camera"]))
        covers = spans.without(film.get(place, []), faults.get(place, []))
        yield row, spans.gaps(whole, covers)


def _by_camera(
    ledger: str, sites: Collection[int], *, now: datetime
) -> dict[tuple[int | None, str], list[spans.Span]]:
    found: dict[tuple[int | None, str], list[spans.Span]] = defaultdict(list)
    held = valid_on(now.astimezone(SHANGHAI).date()).filter(ledger=ledger, site_id__in=sites)
    for row in held.order_by("id"):
        found[row.site_id, str(row.facts.get("camera"))].append(_span(row, until=now))
    return found


def _span(row: Record, *, until: datetime | None = None) -> spans.Span:
    start, end = moment_of(row, "started_at"), moment_of(row, "ended_at") or until
    if start is None or end is None:
        raise ValueError(f"record {row.pk!r} has no span")
    return start, end


def _label(operation: Record) -> str:
    key = operation.facts.get("operation")
    return next((one.label for one in OPERATIONS if one.key == key), str(key))


WATCH = Watch(
    key="operations_filmed",
    label="测定和检修的视频佐证",
    look=look_at_operations,
    decide_by=("watch", "office", "head", "leader"),
    codes=(
        Option(key="unfilmed", label="无视频作业"),
        Option(key="excused", label="有正当原因"),
    ),
    ceases=True,
    basis=("AY-33-6",),
)
BOARD = Board(
    key="filmed-operations",
    label="测定检修视频佐证",
    heads=(
        Head(key="place", label="作业地点", kind="title"),
        Head(key="state", label="视频", kind="chip"),
        Head(key="missing", label="缺录像（分钟）", kind="number"),
        Head(key="operation", label="作业类型"),
        Head(key="camera", label="摄像机"),
        Head(key="started", label="开始", kind="date"),
        Head(key="ended", label="结束", kind="date"),
    ),
    look=look,
    state="state",
    ledgers=(OPERATION, RECORDING, FAULT),
    basis=("AY-33-6",),
)
