"""Windows that repeat earlier ones (T16)."""

from itertools import cycle, islice

import pytest

from bihuan.telemetry.notation import stamp_of, time_of
from bihuan.telemetry.tests.inboxes import POINT, Inbox, definition, reading, readings

pytestmark = pytest.mark.once
NOISE = [f"0.{n * 37 % 83:02}" for n in range(40)]
NEXT = [f"0.{n * 29 % 71:02}9" for n in range(20)]
SEVEN, EIGHT = (list(islice(cycle(f"0.{n}" for n in range(m)), 40)) for m in (7, 8))


def test_forty_in_a_row_are_a_match(inbox: Inbox) -> None:
    inbox.define()
    inbox.read(0, *NOISE, "5", *NOISE, "6")
    assert inbox.rows("replayed") == ["- 00:20:30 00:40:00 - - 40 no"]


def test_thirty_nine_are_none(inbox: Inbox) -> None:
    inbox.define()
    inbox.read(0, *NOISE, "5", *NOISE[:39], "6")
    assert inbox.rows("replayed") == []


def test_the_earlier_window_ends_before_the_later_one_begins(inbox: Inbox) -> None:
    inbox.define()
    inbox.read(0, *islice(cycle(NEXT), 79))
    assert inbox.rows("replayed") == []
    inbox.read(60, *islice(cycle(NEXT), 81))
    assert inbox.rows("replayed")[0].startswith("- 01:00:00 ")


@pytest.mark.parametrize(("values", "count"), [(SEVEN, 0), (EIGHT, 1)])
def test_eight_different_values(inbox: Inbox, values: list[str], count: int) -> None:
    inbox.define()
    inbox.read(0, *values)
    inbox.read(60, *values)
    assert len(inbox.rows("replayed")) == count


def test_minus_nought_is_nought(inbox: Inbox) -> None:
    inbox.define()
    inbox.read(0, *NOISE[:20], "0", *NOISE[20:])
    inbox.read(60, *NOISE[:20], "-0.0", *NOISE[20:])
    assert len(inbox.rows("replayed")) == 1


@pytest.mark.parametrize(("step_s", "count"), [(30, 1), (31, 0)])
def test_equal_in_spacing(inbox: Inbox, step_s: int, count: int) -> None:
    inbox.define()
    inbox.read(0, *NOISE)
    inbox.read(60, *NOISE, step_s=step_s)
    assert len(inbox.rows("replayed")) == count


@pytest.mark.parametrize(("day", "count"), [("2026-02-22 00:00:00", 1), ("2026-02-21 23:59:59", 0)])
def test_seven_days_back(inbox: Inbox, day: str, count: int) -> None:
    inbox.define()
    begin = time_of(day) or 0
    inbox.send(
        "CDSS", 0, *(reading(stamp_of(begin + n * 30), value) for n, value in enumerate(NOISE))
    )
    inbox.read(0, *NOISE)
    assert len(inbox.rows("replayed")) == count


def test_windows_that_overlap_are_one(inbox: Inbox) -> None:
    inbox.define()
    inbox.read(0, *NOISE, *NEXT, "5")
    inbox.read(60, *NOISE, *NEXT)
    assert inbox.rows("replayed") == ["- 01:00:00 01:29:30 - - 60 no"]


def test_windows_that_only_touch_are_two(inbox: Inbox) -> None:
    inbox.define()
    other = [f"1.{value[2:]}" for value in NOISE]
    inbox.read(0, *NOISE, "5", *other)
    inbox.read(60, *NOISE, *other)
    assert inbox.rows("replayed") == [
        "- 01:00:00 01:19:30 - - 40 no",
        "- 01:20:00 01:39:30 - - 40 no",
    ]


def test_only_what_counts_is_compared(inbox: Inbox) -> None:
    inbox.define()
    inbox.read(0, *NOISE)
    records = readings(60, NOISE)
    records[7] = records[7].replace(";0;", ";4;")
    inbox.send("CDSS", 99, *records, reading("01:00:15", "7", "32"))
    assert inbox.rows("replayed") == ["- 01:00:00 01:19:30 - - 40 yes"]


def test_another_point_is_no_earlier_window(inbox: Inbox) -> None:
    other = POINT[:-1] + "2"
    inbox.send("CDDY", 0, definition(), definition(other, kind="LJ"))
    inbox.read(0, *NOISE)
    records = [record.replace(POINT, other) for record in readings(60, NOISE)]
    inbox.send("CDSS", 99, *records)
    assert inbox.rows("replayed") == []
    later = [record.replace(POINT, other) for record in readings(120, NOISE)]
    inbox.send("CDSS", 160, *later)
    assert inbox.rows("replayed") == ["- 02:00:00 02:19:30 - - 40 no"]
