"""What is proposed from crews: over the rule's table, cards that deceive, entries that clash."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from bihuan.language.parameter import Option
from bihuan.language.wording import exact_length
from bihuan.language.words import Finding, Watch
from bihuan.monitoring.crews import limits
from bihuan.monitoring.crews.comparing import shifts_of_day
from bihuan.monitoring.crews.entries import conflict_key, conflict_text, conflicts_at
from bihuan.monitoring.crews.faces import Roster, day_of
from bihuan.monitoring.crews.marks import marked_sites, when_text
from bihuan.monitoring.crews.reading import mine_day
from bihuan.monitoring.crews.tables import DoubledCard, EntryRecord, PositionReport, Presence
from bihuan.monitoring.mines import profiles_on
from bihuan.places.models import Site
from bihuan.telemetry.crews.judging import Verdict

_DAY: Final = timedelta(days=1)
_BACK: Final = timedelta(days=2)
STILL: Final = "crew.still_card_minutes"
DECIDERS: Final = ("watch", "office", "leader", "head", "handler")
OVER, FRAUD, CLASH = "crew_over_trial", "card_fraud", "entry_conflict"


def look_at_trial_limits(*, now: datetime) -> Iterator[Finding]:
    """SX-38-3: mines without the mark against the table that was entered for the rule."""
    marked = marked_sites()
    for roster in _rosters(now):
        if roster.site.pk in marked:
            continue
        for on in _days(now):
            yield from _over_trial(roster, on=on, now=now)


def look_at_cards(*, now: datetime) -> Iterator[Finding]:
    """SX-38-2: marked mines, where counts exceed the persons located or cards can't be true."""
    marked = marked_sites()
    for roster in _rosters(now):
        if roster.site.pk in marked:
            for on in _days(now):
                yield from _uncounted(roster, on=on, now=now)
            yield from _doubled(roster, now=now)
            yield from _still(roster, now=now)


def look_at_entries(*, now: datetime) -> Iterator[Finding]:
    """AY-26-4: one person on two cards, one card at two entry points."""
    recent = EntryRecord.objects.filter(at__gt=now - _BACK).order_by()
    for site_id in recent.values_list("site", flat=True).distinct():
        site = Site.objects.select_related("region").get(pk=site_id)
        for one in conflicts_at(site, since=now - _BACK, until=now):
            yield Finding(
                site=site.pk,
                key=conflict_key(one),
                label="入井身份互相矛盾，须说明",
                text=conflict_text(one),
                figures=(
                    (f"{one.first.point} {one.first.card}", when_text(one.first.at)),
                    (f"{one.second.point} {one.second.card}", when_text(one.second.at)),
                ),
            )


TRIAL_WATCH = Watch(
    key=OVER,
    label="单班和工作面超定员（限员规定）",
    look=look_at_trial_limits,
    decide_by=DECIDERS,
    opens=("site_check",),
    gathers=True,  # of one face, of one shift
    basis=("SX-38-3",),
)
CARD_WATCH = Watch(
    key=FRAUD,
    label="大班次矿定位卡核查",
    look=look_at_cards,
    decide_by=DECIDERS,
    codes=(
        Option(key="without_card", label="不带定位卡"),
        Option(key="false_positions", label="人员位置数据造假"),
    ),
    opens=("site_check",),
    basis=("SX-38-2",),
)
ENTRY_WATCH = Watch(
    key=CLASH,
    label="入井身份矛盾",
    look=look_at_entries,
    decide_by=DECIDERS,
    basis=("AY-26-4",),
)
WATCHES = (TRIAL_WATCH, CARD_WATCH, ENTRY_WATCH)


def _rosters(now: datetime) -> Iterator[Roster]:
    """Mines that sent positions lately and aren't open-pit."""
    profiles = profiles_on(day_of(now))
    lately = PositionReport.objects.filter(at__gt=now - _BACK).order_by().values("site")
    sites = Site.objects.filter(pk__in=lately, kind=Site.Kind.COAL).select_related("region")
    for site in sites.order_by("pk"):
        profile = profiles.get(site.pk)
        if profile is None or not profile.is_open_pit:
            yield Roster(site=site)


def _days(now: datetime) -> tuple[date, date]:
    today = day_of(now)
    return today - _DAY, today


def _over_trial(roster: Roster, *, on: date, now: datetime) -> Iterator[Finding]:
    for face in mine_day(roster, on=on, now=now).faces:
        for over in face.trial_overs:
            excess = over.excess
            if day_of(excess.started_at) != on:
                continue
            lasts = exact_length(over.lasts)
            yield Finding(
                site=roster.site.pk,
                key=f"face:{face.face.area}/{excess.started_at:%Y%m%d%H%M%S}",
                label=f"{face.face.name}超定员，建议列入检查计划",
                text=f"{when_text(excess.started_at)}起{face.face.name}{over.what}超过限员"
                f"{excess.limit}人，最多{excess.peak}人（{when_text(excess.peak_at)}），"
                f"持续{lasts}。",
                figures=(
                    ("最多", f"{excess.peak} 人"),
                    ("限员", f"{excess.limit} 人"),
                    ("持续", lasts),
                ),
            )
    for shift in shifts_of_day(roster, on=on, now=now):
        if shift.by_trial is Verdict.OVER and shift.total is not None:
            yield Finding(
                site=roster.site.pk,
                key=f"shift:{shift.span.name}/{on.isoformat()}",
                label="单班超定员，建议列入检查计划",
                text=f"{on} {shift.span.name}单班入井{shift.located}人，"
                f"超过{shift.trial.number}人。",
                figures=(
                    ("单班入井", f"{shift.located} 人"),
                    ("限员", f"{shift.trial.number} 人"),
                ),
            )


def _uncounted(roster: Roster, *, on: date, now: datetime) -> Iterator[Finding]:
    for shift in shifts_of_day(roster, on=on, now=now):
        if shift.span.ends_at > now:
            continue
        for source, persons in shift.above:
            yield Finding(
                site=roster.site.pk,
                key=f"count:{on.isoformat()}:{shift.span.name}:{source}",
                label=f"{source}人数多于定位人数",
                text=f"{on} {shift.span.name}（{when_text(shift.span.begins_at)}至"
                f"{when_text(shift.span.ends_at)}）{source}{persons}人，"
                f"定位{shift.located}人，差{persons - (shift.located or 0)}人。",
                figures=((source, f"{persons} 人"), ("人员定位", f"{shift.located} 人")),
            )


def _doubled(roster: Roster, *, now: datetime) -> Iterator[Finding]:
    for one in DoubledCard.objects.filter(site=roster.site, at__gt=now - _BACK).order_by("at"):
        yield Finding(
            site=roster.site.pk,
            key=f"double:{one.card}:{day_of(one.at).isoformat()}",
            label="一张卡同时在两处",
            text=f"{when_text(one.at)} 人员卡{one.card}同时出现在两处：{one.places}。",
            figures=(("人员卡", one.card), ("位置", one.places)),
        )


def _still(roster: Roster, *, now: datetime) -> Iterator[Finding]:
    minutes = limits.number_of(STILL, region_path=roster.region_path, on=day_of(now))
    if minutes is None:
        return
    least = timedelta(minutes=minutes)
    for one in Presence.objects.filter(site=roster.site, until_at=None).order_by("card"):
        since = one.spot_since if one.spot else one.from_at
        if one.seen_at - since >= least:
            yield Finding(
                site=roster.site.pk,
                key=f"still:{one.card}:{since:%Y%m%d%H%M}",
                label="定位卡长时间不动",
                text=f"人员卡{one.card}自{when_text(since)}至{when_text(one.seen_at)}没有移动，"
                f"已{exact_length(one.seen_at - since)}（设定{minutes}分钟）。",
                figures=(
                    ("不动", exact_length(one.seen_at - since)),
                    ("设定", f"{minutes} 分钟"),
                ),
            )
