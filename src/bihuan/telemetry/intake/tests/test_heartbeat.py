"""What the process that takes readings in says of itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bihuan.telemetry.intake import ingesting
from bihuan.telemetry.intake.heartbeat import NAME, Heartbeat, heartbeat_of
from bihuan.telemetry.intake.tests.test_ingesting import Coming, ingest_of, running, until
from bihuan.telemetry.tests.inboxes import Inbox, definition

pytestmark = pytest.mark.once


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"at": 1}', '{"at": 1, "feeds": 3}', "\udcff"])
def test_a_heartbeat_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_bytes(text.encode(errors="surrogateescape"))
    assert heartbeat_of(tmp_path) is None


def test_the_process_tells_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"GATHER_S": 0.0, "LOOK_S": (0.01, 0.01), "BEAT_S": 0.0}.items():
        monkeypatch.setattr(ingesting, name, value)
    inbox = Inbox(tmp_path / "inbox")
    inbox.send("CDDY", 0, definition())
    feed = Coming()
    feed.trouble = "连不上消息服务器。"
    ingest = ingest_of(tmp_path, [], feed)

    def told(is_so: Callable[[Heartbeat], bool]) -> bool:
        beat = heartbeat_of(tmp_path / "store")
        return beat is not None and is_so(beat)

    with running(ingest):
        until(lambda: told(lambda beat: beat.files == 1 and beat.committed_at is not None))
        until(lambda: told(lambda beat: beat.feeds == (feed.trouble,)))
        feed.trouble = ""
        until(lambda: told(lambda beat: beat.feeds == () and beat.away_since is None))
    before = heartbeat_of(tmp_path / "store")
    again = ingest_of(tmp_path, [])
    with running(again):
        inbox.send("CDDY", 0, definition())  # known already: no commit
        until(lambda: again.total.again == 1)
    after = heartbeat_of(tmp_path / "store")
    assert before is not None
    assert after is not None
    assert after.committed_at == before.committed_at
    store = tmp_path / "store"
    (store / NAME).unlink()
    (store / NAME).mkdir()  # nothing can be said here, and nobody minds
    with running(ingest_of(tmp_path, [])):
        inbox.send("CDSS", 1)
        until(lambda: not list(inbox.folder.rglob("*.txt")))
