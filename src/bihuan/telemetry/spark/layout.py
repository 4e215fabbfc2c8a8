"""Where a store of shards keeps what, and which shard a mine belongs to."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bihuan.telemetry.store import ledger
from bihuan.telemetry.store.disk import put

FORMAT: Final = 1
SHARDS: Final = 16
SHARDS_MAX: Final = 1024
_ABOUT: Final = "shards.json"
_SHARDS: Final = "shards"


class WrongStore(Exception):  # noqa: N818 - a sentence for the user
    """A folder that isn't a store of so many shards; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of a store; all machines must see them under the same path."""

    root: Path

    @property
    def checkpoint(self) -> Path:
        """Spark's own: offsets, state, what was committed."""
        return self.root / "checkpoint"

    @property
    def arriving(self) -> Path:
        """Files that were taken from the inbox, a folder for each micro-batch."""
        return self.root / "arriving"

    @property
    def taken(self) -> Path:
        """The same once their micro-batch is over."""
        return self.root / "taken"

    @property
    def table(self) -> Path:
        """The episodes of all shards."""
        return self.root / "episodes.sqlite3"

    def shard(self, number: int) -> Path:
        """The store of one shard: segments and ledger."""
        return self.root / _SHARDS / f"{number:04}"

    def batch(self, number: int) -> Path:
        """The files of a micro-batch, wherever they are by now."""
        found = self.arriving / str(number)
        return found if found.exists() else self.taken / str(number)

    def shards(self) -> Iterator[tuple[int, Path]]:
        """The shards that have a ledger, by number."""
        for folder in sorted((self.root / _SHARDS).glob("[0-9]*")):
            if (folder / ledger.NAME).exists():
                yield int(folder.name), folder

    def settle_shards(self, wanted: int | None) -> int:
        """How many shards there are, written down the first time; `WrongStore` for other numbers.

        A mine must stay in its shard: there is what was read of it.
        """
        about = self.root / _ABOUT
        if not about.exists():
            if (self.root / ledger.NAME).exists():
                raise WrongStore(
                    f"目录 {self.root} 由单机接收进程（telemetry ingest）使用，"
                    "分片接收请另用一个空目录。"
                )
            self.root.mkdir(parents=True, exist_ok=True)
            put(about, json.dumps({"format": FORMAT, "shards": wanted or SHARDS}).encode())
        told = json.loads(about.read_bytes())
        if told["format"] != FORMAT or wanted not in {None, told["shards"]}:
            raise WrongStore(
                f"目录 {self.root} 建立时分为 {told['shards']} 片，不能改成 {wanted} 片。"
                f"请去掉 --shards，或写 --shards {told['shards']}；要改片数，请换空目录重新接收。"
            )
        return int(told["shards"])


def is_sharded(root: Path) -> bool:
    """Whether this folder is a store of shards."""
    return (root / _ABOUT).exists()


def shard_of(subject: bytes, *, shards: int) -> int:
    """The shard of a mine's code; of the path of a file whose name says none."""
    return zlib.crc32(subject) % shards
