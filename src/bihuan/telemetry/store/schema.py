"""The tables of the ledger; its Parquet neighbours are the truth, it can be made again from them.

Paths are bytes, since not every path is text. Times are seconds as `notation` counts them.
"""

from typing import Final

NAME: Final = "ledger.sqlite3"
FORMAT: Final = 2
# The tables of the first are the same; whoever wrote it knows nothing of limits of packs.
KNOWN: Final = frozenset({1, FORMAT})


class WrongFormat(Exception):  # noqa: N818 - says what is wrong
    """The ledger was written by a version of this program that we don't understand."""

    def __init__(self, found: int) -> None:
        """A ledger of this format was found."""
        super().__init__(f"ledger {NAME!r} has format {found!r}, not {FORMAT!r}")


TABLES: Final = """
CREATE TABLE note (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE segment (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    generation INTEGER NOT NULL,
    first_commit INTEGER NOT NULL,
    last_commit INTEGER NOT NULL,
    "rows" INTEGER NOT NULL,
    first_point TEXT NOT NULL,
    last_point TEXT NOT NULL,
    first_time INTEGER NOT NULL,
    last_time INTEGER NOT NULL,
    days TEXT NOT NULL,
    bytes INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX segment_in_time ON segment (last_time, first_time);

CREATE TABLE delivery (
    path BLOB NOT NULL,
    digest BLOB NOT NULL,
    "commit" INTEGER NOT NULL,
    size INTEGER NOT NULL,
    channel TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    mine TEXT NOT NULL,
    kind TEXT NOT NULL,
    moment INTEGER,
    fault TEXT NOT NULL,
    records INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    PRIMARY KEY (path, digest)
) WITHOUT ROWID;
CREATE INDEX delivery_of_mine ON delivery (mine, received_at);

CREATE TABLE refused (
    "commit" INTEGER NOT NULL,
    path BLOB NOT NULL,
    record INTEGER,
    fault TEXT NOT NULL
);
CREATE INDEX refused_in ON refused ("commit");

CREATE TABLE told (
    point TEXT NOT NULL,
    moment INTEGER NOT NULL,
    "order" TEXT NOT NULL,
    fields TEXT NOT NULL,
    "commit" INTEGER NOT NULL
);
CREATE INDEX told_of_point ON told (point, moment);

CREATE TABLE episode (
    id INTEGER PRIMARY KEY,
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
    changed_in INTEGER NOT NULL
);
CREATE INDEX episode_of_point ON episode (point, kind, level, started_at);
CREATE INDEX episode_open ON episode (point) WHERE ended_at IS NULL;
CREATE INDEX episode_changed ON episode (changed_in);

CREATE TABLE amendment (
    id INTEGER PRIMARY KEY,
    episode INTEGER NOT NULL,
    "commit" INTEGER NOT NULL,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    "before" TEXT NOT NULL,
    "after" TEXT NOT NULL
);
CREATE INDEX amendment_of_episode ON amendment (episode);

CREATE TABLE tally (
    mine TEXT NOT NULL,
    day TEXT NOT NULL,
    received INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    waiting INTEGER NOT NULL,
    late INTEGER NOT NULL,
    duplicate INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    PRIMARY KEY (mine, day)
) WITHOUT ROWID;
"""
# Who follows a ledger knows it by this: one that was begun anew counts from the beginning.
BORN: Final = "INSERT INTO note VALUES ('born', abs(random() % 9007199254740992));"
