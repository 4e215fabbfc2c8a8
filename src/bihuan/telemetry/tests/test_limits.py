"""Episodes of the four machines, with what sets, changes and withdraws their limits (T8 to T13)."""

import pytest

from bihuan.telemetry.tests.inboxes import MINE, POINT, Inbox, definition, reading, readings

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("told", "values", "rows"),
    [
        # Equal to on begins; equal to off doesn't end.
        ({}, ["0.99", "1.0", "1.01"], ["alarm 00:00:30 - 1.01 00:01:00 2 no"]),
        ({}, ["1", "1.0", "0.999"], ["alarm 00:00:00 00:01:00 1 00:00:00 2 no"]),
        ({"upper_off": "0.8"}, ["1", "0.8", "0.7"], ["alarm 00:00:00 00:01:00 1 00:00:00 2 no"]),
        ({"upper_off": "0.8"}, ["0.9", "0.7"], []),
        # Off not set or on the wrong side is on.
        ({"upper_off": "1.2"}, ["1", "0.9"], ["alarm 00:00:00 00:00:30 1 00:00:00 1 no"]),
        ({"upper_off": "-0.01"}, ["1", "0.9"], ["alarm 00:00:00 00:00:30 1 00:00:00 1 no"]),
        ({"upper_off": "0"}, ["1", "0.9"], ["alarm 00:00:00 00:00:30 1 00:00:00 1 no"]),
        ({"upper_off": "-9999"}, ["1", "0.9"], ["alarm 00:00:00 00:00:30 1 00:00:00 1 no"]),
        ({"upper_off": "-0.02"}, ["1", "0.9"], ["alarm 00:00:00 - 1 00:00:00 2 no"]),
        # What isn't set.
        ({"upper": "-0.01"}, ["5"], []),
        ({"upper": "-0.0100"}, ["5"], []),
        ({"upper": "-1e-2"}, ["5"], []),
        ({"upper": "-9999.0"}, ["5"], []),
        ({"upper": "０"}, ["5"], []),
        ({"upper": "nan"}, ["5"], []),
        ({"upper": ""}, ["5"], []),
        ({"upper": "0"}, ["5"], []),
        ({"upper": "0.5", "low": "0.50"}, ["5"], []),
        ({"upper": "0", "low": ""}, ["0"], ["alarm 00:00:00 - 0 00:00:00 1 no"]),
        ({"upper": "0", "low": "-9999"}, ["-0.0"], ["alarm 00:00:00 - 0 00:00:00 1 no"]),
        ({"kind": "KG"}, ["5"], []),
        ({"kind": "mn"}, ["5"], []),
        ({"kind": " MN "}, ["1"], ["alarm 00:00:00 - 1 00:00:00 1 no"]),
        # The other machines stand by themselves.
        (
            {"cut": "1.5", "cut_off": "1.0"},
            ["1.5", "1.2", "0.9", "1.2"],
            [
                "alarm 00:00:00 00:01:00 1.5 00:00:00 2 no",
                "alarm 00:01:30 - 1.2 00:01:30 1 no",
                "power_off 00:00:00 00:01:00 1.5 00:00:00 2 no",
            ],
        ),
        # The first of equal peaks; −0 is 0.
        ({}, ["2", "3", "3", "2.5"], ["alarm 00:00:00 - 3 00:00:30 4 no"]),
    ],
)
def test_upper(inbox: Inbox, told: dict[str, str], values: list[str], rows: list[str]) -> None:
    inbox.define(**told)
    inbox.read(0, *values)
    assert inbox.rows("upper_limit") == rows


@pytest.mark.parametrize(
    ("told", "values", "rows"),
    [
        ({"lower": "0.5"}, ["0.6", "0.5", "0.4"], ["alarm 00:00:30 - 0.4 00:01:00 2 no"]),
        ({"lower": "0.5"}, ["0.5", "0.51"], ["alarm 00:00:00 00:00:30 0.5 00:00:00 1 no"]),
        (
            {"lower": "0.5", "lower_off": "0.7"},
            ["0.5", "0.7", "0.71"],
            ["alarm 00:00:00 00:01:00 0.5 00:00:00 2 no"],
        ),
        (
            {"lower": "0.5", "lower_off": "0.4"},
            ["0.5", "0.6"],
            ["alarm 00:00:00 00:00:30 0.5 00:00:00 1 no"],
        ),
        (
            {"lower_cut": "0.5", "lower_cut_off": "0.6"},
            ["-0", "-0.0", "0.6", "0.7"],
            ["power_off 00:00:00 00:01:30 0 00:00:00 3 no"],
        ),
    ],
)
def test_lower(inbox: Inbox, told: dict[str, str], values: list[str], rows: list[str]) -> None:
    inbox.define(upper="", **told)
    inbox.read(0, *values)
    assert inbox.rows("lower_limit") == rows


@pytest.mark.parametrize("status", ["16", "32", "64", "128", "17", "240", "255"])
def test_what_does_not_count_neither_begins_nor_ends(inbox: Inbox, status: str) -> None:
    inbox.define()
    inbox.send(
        "CDSS",
        9,
        reading(0, "5", status),
        reading(1, "1"),
        reading(2, "0.1", status),
        reading(3, "nan"),
        reading(4, "9", status),
        reading(5, "1.5"),
    )
    assert inbox.rows("upper_limit") == ["alarm 00:01:00 - 1.5 00:05:00 2 no"]


@pytest.mark.parametrize(
    ("status", "calibration"), [("0", "no"), ("11", "no"), ("4", "yes"), ("15", "yes")]
)
def test_calibration_is_told_of_what_lies_within(
    inbox: Inbox, status: str, calibration: str
) -> None:
    inbox.define()
    inbox.send("CDSS", 9, reading(0, "1"), reading(1, "1", status), reading(2, "0", "4"))
    assert inbox.rows("upper_limit") == [f"alarm 00:00:00 00:02:00 1 00:00:00 2 {calibration}"]


def test_each_reading_is_judged_by_the_limits_of_its_time(inbox: Inbox) -> None:
    """The first definition holds from the beginning, a later one from the moment of its name."""
    inbox.define(10, upper="1.0")
    inbox.define(20, upper="2.0", upper_off="0.5")
    inbox.read(9, "1.0", "0.9")
    inbox.send("CDSS", 40, reading("00:19:59", "1.0"), reading(20, "0.9"), reading(21, "0.4"))
    inbox.send("CDSS", 41, reading(22, "1.9"), reading(23, "2.0"))
    assert inbox.rows("upper_limit") == [
        "alarm 00:09:00 00:09:30 1 00:09:00 1 no",
        "alarm 00:19:59 00:21:00 1 00:19:59 2 no",
        "alarm 00:23:00 - 2 00:23:00 1 no",
    ]


@pytest.mark.parametrize(
    ("told", "clock", "end", "samples"),
    [
        ({"upper": ""}, "00:01:10", "00:01:10", 3),
        ({"upper": "-0.01"}, "00:01:00", "00:01:00", 2),
        ({"kind": "KG"}, "09:00:00", "09:00:00", 4),
        ({"low": "1.0"}, "00:01:10", "00:01:10", 3),
        ({"upper": "3"}, "00:01:10", "00:01:30", 3),
    ],
)
def test_a_limit_that_ceases_ends_what_it_began(
    inbox: Inbox, told: dict[str, str], clock: str, end: str, samples: int
) -> None:
    inbox.define()
    inbox.define(clock, **told)
    inbox.read(0, "1", "1", "1", "1")
    rows = [f"alarm 00:00:00 {end} 1 00:00:00 {samples} no"]
    assert inbox.rows("upper_limit") == rows


def test_a_limit_that_comes_back_begins_anew(inbox: Inbox) -> None:
    inbox.define()
    inbox.define("00:01:10", upper="")
    inbox.define("00:01:20", upper="1")
    inbox.read(0, "1", "1", "1", "1")
    assert inbox.rows("upper_limit") == [
        "alarm 00:00:00 00:01:10 1 00:00:00 3 no",
        "alarm 00:01:30 - 1 00:01:30 1 no",
    ]


def test_of_equal_moments_the_last_definition_counts(inbox: Inbox) -> None:
    inbox.send("CDDY", 0, definition(upper="1.0"), definition(upper="3.0"))
    text = f"{MINE};x;2026-03-01 00:00:00~{definition(upper='2.0')}~||"
    inbox.put(f"{MINE}_CDDY_202603010000000001.txt", text)
    inbox.read(0, "1", "2", "1.9")
    assert inbox.rows("upper_limit") == ["alarm 00:00:30 00:01:00 2 00:00:30 1 no"]


def test_a_definition_updates_the_points_that_it_lists(inbox: Inbox) -> None:
    other = POINT[:-1] + "2"
    inbox.send("CDDY", 0, definition(), definition(other))
    inbox.send("CDDY", 10, definition(other, upper="9"))
    inbox.send("CDSS", 20, reading(20, "1"), reading(20, "1", point=other))
    assert inbox.rows("upper_limit") == ["alarm 00:20:00 - 1 00:20:00 1 no"]


def test_the_last_version_is_judged_even_if_it_does_not_count(inbox: Inbox) -> None:
    inbox.define()
    inbox.send("CDSS", 1, reading(0, "1"), reading(1, "1"))
    inbox.send("CDSS", 2, reading(0, "", "128"))
    assert inbox.rows("upper_limit") == ["alarm 00:01:00 - 1 00:01:00 1 no"]


def test_order_doubles_and_delay_change_nothing(inbox: Inbox) -> None:
    inbox.define()
    records = readings(0, ["0.5", "1.1", "1.2", "0.9", "1.0", "nan", "0.3"])
    inbox.send("CDSS", 5, *records)
    expected = inbox.judged().episodes
    inbox.send("CDSS", 5, *reversed(records), within="again/")
    inbox.send("CDSS", 500, *records[2:4])
    assert inbox.judged().episodes == expected
