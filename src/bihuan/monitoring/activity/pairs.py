"""Watch: the seven series of a mine against each other (七类数据互比)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction

from bihuan.language.words import Finding, Watch
from bihuan.monitoring.activity.looking import (
    Mine,
    chinese_day,
    day_of,
    fraction_text,
    mines_to_look_at,
)
from bihuan.monitoring.activity.reading import Days, daily
from bihuan.monitoring.activity.series import BY_KEY, SEVEN
from bihuan.regulations.values import rules_held
from bihuan.telemetry.detectors.pairs import Answer, Compared, compare

BASELINE, LEAST, DEVIATION = (
    "activity.pair_baseline_days",
    "activity.pair_baseline_min_days",
    "activity.pair_deviation_pct",
)
DAYS_JUDGED = 3  # a late day is still judged
REACH = timedelta(days=200)  # how far back days with data are looked for


def pairs_off(*, now: datetime) -> list[Finding]:
    """AY-38-2: days whose figures don't go together as they usually do."""
    today = day_of(now)
    found = []
    with rules_held():
        for mines in mines_to_look_at(now=now):
            told = daily([one.id for one in mines], SEVEN, first=today - REACH, last=today)
            for mine in mines:
                for day, compared in judged(mine, told.get(mine.id, {}), on=today):
                    found += _finding(mine, day, compared, told[mine.id])
    return found


SEVEN_SERIES = Watch(
    key="seven_series",
    label="七类数据互比",
    look=pairs_off,
    decide_by=("watch", "office", "leader"),
    opens=("analysis_task",),
    gathers=True,
    basis=("AY-38-2",),
)


def judged(mine: Mine, told: dict[str, Days], *, on: date) -> Iterator[tuple[date, list[Compared]]]:
    """The last days of a mine, each with all pairs; nothing where the numbers aren't set."""
    numbers = [mine.number(key, on=on) for key in (BASELINE, LEAST, DEVIATION)]
    if not told or None in numbers:
        return
    days, least, percent = (Fraction(number or 0) for number in numbers)
    whole = {
        key: {
            day: None if (figure := kept.whole(day)) is None else Fraction(figure)
            for day in kept.days
        }
        for key, kept in told.items()
    }
    for back in range(1, DAYS_JUDGED + 1):
        day = on - timedelta(days=back)
        yield (
            day,
            compare(
                whole,
                day,
                keys=SEVEN,
                baseline_days=int(days),
                min_days=int(least),
                deviation_pct=percent,
            ),
        )


def words_of(one: Compared) -> str:
    """A pair in words: names, units, value, expected value, days used."""
    first, second = BY_KEY[one.first], BY_KEY[one.second]
    if one.answer in (Answer.MISSING, Answer.SHORT):
        return f"{first.label}—{second.label}：{one.answer.value}"
    off = one.deviation_pct
    share = "" if off is None else f"，偏离{fraction_text(off)}%"
    return (
        f"按{first.label}看，{second.label}应约{fraction_text(one.expected)} {second.unit}，"
        f"实为{fraction_text(one.value)} {second.unit}{share}（基线{one.days_used}天）"
    )


def _finding(
    mine: Mine, day: date, compared: list[Compared], told: dict[str, Days]
) -> list[Finding]:
    off = [one for one in compared if one.answer is Answer.OFF]
    if not off:
        return []
    missing = sum(one.answer is Answer.MISSING for one in compared)
    short = sum(one.answer is Answer.SHORT for one in compared)
    sentences = "；".join(map(words_of, off))
    return [
        Finding(
            site=mine.id,
            key=f"{day:%Y-%m-%d}",
            label=f"{day.month}月{day.day}日七类数据互比偏离",
            text=(
                f"{chinese_day(day)}{len(compared)}对数据中{len(off)}对偏离：{sentences}。"
                f"缺数{missing}对，基线不足{short}对。"
            ),
            figures=(
                *(
                    (f"{BY_KEY[one.first].label}—{BY_KEY[one.second].label}", words_of(one))
                    for one in off
                ),
                ("缺数", f"{missing} 对"),
                ("基线不足", f"{short} 对"),
            ),
            chart=_chart(off[0], day, told),
        )
    ]


def _chart(one: Compared, day: date, told: dict[str, Days]) -> dict[str, object]:
    """The second series of the first pair over thirty days, gaps where it is missing."""
    kept = told[one.second]
    days = [day - timedelta(days=back) for back in range(29, -1, -1)]
    points = []
    for each in days:
        figure = kept.whole(each)
        points.append([f"{each:%m-%d}", None if figure is None else float(figure)])
    return {"unit": BY_KEY[one.second].unit, "points": points, "band": [None, None]}
