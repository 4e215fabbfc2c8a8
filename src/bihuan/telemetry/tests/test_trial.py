"""Trials of detectors made for the test: the truth stays out of sight, the future too."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from bihuan.telemetry.simulation.county import County, county
from bihuan.telemetry.simulation.regimes import regimes
from bihuan.telemetry.simulation.scoring import Found
from bihuan.telemetry.simulation.trial import foreseen, known_on, summary, tried

pytestmark = pytest.mark.once
ORDERS = regimes()["orders"]
SMALL = replace(ORDERS, mines=8, running=replace(ORDERS.running, order_mix={"late_stop": 1.0}))
DAY = date(2025, 5, 20)


@pytest.fixture(scope="module")
def made() -> County:
    return county(ORDERS.seed, mines=8, days=120, regime=ORDERS)


def tells_of_output(made: County) -> Iterator[Found]:
    """Whoever tells output under an order, on the day that the row comes."""
    told = made.days.join(made.states, on=["mine", "day"]).filter(state="ordered_shut")
    for row in told.filter(pl.col("output_t") > 0).iter_rows(named=True):
        later = row["arrived_at"].hour >= 12
        yield Found(
            mine=row["mine"],
            kind="late_stop",
            begins_on=row["day"],
            ends_on=row["day"],
            proposed_on=row["arrived_at"].date() + timedelta(days=later),
        )


def knows_all(made: County) -> Iterator[Found]:
    """Whatever is told last, dated at once."""
    for row in made.hours.group_by("mine").agg(pl.col("hour").max()).iter_rows(named=True):
        yield Found(
            mine=row["mine"],
            kind="open_shut",
            begins_on=DAY,
            ends_on=row["hour"].date(),
            proposed_on=DAY,
        )


def looks_at_the_truth(made: County) -> Iterator[Found]:
    assert made.truth.is_empty()
    return iter(())


def test_a_detector_is_tried() -> None:
    told = tried(tells_of_output, SMALL)
    assert told.kinds["late_stop"].hits >= 1
    assert told.kinds["late_stop"].hits + told.repeats + told.beside + len(told.false) > 1
    assert tried(looks_at_the_truth, SMALL).recall == 0


def test_only_what_has_come_is_known(made: County) -> None:
    known = known_on(made, DAY)
    assert known.hours["arrived_at"].max().date() == DAY
    assert known.days["day"].max() == DAY - timedelta(days=1)
    assert known.states["day"].max() == DAY
    assert known.weather["day"].max() == DAY - timedelta(days=1)
    running = made.records.filter(
        (pl.col("kind") == "stop_order") & (pl.col("begins_on") <= DAY) & (pl.col("ends_on") >= DAY)
    )
    told = running.join(known.records, on=["mine", "kind", "begins_on"])
    assert len(told) == len(running) > 0
    assert told["ends_on_right"].null_count() == len(told)
    over = known.records.filter(kind="stop_order").drop_nulls("ends_on")
    assert (over["ends_on"] < DAY).all()


def test_the_future_is_seen(made: County) -> None:
    assert foreseen(tells_of_output, made, DAY) == set()
    assert foreseen(knows_all, made, DAY) != set()


def test_summary() -> None:
    told = tried(tells_of_output, SMALL)
    lines = [line.split(",") for line in summary({"orders": told}).splitlines()]
    assert {len(line) for line in lines} == {14}
    assert [line[1] for line in lines[1:]] == [*told.kinds, "all"]
    total = dict(zip(lines[0], lines[-1], strict=True))
    assert int(total["hits"]) == told.hits
    assert int(total["episodes"]) == told.hits + len(told.missed)
    assert float(total["false_per_mine_month"]) == round(told.false_per_mine_month, 3)
