"""The query: rows of the inbox by shard, each shard judged by `taking`, episodes into the table."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, Final

import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery
from pyspark.sql.streaming.state import GroupState, GroupStateTimeout

from bihuan.telemetry.live.engine import Taken
from bihuan.telemetry.spark.claiming import Claimed, Claims, Inbox
from bihuan.telemetry.spark.layout import Layout
from bihuan.telemetry.spark.source import FORMAT, InboxSource, option_of
from bihuan.telemetry.spark.table import Table
from bihuan.telemetry.spark.taking import Kept, Told, take_shard
from bihuan.telemetry.store.lock import Lock

MASTER: Final = "local[*]"
EVERY_S: Final = 5.0
_WAIT_S: Final = 1.0
_SOURCE: Final = str(Path(__file__).resolve().parents[3])
_HERE: Final = "127.0.0.1"
_ATTEMPTS: Final = "8"
_BATCHES_KEPT: Final = "10"


@dataclass(kw_only=True)
class Streaming:
    """One driver; `stop` ends it. What was at hand is done again by the next start.

    `master` as Spark has it, None for what `spark-submit` or the environment says. `every_s` is
    the shortest time from one micro-batch to the next.
    """

    inbox: Inbox
    master: str | None = MASTER
    every_s: float = EVERY_S
    settings: dict[str, str] = field(default_factory=dict)
    say: Callable[[str], object] = sys.stderr.write
    stopping: Event = field(default_factory=Event)
    total: Taken = field(default_factory=Taken)

    def stop(self) -> None:
        """End soon."""
        self.stopping.set()

    def run(self, *, once: bool) -> Taken:
        """Take what comes until `stop`, or what is there.

        `FolderTaken` when another driver has the store, `pyspark.errors.PySparkException` when
        a micro-batch can't be done.
        """
        layout = Layout(self.inbox.root)
        lock = Lock(layout.root)
        try:
            table = Table(layout)
            try:
                self._run(layout, table, once=once)
            finally:
                table.close()
        finally:
            lock.release()
        return self.total

    def _run(self, layout: Layout, table: Table, *, once: bool) -> None:
        spark = session(self.master, shards=self.inbox.shards, more=self.settings)
        try:
            query = self._query(spark, layout, table)
            try:
                if once:
                    query.processAllAvailable()
                    Claims(self.inbox).put_away(next_of(query))
                while not once and not self.stopping.is_set():
                    query.awaitTermination(_WAIT_S)
            finally:
                query.stop()
        finally:
            spark.stop()

    def _query(self, spark: SparkSession, layout: Layout, table: Table) -> StreamingQuery:
        spark.dataSource.register(InboxSource)
        rows = spark.readStream.format(FORMAT).options(**option_of(self.inbox)).load()
        told = rows.groupBy("shard").applyInPandasWithState(
            partial(judged, inbox=self.inbox),
            outputStructType="told string",
            stateStructType="number long, judge binary",
            outputMode="update",
            timeoutConf=GroupStateTimeout.NoTimeout,
        )
        return (
            told.writeStream.outputMode("update")
            .option("checkpointLocation", str(layout.checkpoint))
            .trigger(processingTime=f"{self.every_s} seconds")
            .foreachBatch(partial(self._hear, table))
            .start()
        )

    def _hear(self, table: Table, told: DataFrame, _batch: int) -> None:
        for row in told.collect():
            one = Told.of(row.told)
            table.take(one)
            self.total.add(one.taken)
            for sentence in one.findings:
                self.say(f"{sentence}\n")


def judged(
    key: tuple[int], rows: Iterable[pd.DataFrame], state: GroupState, *, inbox: Inbox
) -> Iterator[pd.DataFrame]:
    """One shard of one micro-batch, in a Python worker; its state is a `Kept`."""
    (shard,) = (int(one) for one in key)
    kept = Kept(*state.get) if state.exists else Kept()
    claimed = [
        Claimed(shard, int(batch), bytes(path))
        for part in rows
        for batch, path in zip(part["batch"], part["path"], strict=True)
    ]
    kept, told = take_shard(inbox, shard, claimed, kept)
    state.update(tuple(kept))
    yield pd.DataFrame({"told": [told.text()]})


def session(master: str | None, *, shards: int, more: dict[str, str]) -> SparkSession:
    """A session of our own; on this machine alone its parts talk by the loopback address.

    Workers run this Python, under this path, unless the environment names another.
    """
    os.environ |= environment_of(master, os.environ)
    builder: Any = SparkSession.builder.appName("bihuan")
    for name, value in settings_of(master, shards=shards, more=more).items():
        builder = builder.config(name, value)
    found: SparkSession = builder.getOrCreate()
    return found


def environment_of(master: str | None, given: Mapping[str, str]) -> dict[str, str]:
    """What Spark is told by the environment."""
    python = {"PYSPARK_PYTHON": given.get("PYSPARK_PYTHON", sys.executable)}
    return python | ({"SPARK_LOCAL_IP": _HERE} if is_here(master) else {})


def is_here(master: str | None) -> bool:
    """Whether everything runs on this machine."""
    return master is not None and master.startswith("local")


def settings_of(master: str | None, *, shards: int, more: dict[str, str]) -> dict[str, str]:
    """The settings of a session; `more` goes before ours."""
    found = os.pathsep.join([_SOURCE, os.environ.get("PYTHONPATH", "")])
    settings = {
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.ui.showConsoleProgress": "false",
        "spark.speculation": "false",
        "spark.task.maxFailures": _ATTEMPTS,
        "spark.sql.shuffle.partitions": str(shards),
        "spark.sql.streaming.minBatchesToRetain": _BATCHES_KEPT,
        "spark.executorEnv.PYTHONPATH": found,
    }
    if is_here(master):
        settings |= {"spark.driver.host": _HERE, "spark.driver.bindAddress": _HERE}
    return settings | ({"spark.master": master} if master else {}) | more


def next_of(query: StreamingQuery) -> int:
    """The micro-batch after the last one that is over."""
    progress = query.lastProgress
    offset = progress["sources"][0]["endOffset"] if progress else None
    return int(json.loads(offset)["next"]) if offset else 0
