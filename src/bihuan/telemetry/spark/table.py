"""The episodes of all shards in one table, written by the driver alone.

SQLite with the columns of a ledger's episodes, and the shard before them: ids count in a shard.
The ledgers of the shards are the truth, so the table can be made again from them.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from typing import Final

from bihuan.telemetry.live.identity import Standing
from bihuan.telemetry.spark.layout import Layout
from bihuan.telemetry.spark.taking import Told
from bihuan.telemetry.store.ledger import Ledger

_COLUMNS: Final = ", ".join(Standing._fields)
_MARKS: Final = ", ".join("?" * (len(Standing._fields) + 2))
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS episode (
    shard INTEGER NOT NULL,
    id INTEGER NOT NULL,
    mine TEXT NOT NULL,
    point TEXT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    peak REAL,
    peak_at INTEGER,
    samples INTEGER NOT NULL,
    is_calibrated INTEGER NOT NULL,
    state TEXT NOT NULL,
    split_from INTEGER,
    merged_into INTEGER,
    raised_in INTEGER NOT NULL,
    changed_in INTEGER NOT NULL,
    PRIMARY KEY (shard, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS episode_of_point ON episode (point, kind, level, started_at);
CREATE TABLE IF NOT EXISTS shard (
    number INTEGER PRIMARY KEY, watermark INTEGER NOT NULL
) WITHOUT ROWID;
"""


class Table:
    """Takes whole rows in; the same rows again change nothing. `sqlite3.Error` when it can't."""

    def __init__(self, layout: Layout) -> None:
        """Open it, or make it, and take in what the shards have and it hasn't."""
        self._layout = layout
        self.rows = sqlite3.connect(layout.table, isolation_level=None, check_same_thread=False)
        self.rows.execute("PRAGMA journal_mode = WAL")
        self.rows.execute("PRAGMA synchronous = FULL")
        self.rows.executescript(_TABLES)
        for shard, _folder in layout.shards():
            self.catch_up(shard)

    def watermark(self, shard: int) -> int:
        """The last commit of a shard that is in the table, 0 before the first."""
        row = self.rows.execute("SELECT watermark FROM shard WHERE number = ?", (shard,)).fetchone()
        return int(row[0]) if row else 0

    def take(self, told: Told) -> None:
        """What a task said; nothing when it was overtaken, more when one before wasn't heard."""
        watermark = self.watermark(told.shard)
        if told.since > watermark:
            self.catch_up(told.shard)
        elif told.watermark >= watermark:
            self._write(told.shard, told.episodes, told.watermark)

    def catch_up(self, shard: int) -> None:
        """Take in what the ledger of a shard has and the table hasn't."""
        with closing(Ledger(self._layout.shard(shard), is_read_only=True)) as ledger:
            with ledger.glance():
                changed = ledger.changed_after(self.watermark(shard))
                watermark = ledger.note("watermark")
            self._write(shard, changed, watermark)

    def _write(self, shard: int, episodes: Iterable[tuple[Standing, int]], watermark: int) -> None:
        self.rows.execute("BEGIN IMMEDIATE")
        self.rows.executemany(
            f"INSERT OR REPLACE INTO episode (shard, {_COLUMNS}, changed_in)"  # noqa: S608
            f" VALUES ({_MARKS})",
            [(shard, *one, number) for one, number in episodes],
        )
        self.rows.execute("INSERT OR REPLACE INTO shard VALUES (?, ?)", (shard, watermark))
        self.rows.execute("COMMIT")

    def episodes(self) -> list[Standing]:
        """All of them, of any state; ids are those of their shard."""
        sql = f"SELECT {_COLUMNS} FROM episode ORDER BY shard, id"  # noqa: S608
        found = (Standing(*row) for row in self.rows.execute(sql))
        return [one._replace(is_calibrated=bool(one.is_calibrated)) for one in found]

    def close(self) -> None:
        """Let go of the file."""
        self.rows.close()


def episodes_of(layout: Layout) -> list[Standing]:
    """The episodes of all shards, as their ledgers have them."""
    found: list[Standing] = []
    for _shard, folder in layout.shards():
        with closing(Ledger(folder, is_read_only=True)) as ledger:
            found += ledger.episodes()
    return found
