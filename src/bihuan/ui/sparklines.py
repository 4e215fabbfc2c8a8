"""Small drawings of a value over time with its limits: many of them on one page.

Unlike `charts.steps` places follow the clock, and a gap is a gap: nothing is drawn where nothing
was read. The table stands once for all of them, on the page that shows them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

WIDTH: Final = 200
HEIGHT: Final = 56
_EDGE: Final = 4
_ROOM: Final = 0.08  # of the height, left free above and below


@dataclass(frozen=True, kw_only=True, slots=True)
class Dot:
    """A value at a time (seconds), or the extremes and mean of a bucket that begins then."""

    at: int
    low: float
    high: float
    mean: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A limit that is drawn across; `css` is a class of the page."""

    value: float
    words: str
    css: str = "limit"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shade:
    """A stretch of time that is set off, like an episode."""

    begin: int
    end: int
    words: str


@dataclass(frozen=True, kw_only=True)
class Span:
    """What is drawn: from when to when, and how far two dots may be apart to be joined."""

    since: int
    until: int
    joined_s: int


@dataclass(frozen=True)
class _Frame:
    span: Span
    low: float
    high: float
    width: int
    height: int

    def x(self, at: int) -> float:
        share = (at - self.span.since) / max(self.span.until - self.span.since, 1)
        return round(min(max(share, 0.0), 1.0) * (self.width - _EDGE), 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.height - (_ROOM + share * (1 - 2 * _ROOM)) * self.height, 1)


def sparkline(
    dots: Sequence[Dot],
    *,
    words: str,
    span: Span,
    marks: Sequence[Mark] = (),
    shades: Sequence[Shade] = (),
    width: int = WIDTH,
    height: int = HEIGHT,
) -> Markup:
    """The drawing; `words` say what it shows to who can't see it."""
    frame = _frame(dots, marks, span, width, height)
    parts = [_shade(frame, one) for one in shades]
    parts += [_mark(frame, one) for one in marks]
    parts += [_run(frame, run) for run in _runs(dots, span.joined_s)]
    if dots:
        last = dots[-1]
        end = Markup('<circle class="end" cx="{}" cy="{}" r="2.2"/>')
        parts.append(end.format(frame.x(last.at), frame.y(last.mean)))
    opening = Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">'
    )
    return opening.format(width, height, words) + Markup("").join(parts) + Markup("</svg>")


def _frame(
    dots: Sequence[Dot], marks: Sequence[Mark], span: Span, width: int, height: int
) -> _Frame:
    values = [one.low for one in dots] + [one.high for one in dots]
    values += [one.value for one in marks]
    low, high = min(values, default=0.0), max(values, default=1.0)
    low = min(low, 0.0) if low >= 0 and low < high / 2 else low
    if high - low < 1e-9:
        low, high = low - max(abs(low), 1.0) * 0.1, high + max(abs(high), 1.0) * 0.1
    return _Frame(span=span, low=low, high=high, width=width, height=height)


def _runs(dots: Sequence[Dot], joined_s: int) -> Iterator[list[Dot]]:
    """Stretches without a gap."""
    run: list[Dot] = []
    for one in dots:
        if run and one.at - run[-1].at > joined_s:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _run(frame: _Frame, run: Sequence[Dot]) -> Markup:
    """The band between the extremes, and the mean as a line."""
    line = " ".join(f"{frame.x(one.at)} {frame.y(one.mean)}" for one in run)
    if len(run) == 1:
        line += f" {frame.x(run[0].at) + 1.2} {frame.y(run[0].mean)}"
    drawn = Markup('<polyline class="line" points="{}"/>').format(line)
    if all(one.low == one.high for one in run):
        return drawn
    above = [f"{frame.x(one.at)} {frame.y(one.high)}" for one in run]
    below = [f"{frame.x(one.at)} {frame.y(one.low)}" for one in reversed(run)]
    band = Markup('<polygon class="band" points="{}"/>').format(" ".join((*above, *below)))
    return band + drawn


def _mark(frame: _Frame, one: Mark) -> Markup:
    y = frame.y(one.value)
    line = Markup('<line class="{}" x1="0" x2="{}" y1="{}" y2="{}"><title>{}</title></line>')
    return line.format(one.css, frame.width, y, y, one.words)


def _shade(frame: _Frame, one: Shade) -> Markup:
    left, right = frame.x(one.begin), frame.x(one.end)
    box = Markup('<rect class="shade" x="{}" y="0" width="{}" height="{}"><title>{}</title></rect>')
    return box.format(left, max(round(right - left, 1), 1), frame.height, one.words)
