"""A file that ends the process without an exception is found, and the others are taken."""

import subprocess
import sys
from pathlib import Path

import pytest

from bihuan.telemetry.intake.arriving import Arrived
from bihuan.telemetry.intake.aside import kept_aside
from bihuan.telemetry.intake.hands import NAME, Hands
from bihuan.telemetry.intake.tests.test_forgetting import arrived
from bihuan.telemetry.store.ledger import Ledger
from bihuan.telemetry.tests.inboxes import Inbox, definition, reading

pytestmark = pytest.mark.once
GOOD, BAD = arrived(days=1), arrived("bad", days=2)
DEADLY = """
import os, sys
from bihuan.config.cli import main
from bihuan.telemetry.live import reading
opened = reading.open_envelope
def deadly(data, *, mine):
    if b";13.7;" in data:
        os._exit(9)
    return opened(data, mine=mine)
reading.open_envelope = deadly
sys.exit(main(["telemetry", "ingest", "--once", "--store", sys.argv[1], "--inbox", sys.argv[2]]))
"""


def end(folder: Path, *group: Arrived) -> Hands:
    """A process that ends while it holds this: what it wrote down stays."""
    with Hands(folder).holding(group):
        noted = (folder / NAME).read_bytes()
    (folder / NAME).write_bytes(noted)
    return Hands(folder)


def test_it_takes_all_together_until_two_processes_ended(tmp_path: Path) -> None:
    assert Hands(tmp_path).apart([GOOD, BAD]) == [[GOOD, BAD]]
    assert end(tmp_path, GOOD, BAD).apart([GOOD, BAD]) == [[GOOD, BAD]]
    hands = end(tmp_path, GOOD, BAD)
    assert hands.apart([GOOD, BAD]) == [[GOOD], [BAD]]
    assert not hands.is_deadly([BAD])
    assert hands.apart([]) == []
    assert hands.apart([GOOD, BAD]) == [[GOOD, BAD]]


def test_one_that_was_held_alone_twice_is_deadly(tmp_path: Path) -> None:
    for _time in range(2):
        end(tmp_path, GOOD, BAD)
    assert not end(tmp_path, BAD).is_deadly([BAD])
    hands = end(tmp_path, BAD)
    assert hands.is_deadly([BAD])
    assert not hands.is_deadly([GOOD])
    assert not hands.is_deadly([BAD, GOOD])


def test_what_was_taken_or_raised_is_out_of_hand(tmp_path: Path) -> None:
    hands = Hands(tmp_path)
    with hands.holding([GOOD]):
        assert (tmp_path / NAME).exists()
    assert hands.apart([]) == []
    with pytest.raises(OSError, match="a disk"), hands.holding([GOOD]):
        raise OSError("a disk")
    assert Hands(tmp_path).ends == 0


def test_a_note_that_is_none_says_nothing(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"ends": 7}')
    assert Hands(tmp_path).apart([GOOD, BAD]) == [[GOOD, BAD]]


@pytest.mark.slow
def test_a_file_that_kills_the_process_is_set_aside_in_the_end(tmp_path: Path) -> None:
    inbox, store = Inbox(tmp_path / "inbox"), tmp_path / "store"
    inbox.send("CDDY", 0, definition())
    for minute in range(1, 6):
        inbox.send("CDSS", minute, reading(minute, "13.7" if minute == 3 else "1.5"))
    command = [sys.executable, "-c", DEADLY, str(store), str(inbox.folder)]
    codes: list[int] = []
    while codes[-1:] != [0] and len(codes) < 8:
        codes.append(subprocess.run(command, check=False, capture_output=True).returncode)  # noqa: S603
    assert codes == [9, 9, 9, 9, 0]
    assert kept_aside(store) == 1
    assert not list(inbox.folder.iterdir())
    ledger = Ledger(store, is_read_only=True)
    faults = ledger.rows.execute("SELECT fault, count(*) FROM delivery GROUP BY fault").fetchall()
    ledger.close()
    assert faults == [("", 5), ("unreadable", 1)]
