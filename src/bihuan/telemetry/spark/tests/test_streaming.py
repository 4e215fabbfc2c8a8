"""What runs around the judging: a worker's turn, what the driver hears, how a session is set."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bihuan.telemetry.spark.table import Table
from bihuan.telemetry.spark.taking import Told
from bihuan.telemetry.spark.tests.driving import Site
from bihuan.telemetry.spark.tests.test_taking import alarm
from bihuan.telemetry.store.lock import FolderTaken, Lock

pd = pytest.importorskip("pandas")
streaming = pytest.importorskip("bihuan.telemetry.spark.streaming", exc_type=ImportError)


class Kept:
    """The state of one key as Spark hands it to a worker."""

    def __init__(self) -> None:
        self.get: tuple[int, bytes] = (0, b"")
        self.exists = False

    def update(self, told: tuple[int, bytes]) -> None:
        """Keep it."""
        self.get, self.exists = told, True


class Row:
    """A row that Spark brings to the driver."""

    def __init__(self, told: str) -> None:
        self.told = told


class Rows:
    """What a micro-batch told, as Spark hands it to the driver."""

    def __init__(self, *told: str) -> None:
        self.told = told

    def collect(self) -> list[Row]:
        """All of it."""
        return [Row(one) for one in self.told]


def turn(site: Site, state: Kept, number: int) -> Told:
    """A worker's turn at the only shard."""
    ((shard, claimed),) = site.by_shard(number).items()
    frame = pd.DataFrame(claimed, columns=["shard", "batch", "path"])
    (told,) = streaming.judged((shard,), iter([frame]), state, inbox=site.inbox)
    return Told.of(told["told"][0])


def test_a_worker_keeps_its_state_and_tells_what_changed(site: Site) -> None:
    files, state = alarm(site), Kept()
    site.send(*files[:3])
    assert turn(site, state, 0).since == 0
    assert state.get[0] == 1
    site.send(*files[3:])
    told = turn(site, state, 1)
    assert (told.since, told.watermark, state.get[0]) == (1, 2, 2)
    assert site.table() == site.replayed()


def test_the_driver_hears_episodes_counts_and_findings(site: Site) -> None:
    site.send(*alarm(site))
    told = turn(site, Kept(), 0)
    said: list[str] = []
    one = streaming.Streaming(inbox=site.inbox, say=said.append)
    table = Table(site.layout)
    text = json.dumps({**json.loads(told.text()), "findings": ["缺一段。"]})
    one._hear(table, Rows(text), 0)  # noqa: SLF001 - as Spark does
    assert one.total.files == 5
    assert said == ["缺一段。\n"]
    assert table.watermark(told.shard) == 1
    table.close()


def test_a_second_driver_is_refused(site: Site) -> None:
    held = Lock(site.store)
    with pytest.raises(FolderTaken):
        streaming.Streaming(inbox=site.inbox).run(once=True)
    held.release()


def test_alone_on_a_machine_it_listens_to_nobody_else() -> None:
    here = streaming.settings_of("local-cluster[2,1,1024]", shards=4, more={"spark.a": "b"})
    assert here["spark.driver.bindAddress"] == here["spark.driver.host"] == "127.0.0.1"
    assert here["spark.sql.shuffle.partitions"] == "4"
    assert here["spark.a"] == "b"
    there = streaming.settings_of("spark://矿务:7077", shards=4, more={})
    assert "spark.driver.host" not in there
    assert there["spark.master"] == "spark://矿务:7077"
    assert streaming.settings_of(None, shards=4, more={})["spark.speculation"] == "false"


def test_workers_run_this_python_unless_another_is_named() -> None:
    here = streaming.environment_of("local[1]", {})
    assert here == {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    there = streaming.environment_of(None, {"PYSPARK_PYTHON": "/opt/python"})
    assert there == {"PYSPARK_PYTHON": "/opt/python"}


@pytest.mark.parametrize(("progress", "following"), [(None, 0), ('{"next": 3}', 3)])
def test_what_is_over_is_read_from_the_progress(progress: str | None, following: int) -> None:
    class Query:
        lastProgress: Any = progress and {"sources": [{"endOffset": progress}]}  # noqa: N815

    assert streaming.next_of(Query()) == following


def test_the_workers_find_this_program(tmp_path: Path) -> None:
    path = streaming.settings_of("local[1]", shards=1, more={})["spark.executorEnv.PYTHONPATH"]
    assert any((Path(one) / "bihuan" / "telemetry").is_dir() for one in path.split(":") if one)
