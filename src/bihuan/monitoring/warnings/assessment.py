"""瓦斯防治能力评估: five grounds propose it; a ground during an open one is added to it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Loop, NoDeadline, Stage, Step, Unset
from bihuan.language.pack import Value
from bihuan.language.words import Finding, Watch
from bihuan.matters.case import Case
from bihuan.matters.joining import join_step, keep_ground
from bihuan.matters.models import Record
from bihuan.monitoring.alarms.fields import REAL
from bihuan.monitoring.alarms.tables import Episode
from bihuan.monitoring.warnings.accidents import ACCIDENT, AUTHORITY, FATAL, HAZARD, INVOLVED
from bihuan.monitoring.warnings.frequency import frequent_runs
from bihuan.places.models import Site
from bihuan.regulations.values import value_of
from bihuan.telemetry.live.identity import STANDING

KIND: Final = "gas_assessment"
METHANE: Final = ("0001", "0011", "0043")  # types of methane sensors, as for the alarm at 2 %
BACK_DAYS: Final = 90  # how far back grounds are looked for
DECIDERS: Final = ("office", "leader", "watch")
_EVENTS = {FATAL: "瓦斯亡人事故", INVOLVED: "瓦斯涉险事故"}


class Over(NamedTuple):
    """A methane over-limit: its episode, its matter and what a person coded as the cause."""

    episode: int
    at: datetime
    peak: float | None
    place: str
    cause: str


def look_for_grounds(*, now: datetime) -> Iterator[Finding]:
    """Every ground of the last months, at every mine."""
    yield from _events(now)
    overs: dict[int, list[Over]] = defaultdict(list)
    for site_id, over in _overs(now):
        overs[site_id].append(over)
    sites = Site.objects.filter(pk__in=overs).select_related("region").order_by("id")
    for site in sites:
        yield from _high(site, overs[site.pk], now=now)
        yield from _frequent(site, overs[site.pk], now=now)


def _events(now: datetime) -> Iterator[Finding]:
    today = now.astimezone(SHANGHAI).date()
    since = today - timedelta(days=BACK_DAYS)
    rows = Record.objects.filter(
        ledger__in=(ACCIDENT, HAZARD), is_void=False, valid_from__range=(since, today)
    )
    for row in rows.order_by("id"):
        label = _label_of(row)
        if label and row.site_id:
            text = f"{row.valid_from}登记{label}：{row.title}。"
            figures = (("依据", row.facts.get("paper") or "未填文书"),)
            key = f"{row.ledger}.{row.pk}"
            yield Finding(
                site=row.site_id, key=key, label=_titled(label), text=text, figures=figures
            )


def _label_of(row: Record) -> str:
    if row.ledger == ACCIDENT:
        return _EVENTS.get(str(row.facts.get("kind")), "")
    return "通风瓦斯类重大隐患" if row.facts.get("found_by") == AUTHORITY else ""


def _overs(now: datetime) -> Iterator[tuple[int, Over]]:
    rows = Episode.objects.filter(
        kind="upper_limit",
        sensor_type__in=METHANE,
        state=STANDING,
        site__isnull=False,
        started_at__gte=now - timedelta(days=BACK_DAYS),
    )
    fields = ("site_id", "id", "started_at", "peak", "place", "matter_id")
    found = rows.order_by("started_at", "id").values_list(*fields, "matter__facts_row__data")
    for site_id, episode, at, peak, place, matter_id, facts in found:
        cause = str((facts or {}).get("cause") or "")
        # Levels of one over-limit share a matter, by which it is counted once.
        if site_id is not None:
            yield site_id, Over(matter_id or episode, at, peak, place, cause)


def _high(site: Site, overs: list[Over], *, now: datetime) -> Iterator[Finding]:
    given = _value("gas.high_value_pct", site, now)
    if not given.is_set:
        return
    high = float(str(given.value))
    told: set[int] = set()
    for over in overs:
        is_real = over.cause in ("", REAL)
        if over.peak is None or over.peak < high or not is_real or over.episode in told:
            continue
        told.add(over.episode)
        at = over.at.astimezone(SHANGHAI)
        yield Finding(
            site=site.pk,
            key=f"high.{over.episode}",
            label=_titled("瓦斯高值"),
            text=f"{at:%Y-%m-%d %H:%M} {over.place}甲烷{over.peak:.2f}%，"
            f"达到高值{high:g}%（{given.origin.label}）。",
            figures=(("峰值", f"{over.peak:.2f} %"), ("高值", f"{high:g} %")),
        )


def _frequent(site: Site, overs: list[Over], *, now: datetime) -> Iterator[Finding]:
    count, window = _value("gas.frequent_count", site, now), _value("gas.frequent_days", site, now)
    if not count.is_set or not window.is_set:
        return
    first_of = {over.episode: over for over in reversed(overs) if over.cause == REAL}
    real = sorted(first_of.values(), key=_moment)
    days = [over.at.astimezone(SHANGHAI).date() for over in real]
    for first, end in frequent_runs(days, count=int(count.amount), window_days=window.amount):
        run = real[first:end]
        yield Finding(
            site=site.pk,
            key=f"frequent.{run[0].episode}",
            label=_titled("频繁超限"),
            text=f"{window.amount}天内真实超限{len(run)}次（达到{count.amount}次，"
            f"{count.origin.label}）：{'、'.join(map(_told, run))}。",
            figures=(("真实超限", f"{len(run)} 次"), ("窗口", f"{window.amount} 天")),
        )


def _titled(label: str) -> str:
    return f"建议开展瓦斯防治能力评估（{label}）"


def _told(over: Over) -> str:
    return f"{over.at.astimezone(SHANGHAI):%m-%d %H:%M} {over.place}"


def _moment(over: Over) -> tuple[datetime, int]:
    return over.at, over.episode


def _value(key: str, site: Site, now: datetime) -> Value:
    on = now.astimezone(SHANGHAI).date()
    return value_of(key, region_path=site.region.path_ids, on=on)


def stand_at_mine(case: Case) -> None:
    """The assessment says what it was proposed for."""
    above = case.parent
    if above is not None:
        case.set("site", above.facts.get("site"))
        case.set("evidence", above.facts.get("evidence"))
        case.set("title", f"瓦斯防治能力评估：{case.site or above.matter.title}")
        keep_ground(case, str(above.facts.get("ground")))


ASSESSMENT = Loop(
    key=KIND,
    label="瓦斯防治能力评估",
    parent="*",
    opens_with=(
        Field(key="site", label="矿山", kind=Kind.SITE),
        Field(key="evidence", label="启动情形", kind=Kind.LONG_TEXT),
        Field(key="added", label="评估期间增加的情形", kind=Kind.LONG_TEXT),
    ),
    on_open=(stand_at_mine,),
    summary="evidence",
    stages=(
        Stage(
            key="assessing",
            label="评估中",
            holder="office",
            deadline=Unset("gas.assessment_days", "评估期限"),
        ),
        Stage(
            key="assessed",
            label="已评估",
            holder="office",
            closed=True,
            deadline=NoDeadline("已办结"),
        ),
    ),
    steps=(
        Step(
            key="assess",
            label="填写评估结论",
            source=("assessing",),
            target="assessed",
            by=DECIDERS,
            asks=(
                Field(key="assessor", label="评估单位", required=True, max_length=80),
                Field(
                    key="conclusion",
                    label="评估结论",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    max_length=2000,
                ),
                Field(key="report_files", label="评估报告", kind=Kind.FILES),
            ),
            story="{who}填写评估结论：{conclusion}",
            basis=("AY-21-9",),
        ),
        join_step(source=("assessing",), by=DECIDERS),
    ),
    basis=("AY-21-9",),
)
GROUNDS = Watch(
    key="gas_assessment",
    label="瓦斯防治能力评估启动情形",
    look=look_for_grounds,
    decide_by=DECIDERS,
    opens=(KIND,),
    basis=("AY-21-9",),
)
