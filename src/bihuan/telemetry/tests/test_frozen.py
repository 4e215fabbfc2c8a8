"""Values that stand still (T15)."""

import numpy as np
import pytest

from bihuan.telemetry.definitions import in_force
from bihuan.telemetry.frozen import begins
from bihuan.telemetry.series import Series
from bihuan.telemetry.tests.inboxes import MINE, POINT, Inbox, definition, reading, readings

pytestmark = pytest.mark.once
RUN = 81  # ninety seconds apart: 120 minutes exactly


def still(first: int, count: int, value: str = "0.7") -> list[str]:
    return readings(first, [value] * count, step_s=90)


@pytest.mark.parametrize(
    ("count", "rows"),
    [(RUN - 1, []), (RUN, ["- 00:00:00 02:00:00 0.7 00:00:00 81 no"])],
)
def test_two_hours_exactly_are_enough(inbox: Inbox, count: int, rows: list[str]) -> None:
    inbox.define()
    inbox.send("CDSS", 200, *still(0, count), reading("02:01:00", "0.8"))
    assert inbox.rows("frozen") == rows


def test_it_is_open_while_it_reaches_the_newest_that_counts(inbox: Inbox) -> None:
    inbox.define()
    inbox.send("CDSS", 200, *still(0, RUN), reading("02:01:00", "nan"), reading(180, "9", "16"))
    assert inbox.rows("frozen") == ["- 00:00:00 - 0.7 00:00:00 81 no"]


@pytest.mark.parametrize(
    ("told", "value", "count"),
    [
        ({"kind": "KG"}, "0.7", 0),
        ({"low": "0.70"}, "0.7", 0),
        ({"low": "0"}, "-0.0", 0),
        ({"low": ""}, "0", 1),
        ({"low": "x"}, "1.0", 1),
    ],
)
def test_where_it_is_off(inbox: Inbox, told: dict[str, str], value: str, count: int) -> None:
    inbox.define(**told)
    inbox.send("CDSS", 200, *still(0, RUN, value))
    assert len(inbox.rows("frozen")) == count


def test_equal_doubles_are_equal_however_they_are_written(inbox: Inbox) -> None:
    inbox.define(low="")
    values = ["0", "-0.0", "0e5", "+.0"] * 21
    inbox.send("CDSS", 200, *readings(0, values[:RUN], step_s=90))
    assert inbox.rows("frozen") == ["- 00:00:00 - 0 00:00:00 81 no"]


def test_readings_that_do_not_count_do_not_break_it(inbox: Inbox) -> None:
    inbox.define()
    records = still(0, RUN)
    records[40] = reading(60, "9", "64")
    records[41] = reading("01:01:30", "0.7", "4")
    inbox.send("CDSS", 200, *records)
    assert inbox.rows("frozen") == ["- 00:00:00 - 0.7 00:00:00 80 yes"]


def test_a_gap_breaks_it(inbox: Inbox) -> None:
    inbox.define()
    records = still(0, RUN + 1)
    del records[40]
    inbox.send("CDSS", 200, *records)
    assert inbox.rows("frozen") == []


def test_a_gap_between_readings_that_do_not_count_breaks_it(inbox: Inbox) -> None:
    inbox.define()
    records = still(0, RUN + 2)
    records[40:42] = [reading("01:00:00", "", "128"), reading("01:01:31", "", "128")]
    inbox.send("CDSS", 200, *records)
    assert inbox.rows("frozen") == []


@pytest.mark.parametrize(
    ("clock", "told", "count"),
    [
        ("01:00:10", {"kind": "KG"}, 0),
        ("01:00:10", {"low": "0.7"}, 0),
        ("01:00:10", {"low": "0.8"}, 1),
        ("02:00:01", {"kind": "KG"}, 1),
        ("02:00:00", {"kind": "KG"}, 0),
    ],
)
def test_a_definition_under_which_it_is_off_breaks_it(
    inbox: Inbox, clock: str, told: dict[str, str], count: int
) -> None:
    """Even if no reading falls under it: the next definition is in force before one comes."""
    inbox.define()
    inbox.define(clock, **told)
    text = f"{MINE};x;2026-03-01 01:00:20~{definition()}~||"
    if clock < "01:01:00":
        inbox.put(f"{MINE}_CDDY_20260301010020.txt", text)
    inbox.send("CDSS", 200, *still(0, RUN))
    assert len(inbox.rows("frozen")) == count


def test_points_do_not_run_into_each_other(inbox: Inbox) -> None:
    other = POINT[:-1] + "2"
    inbox.send("CDDY", 0, definition(), definition(other))
    inbox.send("CDSS", 90, *still(0, 50))
    inbox.send("CDSS", 200, *(record.replace(POINT, other) for record in still(75, 50)))
    assert inbox.rows("frozen") == []


def test_no_reading_begins_no_run() -> None:
    nothing = {"point": np.int32, "time": np.int64, "value": np.float64, "status": np.int16}
    columns = {name: np.zeros(0, kind) for name, kind in nothing.items()}
    series = Series(first=np.zeros(1, np.int64), definition=np.zeros(0, np.int64), **columns)
    assert len(begins(series, in_force([], {}), gaps=np.zeros(0, np.int64))) == 0
