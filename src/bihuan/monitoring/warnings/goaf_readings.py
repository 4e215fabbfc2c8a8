"""Readings of goaf points: kept once, judged by the limit of their own point, opening a case.

They come through the API or a file; the ingest may hand over the readings of registered points
by the same function once a mine's goaf points are among its 28-digit points.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from bihuan.accounts.actors import CLOCK, Actor
from bihuan.language.clock import SHANGHAI
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import open_prepared, take_step
from bihuan.matters.models import Facts, Matter, Record
from bihuan.matters.records import valid_on
from bihuan.matters.refusals import NotYours
from bihuan.matters.writing import engine_writes
from bihuan.monitoring.models import GoafReading
from bihuan.monitoring.warnings.calling import stamp
from bihuan.monitoring.warnings.goafs import LABELS, POINT, is_above, limit_of, words_of
from bihuan.places.models import Site

KIND: Final = "goaf_anomaly"
AHEAD: Final = timedelta(minutes=10)  # what a mine's clock may be ahead of ours
_NUMBER = re.compile(r"[+-]?(\d{1,9}\.?\d{0,6}|\.\d{1,6})")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A value of a point of a mine at a moment."""

    point: str
    at: datetime
    value: str


@dataclass(kw_only=True)
class Told:
    """What became of readings that came in: how many, and the sentences of those refused."""

    received: int = 0
    kept: int = 0
    repeated: int = 0
    above: int = 0
    without_limit: int = 0
    refused: list[str] = field(default_factory=list)


def take_readings(site: Site, readings: Iterable[Reading], *, by: Actor, now: datetime) -> Told:
    """Keep readings of one mine's points and open a case where one is above its limit.

    Sent again they change nothing. Raises NotYours when the sender answers for another mine.
    """
    if not may_send(site, by=by):
        raise NotYours("只能报本矿或本地区矿山的采空区读数。")
    told = Told()
    for reading in readings:
        told.received += 1
        _take(site, reading, told=told, now=now)
    return told


def may_send(site: Site, *, by: Actor) -> bool:
    """Whether the actor is of the mine's firm, or keeps watch over its region."""
    if by.kind == "clock":
        return True
    own = any(
        held.role in ("dispatcher", "firm") and held.unit_id == site.firm_id for held in by.held
    )
    return own or by.may(("watch", "office"), unit_id=None, path=site.region.path_ids)


def _take(site: Site, reading: Reading, *, told: Told, now: datetime) -> None:
    if _NUMBER.fullmatch(reading.value) is None:
        told.refused.append(f"{reading.point}：“{reading.value[:20]}”不是数。")
        return
    if reading.at > now + AHEAD:
        told.refused.append(f"{reading.point}：读数时间晚于此刻。")
        return
    with engine_writes():
        on = reading.at.astimezone(SHANGHAI).date()
        points = valid_on(on).filter(ledger=POINT, site=site, title=reading.point)
        # Two senders at once meet here: the second sees the case that the first has opened.
        point = points.select_for_update(of=("self",)).order_by("id").first()
        if point is None:
            told.refused.append(f"{reading.point}：没有登记为本矿采空区测点，请先登记。")
            return
        _row, is_new = GoafReading.objects.get_or_create(
            site=site, point=reading.point, at=reading.at, defaults={"value": reading.value}
        )
        if not is_new:
            told.repeated += 1
            return
        told.kept += 1
        _judge(site, point, reading, told=told, now=now)


def _judge(site: Site, point: Record, reading: Reading, *, told: Told, now: datetime) -> None:
    if limit_of(point.facts) is None:
        told.without_limit += 1
        return
    if not is_above(Decimal(reading.value), point.facts):
        return
    told.above += 1
    going = _open_case(site, reading.point)
    words = _words(point, reading)
    if going is None:
        _open(site, point, reading, now=now)
    else:
        take_step(going, "join", by=CLOCK, now=now, answers={"reading": words})


def _open_case(site: Site, point: str) -> int | None:
    open_ones = Matter.objects.filter(kind=KIND, site=site, is_open=True).order_by("id")
    facts = Facts.objects.filter(matter__in=open_ones).values_list("matter_id", "data")
    return next((pk for pk, data in facts if data.get("point") == point), None)


def _words(point: Record, reading: Reading) -> str:
    at = reading.at.astimezone(SHANGHAI)
    return f"{at:%m-%d %H:%M} {words_of(point.facts, reading.value)}"


def _open(site: Site, point: Record, reading: Reading, *, now: datetime) -> None:
    facts = point.facts

    def prepare(case: Case) -> None:
        case.place_in(site.region_id)
        case.about(site.pk)
        case.hand_to(site.firm_id)
        signal = LABELS[str(facts["signal"])]
        told = {
            "site": site.pk,
            "goaf": facts["goaf"],
            "point": reading.point,
            "signal": facts["signal"],
            "reading": words_of(facts, reading.value),
            "limit_told": words_of(facts, facts["limit"]),
            "alarm_at": stamp(reading.at),
            "title": f"{site.short_name or site.name}：{facts['goaf']}{signal}异常",
        }
        for key, value in told.items():
            case.set(key, value)

    open_prepared(
        catalog().loop(KIND), by=CLOCK, now=now, recorded_at=now, at_stage="", prepare=prepare
    )
