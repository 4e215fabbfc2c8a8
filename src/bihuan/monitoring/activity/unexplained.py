"""Watch: a producing mine that works more than its told output explains (稳健基线法).

A named second method beside the exact thirty percent of pairs: it also finds what stays below
them, where two independent series say the same for days.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import batched

from bihuan.language.words import Finding, Watch
from bihuan.matters.grounds import SiteGround
from bihuan.monitoring.activity.codes import FIVE, NINE
from bihuan.monitoring.activity.looking import Mine, day_of, mines_to_look_at, plain
from bihuan.monitoring.activity.series import BY_KEY, EXPLOSIVES, GAS, HAULAGE, POWER
from bihuan.monitoring.activity.worked import Worked, worked
from bihuan.telemetry.detectors.surplus import (
    WORKING_DAYS,
    Kind,
    Seen,
    Settings,
    Suspicion,
    judged,
    suspect,
)
from bihuan.telemetry.detectors.usual import REACH_DAYS, Day, Means, by_output

KEY = "unexplained_work"
BATCH = 20  # mines whose hours are read at once
WALKED_DAYS = 35  # over which sums run: older days have faded
SAID_DAYS = 3  # a late day is still said
SHOWN_DAYS = 30
WHOLE_FROM = 100  # larger figures are told without places
SETTINGS = Settings()
EACH_DAY = replace(SETTINGS, rest_days=0)  # how long to be silent, proposals already made tell
HIDDEN_FACE, OVERLOAD = "false_drawings", "overload"
UNIT = "%（占正常生产）"
PACE_UNIT = "%（占核定日均产量）"
NAMES = {
    Means.POWER: (BY_KEY[POWER].label, BY_KEY[POWER].unit),
    Means.GAS: (BY_KEY[GAS].label, BY_KEY[GAS].unit),
    Means.HAULAGE: (BY_KEY[HAULAGE].label, BY_KEY[HAULAGE].unit),
    Means.EXPLOSIVES: (BY_KEY[EXPLOSIVES].label, BY_KEY[EXPLOSIVES].unit),
    Means.HEADS: ("入井人数与班次名单人数之比", ""),
}


def unexplained_work(*, now: datetime) -> list[Finding]:
    """Mines whose power, gas and the like stand above what output explains, days together."""
    today = day_of(now)
    first = today - timedelta(days=WALKED_DAYS + REACH_DAYS + SETTINGS.gap + 7)
    found: list[Finding] = []
    for mines in mines_to_look_at(now=now):
        for few in batched(mines, BATCH):
            sites = [one.id for one in few]
            told = worked(sites, first=first, last=today - timedelta(days=1))
            known = _proposed(told)
            for mine in few:
                if mine.id in told:
                    found += _of_mine(mine, told[mine.id], known.get(mine.id, []), today=today)
    return found


UNEXPLAINED_WORK = Watch(
    key=KEY,
    label="产量不能解释的用电和瓦斯（稳健基线法，疑似隐蔽工作面或瞒报产量）",
    look=unexplained_work,
    decide_by=("watch", "office", "leader"),
    codes=tuple(one for one in (*NINE, *FIVE) if one.key in (HIDDEN_FACE, OVERLOAD)),
    opens=("site_check", "analysis_task"),
    gathers=True,  # of one kind
    basis=("SX-32-1", "LX-W3-2", "AY-38-2"),
)


def _proposed(sites: Collection[int]) -> dict[int, list[tuple[str, date]]]:
    """Of which kinds and days proposals were made, by site."""
    found = defaultdict[int, list[tuple[str, date]]](list)
    grounds = SiteGround.objects.filter(watch=KEY, site_id__in=list(sites)).order_by("pk")
    for site, key in grounds.values_list("site_id", "key"):
        kind, day = key.split("/")
        found[site].append((kind, date.fromisoformat(day)))
    return found


def _of_mine(
    mine: Mine, told: Worked, known: list[tuple[str, date]], *, today: date
) -> Iterator[Finding]:
    capacity = mine.capacity_t
    seen = judged(
        told.days,
        first=today - timedelta(days=WALKED_DAYS),
        last=today - timedelta(days=1),
        approved_t=None if capacity is None else float(capacity),
        changes=told.changes,
        settings=SETTINGS,
    )
    since = today - timedelta(days=SAID_DAYS)
    by_day = {one.day: one for one in seen if one.day >= since}
    late = [
        one
        for one in suspect(seen, settings=EACH_DAY)
        if one.day in by_day and _is_seen_on(one, by_day[one.day])
    ]
    for kind in Kind:
        said = next((one for one in late if one.kind is kind), None)
        if said is not None and not _is_said_already(said, known):
            yield _finding(mine, said, seen, told.days)


def _is_seen_on(one: Suspicion, last: Seen) -> bool:
    """Whether the day itself shows what the sum says; with its figures missing another day does."""
    if one.kind is Kind.BEYOND_PACE:
        return last.pace is not None and last.pace > SETTINGS.pace_drift
    return one.by[0] in last.shares


def _is_said_already(one: Suspicion, known: list[tuple[str, date]]) -> bool:
    return any(
        kind == one.kind and abs((one.day - day).days) < SETTINGS.rest_days for kind, day in known
    )


def _finding(mine: Mine, one: Suspicion, seen: Sequence[Seen], days: dict[date, Day]) -> Finding:
    judged_on = {each.day: each for each in seen}
    last, main = judged_on[one.day], one.by[0] if one.by else None
    span = [one.day - timedelta(days=back) for back in range(SHOWN_DAYS - 1, -1, -1)]
    gaps = [day for day in span if _is_lacking(days.get(day), main)]
    shown = [day for day in span if day in judged_on or day in gaps]
    if one.kind is Kind.UNEXPLAINED:
        label, sentence, figures = _unexplained(one, last, days)
        shares = {day: each.shares.get(one.by[0]) for day, each in judged_on.items()}
        unit, edge = UNIT, SETTINGS.allowed(one.by[0], last.lines[one.by[0]])
    else:
        label, sentence, figures = _beyond_pace(mine, one, last, days)
        shares = {day: _whole(each.pace) for day, each in judged_on.items()}
        unit, edge = PACE_UNIT, 1 + SETTINGS.pace_drift
    return Finding(
        site=mine.id,
        key=f"{one.kind}/{one.day:%Y-%m-%d}",
        label=label,
        text=(
            f"{sentence}这是稳健基线法的推断，与七类数据互比的30%规则并行，只作线索。"
            f"所看{SHOWN_DAYS}天中缺数{len(gaps)}天，没有按零计。"
        ),
        figures=(
            ("起", f"{one.since:%Y-%m-%d}"),
            ("至", f"{one.day:%Y-%m-%d}"),
            *figures,
            ("缺数", f"{len(gaps)} 天（{len(gaps) * 100 // SHOWN_DAYS}%）"),
        ),
        chart={
            "unit": unit,
            "points": [[f"{day:%m-%d}", _percent(shares.get(day))] for day in shown],
            "band": [None, round(edge * 100, 1)],
        },
    )


def _unexplained(
    one: Suspicion, last: Seen, days: dict[date, Day]
) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    told = {means: _words(means, last, days) for means in one.by if means in last.shares}
    names = "、".join(NAMES[means][0] for means in one.by)
    strength = plain(Decimal(one.strength), places=1)
    on_last = "；".join(f"{NAMES[means][0]}{words}" for means, words in told.items())
    sentence = (
        f"{one.since:%m月%d日}至{one.day:%m月%d日}，{names}高于所报产量应有的水平，"
        f"扣除每日允许波动后累计相当于正常生产{strength}天。"
        f"{one.day:%m月%d日}：{on_last}。"
    )
    figures = (
        *((NAMES[means][0], words) for means, words in told.items()),
        ("累计超出", f"正常生产 {strength} 天"),
    )
    return f"{names}高于所报产量应有的水平，疑似隐蔽工作面或瞒报产量", sentence, figures


def _words(means: Means, last: Seen, days: dict[date, Day]) -> str:
    """A series on the last day: told, expected by output, and up to where it is usual."""
    one, line, unit = days[last.day], last.lines[means], NAMES[means][1]
    value = one.figures[means]
    expected = line.expected(by_output(one, days, means))
    edge = expected + SETTINGS.allowed(means, line) * line.slope * line.usual
    told, usual, upper = (f"{_short(number)}{unit}" for number in (value, expected, edge))
    return f"{told}，所报产量应约{usual}（正常范围至{upper}）"


def _beyond_pace(
    mine: Mine, one: Suspicion, last: Seen, days: dict[date, Day]
) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    approved = (mine.capacity_t or Decimal(0)) / WORKING_DAYS
    output, over = days[one.day].output or 0.0, (last.pace or 0.0) * 100
    sentence = (
        f"{one.since:%m月%d日}至{one.day:%m月%d日}，日产量持续高于核定能力的日均"
        f"（{plain(approved, places=0)}吨，按一年{WORKING_DAYS}个工作日）。"
        f"{one.day:%m月%d日}所报产量{_short(output)}吨，"
        f"至少两项数据（产量、运输量、用电量）都高出{plain(Decimal(over), places=1)}%以上。"
    )
    figures = (
        ("所报产量", f"{_short(output)} 吨"),
        ("核定能力日均", f"{plain(approved, places=0)} 吨"),
        ("两项数据都高出", f"{plain(Decimal(over), places=1)}%"),
    )
    return "日产量节奏高于核定能力，疑似超负荷生产", sentence, figures


def _is_lacking(one: Day | None, means: Means | None) -> bool:
    """Whether a figure of a day wasn't told; a day of rest or under an order lacks nothing."""
    if one is None or one.output is None:
        return True
    is_working = one.output > 0 and not one.is_stopped
    return is_working and means is not None and means not in one.figures


def _whole(pace: float | None) -> float | None:
    return None if pace is None else 1 + pace


def _percent(share: float | None) -> float | None:
    return None if share is None else max(0.0, round(share * 100, 1))


def _short(number: float) -> str:
    return plain(Decimal(number), places=0 if number >= WHOLE_FROM else 2)
