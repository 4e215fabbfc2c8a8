"""Gaps of a point, and the tail against its mine's newest reading (T14, T17)."""

import pytest

from bihuan.telemetry.tests.inboxes import MINE, POINT, Inbox, definition, reading

pytestmark = pytest.mark.once
OTHER = POINT[:-1] + "2"


@pytest.mark.parametrize(
    ("clock", "rows"),
    [
        ("00:01:30", []),
        ("00:01:31", ["- 00:00:00 00:01:31 - - 0 no"]),
        ("09:00:00", ["- 00:00:00 09:00:00 - - 0 no"]),
    ],
)
def test_a_gap_is_longer_than_ninety_seconds(inbox: Inbox, clock: str, rows: list[str]) -> None:
    inbox.define(kind="KG")
    inbox.send("CDSS", 0, reading(0, "1"), reading(clock, "1"))
    inbox.put(f"{MINE}_CDSS_20260301090000.txt", f"{MINE}~{reading(clock, '1')}~||")
    assert inbox.rows("disconnected") == rows


def test_readings_that_do_not_count_are_no_silence(inbox: Inbox) -> None:
    inbox.define()
    inbox.send("CDSS", 4, *(reading(n, "", "128") for n in range(5)))
    assert inbox.rows("disconnected") == []


@pytest.mark.parametrize(("clock", "rows"), [("00:01:30", []), ("00:01:31", ["open"])])
def test_the_tail_stays_open(inbox: Inbox, clock: str, rows: list[str]) -> None:
    inbox.send("CDDY", 0, definition(), definition(OTHER))
    inbox.send("CDSS", 2, reading(0, "1"), reading(clock, "1", point=OTHER))
    found = [row for row in inbox.rows("disconnected") if row.split()[1:3] == ["00:00:00", "-"]]
    assert len(found) == len(rows)


def test_a_reading_that_waits_moves_the_clock_of_its_mine(inbox: Inbox) -> None:
    inbox.define()
    inbox.send("CDSS", 9, reading(0, "1"), reading(9, "1", point=OTHER))
    assert inbox.rows("disconnected") == ["- 00:00:00 - - - 0 no"]


@pytest.mark.parametrize(("ahead", "rows"), [("00:19:00", 1), ("00:19:01", 0)])
def test_a_reading_far_ahead_moves_no_clock(inbox: Inbox, ahead: str, rows: int) -> None:
    """Exactly ten minutes ahead of the file's name is not far."""
    inbox.send("CDDY", 0, definition(), definition(OTHER))
    inbox.send("CDSS", 9, reading(9, "1"), reading(ahead, "1", point=OTHER))
    assert len(inbox.rows("disconnected")) == rows


def test_another_mine_is_another_clock(inbox: Inbox) -> None:
    mine = "140781000001"
    inbox.define()
    inbox.send("CDSS", 0, reading(0, "1"))
    inbox.send("CDDY", 0, definition(mine + POINT[12:]), mine=mine)
    inbox.send("CDSS", 60, reading(60, "1", point=mine + POINT[12:]), mine=mine)
    assert inbox.rows("disconnected") == []


def test_nothing_but_readings_far_ahead_leave_no_tail(inbox: Inbox) -> None:
    inbox.send("CDDY", 0, definition(), definition(OTHER))
    inbox.send("CDSS", 0, reading(60, "1"), reading(90, "1", point=OTHER))
    assert inbox.rows("disconnected") == []
