"""The demonstration county: settled once into a data folder of its own, five months of work."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db.models import F

from bihuan.accounts.models import User
from bihuan.accounts.roles import BY_KEY, ROLES
from bihuan.config.demo_crews import write_crews
from bihuan.config.demo_data import demo_data, moment_on
from bihuan.config.demo_figures import settle_figures
from bihuan.config.demo_ledgers import notice_visits, write_channels, write_duty_roster
from bihuan.config.demo_lists import daily_lists
from bihuan.config.demo_places import DemoCounty, settle_places
from bihuan.config.demo_plan import planned_leads
from bihuan.config.demo_walk import LeadWalk
from bihuan.language.clock import SHANGHAI
from bihuan.leads.key_ring import make_key
from bihuan.leads.sealing import Purpose
from bihuan.matters.models import Matter, Outbox
from bihuan.matters.seals import seal_until
from bihuan.matters.ticking import tick
from bihuan.matters.writing import engine_writes
from bihuan.places.models import Region

DAYS = 150
UNREAD_DAYS = 2
RECEIPTS_PRINTED = 4
MODES = ("demo", "test")
ELSEWHERE = ("noncoal-receiver", "noncoal-handler")  # whom a lead is reassigned to
type Happening = tuple[datetime, Callable[[datetime], object]]


def settle_demonstration(*, now: datetime, at_speed: bool = False) -> str:
    """Settle the demonstration county unless it stands; says in one sentence what was done.

    All or nothing: a start that was broken off leaves no half county behind. At speed the
    figures of the last weeks are left to be told.
    """
    if settings.MODE not in MODES:
        return "演示县只装入演示用的数据目录，请用 serve --demo 或 init --demo。"
    if Region.objects.filter(code=demo_data("places")["county"]).exists():
        return "演示县已经装好，没有改动。"
    if User.objects.exists():
        return "这个数据目录里已有账号，没有装入演示县；请用 BIHUAN_HOME 另指一个空目录。"
    with engine_writes():
        walks = _settle(now=now, at_speed=at_speed)
    _keep_receipts(walks)
    leads = Matter.objects.filter(kind="lead").count()
    return f"演示县已装好：{leads} 件线索，五个月的办理记录，都是虚构的。"


def sign_ins() -> str:
    """An account for each role, those of a second unit, and what else a visitor needs."""
    people = demo_data("people")
    units = demo_data("places")["units"]
    lines = ["演示账号（角色  账号  密码）："]
    for role in ROLES:
        account = next(key for key, row in people["people"].items() if role.key in row[2])
        lines.append(f"  {role.label}  {account}  {people['password']}")
    for account in ELSEWHERE:
        _name, unit, (role_key, *_more), _post = people["people"][account]
        label = f"{BY_KEY[role_key].label}（{units[unit]['name']}）"
        lines.append(f"  {label}  {account}  {people['password']}")
    lines.append(f"  接件员打开举报原文的密钥口令  {people['intake_passphrase']}")
    lines.append(f"  保管人打开举报人身份的密钥口令  {people['custodian_passphrase']}")
    kept = _receipts_file()
    return "\n".join([*lines, *(kept.read_text("utf-8").splitlines() if kept.exists() else ())])


def _settle(*, now: datetime, at_speed: bool) -> list[LeadWalk]:
    today = now.astimezone(SHANGHAI).date()
    since = today - timedelta(days=DAYS)
    start = moment_on(since, "0 07:00")
    county = settle_places(today=today, since=since, now=start)
    _make_keys(county, now=start)
    write_channels(county, start)
    walks: dict[int, LeadWalk] = {}
    for lead in planned_leads(county, today=today):
        walks[lead.index] = LeadWalk(county=county, lead=lead, others=walks)
    happenings = [
        *_nights(since, today),
        *notice_visits(county, today=today),
        *daily_lists(county, today=today),
        *(one for walk in walks.values() for one in _happenings_of(walk)),
    ]
    for at, act in sorted(happenings, key=_moment_of):
        if at <= now:
            act(at)
    write_crews(county, now=now)
    write_duty_roster(county, now=now)
    tick(now=now)
    settle_figures(county, now=now, at_speed=at_speed)
    _mark_read(now=now)
    return list(walks.values())


def _nights(since: date, today: date) -> Iterator[Happening]:
    """Shortly after midnight the clock goes round and the day before is sealed."""
    for days in range(1, (today - since).days + 1):
        day = since + timedelta(days=days)
        yield moment_on(day, "0 00:05"), partial(_night, day - timedelta(days=1))


def _night(ended: date, now: datetime) -> None:
    tick(now=now)
    seal_until(ended, now=now)


def _happenings_of(walk: LeadWalk) -> Iterator[Happening]:
    lead = walk.lead
    yield moment_on(lead.on, "0 08:10", minutes=lead.minutes), walk.open
    for when, role, path, *extra in lead.steps:
        at = moment_on(lead.on, when, minutes=lead.minutes)
        yield at, partial(walk.step, role=role, path=path, extra=extra[0] if extra else {})


def _moment_of(happening: Happening) -> datetime:
    return happening[0]


def _make_keys(county: DemoCounty, *, now: datetime) -> None:
    people = demo_data("people")
    for account, purpose, words in (
        ("intake", Purpose.ACCOUNT, people["intake_passphrase"]),
        ("custodian", Purpose.IDENTITY, people["custodian_passphrase"]),
    ):
        make_key(purpose, by=county.actors[account], now=now, passphrase=words, again=words)


def _mark_read(*, now: datetime) -> None:
    """Nobody leaves five months of notices unread."""
    old = Outbox.objects.filter(read_at=None, created_at__lt=now - timedelta(days=UNREAD_DAYS))
    old.update(read_at=F("created_at"))


def _keep_receipts(walks: list[LeadWalk]) -> None:
    """A visitor may look as a reporter: some codes are kept, which never happens otherwise."""
    filed = [walk for walk in walks if walk.receipt and "claim" in walk.lead.tip]
    lines = [
        f"  网上举报查询码  {walk.receipt}  领奖口令 {walk.lead.tip['claim']}"
        for walk in filed[:RECEIPTS_PRINTED]
    ]
    _receipts_file().write_text("\n".join(lines), "utf-8")


def _receipts_file() -> Path:
    return Path(settings.HOME) / "demonstration.txt"


__all__ = ["settle_demonstration", "sign_ins"]
