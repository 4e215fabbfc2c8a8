"""Readings become rows of a commit and come back."""

import numpy as np

from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.envelopes import Body, name_of, open_envelope
from bihuan.telemetry.parsing import parse
from bihuan.telemetry.sources import Source
from bihuan.telemetry.store.commits import ROWS
from bihuan.telemetry.store.rows import readings_of, rows_of
from bihuan.telemetry.tests.inboxes import MINE, POINT, reading


def source(path: str, *records: str) -> Source:
    name = name_of(path.rpartition("/")[2], path=path)
    assert name is not None
    body = open_envelope("~".join((MINE, *records, "||")).encode(), mine=MINE)
    assert isinstance(body, Body)
    return Source(name=name, path=path, body=body)


def test_rows_say_what_decides_between_two_readings() -> None:
    first = source(
        f"东\udcff/{MINE}_CDSS_20260301000100.txt", reading(0, "0.5"), "?", reading(1, "x")
    )
    second = source(f"{MINE}_CDSS_202603010002000123.txt", reading(20, "1.5", "4"))
    readings, _rejected = parse([first, second], dialect=dialect())
    rows = rows_of(readings, [first, second])
    assert rows.schema == ROWS
    assert rows.drop("time", "point").rows() == [
        (0.5, 0, False, 60, "", "东".encode() + b"\xff/", 0),
        (None, 0, False, 0, "", "东".encode() + b"\xff/", 2),
        (1.5, 4, True, -1_080, "0123", b"", 0),
    ]
    assert (rows["time"] + rows["lag"]).to_list() == [
        first.name.moment,
        first.name.moment,
        second.name.moment,
    ]


def test_and_back() -> None:
    one = source(f"{MINE}_CDSS_20260301000100.txt", reading(0, "0.5"), reading(1, "x"))
    readings, _rejected = parse([one], dialect=dialect())
    again = readings_of(rows_of(readings, [one]))
    assert again.points == [POINT] == readings.points
    for name in ("point", "time", "status", "is_ahead"):
        assert (getattr(again, name) == getattr(readings, name)).all()
    assert np.array_equal(again.value, readings.value, equal_nan=True)


def test_nothing_gives_no_rows() -> None:
    readings, _rejected = parse([], dialect=dialect())
    assert rows_of(readings, []).schema == ROWS
    assert len(readings_of(rows_of(readings, []))) == 0
