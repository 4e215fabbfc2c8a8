"""Watch: output above the approved capacity (超能力), and what may be a major hazard of it."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bihuan.language.parameter import Option
from bihuan.language.words import Finding, Watch
from bihuan.monitoring.activity.looking import (
    Mine,
    chinese_day,
    day_of,
    in_ten_thousand,
    mines_to_look_at,
    plain,
)
from bihuan.monitoring.activity.reading import Days, daily
from bihuan.monitoring.activity.series import OUTPUT
from bihuan.regulations.values import rules_held
from bihuan.telemetry.detectors.capacity import (
    Crossing,
    crossing,
    months_over,
    plus_percent,
    with_months,
)

YEAR_PCT, MONTH_PCT = "activity.annual_over_pct", "activity.month_pct_of_annual"
STANDARD = "activity.hazard_standard"
DECIDERS = ("watch", "office", "leader")
CODES = (
    Option(key="C01", label="超能力生产（C01）"),
    Option(key="major", label="可能的重大事故隐患"),
)


def over_capacity(*, now: datetime) -> list[Finding]:
    """LX-C01-1: the day on which the year's output first stood above the approved capacity."""
    with rules_held():
        return [
            _year_finding(mine, found, output, year=year)
            for mine, output, year in _outputs(now)
            if (capacity := mine.capacity_t) is not None
            and (found := crossing(_merged(output), capacity)) is not None
        ]


def major_excess(*, now: datetime) -> list[Finding]:
    """AY-26-3: a year at the share more, or a month above its share of the year's capacity."""
    found = []
    with rules_held():
        for mine, output, year in _outputs(now):
            if mine.capacity_t is not None:
                found += _major_year(mine, mine.capacity_t, output, year=year)
                found += _major_months(mine, mine.capacity_t, output, on=day_of(now))
    return found


OVER_CAPACITY = Watch(
    key="over_capacity",
    label="产量超核定能力",
    look=over_capacity,
    decide_by=DECIDERS,
    codes=CODES,
    opens=("case_proposal",),
    basis=("LX-C01-1", "AY-26-3", "SX-40-1"),
)
MAJOR_EXCESS = Watch(
    key="major_excess",
    label="超能力重大隐患",
    look=major_excess,
    decide_by=DECIDERS,
    codes=CODES,
    opens=("case_proposal",),
    basis=("AY-26-3", "SX-40-1"),
)


def standard_words(mine: Mine, *, on: date) -> str:
    """Which edition of the criteria of major hazards was used."""
    return f"判定标准版本：{mine.value(STANDARD, on=on).text}"


def _outputs(now: datetime) -> Iterator[tuple[Mine, Days, int]]:
    today = day_of(now)
    for mines in mines_to_look_at(now=now):
        told = daily([one.id for one in mines], [OUTPUT], first=date(today.year, 1, 1), last=today)
        for mine in mines:
            if OUTPUT in told.get(mine.id, {}):
                yield mine, told[mine.id][OUTPUT], today.year


def _merged(output: Days) -> dict[date, Decimal]:
    return with_months(output.days, output.months)


def _year_finding(mine: Mine, found: Crossing, output: Days, *, year: int) -> Finding:
    return Finding(
        site=mine.id,
        key=f"{year}/over",
        label=f"{year}年累计产量超过核定能力",
        text=_year_text(found),
        figures=_year_figures(found),
        chart=months_chart(output, limit=found.limit),
    )


def _year_text(found: Crossing) -> str:
    share = found.excess * 100 / found.limit
    return (
        f"截至{chinese_day(found.day)}累计产量{in_ten_thousand(found.total)}，"
        f"核定能力{in_ten_thousand(found.limit)}/年，超出{in_ten_thousand(found.excess)}"
        f"（{plain(share, places=2)}%）。有数据{found.days_with_data}天，"
        f"缺数{found.days_missing}天，缺数的日子没有按零计入。"
    )


def _year_figures(found: Crossing) -> tuple[tuple[str, str], ...]:
    return (
        ("截至", chinese_day(found.day)),
        ("本年累计产量", in_ten_thousand(found.total)),
        ("核定能力", f"{in_ten_thousand(found.limit)}/年"),
        ("超出", in_ten_thousand(found.excess)),
        ("有数据", f"{found.days_with_data} 天"),
        ("缺数", f"{found.days_missing} 天"),
    )


def _major_year(mine: Mine, capacity: Decimal, output: Days, *, year: int) -> list[Finding]:
    percent = mine.number(YEAR_PCT, on=date(year, 1, 1))
    if percent is None:
        return []
    line = plus_percent(capacity, percent)
    found = crossing(_merged(output), line, reaching=True)
    if found is None:
        return []
    share = (found.total - capacity) * 100 / capacity
    return [
        Finding(
            site=mine.id,
            key=f"{year}/major",
            label=f"{year}年产量超核定能力达{plain(percent)}%",
            text=(
                f"截至{chinese_day(found.day)}累计产量{in_ten_thousand(found.total)}，"
                f"核定能力{in_ten_thousand(capacity)}/年，超出{plain(share, places=2)}%，"
                f"达到{plain(percent)}%，可能构成重大事故隐患。"
                f"{standard_words(mine, on=found.day)}。"
            ),
            figures=(
                ("本年累计产量", in_ten_thousand(found.total)),
                ("核定能力", f"{in_ten_thousand(capacity)}/年"),
                ("超出", f"{plain(share, places=2)}%"),
                ("判定线", f"{plain(percent)}% 以上（含）"),
                ("缺数", f"{found.days_missing} 天"),
            ),
            chart=months_chart(output, limit=capacity),
        )
    ]


def _major_months(mine: Mine, capacity: Decimal, output: Days, *, on: date) -> list[Finding]:
    percent = mine.number(MONTH_PCT, on=on)
    if percent is None:
        return []
    merged = _merged(output)
    return [
        Finding(
            site=mine.id,
            key=f"{first:%Y-%m}/month",
            label=f"{first.year}年{first.month}月产量超过核定能力的{plain(percent)}%",
            text=(
                f"{first.year}年{first.month}月产量{in_ten_thousand(total)}，为核定能力"
                f"{in_ten_thousand(capacity)}/年的{plain(total * 100 / capacity, places=2)}%，"
                f"超过{plain(percent)}%，可能构成重大事故隐患。{standard_words(mine, on=on)}。"
            ),
            figures=(
                ("当月产量", in_ten_thousand(total)),
                ("核定能力", f"{in_ten_thousand(capacity)}/年"),
                ("占核定能力", f"{plain(total * 100 / capacity, places=2)}%"),
                ("判定线", f"{plain(percent)}%（不含）"),
            ),
            chart=months_chart(output, limit=None, month_line=capacity * percent / 100),
        )
        for first, total in months_over(merged, capacity, percent)
    ]


def months_chart(
    output: Days, *, limit: Decimal | None, month_line: Decimal | None = None
) -> dict[str, Any]:
    """Cumulative output at the end of each month against a limit, or each month's own."""
    sums: dict[date, Decimal] = {}
    for day, value in sorted(_merged(output).items()):
        first = day.replace(day=1)
        sums[first] = sums.get(first, Decimal(0)) + value
    points, total = [], Decimal(0)
    for first, figure in sums.items():
        total += figure
        shown = total if limit is not None else figure
        points.append([f"{first.month}月", float(round(shown / 10_000, 4))])
    line = limit if limit is not None else month_line
    top = None if line is None else float(round(line / 10_000, 4))
    return {"unit": "万吨", "points": points, "band": [None, top]}
