"""A reading over time, large: places follow the clock, a gap is a gap, with limits and calls.

Times are seconds of any count; `clock` says how one reads.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from bihuan.documents.placing import apart
from bihuan.ui import charts
from bihuan.ui.charts import Cell, Chart
from bihuan.ui.scales import ceiling_of, plain, ticks_of

WIDTH: Final = 680
HEIGHT: Final = 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 62, 14, 24
_STRIP: Final = 18  # the line of calls below the clock
_WORDS: Final = 13  # as tall as a line of words
_TICKS: Final = 6
_STEPS_S: Final = (60, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """A value that is drawn across with its words; what lies beyond the first one is filled."""

    value: float
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """Something people did, below the clock; `css` is yes, mute or wait."""

    at: int
    words: str
    css: Literal["yes", "mute", "wait"] = "wait"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is drawn. `joined_s` is how far two readings may be apart to be joined by a line.

    Of a switch `states` are the words of 0 and of 1: it has no extremes, and its line steps.
    """

    title: str
    unit: str
    points: Sequence[tuple[int, float]]
    since: int
    until: int
    joined_s: int
    clock: Callable[[int], str]
    limits: Sequence[Limit] = ()
    side: Literal["upper", "lower"] = "upper"
    moments: Sequence[Moment] = ()
    states: tuple[str, str] | None = None


def clock_curve(told: Told) -> Chart:
    """The drawing with its table; gaps are counted in words."""
    values = [value for _at, value in told.points] + [one.value for one in told.limits]
    frame = _Frame(told, low=min([0.0, *values]), high=float(ceiling_of(values)))
    runs = list(_runs(told.points, told.joined_s))
    drawn = [*_axis(frame)]
    if told.limits:
        drawn += [_beyond(frame, run, told.limits[0].value) for run in runs]
    drawn += [_line(frame, run) for run in runs]
    drawn += _limits(frame)
    drawn += [] if told.states else _extreme(frame)
    drawn += [_moment(frame, one) for one in told.moments]
    height = HEIGHT + (_STRIP if told.moments else 0)
    return Chart(
        title=told.title,
        svg=charts.svg(
            WIDTH, height, title=told.title, summary=_summary(told, len(runs) - 1), parts=drawn
        ),
        columns=(
            "",
            "状态" if told.states else told.unit,
            *(("门限", "超出") if told.limits else ()),
        ),
        rows=tuple(_row(told, at, value) for at, value in told.points),
        wide=True,
    )


@dataclass(frozen=True)
class _Frame:
    told: Told
    low: float
    high: float

    def x(self, at: int) -> float:
        share = (at - self.told.since) / max(self.told.until - self.told.since, 1)
        return round(_LEFT + min(max(share, 0.0), 1.0) * (WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _BOTTOM - _TOP), 1)


def _runs(points: Sequence[tuple[int, float]], joined_s: int) -> Iterator[list[tuple[int, float]]]:
    """Stretches without a gap."""
    run: list[tuple[int, float]] = []
    for at, value in points:
        if run and at - run[-1][0] > joined_s:
            yield run
            run = []
        run.append((at, value))
    if run:
        yield run


def _axis(frame: _Frame) -> Iterator[Markup]:
    line = Markup('<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>')
    told = frame.told
    for tick in (0.0, 1.0) if told.states else sorted({frame.low, *ticks_of(frame.high)}):
        y = frame.y(tick)
        yield line.format(_LEFT, WIDTH - _RIGHT, y, y)
        if told.states:  # words stand where words of limits do: there is room
            yield charts.text(WIDTH - _RIGHT + 4, y + 4, _said(told, tick))
        else:
            yield charts.text(_LEFT - 6, y + 4, plain(tick), anchor="end")
    span = told.until - told.since
    days = -(-span // (_TICKS * _STEPS_S[-1])) * _STEPS_S[-1]  # however long it is
    step = next((one for one in _STEPS_S if span / one <= _TICKS), days)
    for at in range(-(-told.since // step) * step, told.until + 1, step):
        yield charts.text(frame.x(at), HEIGHT - 6, told.clock(at), anchor="middle")


def _line(frame: _Frame, run: Sequence[tuple[int, float]]) -> Markup:
    places = [f"{frame.x(at)} {frame.y(value)}" for at, value in _steps(frame.told, run)]
    if len(places) == 1:  # a dot as long as it is thick
        places.append(f"{frame.x(run[0][0]) + 1.6} {frame.y(run[0][1])}")
    return Markup('<path class="line" d="M{}"/>').format(" L".join(places))


def _steps(told: Told, run: Sequence[tuple[int, float]]) -> Iterator[tuple[int, float]]:
    """The places of a line; a switch says the same until it says something else."""
    for number, (at, value) in enumerate(run):
        if told.states and number and run[number - 1][1] != value:
            yield at, run[number - 1][1]
        yield at, value


def _said(told: Told, value: float) -> Cell:
    return told.states[round(value)] if told.states else value


def _beyond(frame: _Frame, run: Sequence[tuple[int, float]], limit: float) -> Markup:
    """What lies beyond the limit, closed along it."""
    cut = max if frame.told.side == "upper" else min
    edge = " L".join(f"{frame.x(at)} {frame.y(cut(value, limit))}" for at, value in run)
    first, last, y = frame.x(run[0][0]), frame.x(run[-1][0]), frame.y(limit)
    return Markup('<path class="over" d="M{} {} L{} L{} {}Z"/>').format(first, y, edge, last, y)


def _limits(frame: _Frame) -> Iterator[Markup]:
    """The lines, each with its words at the end; words of close lines stand apart."""
    limits = sorted(frame.told.limits, key=_limit_value, reverse=True)  # the top one first
    places = [frame.y(one.value) for one in limits]
    words = apart([y + 4 for y in places], gap=_WORDS, least=_TOP, most=HEIGHT - _BOTTOM + 4)
    line = Markup('<line class="limit" x1="{}" x2="{}" y1="{}" y2="{}"/>')
    for one, y, word in zip(limits, places, words, strict=True):
        yield line.format(_LEFT, WIDTH - _RIGHT, y, y)
        yield charts.text(WIDTH - _RIGHT + 4, word, one.words, css="limit-word")


def _extreme(frame: _Frame) -> Iterator[Markup]:
    """The reading furthest out, with its value."""
    told = frame.told
    if not told.points:
        return
    at, value = (max if told.side == "upper" else min)(told.points, key=_value_of)
    x, y = frame.x(at), frame.y(value)
    yield Markup('<circle class="s3" cx="{}" cy="{}" r="3"/>').format(x, y)
    anchor = "end" if x > WIDTH / 2 else "start"
    words = f"{'最高' if told.side == 'upper' else '最低'} {plain(value)}"
    yield charts.text(
        x + (-7 if anchor == "end" else 7), max(y - 5, 10), words, css="limit-word", anchor=anchor
    )


def _moment(frame: _Frame, one: Moment) -> Markup:
    x, y = frame.x(one.at), HEIGHT + _STRIP / 2
    mark = Markup('<circle class="moment {}" cx="{}" cy="{}" r="4"><title>{}</title></circle>')
    return mark.format(one.css, x, y, one.words)


def _columns(told: Told) -> tuple[str, ...]:
    said = "状态" if told.states else told.unit
    return ("", said, "门限", "超出") if told.limits else ("", said)


def _row(told: Told, at: int, value: float) -> tuple[Cell, ...]:
    if not told.limits:
        return told.clock(at), _said(told, value)
    limit = told.limits[0].value
    beyond = value - limit if told.side == "upper" else limit - value
    return told.clock(at), value, limit, plain(beyond) if beyond > 0 else "—"


def _summary(told: Told, gaps: int) -> str:
    if told.states and told.points:
        at, value = told.points[-1]
        words = f"{told.clock(at)} {_said(told, value)}"
    else:
        words = charts.peak_words([(told.clock(at), value) for at, value in told.points], told.unit)
    limits = "，".join(one.words for one in told.limits)
    missing = f"缺数 {gaps} 段" if gaps > 0 else ""
    return "，".join(filter(None, (words, limits, missing)))


def _limit_value(one: Limit) -> float:
    return one.value


def _value_of(point: tuple[int, float]) -> float:
    return point[1]
