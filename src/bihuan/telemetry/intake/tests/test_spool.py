"""Between web and ingest: durable before the answer, once, in order, gone when settled."""

import errno
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from bihuan.telemetry.intake.arriving import Arrivals, arrived_at
from bihuan.telemetry.intake.spool import Spool, SpoolFull, SpoolReader, _listed, waiting

pytestmark = pytest.mark.once
NAME = "140000000001_CDSS_20260301080000.txt"
DIGEST = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the spool will be."""
    return tmp_path / "telemetry" / "spool"


def lying(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def aged(folder: Path, *contents: bytes) -> None:
    """Files of one name that came a second after one another."""
    for second, content in enumerate(contents):
        kept = Spool(folder).keep(content, name=NAME)
        os.utime(folder / f"{kept.digest}_{NAME}", (1_772_323_200 + second,) * 2)


def test_a_file_comes_out_as_it_went_in(folder: Path) -> None:
    kept = Spool(folder).keep(b"x", name=NAME)
    assert kept == (NAME, 1, DIGEST)
    (one,) = SpoolReader(folder).arrived()
    assert (one.name, one.path, one.content, one.channel) == (NAME, "", b"x", "http")
    assert abs(one.received_at - arrived_at()) < 60
    assert one.fault == ""


def test_it_goes_once_acknowledged_and_comes_once(folder: Path) -> None:
    Spool(folder).keep(b"x", name=NAME)
    reader = SpoolReader(folder)
    (one,) = reader.arrived()
    assert list(reader.arrived()) == []
    assert lying(folder) == [f"{DIGEST}_{NAME}"]
    one.acknowledge()
    assert lying(folder) == []
    assert list(reader.arrived()) == []


def test_what_was_not_acknowledged_comes_again_to_the_next_reader(folder: Path) -> None:
    Spool(folder).keep(b"x", name=NAME)
    assert len(list(SpoolReader(folder).arrived())) == 1
    assert len(list(SpoolReader(folder).arrived())) == 1


def test_what_nobody_will_acknowledge_is_offered_again(folder: Path) -> None:
    Spool(folder).keep(b"x", name=NAME)
    reader, arrivals = SpoolReader(folder), Arrivals()
    assert [reader.look(arrivals), reader.look(arrivals)] == [1, 0]
    reader.forget()
    assert reader.look(arrivals) == 1
    arrivals.close()
    reader.forget()
    assert reader.look(arrivals) == 0


def test_the_same_file_lies_once_other_bytes_of_the_name_beside_it(folder: Path) -> None:
    spool = Spool(folder)
    assert spool.keep(b"x", name=NAME) == spool.keep(b"x", name=NAME)
    spool.keep(b"y", name=NAME)
    assert len(lying(folder)) == 2


def test_after_it_was_settled_the_same_file_comes_again(folder: Path) -> None:
    reader, spool = SpoolReader(folder), Spool(folder)
    spool.keep(b"x", name=NAME)
    for one in reader.arrived():
        one.acknowledge()
    spool.keep(b"x", name=NAME)
    assert len(list(reader.arrived())) == 1


def test_files_come_in_the_order_in_which_they_came(folder: Path) -> None:
    aged(folder, b"c", b"a", b"b")
    came = list(SpoolReader(folder).arrived())
    assert [one.content for one in came] == [b"c", b"a", b"b"]
    assert [one.received_at - came[0].received_at for one in came] == [0, 1, 2]


def test_what_waits_is_counted_from_outside(folder: Path) -> None:
    assert waiting(folder) == (0, None)
    aged(folder, b"x", b"yy")
    (folder / ".half.part").write_bytes(b"zzz")
    assert waiting(folder) == (3, 1_772_323_200)


def test_without_room_it_is_refused_unless_it_lies_here_already(folder: Path) -> None:
    spool = Spool(folder, room_bytes=3)
    spool.keep(b"xxx", name=NAME)
    with pytest.raises(SpoolFull):
        spool.keep(b"y", name=NAME)
    with pytest.raises(SpoolFull):
        Spool(folder, room_bytes=3).keep(b"y", name=NAME)
    spool.keep(b"xxx", name=NAME)
    assert len(lying(folder)) == 1


@contextmanager
def no_more_than(size: int) -> Iterator[None]:
    """No file of this process grows beyond this."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_it_is_synchronised_around_its_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Spool(folder).keep(b"y", name=NAME)
    seen: list[tuple[bool, bool]] = []

    def noting(handle: int) -> None:
        there = (folder / f"{DIGEST}_{NAME}").exists()
        seen.append((stat.S_ISDIR(os.fstat(handle).st_mode), there))

    monkeypatch.setattr(os, "fsync", noting)
    Spool(folder).keep(b"x", name=NAME)
    assert seen == [(False, False), (True, True)]


def test_a_disk_without_room_leaves_nothing_that_looks_whole(folder: Path) -> None:
    Spool(folder).keep(b"x", name=NAME)
    with no_more_than(100), pytest.raises(OSError, match="too large") as told:
        Spool(folder).keep(bytes(101), name=NAME)
    assert told.value.errno == errno.EFBIG
    assert lying(folder) == [f"{DIGEST}_{NAME}"]


def test_what_a_killed_process_left_is_no_file_and_is_swept(folder: Path) -> None:
    aged(folder, b"x")
    old, young = folder / ".0.part", folder / ".1.part"
    for path in (old, young, folder / "README"):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    arrivals = Arrivals()
    passing = Thread(target=SpoolReader(folder).pass_on, args=(arrivals,))
    passing.start()
    assert [one.name for one in arrivals.take(wait_s=20)] == [NAME]
    arrivals.close()
    passing.join(20)
    assert not passing.is_alive()
    assert not old.exists()
    assert young.exists()


def test_passing_on_ends_when_nothing_more_is_taken(folder: Path) -> None:
    aged(folder, b"x", b"y")
    arrivals = Arrivals(room_bytes=1)
    passing = Thread(target=SpoolReader(folder).pass_on, args=(arrivals,))
    passing.start()
    assert [one.content for one in arrivals.take(wait_s=20)] == [b"x"]
    arrivals.close()
    passing.join(20)
    assert not passing.is_alive()


def test_a_spool_that_cannot_be_read_is_tried_again(folder: Path) -> None:
    aged(folder, b"x")
    reader = SpoolReader(folder)
    folder.rename(folder.with_name("elsewhere"))
    arrivals = Arrivals()
    passing = Thread(target=reader.pass_on, args=(arrivals,))
    passing.start()
    assert arrivals.take(wait_s=0.1) == []
    folder.with_name("elsewhere").rename(folder)
    assert len(arrivals.take(wait_s=20)) == 1
    arrivals.close()
    passing.join(20)


def test_a_file_that_cannot_be_removed_does_not_come_again(folder: Path) -> None:
    aged(folder, b"x")
    reader = SpoolReader(folder)
    (one,) = reader.arrived()
    path = folder / f"{DIGEST}_{NAME}"
    path.unlink()
    path.mkdir()  # removing it as a file fails
    one.acknowledge()
    path.rmdir()
    aged(folder, b"x")
    assert list(reader.arrived()) == []


def test_a_file_removed_by_hand_is_passed_over(folder: Path) -> None:
    aged(folder, b"x", b"y")
    reader = SpoolReader(folder)
    coming = reader.arrived()
    first = next(coming)
    for path in folder.glob("*.txt"):
        path.unlink()
    assert list(coming) == []
    assert first.content == b"x"


def test_putting_in_loads_nothing_of_what_reads() -> None:
    program = (
        "import sys, bihuan.telemetry.intake.spool, bihuan.telemetry.envelopes;"
        "print(sorted({'polars', 'numpy', 'pyarrow', 'paho', 'django'} & set(sys.modules)))"
    )
    said = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert said.stdout.strip() == "[]"


def test_a_file_that_goes_while_files_are_listed_is_left_out(folder: Path) -> None:
    aged(folder, b"x", b"y", b"z")
    coming = _listed(folder)
    next(coming)
    for path in folder.glob("*.txt"):
        path.unlink()
    assert list(coming) == []
