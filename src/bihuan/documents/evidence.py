"""The evidence sheet of an alarm as data, its curve, and its PDF: two pages of A4, no script."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from math import ceil
from typing import Final

from bihuan.documents.fonts import font_paths, paper_fonts, typst_fonts
from bihuan.documents.letters import plain
from bihuan.documents.placing import apart

WIDE: Final = 520.0
TALL: Final = 150.0
_LEFT: Final = 34.0
_FOOT: Final = 20.0
_HEAD: Final = 12.0
_WORDS: Final = 9.5  # as tall as a line of words
_OVER_LINES: Final = ' stroke="#fff" stroke-width="2" paint-order="stroke"'


@dataclass(frozen=True, kw_only=True)
class Curve:
    """What is drawn: (second, value) pairs, limits in force, and the episode; seconds count up."""

    dots: tuple[tuple[int, float], ...]
    limits: tuple[tuple[str, float], ...]
    shade: tuple[int, int] | None
    ends: tuple[str, str]
    joined_s: int


@dataclass(frozen=True, kw_only=True)
class EvidenceSheet:
    """Everything on the sheet, in words; `rows` are readings, `files` what they came in."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    curve: Curve
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    rows_words: str
    files: tuple[tuple[str, str, str], ...]
    files_words: str
    story: tuple[tuple[str, str], ...]
    amendments: tuple[str, ...]
    seal: tuple[tuple[str, str], ...]
    made: str


def evidence_pdf(sheet: EvidenceSheet) -> bytes:
    """The sheet as PDF; equal sheets give equal bytes. Raises FontsMissing."""
    import typst  # noqa: PLC0415  heavy, and many processes never print

    fonts = typst_fonts(font_paths())
    chosen = paper_fonts(fonts.families())
    told = asdict(sheet) | {
        "drawing": drawing_of(sheet.curve, font=chosen.label[0]),
        "fonts": {"body": chosen.body, "title": chosen.title, "label": chosen.label},
    }
    compiler = typst.Compiler(font_paths=fonts, ignore_system_fonts=True)
    pdf = compiler.compile(
        input=files("bihuan.documents").joinpath("evidence.typ").read_bytes(),
        format="pdf",
        sys_inputs={"data": json.dumps(_plain(told), ensure_ascii=False)},
    )
    if not isinstance(pdf, bytes):
        raise TypeError(f"typst gave {type(pdf)!r} instead of one file")
    return pdf


def _plain(told: object) -> object:
    """The same without control characters, which no line of print holds."""
    if isinstance(told, str):
        return told if told.startswith("<svg") else plain(told)
    if isinstance(told, dict):
        return {key: _plain(value) for key, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [_plain(one) for one in told]
    return told


def drawing_of(curve: Curve, *, font: str) -> str:
    """The curve as SVG with its limits; where readings are too far apart nothing is joined."""
    scale = _Scale.of(curve)
    parts = [_shade(curve, scale), *_limits(curve, scale, font)]
    parts += [_line(run, scale) for run in _runs(curve)]
    base = TALL - _FOOT
    parts.append(
        f'<path d="M{_LEFT} {_HEAD}V{base}H{WIDE}" fill="none" stroke="#888" stroke-width="0.6"/>'
    )
    parts += [
        _text(_LEFT, TALL - 6, curve.ends[0], font),
        _text(WIDE, TALL - 6, curve.ends[1], font, anchor="end"),
        _text(_LEFT - 4, base, f"{scale.low:g}", font, anchor="end"),
        _text(_LEFT - 4, _HEAD + 6, f"{scale.high:g}", font, anchor="end"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {TALL}">'
        f"{''.join(parts)}</svg>"
    )


@dataclass(frozen=True)
class _Scale:
    since: int
    until: int
    low: float
    high: float

    @classmethod
    def of(cls, curve: Curve) -> "_Scale":
        values = [value for _at, value in curve.dots] + [value for _words, value in curve.limits]
        low, high = min(values, default=0.0), max(values, default=1.0)
        low = min(low, 0.0) if low >= 0 else low
        step = 10.0 ** (len(str(ceil(high - low or 1))) - 2)
        high = ceil(high * 1.1 / step) * step if high > 0 else high
        times = [at for at, _value in curve.dots] or [0, 1]
        high = high if high > low else low + 1.0
        return cls(times[0], max(times[-1], times[0] + 1), low, round(high, 6))

    def x(self, at: int) -> float:
        share = (at - self.since) / (self.until - self.since)
        return round(_LEFT + min(max(share, 0.0), 1.0) * (WIDE - _LEFT), 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(TALL - _FOOT - share * (TALL - _FOOT - _HEAD), 1)


def _runs(curve: Curve) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = []
    for one in curve.dots:
        if runs and one[0] - runs[-1][-1][0] <= curve.joined_s:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _line(run: Sequence[tuple[int, float]], scale: _Scale) -> str:
    if len(run) == 1:
        at, value = run[0]
        return f'<circle cx="{scale.x(at)}" cy="{scale.y(value)}" r="1.4" fill="#14596b"/>'
    points = " ".join(f"{scale.x(at)},{scale.y(value)}" for at, value in run)
    return f'<polyline points="{points}" fill="none" stroke="#14596b" stroke-width="1.1"/>'


def _limits(curve: Curve, scale: _Scale, font: str) -> list[str]:
    places = sorted((scale.y(value), words) for words, value in curve.limits)
    above = [y - 3 for y, _words in places]
    lines = [
        f'<path d="M{_LEFT} {y}H{WIDE}" fill="none" stroke="#b3261e" stroke-width="0.7"'
        ' stroke-dasharray="4 3"/>'
        for y, _words in places
    ]
    at = apart(above, gap=_WORDS, least=_WORDS, most=TALL - _FOOT)
    told = [
        _text(_LEFT + 3, y, words, font, look=_OVER_LINES)
        for y, (_line, words) in zip(at, places, strict=True)
    ]
    return lines + told


def _shade(curve: Curve, scale: _Scale) -> str:
    if curve.shade is None:
        return ""
    left, right = scale.x(curve.shade[0]), scale.x(curve.shade[1])
    wide, tall = max(round(right - left, 1), 1.0), TALL - _FOOT - _HEAD
    return f'<rect x="{left}" y="{_HEAD}" width="{wide}" height="{tall}" fill="#fcebe9"/>'


def _text(
    x: float, y: float, words: str, font: str, *, anchor: str = "start", look: str = ""
) -> str:
    safe = plain(words).replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<text x="{x}" y="{y}" font-family="{font}" font-size="8.5" fill="#333"'
        f' text-anchor="{anchor}"{look}>{safe}</text>'
    )
