"""A shard of a micro-batch may be done once, twice, by two at once, or from an older state."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.live import engine as engines
from bihuan.telemetry.live.judge import Judge
from bihuan.telemetry.notation import moment_of
from bihuan.telemetry.packs import rules
from bihuan.telemetry.parsing import Source, parse
from bihuan.telemetry.spark import taking
from bihuan.telemetry.spark.taking import Kept, Told, opened, take_shard
from bihuan.telemetry.spark.tests.driving import Site
from bihuan.telemetry.store.lock import FolderTaken, Lock
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.tests.folders import draw
from bihuan.telemetry.tests.inboxes import DAY, MINE, definition, reading


class Killed(BaseException):
    """What a task meets that is killed."""


def say(site: Site, kind: str, clock: str, records: list[str], *, mine: str = MINE) -> Path:
    """A file that is to be sent."""
    digits = f"{DAY}{clock}".translate({ord(mark): None for mark in "- :"})
    assert moment_of(digits)
    path = site.sent / f"{mine}_{kind}_{digits}.txt"
    path.write_text("~".join([f"{mine};青石岭煤矿;{DAY} {clock}", *records, "||"]), "utf-8")
    return path


def alarm(site: Site) -> list[Path]:
    """A definition, and an alarm that lasts for three files."""
    told = [say(site, "CDDY", "00:00:00", [definition()])]
    for minute, value in enumerate(("0.5", "1.2", "1.4", "1.3"), start=1):
        clock = f"00:{minute:02}:00"
        told.append(say(site, "CDSS", clock, [reading(clock, value)]))
    return told


@pytest.mark.parametrize("seed", [0, 2, 4, 5])
def test_micro_batches_with_troubles_end_as_a_replay(site: Site, seed: int) -> None:
    rnd = random.Random(seed)  # noqa: S311 - the same each time
    draw(site.sent, seed)
    files = site.files() * 2
    rnd.shuffle(files)
    older = dict(site.kept)
    for number, begin in enumerate(range(0, len(files), 12)):
        site.send(*files[begin : begin + 12])
        site.batch(number)
        if rnd.random() < 0.3:  # Spark hadn't kept what it did: the same again
            site.kept.update({shard: older.get(shard, Kept()) for shard in site.kept})
            site.batch(number)
        older = dict(site.kept)
    assert site.table() == site.replayed() == site.joined()
    assert len(site.table().splitlines()) > 1


def test_a_task_done_again_tells_the_same(site: Site) -> None:
    files = alarm(site)
    site.send(*files[:3])
    site.batch(0)
    before = dict(site.kept)
    site.send(*files[3:])
    (first,) = site.batch(1)
    site.kept.update(before)
    (second,) = site.batch(1)
    assert second.episodes == first.episodes != ()
    assert (second.taken.files, second.taken.again) == (0, 2)
    assert second.since == first.since == 1
    assert second.watermark == first.watermark == 2


@pytest.mark.parametrize("method", ["write", "settle"])
def test_a_task_killed_before_or_after_its_segment_is_done_by_the_next(
    site: Site, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    files = alarm(site)
    site.send(*files[:3])
    site.batch(0)
    site.send(*files[3:])

    def killed(*_all: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Store, method, killed)
        with pytest.raises(Killed):
            site.batch(1)
    assert site.table() != site.replayed()
    site.batch(1)
    assert site.table() == site.replayed()


def test_two_tasks_of_one_shard_at_once_do_its_work_once(site: Site) -> None:
    site.send(*alarm(site))
    ((shard, claimed),) = site.by_shard(0).items()
    with ThreadPoolExecutor(3) as pool:
        tasks = [pool.submit(take_shard, site.inbox, shard, claimed, Kept()) for _n in range(3)]
    told = [task.result()[1] for task in tasks]
    assert sorted(one.taken.files for one in told) == [0, 0, len(claimed)]
    assert len({one.episodes for one in told}) == 1
    assert site.table() == site.replayed()


def test_a_shard_that_stays_held_is_refused_in_the_end(site: Site) -> None:
    site.layout.shard(0).mkdir(parents=True)
    holder = Lock(site.layout.shard(0))
    with pytest.raises(FolderTaken):
        opened(site.layout, 0, wait_s=0.1)
    holder.release()
    opened(site.layout, 0, wait_s=0).close()


def test_a_late_task_of_an_older_micro_batch_changes_nothing(site: Site) -> None:
    files = alarm(site)
    site.send(*files[:3])
    ((shard, claimed),) = site.by_shard(0).items()
    site.batch(0)
    site.send(*files[3:])
    site.batch(1)
    held = site.table()
    kept, told = take_shard(site.inbox, shard, claimed, Kept())
    assert told.taken.files == 0
    assert kept.number == 2  # it carries what the store has, not what it was given
    assert site.table() == held


def test_the_judge_that_is_kept_is_where_the_store_is(site: Site) -> None:
    site.send(*alarm(site))
    (told,) = site.batch(0)
    kept = site.kept[told.shard]
    judge = Judge.restored(kept.judge, by=dialect(), limits=rules(dialect()))
    assert judge.number == kept.number == told.watermark == 1


def test_many_bytes_become_several_commits(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    files = alarm(site)
    site.send(*files)
    monkeypatch.setattr(taking, "TAKEN_BYTES", files[1].stat().st_size * 2)
    (told,) = site.batch(0)
    assert told.taken.commits == 3
    assert told.watermark == 3
    assert site.table() == site.replayed()


def test_segments_are_merged_as_they_become_many(site: Site) -> None:
    files = alarm(site)
    for number in range(20):
        clock = f"01:{number:02}:00"
        files.append(say(site, "CDSS", clock, [reading(clock, "0.3")]))
    for number, path in enumerate(files):
        site.send(path)
        site.batch(number)
    names = {one.name[0] for folder in site.layout.shards() for one in folder[1].glob("segments/*")}
    assert "d" in names
    assert site.table() == site.replayed()


def test_what_a_store_misses_is_told(site: Site) -> None:
    files = alarm(site)
    site.send(*files[:3])
    (told,) = site.batch(0)
    folder = site.layout.shard(told.shard) / "segments"
    (folder / "c-0000000001.parquet").write_bytes(b"?")
    site.send(*files[3:])
    (told,) = site.batch(1)
    assert "不是完整的数据段" in "".join(told.findings)
    assert Told.of(told.text()) == told


def test_a_file_that_cannot_be_read_is_set_aside_and_told(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = alarm(site)
    site.send(*files)

    def failing(sources: list[Source], **more: Any) -> Any:
        if any(one.path == files[2].name for one in sources):
            raise ValueError("what nobody thought of")
        return parse(sources, **more)

    monkeypatch.setattr(engines, "parse", failing)
    (told,) = site.batch(0)
    assert files[2].name in "".join(told.findings)
    assert (told.taken.files, told.taken.refused) == (5, 1)
