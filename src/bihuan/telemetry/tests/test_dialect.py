"""The dialect of the standard: forms that exist, units, periods and frozen limits by type."""

from dataclasses import replace
from pathlib import Path

import pytest

from bihuan.telemetry.definitions import definition_of
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.forms import CODES
from bihuan.telemetry.replay import replay
from bihuan.telemetry.tests.inboxes import POINT, Inbox, definition, reading, readings

pytestmark = pytest.mark.once
PROJECT = Path(__file__).parents[4]
PLAIN = {"text", "time", "date", "status", "number", "four_digits", "count"}


def test_every_form_is_known_and_every_layout_has_a_place_for_its_fields() -> None:
    known = dialect()
    for kind, layout in known.layouts.items():
        for index, column in enumerate(layout.columns):
            assert column.form in PLAIN | CODES.keys() | known.choices.keys(), (kind, column)
            assert layout.place(column.name) == index
    assert not known.layouts.keys() & known.unparsed.keys()
    assert known.headers.keys() <= known.layouts.keys()


def test_fields_that_meaning_counts_on_stand_where_it_counts_them() -> None:
    layout = dialect().layouts["CDDY"]
    names = ("value_kind", "upper_alarm_on", "lower_alarm_on", "upper_power_off_on", "data_at")
    assert [layout.place(name) for name in names] == [4, 8, 10, 12, 23]
    assert dialect().layouts["CDSS"].place("data_at") == 6
    with pytest.raises(KeyError):
        layout.place("colour")


@pytest.mark.parametrize("page", ["formats.md", "formats.en.md"])
def test_the_guide_for_vendors_lists_every_field(page: str) -> None:
    text = (PROJECT / "docs" / page).read_text("utf-8")
    for kind, layout in dialect().layouts.items():
        table = text[text.index(f"`{kind}`", text.index("### ")) :]
        begin = table.index("| 1 |")
        rows = table[begin:].splitlines()[: len(layout.columns)]
        labels = [(row.split("|")[1].strip(), row.split("|")[2].strip()) for row in rows]
        expected = [(str(n), one.label) for n, one in enumerate(layout.columns, start=1)]
        assert labels == expected, kind
    assert all(f"`{kind}`" in text for kind in dialect().unparsed)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("CH4%", "%CH4"), ("％CH4", "%CH4"), ("PPM", "ppm"), ("千克", "千克"), ("", "")],
)
def test_units_have_one_writing(text: str, unit: str) -> None:
    assert dialect().unit(text) == unit
    made = definition_of(definition(unit=text).split(";"), dialect=dialect())
    assert made.unit == unit


@pytest.mark.parametrize(
    ("sensor_type", "unit"),
    [("0001", "%CH4"), ("0043", "%CH4"), ("0012", "%O2"), ("0013", "%CO2"), ("0018", "%")],
)
def test_percent_alone_is_of_the_gas_of_its_sensor(sensor_type: str, unit: str) -> None:
    """Percent of carbon dioxide, or of humidity, isn't percent of methane."""
    point = f"{POINT[:16]}{sensor_type}{POINT[20:]}"
    made = definition_of(definition(point, unit="％").split(";"), dialect=dialect())
    assert made.unit == unit
    assert dialect().bare_unit(unit, sensor_type=sensor_type) == "%"
    assert dialect().bare_unit("ppm", sensor_type=sensor_type) == "ppm"


def test_silence_and_standstill_by_sensor_type(inbox: Inbox) -> None:
    """A setting of a type holds for the points that say that they are of it."""
    slow = replace(
        dialect(), periods_s={"0001": 60}, frozen_by_type_s={"0001": 600}, frozen_s=7_200
    )
    inbox.define()
    inbox.send("CDSS", 60, *readings(0, ["0.5"] * 5, step_s=180), reading("00:15:01", "0.6"))
    rows = [row[2:6] for row in replay(inbox.folder, by=slow).rows]
    day = "2026-03-01T00:{}+08:00".format
    assert rows == [
        ("disconnected", "", day("12:00"), day("15:01")),
        ("frozen", "", day("00:00"), day("12:00")),
    ]
    off = replace(slow, frozen_by_type_s={"0001": 0})
    assert [row[2] for row in replay(inbox.folder, by=off).rows] == ["disconnected"]
    assert (slow.silence_s("0004"), slow.still_s("0004")) == (90, 7_200)
