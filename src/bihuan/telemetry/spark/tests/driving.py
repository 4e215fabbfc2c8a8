"""Micro-batches driven by hand, without Spark: the claims, the shards, the table."""

import json
import os
import time
from collections import defaultdict
from pathlib import Path

from bihuan.telemetry.live.table import table_of
from bihuan.telemetry.replay import replay
from bihuan.telemetry.spark.claiming import Claimed, Claims, Inbox
from bihuan.telemetry.spark.layout import Layout
from bihuan.telemetry.spark.table import Table, episodes_of
from bihuan.telemetry.spark.taking import Kept, Told, take_shard

LIVE = ("upper_limit", "lower_limit", "disconnected", "frozen")


class Site:
    """An inbox, a store of shards, everything that was ever sent, and what Spark would keep."""

    def __init__(self, folder: Path, *, shards: int = 4) -> None:
        self.sent, self.store = folder / "sent", folder / "store"
        self.inbox = Inbox(inbox=folder / "inbox", root=self.store, shards=shards)
        self.layout = Layout(self.store)
        for one in (self.sent, self.inbox.inbox):
            one.mkdir(exist_ok=True)
        self.layout.settle_shards(shards)
        self.claims = Claims(self.inbox)
        self.kept: dict[int, Kept] = defaultdict(Kept)

    def files(self) -> list[Path]:
        """Everything that is to be sent."""
        return sorted(path for path in self.sent.rglob("*") if path.is_file())

    def send(self, *paths: Path) -> None:
        """Let files come into the inbox, whole; they look as if they had lain there for long."""
        for path in paths:
            target = self.inbox.inbox / path.relative_to(self.sent)
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f".{target.name}")
            part.write_bytes(path.read_bytes())
            os.utime(part, (time.time() - 3_600,) * 2)
            part.rename(target)

    def by_shard(self, number: int) -> dict[int, list[Claimed]]:
        """The rows of a micro-batch as Spark groups them."""
        found = defaultdict[int, list[Claimed]](list)
        for one in self.claims.claim(number):
            found[one.shard].append(one)
        return found

    def batch(self, number: int) -> list[Told]:
        """A micro-batch in which nothing goes wrong."""
        heard = []
        for shard, claimed in self.by_shard(number).items():
            self.kept[shard], told = take_shard(self.inbox, shard, claimed, self.kept[shard])
            heard.append(Told.of(json.loads(json.dumps(told.text()))))
        return heard

    def table(self) -> str:
        """What the ledgers of the shards say."""
        return table_of(episodes_of(self.layout))

    def joined(self) -> str:
        """What the table of all shards says; what it lacks is taken in first."""
        table = Table(self.layout)
        try:
            return table_of(table.episodes())
        finally:
            table.close()

    def replayed(self) -> str:
        """What a replay of everything that was sent says."""
        return replay(self.sent, only=LIVE).episodes_csv().decode()
