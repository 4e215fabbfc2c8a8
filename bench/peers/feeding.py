"""The readings and limits that peers are given, and the bytes of Prometheus' remote write."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import polars as pl

from bihuan.telemetry.definitions import Definition, definition_of
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.envelopes import Body, open_envelope
from bihuan.telemetry.inbox import batches, content_of, listed
from bihuan.telemetry.parsing import parse
from bihuan.telemetry.records import fields_of
from bihuan.telemetry.series import last_versions
from bihuan.telemetry.sources import Source

UPPER = {"alarm": 0, "power_off": 2}  # places among the machines of a definition
_LITERAL = 65_536


class Ours(NamedTuple):
    """What we reach: millions of points per CPU-second, files to durable, and bytes per point."""

    rate: float
    bytes_each: float


class Size(NamedTuple):
    """How much the watchers are given: so many series, a reading of each at every step."""

    series: int
    steps: int


@dataclass(frozen=True, kw_only=True)
class Feed:
    """`rows` has point, time, value, status, each once and sorted; `limits` has point and limits.

    Limits that aren't set are null.
    """

    rows: pl.DataFrame
    limits: pl.DataFrame
    size: Size


def fed(folder: Path, size: Size) -> Feed:
    """What a folder of files says, as a table."""
    by, sources, told = dialect(), list[Source](), dict[str, Definition]()
    found, _wrong = listed(folder)
    for one in (one for batch in batches(found) for one in batch):
        body = open_envelope(content_of(f"{folder}/{one.path}", size=one.size), mine=one.name.mine)
        assert isinstance(body, Body)
        if one.name.kind == "CDSS":
            sources.append(Source(name=one.name, path=one.path, body=body))
        if one.name.kind == "CDDY":
            pieces = map(fields_of, body.pieces)
            told |= {fields[0]: definition_of(fields, dialect=by) for fields in pieces}
    readings = last_versions(parse(sources, dialect=by)[0])
    points = pl.Series(readings.points)
    rows = pl.DataFrame(
        {
            "point": points.gather(pl.Series(readings.point)),
            "time": readings.time,
            "value": readings.value,
            "status": readings.status,
        }
    )
    limits = pl.DataFrame(
        {
            "point": list(told),
            **{
                f"{level}_{end}": [getattr(one, end)[place] for one in told.values()]
                for level, place in UPPER.items()
                for end in ("on", "off")
            },
        }
    ).fill_nan(None)
    ordered = rows.sort("point", "time", maintain_order=True)
    return Feed(rows=ordered, limits=limits.sort("point"), size=size)


def steps_of(feed: Feed) -> Iterator[list[float]]:
    """The values of every series at one step.

    When there are more series than points, a point is taken again with what it said later.
    """
    held = [
        rows["value"].to_list() for rows in feed.rows.partition_by("point", maintain_order=True)
    ]
    assert len(held) == len(feed.limits)
    for step in range(feed.size.steps):
        values = []
        for number in range(feed.size.series):
            turn, point = divmod(number, len(held))
            told = held[point]
            values.append(told[(turn * feed.size.steps + step) % len(told)])
        yield values


def series_of(feed: Feed) -> tuple[list[bytes], list[tuple[bytes, float]]]:
    """Labels of each series as remote write has them, and the series of limits with values."""
    limits = feed.limits.to_dicts()
    names, held = [], []
    for number in range(feed.size.series):
        of = limits[number % len(limits)]
        point = f"{number:06}{of['point']}"
        names.append(_labels("reading", point))
        ends = (f"{level}_{end}" for level in UPPER for end in ("on", "off"))
        held += [(_labels(end, point), of[end]) for end in ends if of[end] is not None]
    return names, held


def written(series: list[bytes], values: list[float], *, at_ms: int) -> bytes:
    """A request of remote write: a sample of each series, in snappy's frame without packing."""
    samples = []
    for labels, value in zip(series, values, strict=True):
        told = b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(at_ms)
        one = labels + b"\x12" + _varint(len(told)) + told
        samples.append(b"\x0a" + _varint(len(one)) + one)
    whole = b"".join(samples)
    parts = [_varint(len(whole))]
    for begin in range(0, len(whole), _LITERAL):
        piece = whole[begin : begin + _LITERAL]
        parts += [b"\xf4", struct.pack("<H", len(piece) - 1), piece]
    return b"".join(parts)


def _labels(name: str, point: str) -> bytes:
    pairs = (("__name__", name), ("point", point))
    return b"".join(_label(*pair) for pair in pairs)


def _label(name: str, value: str) -> bytes:
    told = b"\x0a" + _varint(len(name)) + name.encode()
    told += b"\x12" + _varint(len(value)) + value.encode()
    return b"\x0a" + _varint(len(told)) + told


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])
