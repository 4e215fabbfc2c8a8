"""A simulated county: series that agree with each other and with the truth, lies where it says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.telemetry.simulation.activity.episodes import HIDDEN, LOOK_ALIKES
from bihuan.telemetry.simulation.county import County, county, county_of
from bihuan.telemetry.simulation.county_files import pages, write_county
from bihuan.telemetry.simulation.regimes import Kind, Lies, Regime, Running, Troubles, regimes
from bihuan.telemetry.simulation.scoring import FAMILIES

pytestmark = pytest.mark.once
QUIET = Troubles(
    hour_gaps=0, day_gaps=0, unit_slips=0, meter_resets=0, late=0, sent_again=0, card_outages=0
)
BARE = Regime(
    name="bare",
    seed=3,
    mines=3,
    days=100,
    starts_on=date(2026, 3, 1),
    running=Running(orders=0, breakdowns=0, planned_stops=0, warmup_days=30, storms=0),
    troubles=QUIET,
    kinds={},
)


def with_kind(kind: str, lies: Lies | None = None, **how: object) -> County:
    """Quiet mines with one kind of episode."""
    changed = replace(
        BARE, lies=lies or Lies(), kinds={kind: Kind(**{"rate": 1.8, "days": (12, 15), **how})}
    )
    return county_of(changed)


def under_order(role: str, lies: Lies, intensity: float) -> County:
    running = replace(
        BARE.running, orders=1.8, order_days=(30, 40), order_mix={role: 1.0}, warmup_days=30
    )
    how = Kind(days=(10, 12), intensity=(intensity, intensity))
    return county_of(replace(BARE, running=running, lies=lies, kinds={role: how}))


def spread(made: County, *, innocent: bool = False) -> pl.DataFrame:
    """A row for each mine and day of an episode."""
    told = made.truth.filter(pl.col("innocent") == innocent)
    days = pl.date_ranges("begins_on", "ends_on").alias("day")
    return told.with_columns(days).explode("day").select("mine", "day", "kind", "intensity")


def by_night(made: County) -> pl.DataFrame:
    """Power from 22 to 6 of a mine and the day on which the night begins."""
    hour = pl.col("hour").dt
    nights = made.hours.filter((hour.hour() >= 22) | (hour.hour() < 6))
    day = hour.offset_by("-6h").dt.date().alias("day")
    return nights.group_by("mine", day).agg(pl.col("power_kwh", "methane_pct").mean())


@pytest.mark.parametrize("name", list(regimes()))
def test_a_regime_makes_a_county(name: str) -> None:
    regime = regimes()[name]
    made = county(regime.seed, mines=4, days=60, regime=regime)
    assert made.mines["mine"].to_list() == [f"99999900000{n}" for n in range(1, 5)]
    assert len(made.states) == 240
    assert set(made.truth["kind"]) <= {*HIDDEN, *LOOK_ALIKES}
    assert (made.truth["begins_on"] <= made.truth["ends_on"]).all()
    assert (made.hours["arrived_at"] > made.hours["hour"]).all()
    assert made.hours.select("mine", "hour", "arrived_at").is_duplicated().sum() == 0
    series = made.hours.select("power_kwh", "methane_pct")
    assert not series.select(pl.all_horizontal(pl.all().is_null())).to_series().any()


def test_a_mine_does_not_depend_on_the_others_and_a_seed_makes_the_same(tmp_path: Path) -> None:
    plain = regimes()["plain"]
    one, two, other = (county(seed, mines=2, days=45, regime=plain) for seed in (5, 5, 6))
    assert pages(one) == pages(two)
    assert pages(one)["hours.csv"] != pages(other)["hours.csv"]
    alone = county(5, mines=1, days=45, regime=plain)
    first = one.hours.filter(pl.col("mine") == "999999000001")
    assert alone.hours.equals(first)
    write_county(alone, tmp_path / "county")
    names = sorted(path.name for path in (tmp_path / "county").iterdir())
    assert names == sorted(name for name in pages(alone) if name != "truth.csv")
    assert (tmp_path / "county.truth" / "truth.csv").read_bytes() == pages(alone)["truth.csv"]


def test_series_agree_with_each_other() -> None:
    made = county_of(BARE)
    days = made.days.join(made.states, on=["mine", "day"]).filter(state="producing")
    power = made.hours.group_by("mine", pl.col("hour").dt.date().alias("day")).agg(
        pl.col("power_kwh").sum()
    )
    days = days.join(power, on=["mine", "day"])
    for other in ("haulage_t", "power_kwh"):
        found = days.group_by("mine").agg(pl.corr("output_t", other)).get_column("output_t")
        assert found.min() > 0.6, other
    assert made.hours["power_kwh"].min() > 0, "fans and pumps never stop"
    rest = made.days.join(made.states, on=["mine", "day"]).filter(state="maintenance")
    assert rest["output_t"].max() == 0
    assert rest["gas_m3"].min() > 0
    mean = (pl.col("air_m3") / 24 * pl.col("methane_pct") * 24 / 100).alias("gas")
    gas = made.hours.group_by("mine", pl.col("hour").dt.date().alias("day")).agg(
        pl.col("methane_pct").mean()
    )
    told = made.days.join(gas, on=["mine", "day"]).with_columns(mean)
    assert ((told["gas"] - told["gas_m3"]).abs() / told["gas_m3"]).max() < 0.02


def test_night_work_is_by_night_alone() -> None:
    seen = under_order("hidden_night_work", Lies(gas=0, lamps=0, nights_off=0), 0.6)
    nights = by_night(seen).join(seen.states, on=["mine", "day"]).filter(state="ordered_shut")
    nights = nights.join(spread(seen), on=["mine", "day"], how="left")
    worked, calm = nights.drop_nulls("kind"), nights.filter(pl.col("kind").is_null())
    assert worked["power_kwh"].mean() > 1.3 * calm["power_kwh"].mean()
    assert worked["methane_pct"].mean() > 1.1 * calm["methane_pct"].mean()
    days = seen.days.join(spread(seen), on=["mine", "day"])
    assert days["output_t"].max() == days["haulage_t"].max() == 0
    men = seen.shifts.join(spread(seen), on=["mine", "day"]).filter(shift="night")
    assert men["lamps_heads"].mean() > men["cards_heads"].mean() + 10
    hidden = under_order("hidden_night_work", Lies(gas=1, lamps=1, gaps=1, nights_off=0), 0.6)
    men = hidden.shifts.join(spread(hidden), on=["mine", "day"]).filter(shift="night")
    assert (men["lamps_heads"] - men["cards_heads"]).max() <= 2
    missing = hidden.hours.filter(pl.col("power_kwh").is_null())
    assert set(missing["hour"].dt.hour()) <= {22, 23, 0, 1, 2, 3, 4, 5}
    assert len(missing) > 0


@pytest.mark.parametrize("kind", ["open_shut", "late_stop"])
def test_work_under_an_order(kind: str) -> None:
    made = under_order(kind, Lies(gas=0, lamps=0), 0.8)
    power = made.hours.group_by("mine", pl.col("hour").dt.date().alias("day")).agg(
        pl.col("power_kwh").mean()
    )
    shut = power.join(made.states, on=["mine", "day"]).filter(state="ordered_shut")
    shut = shut.join(spread(made), on=["mine", "day"], how="left")
    worked, calm = shut.drop_nulls("kind"), shut.filter(pl.col("kind").is_null())
    assert worked["power_kwh"].mean() > 1.3 * calm["power_kwh"].mean()
    if kind == "late_stop":
        orders = made.records.filter(kind="stop_order")
        assert set(made.truth["begins_on"]) <= set(orders["begins_on"])


@pytest.mark.parametrize(
    ("kind", "intensity", "lies"),
    [
        ("overload", 1.4, Lies(told=0)),
        ("overload", 1.4, Lies(told=1)),
        ("hidden_face", 0.4, Lies(gas=0, lamps=0)),
        ("hidden_face", 0.4, Lies(gas=1, lamps=1)),
    ],
)
def test_more_than_is_told(kind: str, intensity: float, lies: Lies) -> None:
    """Haulage and output show an overload, or haulage alone; a hidden face neither."""
    made = with_kind(kind, lies, intensity=(intensity, intensity))
    days = made.days.join(made.states, on=["mine", "day"]).filter(state="producing")
    days = days.join(spread(made), on=["mine", "day"], how="left")
    mean = days.group_by("mine", pl.col("kind").is_not_null().alias("is_more")).agg(
        pl.col("output_t", "haulage_t", "gas_m3").mean()
    )
    pairs = mean.filter("is_more").join(mean.filter(~pl.col("is_more")), on="mine")
    more = {
        name: (pairs[name] / pairs[f"{name}_right"]).min()
        for name in ("output_t", "haulage_t", "gas_m3")
    }
    assert (more["output_t"] > 1.15) == (kind == "overload" and lies.told == 0)
    assert (more["haulage_t"] > 1.15) == (kind == "overload")
    assert (more["gas_m3"] > 1.05) == (lies.gas == 0 or kind == "overload")
    men = made.shifts.join(spread(made), on=["mine", "day"]).filter(pl.col("kind") == "production")
    surplus = (men["lamps_heads"] / men["planned_heads"]).mean()
    assert (surplus > 1.1) == (kind == "hidden_face" and lies.lamps == 0)


@pytest.mark.parametrize(("air", "by_night"), [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0)])
def test_fans_are_saved(air: float, by_night: float) -> None:
    lies = Lies(air=air, fans_by_night=by_night)
    made = with_kind("fan_saving", lies, intensity=(0.6, 0.6))
    days = made.days.join(spread(made), on=["mine", "day"], how="left")
    mean = days.group_by("mine").agg(
        pl.col("air_m3").filter(pl.col("kind").is_not_null()).mean() / pl.col("air_m3").max()
    )
    assert (mean["air_m3"].drop_nulls().max() < 0.92) == (air == 0)


def test_cards_are_left() -> None:
    made = with_kind("card_left", intensity=(0.3, 0.3))
    men = made.shifts.filter(kind="production").join(
        spread(made).select("mine", "day", "intensity"), on=["mine", "day"], how="left"
    )
    share = men.with_columns(share=pl.col("cards_heads") / pl.col("lamps_heads"))
    left = pl.col("intensity").is_not_null()
    assert share.filter(left)["share"].max() < 0.85
    assert share.filter(~left)["share"].min() > 0.9


def each_hidden(made: County) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Hours of each hidden episode, and of as many days before it."""
    for row in made.truth.filter(~pl.col("innocent")).iter_rows(named=True):
        hours = made.hours.filter(mine=row["mine"])
        day, length = pl.col("hour").dt.date(), row["ends_on"] - row["begins_on"]
        within = hours.filter(day.is_between(row["begins_on"], row["ends_on"]))
        last = row["begins_on"] - timedelta(days=1)
        yield within, hours.filter(day.is_between(last - length, last))


def test_sensors_lie() -> None:
    for within, _before in each_hidden(with_kind("frozen_sensor")):
        assert within["methane_pct"].n_unique() == 1
    for within, before in each_hidden(with_kind("replayed_sensor")):
        assert within["methane_pct"].to_list() == before["methane_pct"].to_list()
    for within, before in each_hidden(with_kind("edited_reading", Lies(capped=1))):
        assert within["methane_pct"].max() < before["methane_pct"].max()
    for within, _before in each_hidden(with_kind("edited_reading", Lies(capped=0))):
        twice = within.group_by("hour", maintain_order=True).agg("methane_pct")
        versions = [told for told in twice["methane_pct"].to_list() if len(told) > 1]
        assert versions
        assert all(last < first for first, last in versions)


def test_look_alikes_are_on_record() -> None:
    running = replace(BARE.running, orders=1.8, order_mix={"honest": 1.0}, storms=4)
    kinds = {
        "new_equipment": Kind(rate=2, intensity=(0.2, 0.2)),
        "meter_replaced": Kind(rate=2, intensity=(1.05, 1.05)),
        "night_repair": Kind(rate=1, days=(2, 4), intensity=(0.3, 0.3)),
        "test_run": Kind(intensity=(0.2, 0.2)),
    }
    told = replace(BARE, running=running, kinds=kinds, troubles=replace(QUIET, recorded=1.0))
    made = county_of(replace(told, starts_on=date(2026, 12, 1)))
    assert made.truth["innocent"].all()
    assert set(made.truth["kind"]) == set(LOOK_ALIKES)
    known = made.records.join(made.truth, on=["mine", "kind", "begins_on"])
    assert set(known["kind"]) == set(kinds)
    nights = by_night(made).join(spread(made, innocent=True), on=["mine", "day"], how="left")
    assert set(made.records["kind"]) == {*kinds, "stop_order", "planned_stop"}
    assert len(nights.filter(kind="night_repair")) > 0


def test_troubles_of_data_are_no_zeros() -> None:
    troubles = Troubles(
        hour_gaps=40, day_gaps=0.1, unit_slips=20, meter_resets=20, late=20, sent_again=20,
        card_outages=20,
    )  # fmt: skip
    made = county_of(replace(BARE, troubles=troubles))
    assert made.hours.select("mine", "hour").n_unique() < 3 * 2_400
    assert len(made.hours) > made.hours.select("mine", "hour").n_unique()
    assert made.hours["power_kwh"].null_count() > 0
    assert made.hours["power_kwh"].min() < 0
    assert made.days["output_t"].max() > 100_000
    assert made.shifts["cards_heads"].null_count() > 0
    assert made.days["water_m3"].drop_nulls().min() > 0
    late = made.hours.filter(pl.col("arrived_at") > pl.col("hour").dt.offset_by("1d"))
    assert len(late) > 20


def test_every_hidden_kind_can_be_scored() -> None:
    assert set(FAMILIES) == set(HIDDEN)
