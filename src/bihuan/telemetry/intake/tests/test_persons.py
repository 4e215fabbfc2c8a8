"""Reports of persons lie beside the store for the desk, before the commit, while there is room."""

from pathlib import Path

import pytest

from bihuan.telemetry.intake.arriving import Arrived
from bihuan.telemetry.intake.spool import Spool, SpoolReader
from bihuan.telemetry.live.engine import Engine
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
