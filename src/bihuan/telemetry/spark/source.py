"""The inbox as a source of Spark: rows that say where files lie, an offset that counts batches.

The bytes of the files don't travel: the task that judges a shard reads them itself.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from pyspark.sql.datasource import DataSource, SimpleDataSourceStreamReader
from pyspark.sql.types import StructType

from bihuan.telemetry.spark.claiming import Claimed, Claims, Inbox

FORMAT: Final = "bihuan_inbox"
_OPTION: Final = "inbox"
_NEXT: Final = "next"


class InboxSource(DataSource):
    """`spark.readStream.format(FORMAT)`; its one option is `option_of` an inbox."""

    @classmethod
    def name(cls) -> str:
        """What it is called in `format`."""
        return FORMAT

    def schema(self) -> str:
        """The fields of `Claimed`."""
        return "shard int, batch long, path binary"

    def simpleStreamReader(self, schema: StructType) -> "InboxReader":  # noqa: N802, ARG002
        """The reader; it lives in one process beside the driver."""
        return InboxReader(inbox_of(self.options[_OPTION]))


class InboxReader(SimpleDataSourceStreamReader):
    """Offset `{"next": n}`: micro-batches below n were read."""

    def __init__(self, inbox: Inbox) -> None:
        self.claims = Claims(inbox)

    def initialOffset(self) -> dict[str, int]:  # noqa: N802 - Spark's word
        """Where a new checkpoint begins."""
        return {_NEXT: self.claims.first()}

    def read(self, start: dict[str, int]) -> tuple[Iterator[Claimed], dict[str, int]]:
        """What has come; the same offset when nothing has."""
        found = self.claims.claim(start[_NEXT])
        return iter(found), {_NEXT: start[_NEXT] + bool(found)}

    def readBetweenOffsets(  # noqa: N802 - Spark's word
        self, start: dict[str, int], end: dict[str, int]
    ) -> Iterator[Claimed]:
        """The same rows again, after a failure."""
        for number in range(start[_NEXT], end[_NEXT]):
            yield from self.claims.claimed(number)

    def commit(self, end: dict[str, int]) -> None:
        """Spark won't ask for anything before this any more."""
        self.claims.put_away(end[_NEXT])


def option_of(inbox: Inbox) -> dict[str, str]:
    """The options of the source for an inbox."""
    told = {**asdict(inbox), "inbox": str(inbox.inbox), "root": str(inbox.root)}
    return {_OPTION: json.dumps(told)}


def inbox_of(text: str) -> Inbox:
    """The reverse."""
    told = json.loads(text)
    return Inbox(**{**told, "inbox": Path(told["inbox"]), "root": Path(told["root"])})
