"""One point over any period: readings or buckets with their gaps, limits and episodes in force."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from bihuan.language.clock import SHANGHAI
from bihuan.monitoring.alarms import switches
from bihuan.monitoring.alarms.fields import LEVELS
from bihuan.monitoring.alarms.readings import kept_point
from bihuan.monitoring.alarms.tables import Episode
from bihuan.monitoring.screens.states import limits_of
from bihuan.monitoring.screens.store_reader import reading
from bihuan.monitoring.screens.wall import rows_drawn, seconds_of
from bihuan.telemetry.notation import moment_of
from bihuan.telemetry.store.glance import Described
from bihuan.ui.sparklines import Dot

BUCKETS: Final = 2_000
SHOWN: Final = 100
_UNIX: Final = (moment_of("19700101000000") or 0) + 8 * 3600
_KINDS: Final = {
    "upper_limit": "超过上限",
    "lower_limit": "低于下限",
    "disconnected": "断线",
    "frozen": "长时间不变",
    "replayed": "重放旧数",
    **dict.fromkeys((*switches.KINDS, switches.PAIR), ""),
}
_LEVELS: Final = {option.key: option.label for option in LEVELS} | switches.HALVES


@dataclass(frozen=True, kw_only=True)
class Line:
    """A limit while it was in force; `until` None means that it still is."""

    words: str
    level: str
    value: float
    since: int
    until: int | None


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """The dots of a period; `width` is a bucket's seconds, 0 for readings."""

    dots: list[Dot]
    width: int
    joined_s: int


def to_unix(seconds: int) -> int:
    """A time of readings as programs count it."""
    return seconds - _UNIX


def from_unix(seconds: int) -> int:
    """The reverse."""
    return seconds + _UNIX


def drawn_of(said: Described, *, since: int, until: int, buckets: int = BUCKETS) -> Drawn:
    """What was read of a point in a period, of those readings that count."""
    with reading() as reader:
        if reader is None:
            return Drawn(dots=[], width=0, joined_s=0)
        chart = reader.chart([said.point], since=since, until=until, buckets=buckets)
        rows = rows_drawn(chart)
    dots = [Dot(at=at, low=low, high=high, mean=mean) for _point, at, low, high, mean in rows]
    joined = max(said.definition.silence_s, chart.width * 3 // 2)
    return Drawn(dots=dots, width=chart.width, joined_s=joined)


def with_gaps(drawn: Drawn) -> Iterator[Dot | int]:
    """The dots, and a bare time where nothing was read between two of them."""
    before = None
    for one in drawn.dots:
        if before is not None and one.at - before > drawn.joined_s:
            yield before + 1
        yield one
        before = one.at


def lines_of(history: Sequence[Described], *, since: int, until: int) -> list[Line]:
    """The limits in force in a period; the first definition holds before it as well (T8).

    A limit that a later definition says again goes on as one line.
    """
    found: dict[tuple[str, int | None], Line] = {}  # by words and end
    for place, said in enumerate(history):
        begin = said.moment if place else min(since, said.moment)
        end = history[place + 1].moment if place + 1 < len(history) else None
        if begin > until or (end is not None and end <= since):
            continue
        for one in limits_of(said.definition):
            before = found.pop((one.label, begin), None)
            line = Line(
                words=one.label,
                level=one.level,
                value=one.on,
                since=before.since if before else begin,
                until=end,
            )
            found[one.label, end] = line
    return list(found.values())


def episodes_of(point: str) -> list[Episode]:
    """The newest episodes of a point."""
    kept = kept_point(point)
    rows = Episode.objects.filter(Q(point=kept) | Q(other_point=kept)).select_related("matter")
    return list(rows.order_by("-started_at", "-id")[:SHOWN])


def episode_words(row: Episode) -> str:
    """断电 超过上限."""
    return f"{_KINDS.get(row.kind, row.kind)} {_LEVELS.get(row.level, '')}".strip()


def series_told(
    said: Described, history: Sequence[Described], *, since: int, until: int, now: datetime
) -> dict[str, Any]:
    """The period as JSON tells it: times in Unix seconds, gaps as nulls."""
    drawn = drawn_of(said, since=since, until=until)
    dots = list(with_gaps(drawn))
    return {
        "since": to_unix(since),
        "until": to_unix(until),
        "width_s": drawn.width,
        "unit": said.definition.unit,
        "time": [to_unix(one.at if isinstance(one, Dot) else one) for one in dots],
        "lowest": [one.low if isinstance(one, Dot) else None for one in dots],
        "highest": [one.high if isinstance(one, Dot) else None for one in dots],
        "mean": [round(one.mean, 6) if isinstance(one, Dot) else None for one in dots],
        "limits": [
            {
                "words": one.words,
                "level": one.level,
                "value": one.value,
                "since": to_unix(max(one.since, since)),
                "until": to_unix(min(one.until or until, until)),
            }
            for one in lines_of(history, since=since, until=until)
        ],
        "episodes": [
            {
                "words": episode_words(row),
                "since": to_unix(seconds_of(row.started_at)),
                "until": to_unix(seconds_of(row.ended_at or now)),
            }
            for row in episodes_of(said.point)
        ],
    }


def shanghai(moment: datetime | None) -> str:
    """A moment as tables show it."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if moment else ""
