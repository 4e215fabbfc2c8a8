"""Compaction changes no answer, and a kill at any of its steps neither."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.store import compaction, disk, swaps
from bihuan.telemetry.store.segments import Damaged
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.store.tests.written import (
    DAY,
    POINTS,
    START,
    bits,
    changes,
    commit,
    drawn,
    merged,
    put,
    same,
    seeded,
    stands,
)

pytestmark = pytest.mark.once
LATER = START + 30 * DAY_S


@given(data=st.data())
@settings(
    max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_no_answer_changes(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Random rows, random moments of merging, files cut at few rows: T5 and commits stay."""
    rnd = seeded(data.draw(st.integers(0, 10**6)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compaction, "ROWS_EACH", data.draw(st.sampled_from((25, 10**6))))
        opened = Store(tmp_path_factory.mktemp("store"))
        written = []
        for number in range(1, data.draw(st.integers(1, 7)) + 1):
            written.append(commit(number, drawn(rnd, rows=rnd.randrange(40))))
            put(opened, written[-1])
            if data.draw(st.booleans()):
                merged(opened, fan_in=rnd.choice((1, 2, 3)), now=rnd.choice((START, LATER)))
        assert bits(opened.standing(POINTS)) == stands(written)
        assert all(same(opened.commit(one.number), one) for one in written)
        opened.close()


def test_a_day_that_is_over_becomes_one_run(store: Store) -> None:
    """With roll-ups beside it; a few late rows wait, many are merged into it."""
    rnd = seeded(5)
    put(store, *(commit(number, drawn(rnd, rows=90)) for number in (1, 2)))
    merged(store, fan_in=2, now=START)
    assert kinds(store) == {"rows": 3, "remarks": 1}
    merged(store, fan_in=2, now=LATER)
    assert kinds(store) == {"rows": 3, "hour": 3, "ten_minutes": 3, "remarks": 1}
    few = [row for row in drawn(rnd, rows=10) if row[1] // DAY_S == DAY][:1]
    put(store, *(commit(number, few) for number in (3, 4)))
    merged(store, fan_in=2, now=LATER)
    assert kinds(store)["rows"] == 4
    put(store, *(commit(number, drawn(rnd, rows=40)) for number in (5, 6)))
    merged(store, fan_in=2, now=LATER)
    assert kinds(store) == {"rows": 3, "hour": 3, "ten_minutes": 3, "remarks": 2}


def test_large_days_are_cut_between_points(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file has whole points, in their order."""
    monkeypatch.setattr(compaction, "ROWS_EACH", 25)
    rnd = seeded(8)
    written = [commit(number, drawn(rnd, rows=40, days=1)) for number in range(1, 5)]
    put(store, *written)
    merged(store, fan_in=2, now=LATER)
    files = [one for one in store.manifest() if one.kind == "rows"]
    assert len(files) > 2
    ends = [(one.first_point, one.last_point) for one in files]
    assert all(one[1] < later[0] for one, later in pairwise(ends))
    assert bits(store.standing(POINTS)) == stands(written)
    assert all(same(store.commit(one.number), one) for one in written)


def kinds(store: Store) -> dict[str, int]:
    """How many files there are of each kind."""
    names = sorted(one.kind for one in store.manifest())
    return {name: names.count(name) for name in names}


def test_commits_not_settled_are_left_alone(store: Store) -> None:
    """Their ledger row is still to come."""
    for number in range(1, 20):
        store.write(commit(number))
    assert store.next_merge(now=LATER) is None


def nothing(_store: Store, _made: compaction.Prepared) -> None:
    """Killed once the new files lay ready."""


def half_written_down(store: Store, made: compaction.Prepared) -> None:
    """Killed while the swap was written down."""
    disk.put_part(store.files / f"{made.swap.name}{disk.PART}", b"[1,")


def written_down(store: Store, made: compaction.Prepared) -> None:
    """Killed once the swap was written down."""
    swaps.write_down(store.files, made.swap)


def half_brought_in(store: Store, made: compaction.Prepared) -> None:
    """Killed between two new names."""
    swaps.write_down(store.files, made.swap)
    swaps.bring_in(store.files, made.swap._replace(come=made.swap.come[:1]))


def brought_in(store: Store, made: compaction.Prepared) -> None:
    """Killed before the ledger."""
    swaps.write_down(store.files, made.swap)
    swaps.bring_in(store.files, made.swap)


def recorded(store: Store, made: compaction.Prepared) -> None:
    """Killed while the old files waited."""
    store.swap(made, now=LATER)


def half_cleared(store: Store, made: compaction.Prepared) -> None:
    """Killed between two deletions."""
    store.swap(made, now=LATER)
    for name in made.swap.gone[: len(made.swap.gone) // 2]:
        (store.files / name).unlink()


def cleared(store: Store, made: compaction.Prepared) -> None:
    """Killed before the note of the swap was deleted."""
    store.swap(made, now=LATER)
    for name in made.swap.gone:
        (store.files / name).unlink()


STEPS: list[Callable[[Store, compaction.Prepared], None]] = [
    nothing,
    half_written_down,
    written_down,
    half_brought_in,
    brought_in,
    recorded,
    half_cleared,
    cleared,
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("is_day", [False, True])
def test_a_kill_leaves_the_old_or_the_new(
    tmp_path: Path, step: Callable[[Store, compaction.Prepared], None], *, is_day: bool
) -> None:
    """And nothing lies about after the next start."""
    rnd = seeded(6)
    opened = Store(tmp_path)
    written = [commit(number, drawn(rnd, rows=30, days=2)) for number in range(1, 5)]
    put(opened, *written)
    if is_day:
        merged(opened, fan_in=2, now=START)
    plan = compaction.plan(opened.manifest(), settled=4, now=LATER, fan_in=4)
    assert plan is not None
    step(opened, opened.prepare(plan))
    opened.close()
    again = Store(tmp_path)
    assert again.findings == []
    assert bits(again.standing(POINTS)) == stands(written)
    assert same(again.commit(2), written[1])
    assert list(again.adopted()) == []
    assert sorted(one.name for one in again.files.iterdir()) == sorted(
        one.name for one in again.manifest()
    )
    assert again.ledger.segments() == sorted(again.manifest(), key=lambda one: one.name)
    merged(again, fan_in=2, now=LATER)
    assert bits(again.standing(POINTS)) == stands(written)
    again.close()


def test_a_swap_that_was_overtaken_is_thrown_away(store: Store) -> None:
    """A thread prepared it while something else was swapped, or given up."""
    put(store, *(commit(number) for number in range(1, 5)))
    plan = compaction.plan(store.manifest(), settled=4, now=START, fan_in=2)
    assert plan is not None
    first, second = store.prepare(plan), store.prepare(plan)
    assert store.swap(first, now=LATER)
    before = store.manifest()
    assert not store.swap(second, now=LATER)
    again = compaction.plan(store.manifest(), settled=4, now=START, fan_in=2)
    assert again is not None
    third = store.prepare(again)
    store.give_up(Damaged("c-0000000003.parquet", "a test says so"))
    assert not store.swap(third, now=LATER)
    assert len(store.manifest()) == len(before) - 1
    assert not list(store.files.glob("*.new"))


def test_old_files_stay_for_a_while(store: Store) -> None:
    """Readers may still be about to open them."""
    put(store, *(commit(number) for number in range(1, 17)))
    assert store.merge(now=LATER)
    store.clear_away(now=LATER + 59)
    assert (store.files / "c-0000000001.parquet").exists()
    store.clear_away(now=LATER + 60)
    assert not (store.files / "c-0000000001.parquet").exists()
    assert swaps.written(store.files) == []


def test_a_damaged_file_is_given_up(tmp_path: Path) -> None:
    """Whatever meets it first: a merge, a question, an adoption."""
    rnd = seeded(7)
    opened = Store(tmp_path)
    written = [commit(number, drawn(rnd, rows=60)) for number in range(1, 7)]
    for one in written:
        opened.write(one)
        path = opened.files / f"c-{one.number:010}.parquet"
        if one.number in (3, 5):
            content = bytearray(path.read_bytes())
            content[4:300] = bytes(296)
            path.write_bytes(content)
    opened.close()
    again = Store(tmp_path)
    adopted = []
    for one in again.adopted():
        adopted.append(one.number)
        again.settle(one, changes(one.number))
    assert adopted == [1, 2, 4, 6]
    kept = [one for one in written if one.number not in (3, 5)]
    assert bits(again.standing(POINTS)) == stands(kept)
    assert [one.names for one in again.findings] == [
        ("c-0000000003.parquet",),
        ("c-0000000005.parquet",),
    ]
    again.close()
