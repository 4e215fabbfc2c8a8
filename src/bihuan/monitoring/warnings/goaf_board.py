"""Boards of goafs: each point with its newest reading (未设限 is never 正常), and the anomalies."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Max

from bihuan.language.clock import SHANGHAI
from bihuan.matters.models import Record
from bihuan.monitoring.boards import (
    Board,
    Chip,
    Figure,
    Head,
    Row,
    Scope,
    Shown,
    record_link,
    site_of,
)
from bihuan.monitoring.models import GoafReading
from bihuan.monitoring.warnings.call_boards import CALLERS, mine_link, shown_matters
from bihuan.monitoring.warnings.goaf_readings import KIND
from bihuan.monitoring.warnings.goafs import GOAF, LABELS, POINT, is_above, limit_of, words_of

READERS = (*CALLERS, "firm")
_UNSET = Chip("未设限", "todo")
_STAGES = {
    "found": Chip("待查因", "late"),
    "explained": Chip("已查因", "doing"),
    "closed": Chip("已办结", "done"),
}

type Newest = dict[tuple[int, str], tuple[datetime, str]]


def look_at_points(scope: Scope) -> Shown:
    """Every point with its newest reading, after every goaf that has no point."""
    points, goafs = list(scope.records(POINT)), list(scope.records(GOAF))
    newest = _newest({site_of(point).pk for point in points})
    rows = [_point_row(point, newest=newest) for point in points]
    watched = {(point.site_id, point.facts["goaf"]) for point in points}
    bare = [goaf for goaf in goafs if (goaf.site_id, goaf.title) not in watched]
    unset = sum(row.cells["state"] == _UNSET for row in rows)
    return Shown(
        rows=[*map(_bare_row, bare), *rows],
        figures=[
            Figure(label="没有测点的采空区", value=str(len(bare)), unit="处"),
            Figure(label="未设限的测点", value=str(unset), unit="个"),
        ],
    )


def look_at_anomalies(scope: Scope) -> Shown:
    """Cases of goafs with the time from alarm to cause."""
    rows = []
    for case in shown_matters(KIND, scope=scope):
        facts = case.facts_row.data
        minutes = facts.get("cause_minutes")
        rows.append(
            Row(
                id=case.pk,
                name=case.title,
                cells={
                    "mine": mine_link(case),
                    "state": _STAGES[case.stage],
                    "goaf": f"{facts['goaf']} {facts['point']}",
                    "reading": f"{LABELS[facts['signal']]} {facts['reading']}",
                    "limit": str(facts["limit_told"]),
                    "cause": str(facts.get("cause") or "未查明"),
                    "measures": str(facts.get("measures") or ""),
                    "minutes": minutes if minutes is not None else "未查明",
                },
            )
        )
    return Shown(rows=rows)


def _newest(site_ids: set[int]) -> Newest:
    found = GoafReading.objects.filter(site_id__in=site_ids)
    last = found.values("site_id", "point").annotate(last=Max("at")).order_by()
    wanted = {(row["site_id"], row["point"]): row["last"] for row in last}
    rows = found.filter(at__in=set(wanted.values())).values_list("site_id", "point", "at", "value")
    return {
        (site_id, point): (at, value)
        for site_id, point, at, value in rows
        if wanted.get((site_id, point)) == at
    }


def _point_row(point: Record, *, newest: Newest) -> Row:
    site, facts = site_of(point), point.facts
    at, value = newest.get((site.pk, point.title), (None, ""))
    limit = limit_of(facts)
    return Row(
        id=point.pk,
        name=f"{site.name} {facts['goaf']} {point.title}",
        cells={
            "point": record_link(point, sub=site.name),
            "state": _state(facts, value),
            "goaf": str(facts["goaf"]),
            "signal": LABELS[str(facts["signal"])],
            "limit": words_of(facts, facts["limit"]) if limit is not None else "未设限",
            "value": words_of(facts, value) if value else "",
            "at": f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else "",
        },
    )


def _state(facts: dict[str, object], value: str) -> Chip:
    if limit_of(facts) is None:
        return _UNSET
    if not value:
        return Chip("无读数", "todo")
    return Chip("超过限值", "late") if is_above(Decimal(value), facts) else Chip("正常", "done")


def _bare_row(goaf: Record) -> Row:
    return Row(
        id=goaf.pk,
        name=f"{site_of(goaf).name} {goaf.title}",
        cells={
            "point": record_link(goaf, sub=site_of(goaf).name),
            "state": Chip("没有测点", "late"),
            "goaf": goaf.title,
        },
    )


POINTS = Board(
    key="goaf-points",
    label="采空区测点情况",
    heads=(
        Head(key="point", label="测点或采空区", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="goaf", label="采空区"),
        Head(key="signal", label="指标"),
        Head(key="limit", label="查因限值"),
        Head(key="value", label="最新读数"),
        Head(key="at", label="读数时间", kind="date"),
    ),
    look=look_at_points,
    state="state",
    ledgers=(GOAF, POINT),
    read_by=READERS,
    empty="辖区内没有登记采空区",
    basis=("AY-22-3",),
)
ANOMALIES = Board(
    key="goaf-anomalies",
    label="采空区异常查因",
    heads=(
        Head(key="mine", label="矿山", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="goaf", label="采空区测点"),
        Head(key="reading", label="读数"),
        Head(key="limit", label="查因限值"),
        Head(key="cause", label="原因"),
        Head(key="measures", label="措施"),
        Head(key="minutes", label="报警至查明原因（分钟）"),
    ),
    look=look_at_anomalies,
    state="state",
    read_by=CALLERS,
    empty="近30日没有采空区异常",
    basis=("AY-22-3",),
)
BOARDS = (POINTS, ANOMALIES)
