"""Figures of the demonstration's mines: output, power and gas, with something in them to find."""

from datetime import date, datetime, timedelta

from bihuan.config.demo_data import demo_data
from bihuan.config.demo_places import DemoCounty
from bihuan.config.demo_story import Mine, mines_of
from bihuan.language.clock import SHANGHAI
from bihuan.matters.records import write_record
from bihuan.monitoring.activity.intake import take
from bihuan.monitoring.activity.reading import midnight


def settle_figures(county: DemoCounty, *, now: datetime, at_speed: bool = False) -> None:
    """Three coal mines: one over its capacity, one at work while ordered shut, one as it ought.

    Their figures end yesterday. At speed a fourth is with them, and all end some weeks ago: the
    rest is told by the demonstration's own process, day by day.
    """
    figures = demo_data("figures")
    today = now.astimezone(SHANGHAI).date()
    mines = [
        mine
        for mine in mines_of(settled_on=today)
        if at_speed or not mine.told.get("only_at_speed")
    ]
    _register(mines, county, now=now)
    ends = today + timedelta(days=figures["told_from"] if at_speed else 0)
    day = min(mine.first for mine in mines)
    while day < ends:
        comes_at = midnight(day + timedelta(days=1)) + timedelta(hours=figures["comes_after_h"])
        given = [one for mine in mines for one in mine.figures(day)]
        take(given, source=figures["source"], now=min(comes_at, now))
        day += timedelta(days=1)


def _register(mines: list[Mine], county: DemoCounty, *, now: datetime) -> None:
    figures, by = demo_data("figures"), county.actors["office-head"]
    today = now.astimezone(SHANGHAI).date()
    for mine in mines:
        profile = {
            "site": mine.site,
            "method": "underground",
            "status": "producing",
            "capacity": figures["capacity"],
            "valid_from": today.replace(month=1, day=1),
            "paper": "产能核定批复（演示）",
        }
        write_record("mine_profile", by=by, now=now, facts=profile)
    stop = figures["stop"]
    site = next(mine.site for mine in mines if mine.key == stop["mine"])
    ordered: date = today + timedelta(days=stop["day"])
    order = {
        "site": site,
        "kind": stop["kind"],
        "ordered_at": midnight(ordered),
        "paper": stop["paper"],
    }
    write_record("stop_order", by=by, now=now, facts=order)
    line = {"site": site, "valid_from": ordered}
    line |= {key: stop[key] for key in ("series", "per", "amount")}
    write_record("maintenance_baseline", by=by, now=now, facts=line)
