"""A store of shards stays one of so many shards."""

from pathlib import Path

import pytest

from bihuan.telemetry.spark.layout import Layout, WrongStore, is_sharded
from bihuan.telemetry.store.store import Store


def test_the_first_start_decides_how_many_shards(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "store")
    assert not is_sharded(layout.root)
    assert layout.settle_shards(3) == 3
    assert layout.settle_shards(None) == layout.settle_shards(3) == 3
    assert is_sharded(layout.root)
    with pytest.raises(WrongStore, match="建立时分为 3 片，不能改成 4 片"):
        layout.settle_shards(4)


def test_sixteen_unless_told(tmp_path: Path) -> None:
    assert Layout(tmp_path).settle_shards(None) == 16


def test_the_store_of_the_other_way_is_refused(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with pytest.raises(WrongStore, match="单机接收进程"):
        Layout(tmp_path).settle_shards(None)


def test_shards_are_those_with_a_ledger(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert list(layout.shards()) == []
    Store(layout.shard(3)).close()
    layout.shard(5).mkdir()
    assert list(layout.shards()) == [(3, layout.shard(3))]
