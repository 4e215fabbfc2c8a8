"""On-line rate and quality of data by mine and day, ranked, with what was planned (SX-50-1)."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Final

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard
from bihuan.language.parameter import Option
from bihuan.language.wording import share_text
from bihuan.language.words import Ledger
from bihuan.matters.models import Record
from bihuan.matters.records import RecordCase
from bihuan.monitoring.boards import Board, Cell, Figure, Head, Row, Scope, Shown, site_cell
from bihuan.monitoring.equipment.spans import Span, gaps, without
from bihuan.monitoring.equipment.wording import moment_of
from bihuan.monitoring.links.hearing import COUNTS, LABELS, SYSTEMS
from bihuan.monitoring.links.standing import breaks_of, day_span
from bihuan.monitoring.links.tables import DataSource, DayCount

STOP: Final = "planned_silence"
TARGET: Final = "links.online_target_percent"
TREND_DAYS: Final = 7
_MINUTE: Final = timedelta(minutes=1)
UNCOUNTED: Final = "未统计"  # the source tells no counts of the day
_SHOWN: Final = (
    ("expected", "应收"),
    ("received", "实收"),
    ("missing", "缺失"),
    ("late", "迟到"),
    ("frozen", "异常不变"),
    ("out_of_range", "越量程"),
)


def end_is_after_start(case: RecordCase) -> bool:
    """A stop has a length."""
    first, last = case.answers.get("started_at"), case.answers.get("ended_at")
    return not first or not last or str(first) < str(last)


LEDGER = Ledger(
    key=STOP,
    label="计划停传",
    title="reason",
    subject="site",
    write_by=("office", "watch", "firm"),
    fields=(
        Field(key="site", label="矿山或企业", kind=Kind.SITE, required=True),
        Field(
            key="system",
            label="系统",
            kind=Kind.CHOICE,
            options=tuple(Option(key=one.key, label=one.label) for one in SYSTEMS),
            required=True,
        ),
        Field(key="started_at", label="开始", kind=Kind.MOMENT, required=True),
        Field(key="ended_at", label="结束", kind=Kind.MOMENT, required=True),
        Field(key="reason", label="原因", required=True, max_length=120),
    ),
    guards=(Guard(holds=end_is_after_start, otherwise="结束时刻应晚于开始时刻，请核对。"),),
    basis=("SX-50-1",),
)


def look(scope: Scope) -> Shown:
    """Sources ranked by the share of the day's minutes that had data; no target, no red mark."""
    sites = {site.pk: site for site in scope.sites()}
    span = day_span(scope.day)
    found = DataSource.objects.filter(site_id__in=sites, first_seen_at__lt=span[1])
    sources = list(found.order_by("site_id", "system", "object"))
    days = [scope.day - timedelta(days=back) for back in range(TREND_DAYS)]
    rates = {day: _rates(sources, day, scope=scope) for day in days}
    counts = {
        row.source_id: row for row in DayCount.objects.filter(source__in=sources, day=scope.day)
    }
    today = rates[scope.day]
    by_pk = {source.pk: source for source in sources}
    worst_first = sorted((_part(rate), pk) for pk, rate in today.items())
    ranked = [by_pk[pk] for _share, pk in worst_first]
    rows = []
    for place, source in enumerate(ranked, 1):
        due, got, planned = today[source.pk]
        cells: dict[str, Cell] = {
            "rank": place,
            "site": site_cell(sites[source.site_id]),
            "system": f"{LABELS.get(source.system, source.system)} {source.object}".strip(),
            "rate": share_text(got, of=due) if due else "无应传",
            "minutes": f"{got} / {due}",
            "planned": planned,
            "trend": _trend(source, rates),
        }
        held = counts.get(source.pk)
        cells |= {key: getattr(held, key, None) for key in COUNTS}
        rows.append(Row(id=source.pk, name=sites[source.site_id].name, cells=cells))
    target = scope.setting(TARGET)
    return Shown(rows=rows, figures=[Figure(label="在线率目标", value=target.text)])


type Rate = tuple[int, int, int]  # minutes due, with data, planned not to be sent


def _rates(sources: list[DataSource], day: date, *, scope: Scope) -> dict[int, Rate]:
    start, end = day_span(day)
    stops = _stops(scope, (start, end))
    breaks = breaks_of(sources, (start, end), now=scope.now)
    found = {}
    for source in sources:
        whole = (max(start, source.first_seen_at), min(end, scope.now))
        if whole[0] >= whole[1]:
            continue
        planned = stops[source.site_id, source.system]
        wanted = gaps(whole, planned)
        silent = [part for one in wanted for part in _cut(breaks.get(source.pk, []), one)]
        due = _minutes(wanted)
        found[source.pk] = (due, due - _minutes(silent), _minutes([whole]) - due)
    return found


def _cut(spans: list[Span], to: Span) -> list[Span]:
    """The parts of spans that lie in one."""
    return without([to], gaps(to, spans))


def _stops(scope: Scope, span: Span) -> dict[tuple[int, str], list[Span]]:
    found: dict[tuple[int, str], list[Span]] = defaultdict(list)
    for record in scope.records(STOP):
        start, end = _ends(record)
        if start < span[1] and end > span[0]:
            found[record.site_id or 0, str(record.facts["system"])].append((start, end))
    return found


def _ends(record: Record) -> Span:
    start, end = moment_of(record, "started_at"), moment_of(record, "ended_at")
    if start is None or end is None:
        raise ValueError(f"record {record.pk!r} has no span")
    return start, end


def _minutes(spans: list[Span]) -> int:
    return round(sum((last - first for first, last in spans), timedelta()) / _MINUTE)


def _part(rate: Rate) -> float:
    due, got, _planned = rate
    return got / due if due else 1.0


def _trend(source: DataSource, rates: dict[date, dict[int, Rate]]) -> str:
    told = []
    for day in sorted(rates):
        if source.pk in rates[day]:
            due, got, _planned = rates[day][source.pk]
            told.append(share_text(got, of=due) if due else "无")
    return " ".join(told)


BOARD = Board(
    key="link-quality",
    label="在线率和数据质量",
    heads=(
        Head(key="rank", label="位次", kind="number"),
        Head(key="site", label="对象", kind="title"),
        Head(key="system", label="系统"),
        Head(key="rate", label="在线率", kind="number"),
        Head(key="minutes", label="有数 / 应传（分钟）", kind="number"),
        Head(key="planned", label="计划停传（分钟）", kind="number"),
        *(Head(key=key, label=label, kind="number", none=UNCOUNTED) for key, label in _SHOWN),
        Head(key="trend", label="近七日在线率"),
    ),
    look=look,
    by_day=True,
    ledgers=(STOP,),
    empty="当日没有接入的数据源",
    basis=("SX-50-1",),
)
