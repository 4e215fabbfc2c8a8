"""A history of plain lists, files of a folder cut into commits, and what the judge says of them."""

import os
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.envelopes import Body, Fault, open_envelope
from bihuan.telemetry.episodes import Episode, rows_of
from bihuan.telemetry.inbox import Found, content_of, listed
from bihuan.telemetry.live.identity import HINTS_FROM, STANDING, Amendment, Changes, Standing
from bihuan.telemetry.live.judge import Judge
from bihuan.telemetry.live.tallies import FIELDS
from bihuan.telemetry.notation import DAY_S, stamp_of
from bihuan.telemetry.packs import PackLimit, rules
from bihuan.telemetry.parsing import parse
from bihuan.telemetry.records import fault_of, fields_of
from bihuan.telemetry.sources import Source
from bihuan.telemetry.store import rows
from bihuan.telemetry.store.commits import ROWS, Commit, Delivery, Refused, Told
from bihuan.telemetry.tests.folders import START
from bihuan.telemetry.tests.inboxes import POINT, definition

# Every kind of limit that a pack may have, on the points that are drawn, gas or not.
BY = replace(dialect(), gases=frozenset())
_DRAWN = frozenset({"0001", "0004", "0043"})
LIMITS = (
    *rules(BY),
    PackLimit(
        key="slow", level="high", side="upper", sensor_types=_DRAWN, unit="%CH4",
        on=1.0, off=0.8, on_delay_s=150, off_delay_s=400,
    ),
    PackLimit(
        key="slow", level="low", side="lower", sensor_types=_DRAWN - {"0004"}, unit="%",
        on=0.4, off=0.7, on_delay_s=0, off_delay_s=200,
    ),
    PackLimit(
        key="low", level="", side="lower", sensor_types=_DRAWN, unit="%CH4", on=0.2, off=0.6,
    ),
    # Points that are drawn as switches, some of them by one definition only.
    PackLimit(
        key="state", level="", side="upper", sensor_types=_DRAWN | {"1001"}, unit="",
        on=1.0, off=1.0, value_kind="KG",
    ),
    PackLimit(
        key="state", level="slow", side="lower", sensor_types=_DRAWN | {"1001"}, unit="",
        on=0.5, off=0.7, off_delay_s=120, value_kind="KG",
    ),
)  # fmt: skip
_SHOWN = {"point": pl.String(), "time": pl.Int64(), "value": pl.Float64(), "status": pl.Int16()}
type Version = tuple[tuple, int, dict]  # (place by T1, commit), commit, row


@dataclass
class Ledger:
    """Everything that was committed, as slowly and plainly as can be."""

    versions: dict[str, dict[int, list[Version]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    told: dict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    held: dict[int, Standing] = field(default_factory=dict)
    amendments: list[Amendment] = field(default_factory=list)
    tallies: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    asked: list[int | None] = field(default_factory=list)
    ruled: int = 0

    def write(self, commit: Commit) -> None:
        """Take the rows in."""
        for row in commit.rows.iter_rows(named=True):
            digits = stamp_of(row["time"] + row["lag"]), row["rest"].ljust(6, "0")
            place = (*digits, row["rest"] + ".txt", row["folder"], row["record"])
            self.versions[row["point"]][row["time"]].append((place, commit.number, row))

    def settle(self, commit: Commit, changes: Changes) -> None:
        """Take the rest in."""
        for told in commit.definitions:
            self.told[told.point].append(told)
        for one in changes.episodes:
            self.held[one.id] = one
        self.amendments += changes.amendments
        self.ruled = changes.rules
        for tally in changes.tallies:
            counts = self.tallies.setdefault(tally[:2], [0] * len(FIELDS))
            for place, count in enumerate(tally[2:]):
                counts[place] += count

    def standing(
        self,
        points: Collection[str],
        *,
        since: int | None = None,
        until: int | None = None,
        upto: int | None = None,
    ) -> pl.DataFrame:
        """The last version of each point and time (T5)."""
        self.asked.append(since)
        found = []
        for point in sorted(set(points)):
            for time, held in sorted(self.versions.get(point, {}).items()):
                known = [one for one in held if upto is None or one[1] <= upto]
                is_within = (since is None or time >= since) and (until is None or time <= until)
                if known and is_within:
                    found.append(max(known, key=lambda version: version[:2])[2])
        shown = {**_SHOWN, "is_ahead": pl.Boolean()}
        return pl.DataFrame([{name: row[name] for name in shown} for row in found], schema=shown)

    def episodes(
        self, points: Collection[str] | None = None, *, since: int | None = None
    ) -> list[Standing]:
        """Those that last then or later."""
        return [
            one
            for one in self.held.values()
            if (points is None or one.point in points)
            and (since is None or one.ended_at is None or one.ended_at >= since)
        ]

    def definitions(self, points: Collection[str] | None = None) -> dict[str, list[Told]]:
        """As they came."""
        wanted = self.told if points is None else points
        return {point: list(self.told[point]) for point in wanted if point in self.told}

    def last_id(self) -> int:
        """The highest id that was counted."""
        return max((one for one in self.held if one < HINTS_FROM), default=0)

    def rules(self) -> int:
        """Which limits judged last."""
        return self.ruled

    def rows(self) -> list[tuple[str, ...]]:
        """Rows of `episodes.csv` of what stands."""
        standing = [one for one in self.held.values() if one.state == STANDING]
        points = sorted({one.point for one in standing})
        numbers = {point: number for number, point in enumerate(points)}
        found = (Episode(numbers[one.point], *one[3:11]) for one in standing)
        return sorted(rows_of(found, points=points))


def files_of(folder: Path) -> list[Found]:
    """Files with good names in the order of their keys."""
    return sorted(listed(folder)[0], key=lambda one: one.name.key)


def commit_of(folder: Path, files: Iterable[Found], number: int) -> Commit:
    """Files that are committed together."""
    sources: list[Source] = []
    told: list[Told] = []
    deliveries: list[Delivery] = []
    refused: list[Refused] = []
    for one in sorted(files, key=lambda found: found.name.key):
        body = open_envelope(content_of(f"{folder}/{one.path}", size=one.size), mine=one.name.mine)
        if isinstance(body, Fault):
            refused.append(Refused(one.path, None, body))
        elif one.name.kind == "CDSS":
            sources.append(Source(name=one.name, path=one.path, body=body))
        elif one.name.kind == "CDDY":
            told += _told(one, body)
    readings, rejected = parse(sources, dialect=BY)
    for source in sources:
        count = sum(path == source.path for path, _record, _fault in rejected)
        deliveries.append(_delivery(source, count))
    return Commit(
        number=number,
        rows=rows.rows_of(readings, sources) if sources else pl.DataFrame(schema=ROWS),
        deliveries=tuple(deliveries),
        definitions=tuple(told),
        refused=tuple(refused),
    )


def cut(rnd: random.Random, files: list[Found]) -> list[list[Found]]:
    """Files in pieces of random size."""
    pieces = []
    while files:
        size = rnd.choice((1, 1, 2, 5, 20))
        pieces.append(files[:size])
        files = files[size:]
    return pieces


def _delivery(source: Source, rejected: int) -> Delivery:
    return Delivery(
        path=source.path,
        digest="",
        size=0,
        channel="folder",
        received_at=0,
        mine=source.name.mine,
        kind=source.name.kind,
        moment=source.name.moment,
        records=len(source.body.pieces),
        rejected=rejected,
    )


def _told(one: Found, body: Body) -> Iterable[Told]:
    """The definitions of a file that stand."""
    digits, name, path = (os.fsdecode(part) for part in one.name.key)
    for record, piece in enumerate(body.pieces):
        fields = fields_of(piece)
        wrong = fault_of(
            fields, kind="CDDY", mine=one.name.mine, moment=one.name.moment, dialect=BY
        )
        if not wrong:
            yield Told(fields[0], one.name.moment, (digits, name, path, record), tuple(fields))


class Mine:
    """A mine whose readings and definitions are committed one by one; times are in seconds."""

    def __init__(self, limits: Sequence[PackLimit] = ()) -> None:
        self.ledger, self.judge, self.number = Ledger(), Judge(by=BY, limits=limits), 0

    def send(
        self,
        *readings: tuple[int, float | None],
        point: str = POINT,
        status: int = 0,
    ) -> Changes:
        """A file of (time, value) of one point, whose name is later than those before (T1)."""
        return self.commit(rows=self.frame(*readings, point=point, status=status))

    def frame(
        self,
        *readings: tuple[int, float | None],
        point: str = POINT,
        status: int = 0,
    ) -> pl.DataFrame:
        """The rows of such a file."""
        moment = DAY_S + self.number
        times = [time for time, _value in readings]
        count = len(readings)
        return pl.DataFrame(
            {
                "point": [point] * count,
                "time": [START + time for time in times],
                "value": [value for _time, value in readings],
                "status": [status] * count,
                "is_ahead": [time > moment + 600 for time in times],
                "lag": [moment - time for time in times],
                "rest": [""] * count,
                "folder": [b""] * count,
                "record": list(range(count)),
            },
            schema=ROWS,
        )

    def define(self, moment: int = 0, point: str = POINT, **told: str) -> Changes:
        """A definition of one point, in a file of its own."""
        fields = definition(point, **told).split(";")
        name = f"{point[:12]}_CDDY_{moment:014}.txt"
        one = Told(point, START + moment, (f"{moment:020}", name, name, 0), tuple(fields))
        return self.commit(definitions=(one,))

    def commit(self, *, rows: pl.DataFrame | None = None, definitions: tuple = ()) -> Changes:
        """The next commit."""
        self.number += 1
        frame = pl.DataFrame(schema=ROWS) if rows is None else rows
        commit = Commit(number=self.number, rows=frame, definitions=definitions)
        self.ledger.write(commit)
        changes = self.judge.take(commit, self.ledger)
        self.ledger.settle(commit, changes)
        return changes

    def shown(self, kind: str = "upper_limit") -> list[str]:
        """The episodes of a kind: `id start-end state`, with what it was split from or is in."""
        return [_shown(one) for one in sorted(self.ledger.held.values()) if one.kind == kind]


def _shown(one: Standing) -> str:
    end = "" if one.ended_at is None else one.ended_at - START
    words = [str(one.id), f"{one.started_at - START}-{end}", one.state]
    words += [f"from {one.split_from}"] if one.split_from else []
    words += [f"into {one.merged_into}"] if one.merged_into else []
    return " ".join(words)
