"""Hear of data: which source sent when, in any order and however often."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from bihuan.accounts.actors import Actor
from bihuan.database.turns import turn_to_write
from bihuan.language.clock import SHANGHAI
from bihuan.language.parameter import Option
from bihuan.matters.refusals import Incomplete, NotFound, NotYours
from bihuan.monitoring.alarms.tables import Followed
from bihuan.monitoring.boards import MINE, Scope
from bihuan.monitoring.links.tables import DataSource, DayCount, SourceBreak
from bihuan.places.models import Site

WATER: Final = "water"
POWER: Final = "power"
SEAL: Final = "seal"
REMOTE: Final = "remote"
HAZARD: Final = "hazard"
SYSTEMS: Final = (
    Option(key="safety", label="安全监控"),
    Option(key="location", label="人员位置监测"),
    Option(key=WATER, label="水害在线监测"),
    Option(key=POWER, label="用电监测"),
    Option(key=SEAL, label="电子封条"),
    Option(key=REMOTE, label="在线远程巡查"),
    Option(key=HAZARD, label="重大危险源在线监测"),
    Option(key="pond", label="尾矿库在线监测"),
)
SYSTEM_OF: Final = {"CDSS": "safety", "RYSS": "location"}  # by the kind of a mine's files
LABELS: Final = {one.key: one.label for one in SYSTEMS}
OFFICES: Final = ("watch", "office")
SENDERS: Final = (*OFFICES, *MINE)
COUNTS: Final = ("expected", "received", "missing", "late", "frozen", "out_of_range")
CODE_LENGTH: Final = 12  # of a mine
AHEAD_MAX: Final = timedelta(minutes=10)  # a clock that is further ahead is set wrong


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Data of a source from one moment to another, without a break in between."""

    system: str
    object: str
    start: datetime
    end: datetime
    every: timedelta = timedelta()  # how far apart pieces of unbroken data may lie


def hear(site: Site, heard: Heard) -> DataSource:
    """Note that data came; what lies between it and earlier data is a break until it is filled."""
    with turn_to_write(), transaction.atomic():
        source, is_new = DataSource.objects.select_for_update().get_or_create(
            site=site,
            system=heard.system,
            object=heard.object,
            defaults={"first_seen_at": heard.start, "last_seen_at": heard.end},
        )
        if is_new:
            return source
        if heard.start > source.last_seen_at + heard.every:
            _break(source, source.last_seen_at, heard.start)
        elif heard.end + heard.every < source.first_seen_at:
            _break(source, heard.end, source.first_seen_at)
        else:
            _fill(source, heard)
        source.first_seen_at = min(source.first_seen_at, heard.start)
        source.last_seen_at = max(source.last_seen_at, heard.end)
        source.save()
        return source


def hear_from(
    by: Actor, *, now: datetime, site: str, heard: Heard, counts: Mapping[str, int] | None = None
) -> DataSource:
    """The same of a sender: his own mine, or a site of his region; counts are of the first day."""
    found = _site(by, site, now=now)
    faults = {}
    if heard.system not in LABELS:
        faults["system"] = f"没有“{heard.system[:20]}”这个系统，可选：{'、'.join(LABELS)}。"
    if _is_told_by_files(found, heard.system) and not _oversees(by, found, now=now):
        label = LABELS[heard.system]
        faults["system"] = (
            f"这座矿的{label}在不在线由收到的文件判定，不用另报；断线期间的请补传文件。"
        )
    if heard.end < heard.start:
        faults["until"] = "until 早于 since，请核对。"
    if heard.end > now + AHEAD_MAX:
        faults["until"] = "数据时刻晚于现在，请校对发送端的时钟。"
    if faults:
        raise Incomplete("".join(faults.values()), fields=faults)
    source = hear(found, heard)
    if counts:
        _count(source, heard.start, counts)
    return source


def mark_of(mine: str) -> str:
    """By which name it is kept up to when the files of a mine of this code were heard."""
    return f"link:{mine}"


def _is_told_by_files(site: Site, system: str) -> bool:
    """Whether files that came say when this system of a mine was silent: no word fills that."""
    if system not in SYSTEM_OF.values() or not site.code:
        return False
    is_heard = Followed.objects.filter(name=mark_of(site.code), commit__gt=0).exists()
    return is_heard and DataSource.objects.filter(site=site, system=system, object="").exists()


def _oversees(by: Actor, site: Site, *, now: datetime) -> bool:
    reach = Scope(by=by, now=now, read_by=OFFICES).reach
    return Site.objects.filter(reach, pk=site.pk).exists()


def _count(source: DataSource, at: datetime, counts: Mapping[str, int]) -> None:
    given = {key: counts[key] for key in COUNTS if key in counts}
    DayCount.objects.update_or_create(source=source, day=_day(at), defaults=given)


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _site(by: Actor, named: str, *, now: datetime) -> Site:
    if not by.roles & set(SENDERS):
        raise NotYours("报送在线情况须由监测值班员、行动办或企业账号办理。")
    reach = Scope(by=by, now=now, read_by=SENDERS).reach
    sites = Site.objects.filter(reach).select_related("region")
    if len(named) == CODE_LENGTH and named.isascii() and named.isdecimal():
        found = sites.filter(code=named).first()
    else:
        found = sites.filter(pk=int(named)).first() if _is_id(named) else None
    if found is None:
        raise NotFound
    return found


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < CODE_LENGTH


def _break(source: DataSource, start: datetime, end: datetime) -> None:
    SourceBreak.objects.get_or_create(source=source, started_at=start, defaults={"ended_at": end})


def _fill(source: DataSource, heard: Heard) -> None:
    """Late data closes what of known breaks it lies in or near the ends of; the rest stays.

    A break that it only comes near to ends with data of its own, and stays as it is.
    """
    reached = SourceBreak.objects.filter(
        source=source, started_at__lt=heard.end, ended_at__gt=heard.start
    )
    for one in reached.order_by("started_at"):
        start, end = one.started_at, one.ended_at
        one.delete()
        if start + heard.every < heard.start:
            _break(source, start, heard.start)
        if heard.end + heard.every < end:
            _break(source, heard.end, end)
