"""The demonstration goes on telling its figures, and the watches look after each day of the past.

What is stored says how far it came, so that it may be killed and started at any time.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Self

from django.db.models import Max, Min

from bihuan.config.demo_data import demo_data
from bihuan.config.demo_pace import Pace, real_time, whole_hour
from bihuan.config.demo_story import Mine, between, mines_of
from bihuan.language.clock import SHANGHAI
from bihuan.matters.site_proposals import KIND, look_around
from bihuan.monitoring.activity.declared import WATCHES
from bihuan.monitoring.activity.intake import take
from bihuan.monitoring.activity.looking import day_of
from bihuan.monitoring.activity.reading import HOUR, midnight
from bihuan.monitoring.activity.series import POWER
from bihuan.monitoring.activity.tables import SeriesValue
from bihuan.places.models import Site

AN_HOUR: Final = timedelta(hours=1)
AGAIN: Final = timedelta(days=1)  # handed over once more at a start; the same is taken once


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How far the figures came, by what is stored: when they were settled, up to when told."""

    settled_on: date
    told: datetime
    sites: frozenset[int]

    @classmethod
    def read(cls) -> Self | None:
        """Nothing where no figures were ever settled."""
        figures = demo_data("figures")
        stored = SeriesValue.objects.filter(source=figures["source"])
        hours = stored.filter(series=POWER, span_minutes=HOUR)
        ends = hours.aggregate(first=Min("at"), last=Max("at"))
        if ends["first"] is None:
            return None
        return cls(
            settled_on=day_of(ends["first"]) - timedelta(days=figures["hours_from"]),
            told=ends["last"].astimezone(SHANGHAI) + AN_HOUR,
            sites=frozenset(stored.order_by().values_list("site_id", flat=True).distinct()),
        )

    @property
    def mines(self) -> list[Mine]:
        """Those of whom figures were settled."""
        return [one for one in mines_of(settled_on=self.settled_on) if one.site in self.sites]

    def when(self, day: int) -> datetime:
        """When the day before a day of the story has been told."""
        late = timedelta(hours=demo_data("figures")["comes_after_h"])
        return midnight(self.settled_on + timedelta(days=day)) + late


class Telling:
    """Hands over what is due, a day of it at most at a time."""

    def __init__(self, kept: Kept, *, now: datetime, speed: int) -> None:
        """From where it was."""
        self.kept, self.told, self.mines = kept, kept.told, kept.mines
        self.pace = Pace(told=kept.told, since=now, speed=speed)
        self._since, self._has_looked = kept.told - AGAIN, False
        # What is no older than this the worker's own looks see in time.
        self._patience = AN_HOUR if speed > 1 else timedelta(days=1)

    def step(self, *, now: datetime) -> bool:
        """Tell what is due up to the end of a day; whether more is waiting."""
        due = self.pace.due(now)
        until = min(due, self._day_is_told_at(self.told))
        if until <= self.told:
            return False
        is_behind = self.told < whole_hour(now) - self._patience
        if is_behind and not self._has_looked:
            self._look(now=now)  # it may have been killed before it could
        self._has_looked = True
        given = between(self.mines, since=self._since, until=until)
        take(given, source=demo_data("figures")["source"], now=until)
        self.told = self._since = until
        if is_behind and until == self._day_is_told_at(until - AN_HOUR):
            self._look(now=now)
        return until < due

    def _day_is_told_at(self, told: datetime) -> datetime:
        """When the first day ends, with its own figures, that isn't told wholly."""
        at = self.kept.when((day_of(told) - self.kept.settled_on).days)
        return at if at > told else at + timedelta(days=1)

    def _look(self, *, now: datetime) -> None:
        look_around(now=now, as_of=self.told, watches=WATCHES)


def what_will_be_seen(*, now: datetime, speed: int, address: str) -> str:
    """What a visitor of --speed sees when and where."""
    kept = Kept.read()
    if kept is None or kept.told >= whole_hour(now) - timedelta(days=1):
        return (
            f"--speed {speed}：这个演示县的煤矿数据已经报到现在，没有可加快的，以后每小时报一次。"
            "要从头看，请用 BIHUAN_HOME 另指一个空目录。"
        )
    names = dict(Site.objects.filter(pk__in=kept.sites).values_list("pk", "name"))
    sites = {mine.key: mine.site for mine in kept.mines}
    left, a_day = now - kept.told, timedelta(days=1)
    lines = [
        (
            f"--speed {speed}：每 {real_time(a_day, speed=speed)}过一个模拟日。煤矿数据从"
            f"{kept.told.month}月{kept.told.day}日报起，约 {real_time(left, speed=speed)}赶上现在，"
            "以后每小时报一次。"
        )
    ]
    for seen in demo_data("figures")["seen"]:
        ahead = kept.when(seen["day"]) - kept.told
        if seen["mine"] in sites and ahead > timedelta(0):
            site, days = sites[seen["mine"]], -(-ahead // a_day)
            lines.append(
                f"  第 {days} 个模拟日（约 {real_time(ahead, speed=speed)}后）软件提出研判建议："
                f"{names[site]}{seen['words']}。逐日数据 {address}/desk/activity/{site}/"
            )
    return "\n".join([*lines, f"  用 watch 登录，研判建议在 {address}/desk/m/{KIND}/"])
