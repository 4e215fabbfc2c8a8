"""What screens read is what a plain computation says, merged or not, rolled up or not."""

from collections import defaultdict
from collections.abc import Iterator

import polars as pl
import pytest

from bihuan.telemetry.live.identity import Changes, Standing
from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.store.commits import Commit
from bihuan.telemetry.store.ranking import Alarmed
from bihuan.telemetry.store.readers import Reader, width_of
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.store.tests.written import (
    MINES,
    POINTS,
    START,
    Row,
    bits,
    commit,
    merged,
    plainly,
    put,
    seeded,
    stands,
)

pytestmark = pytest.mark.once
LATER = START + 30 * DAY_S
type Bucket = tuple[float | None, float | None, float | None, float | None, int, int]


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    """Beside the writer."""
    opened = Reader(store.folder)
    yield opened
    opened.close()


def steady(number: int, *, day: int, seed: int = 0, points: list[str] = POINTS) -> Commit:
    """A day of readings every ten minutes and a bit, some of which don't count."""
    rnd = seeded(seed * 1000 + number)
    rows: list[Row] = [
        (
            point,
            START + day * DAY_S + step * 701,
            rnd.choice((None, 0.5, round(rnd.random() * 10, 2))),
            rnd.choice((0, 0, 0, 16)),
            False,
            0,
            "",
            b"",
            0,
        )
        for point in points
        for step in range(DAY_S // 701)
    ]
    return commit(number, rows)


def plain_buckets(
    commits: list[Commit], point: str, since: int, until: int, width: int
) -> dict[int, Bucket]:
    """Whole buckets that touch the period."""
    held = defaultdict(list)
    for (code, time), row in plainly(commits).items():
        bucket = time // width * width
        if code == point and since // width * width <= bucket <= until:
            held[bucket].append((row[2], row[3]))
    found: dict[int, Bucket] = {}
    for bucket, rows in held.items():
        counted = [value for value, status in rows if value is not None and status & 240 == 0]
        others = len(rows) - len(counted)
        if counted:
            mean = sum(counted) / len(counted)
            ends = min(counted), max(counted), pytest.approx(mean), counted[-1]
            found[bucket] = (*ends, len(counted), others)  # type: ignore[assignment]
        else:
            found[bucket] = (None, None, None, None, 0, others)
    return found


def buckets_of(rows: pl.DataFrame, point: str) -> dict[int, Bucket]:
    """What a chart has of a point."""
    return {row[1]: row[2:] for row in rows.iter_rows() if row[0] == point}


@pytest.mark.parametrize("is_merged", [False, True])
@pytest.mark.parametrize("buckets", [2, 10, 60, 150])
def test_a_chart_is_what_its_buckets_are(
    store: Store, reader: Reader, buckets: int, *, is_merged: bool
) -> None:
    """Days with roll-ups, days with late rows of this point or another, a day not merged."""
    written = [steady(number, day=number - 1) for number in range(1, 5)]
    put(store, *written)
    if is_merged:
        merged(store, fan_in=1, now=LATER)
    written += [
        steady(5, day=0, seed=1, points=POINTS[:1]),
        steady(6, day=1, seed=2, points=POINTS[1:2]),
        steady(7, day=4),
    ]
    put(store, *written[4:])
    since, until = START + 5_000, START + 4 * DAY_S + 40_000
    for point in POINTS[:2]:
        width, rows = reader.chart([point], since=since, until=until, buckets=buckets)
        assert width > 0
        assert len(rows) <= buckets
        assert buckets_of(rows, point) == plain_buckets(written, point, since, until, width)
    both = reader.chart(POINTS[:2], since=since, until=until, buckets=buckets).rows
    assert both.get_column("point").unique().sort().to_list() == POINTS[:2]


def test_a_short_chart_shows_the_readings(store: Store, reader: Reader) -> None:
    """And buckets made of them where they are too many."""
    written = [steady(1, day=0)]
    put(store, *written)
    since, until = START + 701, START + 7010
    chart = reader.chart([POINTS[0]], since=since, until=until, buckets=300)
    assert chart.width == 0
    wanted = [row for row in stands(written) if row[0] == repr(POINTS[0])]
    assert bits(chart.rows) == wanted[1:11]
    width, rows = reader.chart([POINTS[0]], since=since, until=since + 400, buckets=4)
    assert (width, len(rows)) == (0, 1)
    assert reader.chart([], since=since, until=until).rows.is_empty()
    assert reader.chart([], since=since, until=since + 400 * DAY_S).rows.is_empty()


def test_many_readings_in_a_short_time_are_rolled_up(store: Store, reader: Reader) -> None:
    """A reading a second."""
    rows: list[Row] = [
        (POINTS[0], START + second, second / 100, 0, False, 0, "", b"", 0) for second in range(900)
    ]
    put(store, commit(1, rows))
    since, until = START + 100, START + 799
    width, found = reader.chart([POINTS[0]], since=since, until=until, buckets=20)
    assert width == 60
    plain = plain_buckets([commit(1, rows)], POINTS[0], since, until, 60)
    assert buckets_of(found, POINTS[0]) == plain


def test_readings_of_many_points(store: Store, reader: Reader) -> None:
    """As they stand, from merged and other segments."""
    written = [steady(1, day=0), steady(2, day=0, seed=4, points=POINTS[2:4])]
    put(store, *written)
    merged(store, fan_in=2, now=LATER)
    written.append(steady(3, day=0, seed=5, points=POINTS[3:5]))
    put(store, written[-1])
    found = reader.readings(POINTS[1:5], since=START, until=START + DAY_S)
    wanted = [row for row in stands(written) if POINTS[1] <= row[0].strip("'") <= POINTS[4]]
    assert bits(found) == wanted
    assert reader.readings([], since=START, until=LATER).is_empty()


def test_the_newest_reading_of_each_point(store: Store, reader: Reader) -> None:
    """Late rows aren't newer, a point that fell silent is found, one silent for long isn't."""
    written = [
        steady(1, day=0),
        steady(2, day=3, points=POINTS[:2]),
        steady(3, day=4, points=POINTS[:1]),
        steady(4, day=1, points=POINTS[2:3]),
        steady(5, day=4, seed=3, points=POINTS[:1]),
    ]
    put(store, *written)
    merged(store, fan_in=2, now=LATER)
    wanted = {place[0]: row for place, row in plainly(written).items()}
    found = {row[0]: row for row in reader.newest(POINTS[:3], silent_s=2 * DAY_S).iter_rows()}
    assert found == {point: wanted[point][:5] for point in POINTS[:2]}
    whole = {row[0]: row for row in reader.newest(POINTS[:3], silent_s=9 * DAY_S).iter_rows()}
    assert whole == {point: wanted[point][:5] for point in POINTS[:3]}
    assert reader.newest([]).is_empty()
    assert reader.newest([f"{POINTS[0]}0"]).is_empty()
    assert reader.points_of(MINES[0]) == POINTS[:1]
    assert reader.points_of(MINES[1]) == []


def test_the_points_longest_in_alarm(store: Store, reader: Reader) -> None:
    """Only what lies in the period, only standing episodes of limits at the level of alarms."""

    def raised(number: int, point: str, begin: int, end: int | None, **more: str) -> Standing:
        told = {"kind": "upper_limit", "level": "alarm", "state": "standing", **more}
        kind, level, state = told["kind"], told["level"], told["state"]
        ended = None if end is None else START + end
        begun = START + begin
        rest = (ended, 1.0, begun, 1, False, state, None, None, 1)
        return Standing(number, MINES[0], point, kind, level, begun, *rest)

    store.write(commit(1))
    episodes = [
        raised(1, POINTS[0], 0, 100),
        raised(2, POINTS[0], 950, 2000),
        raised(3, POINTS[1], 400, None),
        raised(4, POINTS[2], 0, 900, state="merged"),
        raised(5, POINTS[2], 0, 900, level="power_off"),
        raised(6, POINTS[2], 0, 900, kind="frozen"),
        raised(7, POINTS[3], 500, 600, kind="lower_limit"),
        raised(8, POINTS[3], 0, 50),
        raised(9, POINTS[3], 1000, 1050),
    ]
    store.settle(commit(1), Changes(episodes=episodes))
    period = {"since": START + 50, "until": START + 1000}
    assert reader.most_alarmed(**period) == [
        Alarmed(POINTS[1], 600, 1),
        Alarmed(POINTS[0], 100, 2),
        Alarmed(POINTS[3], 100, 1),
    ]
    assert len(reader.most_alarmed(**period, count=1)) == 1
    more = [
        raised(1, POINTS[0], 0, 100, state="merged"),
        raised(3, POINTS[1], 400, 450),
        *(raised(number, POINTS[5], 60, 61) for number in range(10, 1500)),
    ]
    put(store, commit(2))
    store.write(commit(3))
    store.settle(commit(3), Changes(episodes=more))
    assert reader.most_alarmed(**period, count=3) == [
        Alarmed(POINTS[5], 1490, 1490),
        Alarmed(POINTS[3], 100, 1),
        Alarmed(POINTS[1], 50, 1),
    ]
    assert reader.most_alarmed(since=START - 9, until=START - 5) == []


def test_a_ranking_of_an_older_ledger(store: Store, reader: Reader) -> None:
    """A restored one: what was read of the newer one is forgotten."""
    put(store, commit(1), commit(2))
    period = {"since": START, "until": START + DAY_S}
    assert len(reader.most_alarmed(**period)) == 1
    with store.ledger.transaction():
        store.ledger.keep_note("watermark", 1)
        store.ledger.rows.execute("DELETE FROM episode")
    assert reader.most_alarmed(**period) == []


def test_a_file_merged_meanwhile_is_looked_for_again(
    store: Store, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest was read before the merge, the files after it."""
    written = [steady(number, day=0, seed=number) for number in (1, 2)]
    put(store, *written)
    first = reader.ledger.segments
    done: list[bool] = []

    def listed(**asked: object) -> object:
        found = first(**asked)  # type: ignore[arg-type]
        if not done:
            done.append(True)
            merged(store, fan_in=2, now=LATER)
        return found

    monkeypatch.setattr(reader.ledger, "segments", listed)
    found = reader.readings(POINTS, since=START, until=LATER)
    assert bits(found) == stands(written)
    monkeypatch.setattr(reader.ledger, "segments", lambda **_asked: [missing])
    missing = first()[0]
    (store.files / missing.name).unlink()
    with pytest.raises(FileNotFoundError):
        reader.readings(POINTS, since=START, until=LATER)


@pytest.mark.parametrize(
    ("span", "buckets", "width"),
    [
        (100, 2_000, 60),
        (DAY_S, 2_000, 60),
        (30 * DAY_S, 2_000, 1_800),
        (900 * DAY_S, 12, 90 * DAY_S),
    ],
)
def test_widths(span: int, buckets: int, width: int) -> None:
    """The smallest that suffices, whole days beyond a day."""
    assert width_of(span, buckets) == width
