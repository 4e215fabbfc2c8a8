"""Files that the ingest took in are heard: gaps between them are breaks, sent twice is once."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from random import Random

import pytest
from tests.doors import Door, DoorClosedError, march
from tests.people import County

from bihuan.monitoring.alarms.readings import ledger_folder
from bihuan.monitoring.links import deliveries
from bihuan.monitoring.links.deliveries import hear_deliveries
from bihuan.monitoring.links.hearing import Heard, hear
from bihuan.monitoring.links.tables import DataSource, SourceBreak
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.notation import moment_of
from bihuan.telemetry.store import schema


def took(
    at: list[datetime], *, kind: str = "CDSS", fault: str = "", received: datetime | None = None
) -> None:
    """The ledger of readings has these files of the mine."""
    folder = ledger_folder()
    folder.mkdir(parents=True, exist_ok=True)
    is_new = not (folder / schema.NAME).exists()
    with closing(sqlite3.connect(folder / schema.NAME)) as rows:
        if is_new:
            rows.executescript(f"{schema.TABLES} PRAGMA user_version = {schema.FORMAT};")
        for one in at:
            seconds = moment_of(f"{one:%Y%m%d%H%M%S}")
            path = f"990121000001_{kind}_{one:%Y%m%d%H%M%S}.txt{fault}".encode()
            rows.execute(
                'INSERT OR IGNORE INTO delivery (path, digest, "commit", size, channel,'
                " received_at, mine, kind, moment, fault, records, rejected)"
                " VALUES (?, x'00', 1, 1, 'http', ?, '990121000001', ?, ?, ?, 1, 0)",
                (path, moment_of(f"{received or one:%Y%m%d%H%M%S}"), kind, seconds, fault),
            )
        rows.commit()


def test_files_of_a_mine_are_heard_and_their_gap_is_a_break(county: County) -> None:
    assert hear_deliveries(now=march(1, 7)) == 0  # no ledger yet
    start = march(1, 8)
    steady = [start + timedelta(seconds=30 * number) for number in range(20)]
    took([*steady, start + timedelta(minutes=30)])
    took([start + timedelta(minutes=20)], fault="name")
    took([start + timedelta(minutes=1)], kind="RYSS")
    assert hear_deliveries(now=march(1, 9)) == 22
    safety = DataSource.objects.get(system="safety")
    assert safety.site == county.sites["qingshiling"]
    assert safety.last_seen_at == start + timedelta(minutes=30)
    assert DataSource.objects.filter(system="location").exists()
    (gap,) = SourceBreak.objects.order_by("pk")
    assert (gap.started_at, gap.ended_at) == (steady[-1], start + timedelta(minutes=30))
    took([start + timedelta(minutes=40)])
    assert hear_deliveries(now=march(1, 9)) == 0  # looked at less than a minute ago
    assert hear_deliveries(now=march(1, 10)) == 2  # the last second once more, and the new one
    assert SourceBreak.objects.count() == 2


@pytest.mark.parametrize("seed", range(3))
def test_files_are_heard_together_as_each_would_be_alone(county: County, seed: int) -> None:
    """In any order, in any parts: the same span and the same breaks."""
    rnd = Random(seed)  # noqa: S311
    moments = [march(1, 8) + timedelta(seconds=30 * rnd.randrange(400)) for _n in range(90)]
    alone, every = county.sites["qingshiling"], timedelta(seconds=dialect().silence_min_s)
    for at in moments:
        hear(alone, Heard(system="safety", object="alone", start=at, end=at, every=every))
    for part in range(3):
        took(moments[part * 30 : part * 30 + 30], received=march(2, 8 + part))
        hear_deliveries(now=march(2, 8 + part))
    found = {
        source.object: (
            source.first_seen_at,
            source.last_seen_at,
            list(source.breaks.order_by("started_at").values_list("started_at", "ended_at")),
        )
        for source in DataSource.objects.order_by("pk")
    }
    assert found[""] == found["alone"]
    assert len(found[""][2]) > 1


@pytest.mark.usefixtures("county")
def test_more_files_of_one_second_than_are_asked_for_hold_up_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mine that was away sends its day at once, then goes on."""
    monkeypatch.setattr(deliveries, "AT_ONCE", 10)
    start = march(1, 8)
    took([start + timedelta(seconds=30 * n) for n in range(40)], received=march(2, 8))
    took([march(2, 9)])
    for minute in range(5):
        hear_deliveries(now=march(2, 10, minute))
    assert DataSource.objects.get(system="safety").last_seen_at == march(2, 9)


def test_no_word_of_the_firm_fills_a_break_between_its_files(county: County) -> None:
    took([march(1, 8), march(1, 10)])
    hear_deliveries(now=march(1, 11))
    body = {
        "site": "990121000001", "system": "safety", "object": "",
        "since": march(1, 7).isoformat(), "until": march(1, 12).isoformat(),
    }  # fmt: skip
    door = Door(county)
    for named in ("", "副机"):
        with pytest.raises(DoorClosedError, match="由收到的文件判定"):
            door.call("firm", "post", "links", march(1, 12), {**body, "object": named})
    assert SourceBreak.objects.count() == 1
    assert DataSource.objects.get().last_seen_at == march(1, 10)
    door.call("firm", "post", "links", march(1, 12), {**body, "system": "water"})
    door.call("watch", "post", "links", march(1, 12), body)
    assert not SourceBreak.objects.exists()


@pytest.mark.django_db
def test_without_mines_nothing_is_looked_at() -> None:
    assert hear_deliveries(now=march(1)) == 0
