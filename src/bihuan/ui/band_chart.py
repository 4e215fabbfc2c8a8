"""A figure over time with the band it should keep to; what is missing is a gap, never a zero."""

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from bihuan.ui import charts
from bihuan.ui.charts import Chart
from bihuan.ui.scales import Number, ceiling_of, plain

MISSING = "缺数"
WIDTH, HEIGHT = 680, 150


def band_chart(
    points: Sequence[tuple[str, Number | None]],
    *,
    title: str,
    unit: str,
    lowest: Number | None = None,
    highest: Number | None = None,
    missing: str = MISSING,
) -> Chart:
    """Draw the line in pieces between gaps, its single points as dots, and the band's edges."""
    known = [(label, value) for label, value in points if value is not None]
    edges = [edge for edge in (lowest, highest) if edge is not None]
    top = ceiling_of([*(value for _, value in known), *edges])
    plot = charts.Plot(
        width=WIDTH, height=HEIGHT, left=44, right=14, top=12, bottom=22, ceiling=top
    )
    drawn = plot.axis()
    for edge, word in ((highest, "上限"), (lowest, "下限")):
        if edge is not None:
            drawn += charts.limit_line(plot, edge, f"{word} {plain(edge)} {unit}")
    drawn += _pieces(plot, points)
    drawn += charts.time_labels(plot, [label for label, _ in points])
    gaps = len(points) - len(known)
    summary = charts.peak_words(known, unit) + (f"，{missing} {gaps} 处" if gaps else "")
    return Chart(
        title=title,
        svg=charts.svg(WIDTH, HEIGHT, title=title, summary=summary, parts=drawn),
        columns=("", unit),
        rows=tuple((label, missing if value is None else value) for label, value in points),
        wide=True,
    )


def _pieces(plot: charts.Plot, points: Sequence[tuple[str, Number | None]]) -> list[Markup]:
    count = len(points)
    places = [
        None if value is None else (plot.x(index, count), plot.y(value))
        for index, (_, value) in enumerate(points)
    ]
    drawn = []
    for before, after in pairwise(places):
        if before and after:
            line = Markup('<path class="line" d="M{} {} L{} {}"/>')
            drawn.append(line.format(*before, *after))
    for place, (label, value) in zip(places, points, strict=True):
        if place:
            dot = Markup('<circle class="s2" cx="{}" cy="{}" r="2.5"><title>{} {}</title></circle>')
            drawn.append(dot.format(*place, label, value))
    return drawn
