"""Shut mines looked at from afar: three means of each, their last check and last event."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max

from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.parameter import Option
from bihuan.language.words import Finding, Ledger, Watch
from bihuan.matters.models import Matter, Record
from bihuan.monitoring.activity.codes import label_of
from bihuan.monitoring.activity.ledgers import CLOSED, STOP_ORDER, STOPS, SUSPENDED
from bihuan.monitoring.activity.registered import all_of, stops_of
from bihuan.monitoring.activity.series import POWER as POWER_SERIES
from bihuan.monitoring.activity.tables import SeriesValue
from bihuan.monitoring.boards import (
    OFFICIALS,
    Board,
    Cell,
    Chip,
    Figure,
    Head,
    Link,
    Row,
    Scope,
    Shown,
    register_link,
    site_cell,
)
from bihuan.monitoring.equipment.wording import moment_of, moment_words
from bihuan.monitoring.links.hearing import POWER, REMOTE, SEAL
from bihuan.monitoring.links.seals import INSTALLED, OFFLINE
from bihuan.monitoring.links.standing import newest_of, silence
from bihuan.monitoring.mines import A_MINE, MINE_KINDS, profiles_on
from bihuan.places.models import Site
from bihuan.regulations.values import value_of

LOOK: Final = "shut_mine_look"
ALIVE: Final = "closed_alive"  # the watch over what a shut mine draws
SEAL_WATCH: Final = "shut_mine_event"
FINE: Final = "fine"
MEANS: Final = (
    Option(key=REMOTE, label="在线远程巡查"),
    Option(key=POWER, label="用电监测"),
    Option(key=SEAL, label="电子封条"),
)
RESULTS: Final = (
    Option(key=FINE, label="无异常"),
    Option(key="seal_broken", label="封条破坏"),
    Option(key="seal_offline", label="封条离线"),
    Option(key="power_above", label="用电超停产基线"),
    Option(key="seen", label="画面异常"),
)
ORIGINS: Final = (
    Option(key="person", label="人工抽查"),
    Option(key="system", label="系统报送"),
)
_LASTING: Final = (SUSPENDED, CLOSED)
_PROFILES: Final = {"suspended": SUSPENDED, "closed": CLOSED}
_WORDS: Final = {one.key: one.label for one in (*RESULTS, *MEANS)}
_JUDGED: Final = timedelta(days=30)
NO_MEANS: Final = Chip("无手段", "late")
_UNLINKED: Final = Chip("均未接入", "late")
_EVENT: Final = Chip("有事件", "late")
_LINKED: Final = Chip("已接入", "done")

LEDGER = Ledger(
    key=LOOK,
    label="停关矿线上抽查和事件",
    title="means",
    subject="site",
    write_by=("office", "inspector", "watch"),
    fields=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="means", label="手段", kind=Kind.CHOICE, options=MEANS, required=True),
        Field(key="origin", label="来源", kind=Kind.CHOICE, options=ORIGINS, required=True),
        Field(key="looked_at", label="时刻", kind=Kind.MOMENT, required=True),
        Field(key="result", label="结果", kind=Kind.CHOICE, options=RESULTS, required=True),
        Field(key="note", label="说明", max_length=200, personal=True),
    ),
    guards=(A_MINE,),
    basis=("SX-42-1",),
)


def shut_mines(sites: Iterable[Site], *, now: datetime) -> dict[int, str]:
    """Which of these are closed or long stopped, by id with the kind of their stop."""
    here = [site.pk for site in sites]
    profiles = profiles_on(now.astimezone(SHANGHAI).date())
    found = {pk: _PROFILES[one.status] for pk, one in profiles.items() if one.status in _PROFILES}
    found = {pk: kind for pk, kind in found.items() if pk in set(here)}
    for pk, stops in stops_of(here).items():
        for stop in stops:
            if stop.kind in _LASTING and stop.covers(now):
                found[pk] = stop.kind
    return found


def look(scope: Scope) -> Shown:
    """Every shut mine in reach."""
    # A closed mine no longer counts as in being, and stands on this list all the same.
    found = Site.objects.filter(scope.reach, kind__in=MINE_KINDS).select_related("region")
    mines = list(found.order_by("region__path", "name"))
    kinds = shut_mines(mines, now=scope.now)
    held = _Held(kinds, now=scope.now)
    rows = [_row(site, kinds[site.pk], held) for site in mines if site.pk in kinds]
    without = sum(row.cells["state"] == NO_MEANS for row in rows)
    return Shown(
        rows=rows,
        figures=[
            Figure(label="停关矿", value=str(len(rows)), unit="家"),
            Figure(label="无手段", value=str(without), unit="家"),
            Figure(label="封条多久无数据算离线", value=scope.setting(OFFLINE).text),
        ],
    )


class _Held:
    """What is known of these mines' means, read once for all of them."""

    def __init__(self, sites: Iterable[int], *, now: datetime) -> None:
        ids = list(sites)
        self.now = now
        self.links = {one.key: newest_of(one.key, site_ids=ids) for one in MEANS}
        rows = SeriesValue.objects.filter(series=POWER_SERIES, site_id__in=ids)
        self.files = dict(rows.values_list("site_id").annotate(at=Max("received_at")))
        self.sealed = set(all_of(INSTALLED, ids))
        self.looks = all_of(LOOK, ids)
        self.proposed = _proposed(ids)

    def last(self, site: int, means: str) -> datetime | None:
        """When something last came by that means; None where it isn't linked."""
        link = self.links[means].get(site)
        moments = [link.last_seen_at] if link else []
        if means == POWER and site in self.files:
            moments.append(self.files[site])
        return max(moments, default=None)

    def checked(self, site: int, means: str) -> str:
        """When a person last looked through it."""
        return max((_when(one) for one in self._of(site, means, "person")), default="")

    def event(self, site: Site, means: str) -> str:
        """The last thing that has to be checked: registered, offline now, or found in figures."""
        told = [
            f"{_when(one)} {_WORDS[str(one.facts['result'])]}"
            for one in self._of(site.pk, means)
            if one.facts["result"] != FINE
        ]
        if means == POWER and site.pk in self.proposed:
            told.append(self.proposed[site.pk])
        if means == SEAL and (since := self.offline(site)):
            told.append(f"{moment_words(since)} 封条离线")
        return max(told, default="")

    def offline(self, site: Site) -> datetime | None:
        """Since when the seal says nothing, None while it isn't offline or no limit is set."""
        link = self.links[SEAL].get(site.pk)
        on = self.now.astimezone(SHANGHAI).date()
        limit = value_of(OFFLINE, region_path=site.region.path_ids, on=on)
        if link is None or not limit.is_set:
            return None
        is_off = silence(link, now=self.now) > timedelta(minutes=limit.amount)
        return link.last_seen_at if is_off else None

    def _of(self, site: int, means: str, origin: str = "") -> Iterator[Record]:
        for one in self.looks.get(site, []):
            if one.facts["means"] == means and origin in ("", one.facts["origin"]):
                yield one


def _proposed(ids: list[int]) -> dict[int, str]:
    """When the watch over power and output last told of each, with its words."""
    found = {}
    matters = Matter.objects.filter(
        kind="site_proposal", site_id__in=ids, facts_row__data__watch=ALIVE
    )
    for one in matters.order_by("pk").select_related("facts_row"):
        joined = one.facts_row.data.get("joined")
        at = datetime.fromisoformat(joined[-1]["at"]) if joined else one.opened_at
        found[one.site_id or 0] = f"{moment_words(at)} 高于停产基线"
    return found


def _when(record: Record) -> str:
    return moment_words(moment_of(record, "looked_at"))


def _row(site: Site, kind: str, held: _Held) -> Row:
    cells: dict[str, Cell] = {"site": site_cell(site), "kind": label_of(kind, STOPS)}
    cells |= {one.key: _means_cell(site, one.key, held) for one in MEANS}
    cells["state"] = _state(site, held)
    add = register_link(LOOK, "登记抽查", site=site.pk)
    return Row(id=site.pk, name=site.name, cells=cells, actions=(add,))


def _means_cell(site: Site, means: str, held: _Held) -> Link:
    last = held.last(site.pk, means)
    state = f"已接入 {moment_words(last)}" if last else "未接入"
    if means == SEAL and last is None and site.pk in held.sealed:
        state = "已安装，未接入"
    if means == SEAL and (since := held.offline(site)):
        state = f"离线，自 {moment_words(since)}"
    checked = held.checked(site.pk, means) or "无"
    return Link(state, "", f"抽查 {checked}；事件 {held.event(site, means) or '无'}")


def _state(site: Site, held: _Held) -> Chip:
    if any(held.event(site, one.key) for one in MEANS):
        return _EVENT
    if any(held.last(site.pk, one.key) for one in MEANS):
        return _LINKED
    return _UNLINKED if site.pk in held.sealed else NO_MEANS


def look_for_events(*, now: datetime) -> Iterator[Finding]:
    """SX-42-1: a seal broken or offline, or what a look from afar found, at a shut mine."""
    sites = Site.objects.filter(kind__in=MINE_KINDS).select_related("region").order_by("pk")
    by_id = {site.pk: site for site in sites}
    kinds = shut_mines(by_id.values(), now=now)
    held = _Held(kinds, now=now)
    for pk, kind in kinds.items():
        since = held.offline(by_id[pk])
        if since is not None:
            yield _finding(pk, f"seal/{since.isoformat()}", kind, SEAL, "封条离线", since)
        for one in held.looks.get(pk, []):
            at = moment_of(one, "looked_at")
            if one.facts["result"] != FINE and at is not None and now - at <= _JUDGED:
                words = _WORDS[str(one.facts["result"])]
                yield _finding(pk, f"look/{one.pk}", kind, str(one.facts["means"]), words, at)


def _finding(site: int, key: str, kind: str, means: str, words: str, at: datetime) -> Finding:
    stopped = label_of(kind, STOPS)
    return Finding(
        site=site,
        key=key,
        label=f"{stopped}矿{words}，{moment_words(at)}",
        text=f"{stopped}矿的{_WORDS[means]}于{moment_words(at)}显示{words}。请派人到场核查。",
        figures=(("手段", _WORDS[means]), ("事件", words), ("时刻", moment_words(at))),
    )


WATCH = Watch(
    key=SEAL_WATCH,
    label="停关矿封条和线上抽查事件",
    look=look_for_events,
    decide_by=("watch", "office", "leader"),
    opens=("site_check",),
    basis=("SX-42-1",),
)
BOARD = Board(
    key="shut-mines",
    label="停关矿线上抽查名单",
    heads=(
        Head(key="site", label="矿山", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="kind", label="类别"),
        *(Head(key=one.key, label=one.label, kind="link") for one in MEANS),
    ),
    look=look,
    state="state",
    ledgers=(LOOK, STOP_ORDER, INSTALLED),
    read_by=OFFICIALS,
    empty="辖区内没有关闭或长期停产的矿山",
    basis=("SX-42-1",),
)
