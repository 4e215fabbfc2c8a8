"""One shard of one micro-batch: what a Python worker of Spark does, without a word of Spark.

The shard's store decides what was done: a file that it knows is passed over, a commit that it has
and the judge hasn't is caught up with. So a task may run twice, one after the other or, on a
machine that was given up and lives on, at the same time: the lock lets one in, and the other finds
everything known.
"""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.dictionary import Dictionary
from bihuan.telemetry.intake.arriving import TAKEN_BYTES, Arrived, arrived_at
from bihuan.telemetry.live.engine import Engine, Taken
from bihuan.telemetry.live.identity import Standing
from bihuan.telemetry.spark.claiming import Claimed, Inbox, arrived_of
from bihuan.telemetry.spark.layout import Layout
from bihuan.telemetry.store.lock import FolderTaken
from bihuan.telemetry.store.store import Store

WAIT_S: Final = 120.0
_LOOK_S: Final = 0.05


class Kept(NamedTuple):
    """What Spark keeps of a shard: the judge as it was after this commit of the shard's store."""

    number: int = 0
    judge: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a task says of its shard: episodes that changed, each with the commit that did it.

    They are those of the commits above `since`, up to `watermark`.
    """

    shard: int
    since: int
    watermark: int
    episodes: tuple[tuple[Standing, int], ...]
    taken: Taken
    findings: tuple[str, ...] = ()

    def text(self) -> str:
        """As JSON, which survives every journey."""
        return json.dumps({**asdict(self), "episodes": self.episodes}, ensure_ascii=False)

    @classmethod
    def of(cls, text: str) -> "Told":
        """The reverse of `text`."""
        told: dict[str, Any] = json.loads(text)
        return cls(
            shard=told["shard"],
            since=told["since"],
            watermark=told["watermark"],
            episodes=tuple((Standing(*one), number) for one, number in told["episodes"]),
            taken=Taken(**told["taken"]),
            findings=tuple(told["findings"]),
        )


def take_shard(
    inbox: Inbox, shard: int, claimed: Iterable[Claimed], kept: Kept, *, wait_s: float = WAIT_S
) -> tuple[Kept, Told]:
    """Commit the files of one shard, and one merge if one is due; what to keep, what to tell.

    Told is what changed after the commit that was kept, so a task that does again what a killed
    one had settled tells the same. `FolderTaken` when another task has the shard for so long.
    """
    layout = Layout(inbox.root)
    with closing(opened(layout, shard, wait_s=wait_s)) as store:
        said = list[str]()
        engine = Engine(store, kept=kept.judge, known=_known(), say=said.append)
        taken = Taken()
        for group in _groups(inbox, layout, claimed):
            taken.add(engine.take(group))
        store.merge(now=arrived_at())
        told = Told(
            shard=shard,
            since=kept.number,
            watermark=store.watermark(),
            episodes=tuple(store.ledger.changed_after(kept.number)),
            taken=taken,
            findings=(*(one.sentence for one in store.findings), *map(str.strip, said)),
        )
        if said:  # whatever couldn't be read may have left something behind
            _known.cache_clear()
        return Kept(engine.judge.number, engine.judge.snapshot()), told


def opened(layout: Layout, shard: int, *, wait_s: float) -> Store:
    """The store of a shard, as soon as whoever has it lets go; `FolderTaken` after `wait_s`."""
    until = time.monotonic() + wait_s
    while True:
        try:
            return Store(layout.shard(shard))
        except FolderTaken:
            if time.monotonic() >= until:
                raise
            time.sleep(_LOOK_S)


def _groups(inbox: Inbox, layout: Layout, claimed: Iterable[Claimed]) -> Iterator[list[Arrived]]:
    """The files, so many together as one commit should hold."""
    group, size = list[Arrived](), 0
    for one in claimed:
        arrived = arrived_of(layout, one, file_bytes_max=inbox.file_bytes_max)
        if group and size + len(arrived.content) > TAKEN_BYTES:
            yield group
            group, size = [], 0
        group.append(arrived)
        size += len(arrived.content)
    yield group


@cache
def _known() -> Dictionary:
    """What texts mean, kept as long as the worker lives."""
    return Dictionary(dialect())
