"""Charts as SVG made by the server: no script, no inline style, each with the table behind it.

Colours are classes of app.css, so charts follow the theme and print. Every function is pure and
returns a `Chart`; `{{ ui.chart(c) }}` draws it with legend and table, `{{ c }}` only the drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from markupsafe import Markup

from bihuan.ui.scales import Number, axis_words, ceiling_of, plain, ticks_of

type Cell = str | int | float

_SERIES_MAX: Final = 4
_HEAT_LEVELS: Final = 4
_WIDE: Final = 600


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A drawing with the words and figures that say the same."""

    title: str
    svg: Markup
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    legend: tuple[str, ...] = ()
    wide: bool = False  # too wide for a phone: shown at its own size and moved sideways

    def __html__(self) -> str:
        return self.svg


def bars(
    points: Sequence[tuple[str, Number]],
    *,
    title: str,
    unit: str,
    mark_last: bool = False,
    width: int = 340,
    height: int = 110,
) -> Chart:
    """Draw one upright bar per point with its value on top; `mark_last` sets off an open period."""
    top = ceiling_of([value for _, value in points])
    plot = Plot(width=width, height=height, left=2, right=2, top=16, bottom=18, ceiling=top)
    drawn = [plot.base_line()]
    for index, (label, value) in enumerate(points):
        left, wide = plot.slot(index, len(points))
        series = 4 if mark_last and index == len(points) - 1 else 2
        middle = left + wide / 2
        drawn += [
            plot.bar(
                left + wide * 0.14, wide * 0.72, value, series=series, words=f"{label} {value}"
            ),
            text(middle, plot.y(value) - 4, value, css="value", anchor="middle"),
            text(middle, height - 4, label, anchor="middle"),
        ]
    return Chart(
        title=title,
        svg=svg(width, height, title=title, summary=peak_words(points, unit), parts=drawn),
        columns=("", unit),
        rows=tuple((label, value) for label, value in points),
    )


def grouped_bars(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[Number]]],
    *,
    title: str,
    unit: str,
    width: int = 680,
    height: int = 172,
) -> Chart:
    """Draw up to four series side by side over the same labels, with a value axis."""
    _same_length(labels, series)
    if len(series) > _SERIES_MAX:
        raise ValueError(f"{len(series)!r} series; at most {_SERIES_MAX} colours can be told apart")
    top = ceiling_of([value for _, values in series for value in values])
    plot = Plot(width=width, height=height, left=34, right=4, top=12, bottom=22, ceiling=top)
    drawn = plot.axis()
    for index, label in enumerate(labels):
        left, wide = plot.slot(index, len(labels))
        each = min(wide * 0.66 / len(series), 18)
        start = left + (wide - each * len(series)) / 2
        for nth, (name, values) in enumerate(series):
            words = f"{label} {name} {values[index]}"
            at = start + nth * each
            drawn.append(plot.bar(at, each - 2, values[index], series=nth + 1, words=words))
        drawn.append(text(left + wide / 2, height - 5, label, anchor="middle"))
    last = "，".join(f"{name} {values[-1]}" for name, values in series if values)
    return Chart(
        title=title,
        svg=svg(width, height, title=title, summary=f"{labels[-1]} {last} {unit}", parts=drawn),
        columns=("", *(f"{name}（{unit}）" for name, _ in series)),
        rows=tuple(
            (label, *(values[index] for _, values in series)) for index, label in enumerate(labels)
        ),
        legend=tuple(name for name, _ in series),
        wide=width >= _WIDE,
    )


def steps(
    points: Sequence[tuple[str, Number]],
    *,
    title: str,
    unit: str,
    limit: Number | None = None,
    limit_label: str = "",
    stepped: bool = True,
    width: int = 680,
    height: int = 150,
) -> Chart:
    """Draw a value over time, stepped (counts) or straight (readings), and the limit it must keep.

    What lies above the limit is filled, so that an excess is seen without its colour.
    """
    values = [value for _, value in points]
    top = ceiling_of([*values, limit or 0])
    plot = Plot(width=width, height=height, left=34, right=14, top=12, bottom=22, ceiling=top)
    drawn = plot.axis()
    if limit is not None:
        drawn.append(_over(plot, values, limit=limit, stepped=stepped))
    drawn.append(Markup('<path class="line" d="{}"/>').format(_route(plot, values, stepped)))
    if limit is not None:
        drawn += limit_line(plot, limit, limit_label or f"限值 {limit} {unit}")
    drawn += time_labels(plot, [label for label, _ in points])
    return Chart(
        title=title,
        svg=svg(width, height, title=title, summary=_limit_words(points, unit, limit), parts=drawn),
        columns=("", unit) if limit is None else ("", unit, "限值", "超出"),
        rows=tuple(_step_row(label, value, limit) for label, value in points),
        wide=width >= _WIDE,
    )


def heat_strip(
    labels: Sequence[str],
    rows: Sequence[tuple[str, Sequence[int | None]]],
    *,
    title: str,
    unit: str,
    width: int = 420,
) -> Chart:
    """Draw counts as a strip per row; None is a gap that ought to be filled and is hatched."""
    _same_length(labels, rows)
    left, line, head = 84, 21, 18
    height = head + line * len(rows)
    wide = (width - left) / max(len(labels), 1)
    highest = max((value or 0 for _, values in rows for value in values), default=0)
    drawn = [
        text(left + wide * (index + 0.5), 11, label, anchor="middle")
        for index, label in enumerate(labels)
    ]
    for nth, (name, values) in enumerate(rows):
        y = head + nth * line
        drawn.append(text(0, y + 13, name, css="name"))
        for index, value in enumerate(values):
            box = (left + wide * index + 1.5, y, wide - 3, line - 4)
            words = f"{name} {labels[index]} {'空档' if value is None else value}"
            drawn.append(_heat_box(box, value, highest=highest, words=words))
    gaps = sum(value is None for _, values in rows for value in values)
    return Chart(
        title=title,
        svg=svg(
            width,
            height,
            title=title,
            summary=f"{len(rows)} 行，单位{unit}，空档 {gaps} 格",
            parts=drawn,
        ),
        columns=("", *labels),
        rows=tuple(
            (name, *("空档" if value is None else value for value in values))
            for name, values in rows
        ),
    )


def funnel(
    stages: Sequence[tuple[str, int]],
    *,
    title: str,
    unit: str,
    weak: str = "",
    width: int = 420,
    height: int = 56,
) -> Chart:
    """Write how many reached each stage, with arrows between; `weak` names the one to watch."""
    wide = width / max(len(stages), 1)
    drawn: list[Markup] = []
    for index, (label, number) in enumerate(stages):
        middle = wide * (index + 0.5)
        css = "big bad" if label == weak else "big"
        drawn.append(text(middle, 24, number, css=css, anchor="middle"))
        drawn.append(text(middle, 46, label, css="name", anchor="middle"))
        if index:
            arrow = Markup('<path class="arrow" d="M{} 12l6 6-6 6"/>')
            drawn.append(arrow.format(_round(wide * index - 3)))
    summary = "，".join(f"{label} {number}" for label, number in stages)
    return Chart(
        title=title,
        svg=svg(width, height, title=title, summary=f"{summary} {unit}", parts=drawn),
        columns=("", unit),
        rows=tuple(stages),
    )


@dataclass(frozen=True, kw_only=True)
class Plot:
    """The area where values become places."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    ceiling: Number

    def y(self, value: Number) -> float:
        share = value / self.ceiling
        return _round(self.height - self.bottom - share * (self.height - self.bottom - self.top))

    def slot(self, index: int, count: int) -> tuple[float, float]:
        wide = (self.width - self.left - self.right) / max(count, 1)
        return self.left + wide * index, wide

    def x(self, index: int, count: int) -> float:
        span = self.width - self.left - self.right
        return _round(self.left + span * index / max(count - 1, 1))

    def base_line(self) -> Markup:
        return self.line_at(0)

    def line_at(self, value: Number, *, css: str = "axis") -> Markup:
        line = Markup('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>')
        return line.format(css, self.left, self.width - self.right, self.y(value), self.y(value))

    def axis(self) -> list[Markup]:
        drawn = []
        for tick in ticks_of(self.ceiling):
            drawn.append(self.line_at(tick))
            words = axis_words(tick, ceiling=self.ceiling)
            drawn.append(text(self.left - 6, self.y(tick) + 4, words, anchor="end"))
        return drawn

    def bar(self, x: float, wide: float, value: Number, *, series: int, words: str) -> Markup:
        top = self.y(value)
        rect = Markup(
            '<rect class="s{}" x="{}" y="{}" width="{}" height="{}" rx="1"><title>{}</title></rect>'
        )
        tall = _round(self.y(0) - top)
        return rect.format(series, _round(x), top, _round(wide), tall, words)


def svg(width: int, height: int, *, title: str, summary: str, parts: list[Markup]) -> Markup:
    label = f"{title}：{summary}" if summary else title
    size = "wide" if width >= _WIDE else "narrow"
    opening = Markup('<svg class="chart {}" viewBox="0 0 {} {}" role="img" aria-label="{}">')
    named = Markup("<title>{}</title>").format(label)
    return (
        opening.format(size, width, height, label)
        + named
        + Markup("").join(parts)
        + Markup("</svg>")
    )


def text(x: float, y: float, words: Cell, *, css: str = "", anchor: str = "start") -> Markup:
    place = Markup('<text{} x="{}" y="{}" text-anchor="{}">{}</text>')
    named = Markup(' class="{}"').format(css) if css else ""
    return place.format(named, _round(x), _round(y), anchor, words)


def _heat_box(
    box: tuple[float, float, float, float], value: int | None, *, highest: int, words: str
) -> Markup:
    x, y, wide, tall = (_round(edge) for edge in box)
    css = "gap" if value is None else f"h{_heat_level(value, highest)}"
    rect = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}</title>')
    drawn = rect.format(css, x, y, wide, tall, words) + Markup("</rect>")
    if value is None:
        stroke = Markup('<path class="gap-line" d="M{} {}L{} {}"/>')
        drawn += stroke.format(x, _round(y + tall), _round(x + wide), y)
    return drawn


def _heat_level(value: int, highest: int) -> int:
    if value <= 0:
        return 0
    return max(1, ceil(value / highest * _HEAT_LEVELS))


def _route(plot: Plot, values: Sequence[Number], stepped: bool, floor: Number = 0) -> str:
    places = []
    for index, value in enumerate(values):
        x, y = plot.x(index, len(values)), plot.y(max(value, floor))
        if stepped and index:
            places.append(f"{x} {plot.y(max(values[index - 1], floor))}")
        places.append(f"{x} {y}")
    return "M" + " L".join(places) if places else ""


def _over(plot: Plot, values: Sequence[Number], *, limit: Number, stepped: bool) -> Markup:
    """Fill what lies above the limit: the line lifted to the limit, closed along it."""
    route = _route(plot, values, stepped, limit)
    if not route:
        return Markup("")
    right, left, y = plot.width - plot.right, plot.left, plot.y(limit)
    return Markup('<path class="over" d="{} L{} {} L{} {}Z"/>').format(route, right, y, left, y)


def limit_line(plot: Plot, limit: Number, label: str) -> list[Markup]:
    return [
        plot.line_at(limit, css="limit"),
        text(plot.left + 4, plot.y(limit) - 5, label, css="limit-word"),
    ]


def time_labels(plot: Plot, labels: Sequence[str]) -> list[Markup]:
    """Write about five labels, the first and the last flush with the edges."""
    stride = max(1, ceil((len(labels) - 1) / 4))
    last = len(labels) - 1
    drawn = []
    for index in range(0, len(labels), stride):
        anchor = "start" if index == 0 else "end" if index == last else "middle"
        x = plot.x(index, len(labels))
        drawn.append(text(x, plot.height - 5, labels[index], anchor=anchor))
    return drawn


def _step_row(label: str, value: Number, limit: Number | None) -> tuple[Cell, ...]:
    if limit is None:
        return label, value
    return label, value, limit, plain(value - limit) if value > limit else "—"


def _limit_words(points: Sequence[tuple[str, Number]], unit: str, limit: Number | None) -> str:
    words = peak_words(points, unit)
    if limit is None or not points:
        return words
    above = sum(value > limit for _, value in points)
    return f"{words}，限值 {limit} {unit}，超限 {above} 个时点"


def peak_words(points: Sequence[tuple[str, Number]], unit: str) -> str:
    if not points:
        return "没有数据"
    label, value = max(points, key=_second)
    return f"最高 {label} {value} {unit}".rstrip()


def _second(point: tuple[str, Number]) -> Number:
    return point[1]


def _same_length(labels: Sequence[str], series: Sequence[tuple[str, Sequence[object]]]) -> None:
    for name, values in series:
        if len(values) != len(labels):
            raise ValueError(f"series {name!r} has {len(values)} values for {len(labels)} labels")


def _round(value: float) -> float:
    return round(value, 1)
