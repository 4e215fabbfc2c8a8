"""What a mine's system says against what is seen: overlap, figures, and what can't be compared."""

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.telemetry.alarms import wrong_alarms
from bihuan.telemetry.comparing import Comparing
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.differences import Said
from bihuan.telemetry.entries import Entry
from bihuan.telemetry.envelopes import Name
from bihuan.telemetry.episodes import Episode
from bihuan.telemetry.figures import is_near
from bihuan.telemetry.replay import LIMIT_KINDS, Judged, replay
from bihuan.telemetry.sources import Source
from bihuan.telemetry.tests.folders import draw
from bihuan.telemetry.tests.inboxes import MINE, POINT, Inbox, at, reading
from bihuan.telemetry.tests.oracle.comparing import compare
from bihuan.telemetry.tests.sayings import say, without_means

pytestmark = pytest.mark.once
BY = dialect()


def alarm(begin: str, end: str, state: str = "001", *, point: str = POINT, told: int = 0) -> str:
    """A record of YCBJ; `told` is the minute of its data time."""
    span = f"{at(begin)};{at(end) if end else ''}"
    return f"{point};甲烷;东翼;%CH4;{state};{span};;;;;;;;;;{at(told)}"


def statistics(begin: str, end: str, *figures: str, point: str = POINT) -> str:
    """A record of TJSJ: highest, lowest, mean."""
    high, low, mean = figures
    span = f"{at(begin)};{at(end)}"
    return f"{point};甲烷;东翼;%CH4;{span};{high};;{low};;{mean};{at(end)}"


def compared(inbox: Inbox) -> Comparing:
    """What a replay of the inbox shows."""
    watcher = Comparing(BY)
    replay(inbox.folder, only=LIMIT_KINDS, watchers=[watcher])
    return watcher


def findings(inbox: Inbox) -> list[str]:
    """`finding abnormal start end told seen`, of times only those of the day."""
    rows = csv.reader(compared(inbox).sheet().decode("utf-8-sig").splitlines())
    cells = [[*row[3:5], row[5][11:19], row[6][11:19], *row[7:9]] for row in list(rows)[1:]]
    return [" ".join(filter(None, row)) for row in cells]


@pytest.fixture
def alarmed(inbox: Inbox) -> Inbox:
    """An episode of alarm from 00:10:00 to 00:12:00, no other."""
    inbox.define()
    inbox.send("CDSS", 30, *(reading(m, "1.2" if 10 <= m < 12 else "0.5") for m in range(30)))
    return inbox


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], ["unsaid alarm 00:10:00 00:12:00"]),
        ([alarm("00:10:00", "00:12:00")], []),
        # One period apart is near, a second more isn't.
        ([alarm("00:05:00", "00:09:30")], []),
        ([alarm("00:12:30", "00:20:00")], []),
        (
            [alarm("00:05:00", "00:09:29")],
            ["unsaid alarm 00:10:00 00:12:00", "unseen 001 00:05:00 00:09:29"],
        ),
        # Two that are near the same episode are both right.
        ([alarm("00:10:00", "00:10:30"), alarm("00:11:00", "00:12:00")], []),
        # Another level is another matter; states that are no level aren't compared.
        (
            [alarm("00:10:00", "00:12:00", "002"), alarm("00:10:00", "00:12:00", "004")],
            ["unsaid alarm 00:10:00 00:12:00", "unseen 002 00:10:00 00:12:00"],
        ),
        # Without an end it lasted at its data time, no longer.
        ([alarm("00:05:00", "", told=10)], []),
        (
            [alarm("00:05:00", "", told=6)],
            ["unsaid alarm 00:10:00 00:12:00", "unseen 001 00:05:00 00:06:00"],
        ),
        # Of one beginning the last record counts.
        ([alarm("00:05:00", "", told=6), alarm("00:05:00", "00:11:00")], []),
        (
            [alarm("00:10:00", "00:12:00"), alarm("00:13:00", "00:11:00"), alarm("x", "x")],
            ["unreadable 001", "unreadable 001"],
        ),
        (
            [alarm("00:10:00", "00:12:00"), alarm("00:10:00", "00:12:00", point="0" * 28)],
            ["no_definition 001"],
        ),
    ],
)
def test_alarms(alarmed: Inbox, records: list[str], expected: list[str]) -> None:
    alarmed.send("YCBJ", 30, *records)
    assert sorted(findings(alarmed)) == sorted(expected)


def test_a_mine_that_never_says_anything_is_one_line(alarmed: Inbox) -> None:
    assert findings(alarmed) == ["never_said 1"]


def test_what_still_lasts_is_near_what_was_said_of_it(inbox: Inbox) -> None:
    inbox.define()
    inbox.send("CDSS", 1, reading(0, "1.2"))
    inbox.send("YCBJ", 60, alarm("00:59:00", "", told=60))
    assert findings(inbox) == []


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (statistics("00:00:00", "00:02:00", "0.9", "0.3", "0.6"), []),
        # Both ends belong to it.
        (statistics("00:00:30", "00:01:30", "0.6", "0.6", "0.6"), []),
        (
            statistics("00:00:00", "00:02:00", "1.1", "0.1", "0.71"),
            ["highest T 1.1 0.9", "lowest T 0.1 0.3", "mean T 0.71 0.6"],
        ),
        (statistics("00:00:00", "00:02:00", "0.8", "0.4", "0.61"), []),
        (statistics("00:00:00", "00:02:00", "0.89", "0.29", "1"), []),
        (statistics("00:00:00", "00:02:00", "", "-9999", "nan"), []),
        (statistics("01:00:00", "01:05:00", "1", "1", "1"), ["no_readings T"]),
        (statistics("01:00:00", "01:05:00", "", "", ""), []),
        (statistics("00:02:00", "00:01:00", "1", "1", "1"), ["unreadable"]),
        (statistics("0", "1", "1", "1", "1"), ["unreadable"]),
        (statistics("00:00:00", "00:02:00", "1", "1", "1", point="x"), ["no_definition"]),
    ],
)
def test_statistics(inbox: Inbox, record: str, expected: list[str]) -> None:
    inbox.define(upper="")
    values = enumerate(["0.9", "0.6", "0.3", "77"])
    inbox.send("CDSS", 5, *(reading(n, one, "128" if one == "77" else "0") for n, one in values))
    inbox.send("TJSJ", 5, record)
    begin, end = record.split(";")[4:6]
    span = f"{begin[11:]} {end[11:]}"
    assert findings(inbox) == [one.replace("T", span) for one in expected]


def test_numbers_that_no_sensor_reads(inbox: Inbox) -> None:
    """A sum beyond all doubles is no mean, and nothing else fails."""
    inbox.define(upper="")
    inbox.send("CDSS", 5, *(reading(n, "1.5e308") for n in range(3)))
    inbox.send("TJSJ", 5, statistics("00:00:00", "00:02:00", "1.5e308", "1e-400", "1.5e308"))
    assert findings(inbox) == [
        "lowest 00:00:00 00:02:00 1e-400 '15" + "0" * 307,
        "mean 00:00:00 00:02:00 1.5e308",
    ]


class Persons:
    """Another watcher, of other files."""

    kinds = frozenset({"RYSS"})

    def passing(self, sources: Iterable[Source]) -> Iterator[Source]:
        """Leave the readings alone."""
        yield from sources

    def take(self, judged: Judged) -> None:
        """Keep what came."""
        self.others = [one.name.kind for one in judged.others]


def test_watchers_leave_each_other_alone(alarmed: Inbox) -> None:
    alarmed.send("RYSS", 30)
    alarmed.send("YCBJ", 30)
    comparing, persons = Comparing(BY), Persons()
    found = replay(alarmed.folder, watchers=[comparing, persons])
    assert [one.finding.value for one in comparing.found] == ["unsaid"]
    assert sorted(persons.others) == ["RYSS", "YCBJ"]
    assert found.episodes_csv() == replay(alarmed.folder).episodes_csv()


def test_records_that_lack_a_field_are_counted(inbox: Inbox) -> None:
    inbox.define()
    inbox.send("YCBJ", 1, "a;b", alarm("00:00:00", "00:00:01", "003"))
    found = compared(inbox)
    assert [(one.record, one.fault.value) for one in found.rejected] == [(0, "field_count")]
    assert dict(found.set_aside) == {"003": 1}


@pytest.mark.parametrize(
    ("told", "seen", "near"),
    [
        ("0.57", 0.58, True),
        ("0.57", 0.5801, False),
        ("1", 1.99, True),
        ("1.00", 1.02, False),
        ("-0.5", -0.6, True),
        ("1e1", 19.0, True),
        ("0.1", 0.30000000000000004, False),
    ],
)
def test_a_unit_of_the_last_decimal(told: str, seen: float, near: bool) -> None:
    assert is_near(told, seen) is near


@st.composite
def spans(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[tuple[int, int]]:
    """Beginnings and ends, some of them alike."""
    moment = st.integers(0, 900)
    pairs = draw(st.lists(st.tuples(moment, moment), max_size=8))
    return sorted({min(pair): max(pair) for pair in pairs}.items())


@settings(max_examples=100, deadline=None)
@given(spans(), spans())
def test_near_is_what_a_plain_look_at_all_pairs_finds(
    told: list[tuple[int, int]], seen: list[tuple[int, int]]
) -> None:
    name = Name(mine=MINE, kind="YCBJ", moment=0, key=(b"", b"", b""))
    cells = {"point": POINT, "abnormal": "001"}
    said = [Said(Entry(name, "", 0, cells), 0, *one) for one in told]
    episodes = [Episode(0, "upper_limit", "alarm", *one) for one in seen]
    found = wrong_alarms(said, episodes, [POINT], senders={MINE}, by=BY)
    unseen = [a for a in told if all(a[0] > b[1] + 30 or b[0] > a[1] + 30 for b in seen)]
    unsaid = [b for b in seen if all(a[0] > b[1] + 30 or b[0] > a[1] + 30 for a in told)]
    assert [(one.finding.value, one.started_at, one.ended_at) for one in found] == [
        *(("unseen", *one) for one in unseen),
        *(("unsaid", *one) for one in unsaid),
    ]


@pytest.mark.parametrize("seed", range(6))
def test_fast_compares_as_slow_does(seed: int, tmp_path: Path) -> None:
    draw(tmp_path, seed)
    say(tmp_path, seed)
    watcher = Comparing(BY)
    replay(tmp_path, only=LIMIT_KINDS, watchers=[watcher])
    assert without_means(watcher) == compare(tmp_path)
    assert watcher.found
