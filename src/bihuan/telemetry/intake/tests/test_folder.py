"""The watched inbox: whole files in order, slow writers waited for, nothing lost by a rename."""

import os
import shutil
import time
from pathlib import Path

import pytest

from bihuan.telemetry.intake.arriving import Arrivals, Arrived
from bihuan.telemetry.intake.folder import WatchedFolder

pytestmark = pytest.mark.once
MINE = "620823009203"
WHOLE = f"{MINE};青石岭煤矿;2026-03-01 08:00:00~||"


def name(second: int, *, kind: str = "CDSS") -> str:
    return f"{MINE}_{kind}_202603010800{second:02}.txt"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def watched(inbox: Path, tmp_path: Path) -> WatchedFolder:
    return WatchedFolder(inbox, taken=tmp_path / "taken")


def put(inbox: Path, path: str, text: str = WHOLE, *, age_s: float = 0) -> Path:
    target = inbox / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")
    if age_s:
        os.utime(target, (time.time() - age_s,) * 2)
    return target


def offered(watched: WatchedFolder) -> list[Arrived]:
    arrivals = Arrivals()
    watched.look(arrivals)
    return arrivals.take(wait_s=0)


def taken(tmp_path: Path) -> list[str]:
    folder = tmp_path / "taken"
    return sorted(
        "/".join(path.relative_to(folder).parts[1:]) for path in folder.rglob("*") if path.is_file()
    )


def test_files_come_in_the_order_of_their_moments_however_deep(
    inbox: Path, watched: WatchedFolder
) -> None:
    put(inbox, f"b/c/{name(1)}")
    put(inbox, name(2))
    put(inbox, f"a/{name(0)}")
    assert [one.path for one in offered(watched)] == [f"a/{name(0)}", f"b/c/{name(1)}", name(2)]
    assert offered(watched) == []  # in flight


def test_what_is_acknowledged_leaves_the_inbox(
    inbox: Path, watched: WatchedFolder, tmp_path: Path
) -> None:
    put(inbox, f"a/{name(0)}")
    (one,) = offered(watched)
    assert one.content.decode() == WHOLE
    one.acknowledge()
    assert not (inbox / "a" / name(0)).exists()
    assert taken(tmp_path) == [f"a/{name(0)}"]
    put(inbox, f"a/{name(0)}")
    (again,) = offered(watched)
    again.acknowledge()
    assert taken(tmp_path) == [f"a/{name(0)}", f"a/{name(0)}.2"]


def test_a_slow_writer_is_waited_for(inbox: Path, watched: WatchedFolder) -> None:
    path = put(inbox, name(0), WHOLE[:-2])
    assert offered(watched) == []
    path.write_text(WHOLE, "utf-8")
    assert [one.content.decode() for one in offered(watched)] == [WHOLE]


@pytest.mark.parametrize(("age_s", "count"), [(590, 0), (601, 1)])
def test_without_an_end_it_is_taken_after_ten_minutes(
    inbox: Path, watched: WatchedFolder, age_s: float, count: int
) -> None:
    put(inbox, name(0), WHOLE[:-2], age_s=age_s)
    assert len(offered(watched)) == count


def test_a_clock_that_was_set_back_hinders_nothing(inbox: Path, tmp_path: Path) -> None:
    watched = WatchedFolder(inbox, taken=tmp_path / "taken", patience_s=0.2)
    put(inbox, name(0), WHOLE[:-2], age_s=-5 * 3600)
    assert offered(watched) == []
    time.sleep(0.25)
    assert len(offered(watched)) == 1


def test_a_name_for_the_time_of_writing_is_none(inbox: Path, watched: WatchedFolder) -> None:
    part = put(inbox, f"{name(0)}.part")
    put(inbox, f".{name(1)}")
    assert offered(watched) == []
    part.rename(inbox / name(0))
    assert [one.path for one in offered(watched)] == [name(0)]


def test_a_wrong_name_is_told_after_ten_minutes(inbox: Path, watched: WatchedFolder) -> None:
    put(inbox, "readme.txt", age_s=601)
    assert [one.name for one in offered(watched)] == ["readme.txt"]


def test_a_file_replaced_after_it_was_read_stays(
    inbox: Path, watched: WatchedFolder, tmp_path: Path
) -> None:
    put(inbox, name(0))
    (first,) = offered(watched)
    other = put(inbox, "other", WHOLE.replace("青石岭", "黑水沟"))
    other.replace(inbox / name(0))
    first.acknowledge()
    assert "黑水沟" in (inbox / name(0)).read_text("utf-8")
    assert taken(tmp_path) == []
    assert ["黑水沟" in one.content.decode() for one in offered(watched)] == [True]


def test_what_was_forgotten_is_offered_again(inbox: Path, watched: WatchedFolder) -> None:
    put(inbox, name(0))
    assert len(offered(watched)) == 1
    watched.forget()
    assert len(offered(watched)) == 1


def test_a_full_queue_leaves_files_where_they_are(inbox: Path, watched: WatchedFolder) -> None:
    put(inbox, name(0))
    arrivals = Arrivals()
    arrivals.close()
    assert watched.look(arrivals) == 0
    assert len(offered(watched)) == 1


def test_a_file_that_vanishes_is_nothing(
    inbox: Path, watched: WatchedFolder, tmp_path: Path
) -> None:
    path = put(inbox, name(0))
    (one,) = offered(watched)
    path.unlink()
    one.acknowledge()
    assert taken(tmp_path) == []
    put(inbox, name(0))
    assert len(offered(watched)) == 1


@pytest.mark.parametrize("age_s", [0, 601])
def test_a_file_of_a_gigabyte_is_refused_unread(
    inbox: Path, watched: WatchedFolder, age_s: float
) -> None:
    path = put(inbox, name(0))
    os.truncate(path, 1 << 30)  # a hole: it has the size and takes no room
    os.utime(path, (time.time() - age_s,) * 2)
    found = [(one.fault, one.content) for one in offered(watched)]
    assert found == ([("size", b"")] if age_s else [])


def test_a_folder_that_goes_takes_nothing_with_it(inbox: Path, watched: WatchedFolder) -> None:
    gone = put(inbox, f"a/{name(0)}")
    offered(watched)
    gone.unlink()
    gone.parent.rmdir()
    put(inbox, name(1))
    assert [one.path for one in offered(watched)] == [name(1)]


def test_a_part_that_is_taken_away_is_waited_for_no_longer(
    inbox: Path, watched: WatchedFolder
) -> None:
    part = put(inbox, f"{name(0)}.part", age_s=0)
    assert offered(watched) == []
    part.unlink()
    assert offered(watched) == []
    put(inbox, f"{name(0)}.part")
    assert offered(watched) == []


def test_what_holds_more_than_its_size_says_is_left_for_later(
    inbox: Path, watched: WatchedFolder
) -> None:
    inbox.mkdir(exist_ok=True)
    (inbox / name(0)).symlink_to("/proc/self/status")  # says that it is empty and isn't
    assert offered(watched) == []


def test_a_queue_without_room_for_ever_ends_the_look(inbox: Path, watched: WatchedFolder) -> None:
    for second in range(3):
        put(inbox, name(second))
    arrivals = Arrivals()
    arrivals.close()
    assert watched.look(arrivals) == 0
    assert [one.path for one in offered(watched)] == [name(second) for second in range(3)]


def test_an_inbox_that_is_away_is_looked_for_again(inbox: Path, watched: WatchedFolder) -> None:
    assert offered(watched) == []
    inbox.rename(inbox.with_name("away"))
    assert offered(watched) == []
    put(inbox, name(0))
    watched.forget()
    assert [one.path for one in offered(watched)] == [name(0)]


@pytest.mark.parametrize(
    ("ticked_ns", "age_ms", "is_found"),
    [
        (1_772_323_200_500_000_000, 0, True),
        (1_772_323_200_500_000_000, 99, True),
        (1_772_323_200_500_000_000, 100, False),
        (1_772_323_200_000_000_000, 1_999, True),
        (1_772_323_200_000_000_000, 2_000, False),
        (1_772_323_200_500_000_000, -5_000, True),
    ],
)
def test_a_folder_is_read_again_where_its_clock_may_hide_a_change(
    inbox: Path,
    watched: WatchedFolder,
    monkeypatch: pytest.MonkeyPatch,
    ticked_ns: int,
    age_ms: int,
    is_found: bool,
) -> None:
    """A clock that keeps parts of seconds hides less than one that doesn't; it may go ahead."""
    monkeypatch.setattr(time, "time_ns", lambda: ticked_ns + age_ms * 1_000_000)
    folder = put(inbox, f"mine/{name(0)}").parent
    for path in (folder, inbox):
        os.utime(path, ns=(ticked_ns, ticked_ns))
    assert len(offered(watched)) == 1
    put(inbox, f"mine/{name(1)}")
    os.utime(folder, ns=(ticked_ns, ticked_ns))  # the second file within the same tick
    assert bool(offered(watched)) is is_found


def test_who_clears_up_what_was_taken_stops_nothing(
    inbox: Path, watched: WatchedFolder, tmp_path: Path
) -> None:
    for second in range(3):
        put(inbox, f"mine/{name(second)}")
        (one,) = offered(watched)
        if second == 2:  # its sender took it away at the last moment
            (inbox / "mine" / name(second)).unlink()
        one.acknowledge()
        assert not list(inbox.rglob("*.txt"))
        assert watched.troubles == []
        assert taken(tmp_path) == ([f"mine/{name(second)}"] if second < 2 else [])
        if second < 2:
            shutil.rmtree(tmp_path / "taken")
