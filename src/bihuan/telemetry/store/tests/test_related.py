"""Relations of points as CDDY tells them, newest and over time."""

import json
import sqlite3
from pathlib import Path

import pytest

from bihuan.telemetry.store import schema
from bihuan.telemetry.store.related import (
    Anew,
    newest_relations,
    related_anew,
    relation_history,
    relations_in,
)
from bihuan.telemetry.tests.inboxes import MINE, definition

pytestmark = pytest.mark.once
DOORS = ("1002",)
ONE, OTHER = f"{MINE}01KG100200000001", f"{MINE}01KG100200000002"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", set()),
        (f"G-{ONE}-一号风门", {("G", ONE)}),
        (f" G-{ONE}", {("G", ONE)}),
        (f"K-{ONE}-甲:D-{OTHER}", {("K", ONE), ("D", OTHER)}),
        (f"K-{ONE}-甲：D-{OTHER}-乙◇G-{OTHER}-", {("K", ONE), ("D", OTHER), ("G", OTHER)}),
        (f"G-{ONE[:-1]}", set()),
        (f"G-{ONE}5", set()),
        (f"G{ONE}", set()),
        (f"g-{ONE}", set()),
        (f"见图 G-{ONE}", set()),
    ],
)
def test_what_a_field_relates_to(text: str, found: set[tuple[str, str]]) -> None:
    assert relations_in(text) == found


def ledger(folder: Path, *told: tuple[str, int, int, str]) -> Path:
    """A ledger with records of (point, moment, place in its file, relations)."""
    rows = sqlite3.connect(folder / schema.NAME)
    rows.executescript(schema.TABLES)
    rows.execute(f"PRAGMA user_version = {schema.FORMAT}")
    for number, (point, moment, record, relations) in enumerate(told):
        order = (f"{moment:020}", "name", "", record)
        fields = definition(point, kind="KG", relations=relations).split(";")
        texts = (json.dumps(order), json.dumps(fields))
        rows.execute("INSERT INTO told VALUES (?, ?, ?, ?, ?)", (point, moment, *texts, number))
    rows.commit()
    rows.close()
    return folder


def test_nothing_was_taken_in(tmp_path: Path) -> None:
    assert newest_relations(tmp_path, MINE) == {}
    assert relation_history(tmp_path, ONE) == []
    assert related_anew(tmp_path, 5, most=9, sensor_types=DOORS) == ([], 0)


def test_the_newest_and_of_equal_moments_the_last_counts(tmp_path: Path) -> None:
    told = [(ONE, 5, 1, f"G-{OTHER}"), (ONE, 5, 0, ""), (ONE, 3, 0, f"B-{OTHER}")]
    ledger(tmp_path, *told, (OTHER, 1, 0, f"G-{ONE}"), (OTHER, 2, 0, ""))
    assert newest_relations(tmp_path, MINE) == {ONE: {("G", OTHER)}}
    assert newest_relations(tmp_path, "140781000001") == {}
    assert relation_history(tmp_path, ONE) == [(3, {("B", OTHER)}), (5, {("G", OTHER)})]


def test_what_is_told_otherwise_is_found_once(tmp_path: Path) -> None:
    related = f"G-{OTHER}"
    ledger(tmp_path, (ONE, 5, 0, ""), (OTHER, 5, 0, related), (ONE, 9, 0, related))
    assert related_anew(tmp_path, 0, most=2, sensor_types=DOORS) == ([Anew(ONE, None)], 2)
    assert related_anew(tmp_path, 2, most=2, sensor_types=DOORS) == ([Anew(ONE, 9)], 3)
    assert related_anew(tmp_path, 0, most=9, sensor_types=["1009"]) == ([], 3)
    assert related_anew(tmp_path, 3, most=2, sensor_types=DOORS) == ([], 3)
