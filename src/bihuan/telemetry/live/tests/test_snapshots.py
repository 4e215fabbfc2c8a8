"""A snapshot brings everything back, or says that it can't be used."""

from dataclasses import replace

import pytest

from bihuan.telemetry.live import snapshots
from bihuan.telemetry.live.judge import Judge
from bihuan.telemetry.live.snapshots import Unusable
from bihuan.telemetry.live.tests.store import BY, Mine
from bihuan.telemetry.tests.inboxes import POINT


@pytest.fixture
def mine() -> Mine:
    """With an alarm that lasts, a silence that was none and a point nobody defined."""
    found = Mine()
    found.define()
    found.send((0, 1.2))
    found.send((0, 0.3), (120, 0.2), point=POINT[:-1] + "东")
    found.send((60, 1.4))
    return found


def test_everything_comes_back(mine: Mine) -> None:
    data = mine.judge.snapshot()
    again = Judge.restored(data, by=BY)
    assert again.snapshot() == data
    assert again.number == mine.number
    assert again.state.gone == mine.judge.state.gone != {}
    mine.judge = again
    mine.send((90, 0.1))
    assert mine.shown() == ["1 0-90 standing"]


def test_a_damaged_one_is_refused(mine: Mine) -> None:
    data = bytearray(mine.judge.snapshot())
    data[-9] ^= 1
    for broken in (bytes(data), data[:-1], b"", b"?" * 200):
        with pytest.raises(Unusable, match="damaged"):
            Judge.restored(bytes(broken), by=BY)


def test_another_version_or_dialect_is_refused(mine: Mine, monkeypatch: pytest.MonkeyPatch) -> None:
    data = mine.judge.snapshot()
    with pytest.raises(Unusable, match="dialect"):
        Judge.restored(data, by=replace(BY, frozen_s=60))
    monkeypatch.setattr(snapshots, "VERSION", snapshots.VERSION + 1)
    with pytest.raises(Unusable, match="version"):
        Judge.restored(data, by=BY)
