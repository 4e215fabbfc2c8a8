"""A schematic map: a tile per place with a bar and a share per row, as SVG made by the server."""

from collections.abc import Sequence
from math import ceil
from typing import Final

from markupsafe import Markup

from bihuan.ui.charts import Chart, svg

type Part = tuple[int, int]  # so many, of so many

_WIDE: Final = 120
_HEAD: Final = 24
_LINE: Final = 32
_PER_ROW: Final = 3


def tile_map(
    rows: Sequence[str], places: Sequence[tuple[str, Sequence[Part]]], *, title: str, unit: str
) -> Chart:
    """Draw each place as a tile with one line per row; a share of nothing reads 无."""
    tall = _HEAD + _LINE * len(rows)
    drawn = []
    for number, (name, parts) in enumerate(places):
        x, y = number % _PER_ROW * _WIDE, number // _PER_ROW * tall
        drawn.append(_text(x + 2, y + 16, name, css="name"))
        for nth, (label, part) in enumerate(zip(rows, parts, strict=True)):
            drawn += _line(x + 2, y + _HEAD + nth * _LINE, label, part, place=name)
    lines = max(ceil(len(places) / _PER_ROW), 1)
    return Chart(
        title=title,
        svg=svg(
            _WIDE * _PER_ROW,
            tall * lines + 4,
            title=title,
            summary=f"{len(places)} 处，单位{unit}",
            parts=drawn,
        ),
        columns=("", *rows),
        rows=tuple((name, *(_words(part) for part in parts)) for name, parts in places),
    )


def _line(x: float, y: float, label: str, part: Part, *, place: str) -> list[Markup]:
    held, of = part
    whole = _WIDE - 14
    told = f"{place} {label} {_words(part)}"
    found = [_text(x, y + 10, f"{label} {_words(part)}")]
    if of:
        found.append(_box(x, y + 15, whole, css="h0", words=told))
    if held:
        found.append(_box(x, y + 15, whole * held / of, css="h3", words=told))
    return found


def _words(part: Part) -> str:
    held, of = part
    return f"{held} / {of}" if of else "无"


def _box(x: float, y: float, wide: float, *, css: str, words: str) -> Markup:
    rect = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="9" rx="2"><title>{}</title>')
    return rect.format(css, x, y, round(wide, 1), words) + Markup("</rect>")


def _text(x: float, y: float, words: str, *, css: str = "") -> Markup:
    named = Markup(' class="{}"').format(css) if css else ""
    return Markup('<text{} x="{}" y="{}">{}</text>').format(named, x, y, words)
