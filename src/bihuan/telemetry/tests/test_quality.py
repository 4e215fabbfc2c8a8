"""What readings contradict: as the plain meaning counts it, and what each finding needs."""

import csv
from pathlib import Path

import pytest

from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.quality import Quality
from bihuan.telemetry.replay import replay
from bihuan.telemetry.tests.folders import draw, mutate
from bihuan.telemetry.tests.inboxes import POINT, Inbox, definition, reading
from bihuan.telemetry.tests.oracle.quality import quality

pytestmark = pytest.mark.once


def watched(folder: Path) -> Quality:
    """What a replay of the folder shows."""
    watcher = Quality(dialect())
    replay(folder, only=(), watchers=[watcher])
    return watcher


def rows(folder: Path) -> list[list[str]]:
    """`quality.csv` without its head."""
    page = watched(folder).sheet().decode("utf-8-sig")
    return list(csv.reader(page.splitlines()))[1:]


@pytest.mark.parametrize("seed", [0, 14, 35, 37])
def test_fast_counts_what_slow_counts(seed: int, tmp_path: Path) -> None:
    draw(tmp_path, seed)
    if seed % 2:
        mutate(tmp_path, seed)
    found = sorted(map(list, watched(tmp_path).rows))
    assert found == quality(tmp_path)
    assert found


@pytest.mark.parametrize(
    ("value", "status", "finding"),
    [
        ("0.99", "0", ""),
        ("1.0", "0", "alarm_unsaid"),
        ("1.0", "1", ""),
        ("1.0", "4", ""),  # calibration keeps a system from alarming
        ("1.0", "128", ""),
        ("0.8", "1", ""),  # an alarm lasts down to its end
        ("0.79", "1", "alarm_unfounded"),
        ("0.79", "5", "alarm_unfounded"),
        ("0.79", "17", ""),
        ("1.5", "1", "power_off_unsaid"),
        ("1.5", "3", ""),
        ("1.0", "3", "power_off_unfounded"),
        ("", "0", "no_number"),
        ("nan", "3", "no_number"),
        ("-9999", "128", ""),
    ],
)
def test_status_and_value(inbox: Inbox, value: str, status: str, finding: str) -> None:
    inbox.define(upper="1.0", upper_off="0.8", cut="1.5", cut_off="1.2")
    inbox.send("CDSS", 1, reading(0, value, status))
    assert [row[3] for row in rows(inbox.folder)] == ([finding] if finding else [])


@pytest.mark.parametrize("group_bytes", [1, 200, 10_000])
def test_groups_change_nothing(group_bytes: int, tmp_path: Path) -> None:
    """Files are scanned some at a time; one with a record that is too long is read by itself."""
    draw(tmp_path, 14)
    watcher = Quality(dialect(), group_bytes=group_bytes)
    replay(tmp_path, only=(), watchers=[watcher])
    assert sorted(map(list, watcher.rows)) == quality(tmp_path)


def test_no_limit_says_nothing(inbox: Inbox) -> None:
    inbox.define(upper="")
    inbox.send("CDSS", 1, reading(0, "5", "3"), reading(1, "5"))
    assert rows(inbox.folder) == []


def test_units_by_day_and_definition(inbox: Inbox) -> None:
    """Aliases are the same unit; the definition of each reading's time decides."""
    told = [reading(0, "0.1"), reading(1, "0.1"), reading(2, "0.1"), reading(3, "0.1")]
    told[1] = told[1].replace("%CH4", "％")
    told[2] = told[2].replace("%CH4", "=ppm")
    inbox.send("CDDY", 0, definition(unit="CH4%"))
    inbox.send("CDDY", "00:03:00", definition(unit="ppm"))
    inbox.send("CDSS", 5, *told, reading("2026-03-02 00:00:00", "0.1"))
    mine = POINT[:12]
    assert rows(inbox.folder) == [
        [mine, POINT, "2026-03-01", "other_unit", "%CH4", "ppm", "1"],
        [mine, POINT, "2026-03-01", "other_unit", "'=ppm", "%CH4", "1"],
        [mine, POINT, "2026-03-02", "other_unit", "%CH4", "ppm", "1"],
    ]


def test_percent_alone_is_of_the_gas_of_its_sensor(inbox: Inbox) -> None:
    """Carbon dioxide told in percent isn't told in percent of methane."""
    point = f"{POINT[:16]}0013{POINT[20:]}"
    told = [reading(minute, "0.1", point=point) for minute in range(4)]
    for place, unit in enumerate(("％", "CO2%", "%CH4", "%O2")):
        told[place] = told[place].replace("%CH4", unit)
    inbox.send("CDDY", 0, definition(point, unit="%"))
    inbox.send("CDSS", 5, *told)
    assert [row[4:] for row in rows(inbox.folder)] == [["%CH4", "%CO2", "1"], ["%O2", "%CO2", "1"]]


def test_a_long_record_does_not_hide_a_short_one(inbox: Inbox) -> None:
    """All in all the separators fit; units are then read record by record."""
    long, short = reading(2, "0.5") + ";x", reading(3, "0.5").rpartition(";")[0]
    inbox.send("CDDY", 0, definition())
    inbox.send("CDSS", 4, reading(1, "0.5").replace("%CH4", "ppm"), long, short)
    assert rows(inbox.folder) == quality(inbox.folder)
    assert [row[4] for row in rows(inbox.folder)] == ["ppm"]
