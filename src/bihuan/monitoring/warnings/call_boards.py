"""Boards of warnings: whom to call, who was called and answered, how far each circle went."""

import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse

from bihuan.language.clock import SHANGHAI
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.reach import visible
from bihuan.monitoring.boards import (
    Board,
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
from bihuan.monitoring.warnings import contacts
from bihuan.monitoring.warnings.area import MINES
from bihuan.monitoring.warnings.calling import minutes_between
from bihuan.monitoring.warnings.issuing import LEVELS
from bihuan.monitoring.warnings.lifting import CALL, Look, lacks, standings
from bihuan.places.models import Site

CALLERS: Final = ("watch", "office", "leader", "dispatcher")
SHOWN_FOR: Final = timedelta(days=30)  # closed ones; open ones are always there
SHOWN_MAX: Final = 2000
SCALE: Final = (
    ("发出", "called_at"),
    ("回应", "answered_at"),
    ("处置", "take_measures_at"),
    ("整改反馈", "give_feedback_at"),
    ("上报", "report_up_at"),
    ("线上巡查", "check_online_at"),
    ("现场核查", "check_on_site_at"),
)
_TONES = {"called": "late", "answered": "todo", "measured": "doing", "closed": "done"}
_STATES = {
    "called": "未回应",
    "answered": "已回应待措施",
    "measured": "已采取措施",
    "closed": "已办结",
}


def shown_matters(kind: str, *, scope: Scope) -> list[Matter]:
    """Matters of a kind that the reader may see: open ones and those of the last days."""
    recent = Q(is_open=True) | Q(opened_at__gte=scope.now - SHOWN_FOR)
    found: QuerySet[Matter] = visible(scope.by).filter(recent, kind=kind)
    found = found.select_related("facts_row", "site__region").order_by("-is_open", "-id")
    return list(found[:SHOWN_MAX])


def clock_words(told: object) -> str:
    """A kept moment to the minute."""
    if not isinstance(told, str) or not told:
        return ""
    return f"{datetime.fromisoformat(told).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def mine_link(matter: Matter) -> Link:
    """The mine's name that leads to the matter."""
    site = matter.site
    url = reverse("desk:matter", args=(to_code(matter.pk),))
    name = site.name if site else matter.title
    return Link(name, url, site.region.name if site else "")


def minutes_told(facts: dict[str, Any]) -> str:
    """Minutes from one step to the next that was taken, in the order in which they were."""
    known = [(str(facts[key]), label) for label, key in SCALE if facts.get(key)]
    known = sorted(known, key=_moment)
    return "；".join(
        f"{first}→{second} {minutes_between(before, after)} 分"
        for (before, first), (after, second) in itertools.pairwise(known)
    )


def look_at_contacts(scope: Scope) -> Shown:
    """Every mine with whom to call there; those without a contact in post come first."""
    mines = list(scope.sites(*MINES))
    known = contacts.contacts_of([site.pk for site in mines], on=scope.today)
    rows = [_contact_row(site, known[site.pk]) for site in mines]
    missing = [row.name for row in rows if row.cells["first"] == ""]
    note = f"没有在岗的本矿联系人：{'、'.join(missing)}。" if missing else ""
    return Shown(
        rows=sorted(rows, key=_has_first),
        figures=[Figure(label="没有在岗联系人", value=str(len(missing)), unit="家")],
        notes=[note] if note else [],
    )


def look_at_calls(scope: Scope) -> Shown:
    """The call record: six fields of every call, with the minutes from call to answer."""
    rows = []
    for call in shown_matters(CALL, scope=scope):
        facts = call.facts_row.data
        minutes = minutes_between(facts.get("called_at"), facts.get("answered_at"))
        rows.append(
            Row(
                id=call.pk,
                name=f"{call.title} {facts.get('warning', '')}",
                cells={
                    "mine": mine_link(call),
                    "state": Chip(_STATES[call.stage], _TONES[call.stage]),
                    "level": LEVELS.get(str(facts.get("level")), ""),
                    "content": str(facts.get("content") or ""),
                    "called_at": clock_words(facts.get("called_at")),
                    "called": str(facts.get("called") or ""),
                    "answered_at": clock_words(facts.get("answered_at")),
                    "measures": str(facts.get("measures") or ""),
                    "minutes": minutes if minutes is not None else "未回应",
                },
            )
        )
    silent = sum(row.cells["minutes"] == "未回应" for row in rows)
    return Shown(
        rows=rows,
        figures=[
            Figure(label="叫应", value=str(len(rows)), unit="矿次"),
            Figure(label="未回应", value=str(silent), unit="矿次"),
        ],
    )


def look_at_circles(scope: Scope) -> Shown:
    """How far each mine's circle went: who looked, what was done, what is missing."""
    calls = shown_matters(CALL, scope=scope)
    known = standings(calls, on=scope.today)
    rows = []
    for call in calls:
        facts, standing = call.facts_row.data, known[call.pk]
        lacking = lacks(facts, standing)
        rows.append(
            Row(
                id=call.pk,
                name=f"{call.title} {facts.get('warning', '')}",
                cells={
                    "mine": mine_link(call),
                    "state": Chip("缺项", "todo") if lacking else Chip("齐全", "done"),
                    "by_mine": _looks(standing.by_mine),
                    "by_authority": _looks(standing.by_authority),
                    "measures": str(facts.get("measures") or ""),
                    "feedback": str(facts.get("feedback") or ""),
                    "report": str(facts.get("report") or ""),
                    "online": str(facts.get("online_found") or ""),
                    "on_site": _visit(facts),
                    "minutes": minutes_told(facts),
                    "lacking": "、".join(lacking),
                },
            )
        )
    return Shown(rows=rows)


def look_at_withdrawals(scope: Scope) -> Shown:
    """Who was told to stop and withdraw, with the four moments."""
    rows = []
    for case in shown_matters("withdrawal", scope=scope):
        facts = case.facts_row.data
        keys = ("warned_at", "called_at", "answered_at", "stopped_at", "last_up_at")
        rows.append(
            Row(
                id=case.pk,
                name=case.title,
                cells={
                    "mine": mine_link(case),
                    "state": Chip("待撤人", "late") if case.is_open else Chip("已撤人", "done"),
                    "warning": str(facts.get("warning") or ""),
                    **{key: clock_words(facts.get(key)) for key in keys},
                },
            )
        )
    waiting = sum(row.cells["state"] == Chip("待撤人", "late") for row in rows)
    return Shown(rows=rows, figures=[Figure(label="待撤人", value=str(waiting), unit="家")])


def _contact_row(site: Site, known: list[contacts.Contact]) -> Row:
    there = contacts.callable_of(known)
    state = Chip("可叫应", "done") if there else Chip("无在岗联系人", "late")
    if known and not there:
        state = Chip("只有公司联系人", "late")
    return Row(
        id=site.pk,
        name=site.name,
        cells={
            "mine": site_cell(site),
            "state": state,
            "first": there[0].words if there else "",
            "next": "；".join(one.words for one in there[1:]),
        },
        actions=(register_link(contacts.KEY, site=site.pk),),
    )


def _looks(looks: Iterable[Look]) -> str:
    """Everybody who looked, with the first time that he did."""
    first: dict[str, datetime] = {}
    for look in sorted(looks, key=_looked_at):
        first.setdefault(look.who, look.at)
    return "；".join(f"{who} {at.astimezone(SHANGHAI):%m-%d %H:%M}" for who, at in first.items())


def _looked_at(look: Look) -> datetime:
    return look.at


def _visit(facts: dict[str, Any]) -> str:
    if facts.get("site_found"):
        return f"{facts.get('visitors', '')} {clock_words(facts.get('visited_at'))}".strip()
    if facts.get("no_visit_because"):
        return f"未到场：{facts['no_visit_because']}（{facts.get('no_visit_signed', '')}签字）"
    return ""


def _has_first(row: Row) -> bool:
    return bool(row.cells["first"])


def _moment(known: tuple[str, str]) -> datetime:
    return datetime.fromisoformat(known[0])


CONTACTS = Board(
    key="mine-contacts",
    label="叫应联系人情况",
    heads=(
        Head(key="mine", label="矿山", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="first", label="首先叫应"),
        Head(key="next", label="其后叫应"),
    ),
    look=look_at_contacts,
    state="state",
    ledgers=(contacts.KEY,),
    read_by=(*CALLERS, "firm"),
    empty="辖区内没有登记矿山",
    basis=("AY-23-8",),
)
CALLS = Board(
    key="warning-calls",
    label="预警叫应记录",
    heads=(
        Head(key="mine", label="矿山", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="level", label="预警等级"),
        Head(key="content", label="预警内容"),
        Head(key="called_at", label="叫应时间", kind="date"),
        Head(key="called", label="被叫应人"),
        Head(key="answered_at", label="回应时间", kind="date"),
        Head(key="measures", label="已采取措施"),
        Head(key="minutes", label="叫应至回应（分钟）"),
    ),
    look=look_at_calls,
    state="state",
    read_by=CALLERS,
    empty="近30日没有预警叫应",
    basis=("AY-23-8", "AY-09-3"),
)
CIRCLES = Board(
    key="warning-circles",
    label="预警查看处置闭环",
    heads=(
        Head(key="mine", label="矿山", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="by_mine", label="矿方查看"),
        Head(key="by_authority", label="监管方查看"),
        Head(key="measures", label="处置"),
        Head(key="feedback", label="整改反馈"),
        Head(key="report", label="上报"),
        Head(key="online", label="线上巡查"),
        Head(key="on_site", label="现场核查"),
        Head(key="minutes", label="各步间隔"),
        Head(key="lacking", label="还缺"),
    ),
    look=look_at_circles,
    state="state",
    read_by=CALLERS,
    empty="近30日没有预警",
    basis=("SX-49-2",),
)
WITHDRAWALS = Board(
    key="withdrawals",
    label="停产撤人情况",
    heads=(
        Head(key="mine", label="矿山", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="warning", label="预警"),
        Head(key="warned_at", label="预警时间", kind="date"),
        Head(key="called_at", label="叫应时间", kind="date"),
        Head(key="answered_at", label="回应时间", kind="date"),
        Head(key="stopped_at", label="停产时间", kind="date"),
        Head(key="last_up_at", label="最后一人升井时间", kind="date"),
    ),
    look=look_at_withdrawals,
    state="state",
    read_by=CALLERS,
    empty="近30日没有停产撤人",
    basis=("AY-23-9",),
)
BOARDS = (CONTACTS, CALLS, CIRCLES, WITHDRAWALS)
