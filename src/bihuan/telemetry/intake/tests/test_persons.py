"""Reports of persons lie beside the store for the desk, before the commit, while there is room."""

from dataclasses import replace
from pathlib import Path

import pytest

from bihuan.telemetry.envelopes import name_of
from bihuan.telemetry.intake.arriving import Arrived
from bihuan.telemetry.intake.mqtt import TOPIC_MINE
from bihuan.telemetry.intake.spool import Spool, SpoolReader
from bihuan.telemetry.live.engine import Engine, Taken
from bihuan.telemetry.store.commits import Commit
from bihuan.telemetry.store.store import Store

pytestmark = pytest.mark.once
MINE = "999999000001"


def arrived(kind: str) -> Arrived:
    """A file with nothing in it."""
    name = f"{MINE}_{kind}_20260301080000.txt"
    return Arrived(
        name=name,
        path="",
        content=f"{MINE}~||".encode(),
        channel="http",
        received_at=0,
        acknowledge=list,
    )


def names_in(folder: Path) -> list[str]:
    return [one.name for one in SpoolReader(folder).arrived()]


def test_only_reports_of_persons_and_only_while_there_is_room(tmp_path: Path) -> None:
    files = [arrived("RYSS"), arrived("RYQY"), arrived("CDSS")]
    for name, room, kept in (("a", 1000, 1), ("b", 0, 0)):
        store = Store(tmp_path / name)
        beside = tmp_path / name / "persons"
        taken = Engine(store, beside=Spool(beside, room_bytes=room)).take(files)
        store.close()
        assert (taken.files, taken.left_out) == (3, 1 - kept)
        assert names_in(beside) == [files[0].name][:kept]


def taken(tmp_path: Path, *files: Arrived) -> Taken:
    """What became of them; their reports lie in `persons`."""
    store = Store(tmp_path)
    try:
        return Engine(store, beside=Spool(tmp_path / "persons")).take(files)
    finally:
        store.close()


def test_what_the_channel_refuses_is_no_report_of_that_mine(tmp_path: Path) -> None:
    """A firm that may publish under its own mine names another mine's file: T1, `topic_mine`."""
    forged = replace(arrived("RYSS"), channel="mqtt", fault=TOPIC_MINE)
    outcome = taken(tmp_path, forged)
    assert (outcome.files, outcome.refused) == (1, 1)
    assert names_in(tmp_path / "persons") == []


def test_a_name_too_long_for_a_folder_stops_nobody(tmp_path: Path) -> None:
    """An inbox takes names of 255 characters; beside it they stand after a digest of 64."""
    name = arrived("RYSS").name.replace(".txt", f"{'7' * 210}.txt")
    long, plain = replace(arrived("RYSS"), name=name), arrived("CDSS")
    assert taken(tmp_path, long, plain).files == 2
    (kept,) = names_in(tmp_path / "persons")
    assert name_of(kept) is not None
    assert kept[:-4] == name[: len(kept) - 4]


class Dying(Store):
    """A store whose process is killed before it writes."""

    def write(self, commit: Commit) -> None:
        """Write nothing."""
        raise KeyboardInterrupt(commit.number)


def test_who_is_killed_before_the_commit_has_left_it_already(tmp_path: Path) -> None:
    """The file comes again after the start; the desk takes the same report once."""
    beside = tmp_path / "persons"
    store = Dying(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        Engine(store, beside=Spool(beside)).take([arrived("RYSS")])
    store.close()
    assert names_in(beside) == [arrived("RYSS").name]
    store = Store(tmp_path)
    assert Engine(store, beside=Spool(beside)).take([arrived("RYSS")]).files == 1
    store.close()
    assert names_in(beside) == [arrived("RYSS").name]
