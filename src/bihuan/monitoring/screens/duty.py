"""Who keeps watch: on duty at this moment by the hours of the shifts, and else on today's roster.

A shift belongs to the day on which it begins: at three in the night it is yesterday's row that is
on duty, by the hours in force then.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from bihuan.accounts.actors import Actor
from bihuan.language.clock import SHANGHAI
from bihuan.language.shifts import shift_hours
from bihuan.matters.models import Record
from bihuan.matters.records import valid_on
from bihuan.monitoring.alarms.handover import ROSTER
from bihuan.regulations.values import rules_held, value_of
from bihuan.telemetry.crews.shifts import Shift, Span, spans_on

HOURS: Final = "alarm.watch_shifts"
NAMED: Final = 4
_DAY: Final = timedelta(days=1)


def duty_words(by: Actor, *, now: datetime) -> str:
    """Who is on duty, then the rest of the day; all of the day where no hours are set for them."""
    today = now.astimezone(SHANGHAI).date()
    rows = _rows(by, today=today)
    with rules_held():
        present = {_name(row): None for row in rows if _is_on(row, now=now, today=today)}
        others = [row for row in rows if _stands(row, today) and _name(row) not in present]
        is_known = bool(present) or any(_spans(row, today) for row in others)
    if not (present or others):
        return "值守：今天没有排班，请在“值班表”登记"
    if not is_known:
        return f"值守：{_listed(map(_name, others))}"
    rest = f"；今天还有：{_listed(map(_name, others))}" if others else ""
    return f"当班：{_listed(present) or '此刻没有排班'}{rest}"


def _rows(by: Actor, *, today: date) -> list[Record]:
    """The roster of today and of yesterday in the watcher's regions."""
    regions = {held.region_id for held in by.held}
    near = valid_on(today) | valid_on(today - _DAY)
    found = near.filter(ledger=ROSTER, region_id__in=regions).order_by("id")
    return list(found.select_related("person", "region"))


def _is_on(row: Record, *, now: datetime, today: date) -> bool:
    days = [day for day in (today - _DAY, today) if _stands(row, day)]
    return any(span.holds(now) for day in days for span in _spans(row, day))


def _stands(row: Record, day: date) -> bool:
    return bool(row.valid_from and row.valid_until and row.valid_from <= day <= row.valid_until)


def _spans(row: Record, day: date) -> list[Span]:
    """The shift of a row that begins on a day; empty where its hours aren't set."""
    value = value_of(HOURS, region_path=row.region.path_ids, on=day)
    told = shift_hours(str(value.value)) if value.is_set else ()
    return spans_on([Shift(*one) for one in told if one.name == row.facts.get("shift")], day)


def _name(row: Record) -> str:
    return f"{row.person.name if row.person else ''}（{row.facts.get('shift')}）"


def _listed(names: Iterable[str]) -> str:
    told = list(dict.fromkeys(names))
    more = f"等 {len(told)} 人" if len(told) > NAMED else ""
    return "、".join(told[:NAMED]) + more
