"""Crews of the demonstration: what is registered, who was underground today, who is now."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bihuan.config.demo_data import demo_data
from bihuan.config.demo_places import DemoCounty
from bihuan.language.clock import SHANGHAI
from bihuan.matters.records import write_record
from bihuan.monitoring.crews.arriving import take_file
from bihuan.places.models import Site
from bihuan.telemetry.crews.shifts import Shift, Span, minutes_of, spans_on

LEAVES_LATE: Final = timedelta(minutes=10)
_DAY: Final = timedelta(days=1)


def write_crews(county: DemoCounty, *, now: datetime) -> None:
    """Register faces, shifts and entry points, and take in the day so far."""
    told = demo_data("crews")
    today = now.astimezone(SHANGHAI).date()
    midnight = datetime(today.year, today.month, today.day, tzinfo=SHANGHAI)
    for place, site in enumerate(_sites(county, told)):
        for ledger, facts in _records(site, told, today=today):
            given = {"site": site.pk, "valid_from": county.since.isoformat(), **facts}
            write_record(ledger, by=county.actors["watch"], now=now, facts=given)
        at = midnight
        while place < told["history_mines"] and at <= now:
            name = f"{site.code}_RYSS_{at:%Y%m%d%H%M%S}.txt"
            take_file(report_of(site.code, place, at), name=name, channel="demo", now=at)
            at += timedelta(minutes=told["history_every_min"])


def send_persons(inbox: Path, mines: list[tuple[str, str]], *, at: datetime) -> None:
    """A file of each mine, as its system would send it."""
    here = at.astimezone(SHANGHAI)
    for place, (code, _name) in enumerate(mines):
        path = inbox / f"{code}_RYSS_{here:%Y%m%d%H%M%S}.txt"
        beside = path.with_suffix(".part")
        beside.write_bytes(report_of(code, place, here))
        beside.rename(path)


def report_of(code: str, place: int, at: datetime) -> bytes:
    """Everybody underground at a mine at a moment; the same moment gives the same."""
    return "~".join((code, *_persons(code, place, at), "||")).encode()


def _sites(county: DemoCounty, told: dict[str, Any]) -> list[Site]:
    coal = [site for site in county.sites if site.code]
    return coal[: told["mines"]]


def _records(
    site: Site, told: dict[str, Any], *, today: date
) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "mine_profile", {"method": "井工", "status": "正常生产", "capacity": 90}
    for name, begins, ends in told["shifts"]:
        yield "shift_time", {"shift": name, "begins": begins, "ends": ends}
    for face in told["faces"]:
        area = f"{site.code}{face['area']}"
        yield "work_face", {"name": face["name"], "area": area, "kind": face["kind"]}
        if face["kind"] == "mech_mining":
            for name, kind in (("早班", "检修班"), ("中班", "生产班"), ("夜班", "生产班")):
                days = {"valid_until": (today + 60 * _DAY).isoformat()}
                yield "shift_kind", {"area": area, "shift": name, "type": kind, **days}
    for name, method, days_ago in told["entry_points"]:
        started = (today + days_ago * _DAY).isoformat() if days_ago else ""
        yield "entry_point", {"name": name, "method": method, "started_on": started}


def _persons(code: str, place: int, at: datetime) -> Iterator[str]:
    told = demo_data("crews")
    early = timedelta(minutes=told["early_min"])
    over = told["over"] if told["over"]["mine"] == place else {}
    for shift, span in _crews_below(told, at, early=early):
        is_leaving = at >= span.ends_at
        number = shift * 200
        for group in (*told["faces"], *told["elsewhere"]):
            meets = group["area"] == over.get("meets_at")
            more = over.get("more", 0) if _is_over(over, group, at) else 0
            is_here = meets or (span.holds(at) and not is_leaving)
            for _one in range(group["crew"] + more if is_here else 0):
                number += 1
                yield _record(code, number, group["area"], span.begins_at - early, at)


def _crews_below(
    told: dict[str, Any], at: datetime, *, early: timedelta
) -> Iterator[tuple[int, Span]]:
    shifts = [Shift(n, minutes_of(b) or 0, minutes_of(e) or 0) for n, b, e in told["shifts"]]
    names = [one.name for one in shifts]
    today = at.astimezone(SHANGHAI).date()
    for day in (today - _DAY, today, today + _DAY):
        for span in spans_on(shifts, day):
            if span.begins_at - early <= at < span.ends_at + LEAVES_LATE:
                yield names.index(span.name), span


def _is_over(over: dict[str, Any], group: dict[str, Any], at: datetime) -> bool:
    here = at.astimezone(SHANGHAI)
    minute = here.hour * 60 + here.minute
    if not over or over["area"] != group["area"]:
        return False
    return int(over["from_min"]) <= minute < int(over["until_min"])


def _record(code: str, number: int, area: str, entered_at: datetime, at: datetime) -> str:
    card, full = f"{code}{number:05}", f"{code}{area}" if area else ""
    entered = f"{entered_at:%Y-%m-%d %H:%M:%S}"
    station = f"{full}000001" if full else ""
    distance = f"{(number * 7 + at.minute) % 60}.0" if full else ""
    return f"{card};演示;1;{entered};;{full};;{station};;三八制;{distance};正常;0;0;"
