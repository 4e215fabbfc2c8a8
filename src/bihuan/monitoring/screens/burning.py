"""What burns now: open alarms within reach, grouped where a mine's come as a flood."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Case, Count, Max, Sum, When
from django.urls import reverse
from django.utils.http import urlencode

from bihuan.accounts.actors import Actor
from bihuan.language.clock import SHANGHAI
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import to_code
from bihuan.matters.models import Facts, Matter
from bihuan.matters.reach import visible
from bihuan.monitoring.alarms.following import READINGS
from bihuan.monitoring.alarms.guards import SEVERE
from bihuan.monitoring.alarms.readings import ALARM_KINDS, facts_at_present
from bihuan.monitoring.alarms.standing import ALARMS, began_at, level_of, site_of
from bihuan.monitoring.alarms.tables import Episode, Followed
from bihuan.regulations.values import Rulebook, rulebook
from bihuan.telemetry.live.identity import STANDING

CHECK: Final = "data_check"
KINDS: Final = (*ALARMS, CHECK)
SHOWN: Final = 300
HOUR: Final = timedelta(hours=1)
_TO_VERIFY: Final = frozenset({"warned", "received", "detected"})


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the screen: an alarm, or a mine's flood of them."""

    site: str
    level: str
    tone: str
    words: str
    calls: tuple[dict[str, str], ...]
    since: datetime
    minutes: int
    url: str
    code: str
    count: int
    is_verified: bool
    is_over: bool
    is_late: bool
    is_check: bool  # of a link or of data, not an alarm
    shelved_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class _Known:
    matter: Matter
    facts: dict[str, Any]
    rows: list[Episode]
    in_the_last_hour: int  # alarms of the same point

    @property
    def since(self) -> datetime:
        """When the reading began, or the loss was found."""
        return began_at(self.matter, self.facts)

    @property
    def is_verified(self) -> bool:
        """Somebody has looked into it."""
        return self.matter.stage not in _TO_VERIFY


def open_matters(by: Actor) -> Any:
    """Open alarms and checks within the actor's reach."""
    return visible(by).filter(kind__in=KINDS, is_open=True)


def mark(by: Actor, *, now: datetime) -> str:
    """Changes when anything on the screen does: two small questions, no drawing."""
    told = {"n": Count("id"), "last": Max("moved_at"), "entries": Sum("last_seq")}
    state = open_matters(by).order_by().aggregate(**told)
    followed = Followed.objects.filter(name=READINGS).values_list("commit", "episode")
    minute = now.replace(second=0, microsecond=0)  # ages are told in minutes
    seen = repr((by.held, sorted(state.items()), list(followed), minute))
    return hashlib.sha256(seen.encode()).hexdigest()[:24]


def count_open(by: Actor) -> dict[str, int]:
    """How many are open within reach, of each kind."""
    counted = open_matters(by).order_by().values_list("kind").annotate(Count("id"))
    return {**dict.fromkeys(KINDS, 0), **dict(counted)}


def lines(by: Actor, *, now: datetime) -> list[Line]:
    """Every line, unverified first, then what lasts, then by level and age; shelved ones last."""
    marks = _Marks(rulebook(), on=now.astimezone(SHANGHAI).date())
    groups = _grouped(_known(by, now=now), marks)
    return sorted((_drawn(group, marks, now=now) for group in groups), key=_urgency)


class _Marks:
    """From which numbers on alarms flutter, and a mine's count as one flood; by its region."""

    def __init__(self, rules: Rulebook, *, on: date) -> None:
        self._rules, self._on = rules, on

    def flood(self, matter: Matter) -> tuple[int, timedelta] | None:
        """So many, each within that time of the one before; None where nobody set it."""
        count, minutes = (
            self._of("alarm.flood_count", matter),
            self._of("alarm.flood_minutes", matter),
        )
        return (count, timedelta(minutes=minutes)) if count and minutes else None

    def chatters(self, one: _Known) -> bool:
        """Whether its point alarmed so often within the last hour."""
        often = self._of("alarm.chatter_per_hour", one.matter)
        return bool(often) and one.in_the_last_hour >= often

    def _of(self, key: str, matter: Matter) -> int:
        value = self._rules.value_of(key, region_path=matter.path_ids, on=self._on)
        return value.amount if value.is_set else 0


def _known(by: Actor, *, now: datetime) -> list[_Known]:
    # Where there are more than are shown, what nobody looked into is, and alarms before links.
    is_looked_into = Case(When(stage__in=_TO_VERIFY, then=0), default=1)
    is_check = Case(When(kind=CHECK, then=1), default=0)
    ordered = open_matters(by).order_by(is_looked_into, is_check, "-severity", "id")
    matters = list(ordered.select_related("site")[:SHOWN])
    ids = [matter.pk for matter in matters]
    facts = dict(Facts.objects.filter(pk__in=ids).values_list("matter_id", "data"))
    rows: dict[int, list[Episode]] = defaultdict(list)
    for row in Episode.objects.filter(matter_id__in=ids).order_by("started_at", "id"):
        rows[row.matter_id or 0].append(row)
    often = _in_the_last_hour({found[0].point for found in rows.values()}, now=now)
    return [
        _Known(
            matter=one,
            facts=facts.get(one.pk, {}) | facts_at_present(rows[one.pk]),
            rows=rows[one.pk],
            in_the_last_hour=often.get(rows[one.pk][0].point, 0) if rows[one.pk] else 0,
        )
        for one in matters
    ]


def _in_the_last_hour(points: set[str], *, now: datetime) -> dict[str, int]:
    """How many alarms of each point began; one that reached several levels counts once."""
    found = Episode.objects.filter(
        point__in=points,
        kind__in=ALARM_KINDS,
        state=STANDING,
        started_at__gt=now - HOUR,
        matter__isnull=False,
    )
    told = found.order_by().values("point").annotate(alarms=Count("matter", distinct=True))
    return {row["point"]: row["alarms"] for row in told}


def _grouped(known: Iterable[_Known], marks: _Marks) -> list[list[_Known]]:
    """Alarms of one mine that begin soon after each other are one, from a set number on."""
    apart: list[list[_Known]] = []
    by_site: dict[tuple[int | None, bool], list[_Known]] = defaultdict(list)
    for one in known:
        if one.matter.kind == "alarm" and not one.facts.get("shelved_until"):
            by_site[one.matter.site_id, one.is_verified].append(one)
        else:
            apart.append([one])
    for group in by_site.values():
        flood = marks.flood(group[0].matter)
        if flood is None:
            apart += [[one] for one in group]
            continue
        least, within = flood
        for run in _runs(sorted(group, key=_since), within):
            apart += [run] if len(run) >= least else [[one] for one in run]
    return apart


def _runs(ordered: list[_Known], within: timedelta) -> list[list[_Known]]:
    runs: list[list[_Known]] = []
    for one in ordered:
        if runs and one.since - runs[-1][-1].since <= within:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _drawn(group: list[_Known], marks: _Marks, *, now: datetime) -> Line:
    worst = max(group, key=_severity)
    first = min(group, key=_since)
    matter = worst.matter
    minutes = max(0, int((now - first.since).total_seconds() // 60))
    return Line(
        site=site_of(matter) or "未建档",
        level="归并" if len(group) > 1 else level_of(worst.matter, worst.facts),
        tone="maj" if matter.severity >= SEVERE else "sig",
        words=_flood_words(group) if len(group) > 1 else _words(worst, marks),
        calls=tuple(_calls(worst)),
        since=first.since.astimezone(SHANGHAI),
        minutes=minutes,
        url=_url(group),
        code=to_code(matter.pk),
        count=len(group),
        is_verified=worst.is_verified,
        is_over=all(bool(one.facts.get("ended_at")) for one in group),
        is_late=any(one.matter.late_from <= now for one in group),
        is_check=matter.kind == CHECK,
        shelved_until=_shelved(worst, now=now),
    )


def _words(one: _Known, marks: _Marks) -> str:
    facts = one.facts
    if one.matter.kind != "alarm":
        told = str(facts.get("points_words") or one.matter.title)
        return told.removeprefix(site_of(one.matter)) or told  # the line names the mine already
    often = f"，一小时内 {one.in_the_last_hour} 次（抖动）" if marks.chatters(one) else ""
    if facts.get("state"):
        return f"{facts.get('place')} {facts.get('sensor')}　{facts['state']}{often}"
    value = str(facts.get("peak") or "")
    limit = f"，门限 {facts['limit']}" if facts.get("limit") else ""
    back = "，已恢复" if facts.get("ended_at") else ""
    gone = "，读数已撤回" if facts.get("ground_withdrawn") else ""
    edge = "（边界值）" if facts.get("boundary") else ""
    return (
        f"{facts.get('place')} {facts.get('sensor')}　峰值 {value}{edge}{limit}{often}{back}{gone}"
    )


def _flood_words(group: list[_Known]) -> str:
    first = min(group, key=_since)
    burning = sum(not one.facts.get("ended_at") for one in group)
    place = first.facts.get("place")
    return f"{len(group)} 件报警归并，首发：{place}；{burning} 件未恢复，逐件可查"


def _calls(one: _Known) -> list[dict[str, str]]:
    """Who was called and answered; whoever waits is told as waiting."""
    told = []
    for call in (one.facts.get("calls") or [])[-3:]:
        at = datetime.fromisoformat(str(call["called_at"])).astimezone(SHANGHAI)
        answered = bool(call.get("answered"))
        words = f"{call['called']} {at:%H:%M}" if answered else f"{call['called']} 未应答"
        told.append({"words": words, "css": "" if answered else "mute"})
    if one.facts.get("answered_by"):
        told.append({"words": f"{one.facts['answered_by']} 已应答", "css": ""})
    elif one.matter.stage == "warned" and not told:
        told.append({"words": "还没有叫应", "css": "wait"})
    return told


def _url(group: list[_Known]) -> str:
    """A flood leads to its list, where many are ticked and taken one step together."""
    matter = group[0].matter
    if len(group) > 1 and matter.site:
        return f"{reverse('desk:list', args=['alarm'])}?{urlencode({'site': matter.site.name})}"
    return reverse("desk:matter", args=[to_code(matter.pk)])


def _shelved(one: _Known, *, now: datetime) -> datetime | None:
    told = one.facts.get("shelved_until")
    until = datetime.fromisoformat(str(told)) if told else None
    return until.astimezone(SHANGHAI) if until and until > now else None


def _since(one: _Known) -> datetime:
    return one.since


def _severity(one: _Known) -> tuple[int, float]:
    return one.matter.severity, -one.since.timestamp()


def _urgency(line: Line) -> tuple[bool, bool, bool, bool, bool, float]:
    """A check has no end of its own, so it must not count as lasting among alarms."""
    state = line.shelved_until is not None, line.is_verified, line.is_check, line.is_over
    return *state, line.tone != "maj", line.since.timestamp()


def stage_label(kind: str, stage: str) -> str:
    """The stage's word."""
    return catalog().loop(kind).stage(stage).label
