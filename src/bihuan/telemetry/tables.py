"""A folder of files as tables, one for each kind whose fields are known (personnel, equipment …).

Records stand as they came, in the order of mines and T1, superseded ones too. Readings (CDSS) are
only written when they are asked for: a spreadsheet doesn't hold them.
"""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from bihuan.telemetry import heads, stations
from bihuan.telemetry.dialect import Dialect, dialect
from bihuan.telemetry.entries import Entry, entries_of
from bihuan.telemetry.envelopes import Fault, open_envelope
from bihuan.telemetry.inbox import Found, batches, content_of, listed
from bihuan.telemetry.notation import stamp_of
from bihuan.telemetry.parsing import KIND as READINGS
from bihuan.telemetry.records import MINE_LENGTH
from bihuan.telemetry.replay import rejected_page
from bihuan.telemetry.sheets import sheet_line, sheet_of
from bihuan.telemetry.sources import Rejected, Source

_HEADS_HEAD: Final = ("煤矿编码", "区域编码（空的是全矿）", "时间", "井下人数")
_STATES_HEAD: Final = ("煤矿编码", "编码", "运行状态", "供电状态", "从", "到")
_PLACE_HEAD: Final = ("文件", "第几条")


@dataclass(kw_only=True)
class Tables:
    """What was written: records by kind; files of kinds whose fields nobody knows, by kind."""

    files: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    records: Counter[str] = field(default_factory=Counter)
    unparsed: Counter[str] = field(default_factory=Counter)


def write_tables(
    folder: Path, out: Path, *, only: Collection[str] = (), by: Dialect | None = None
) -> Tables:
    """Write `KIND.csv` for each kind, `heads.csv`, `states.csv` and `rejected.csv` into `out`.

    `only` names kinds; without any it is all but readings. `OSError` when something can't be read
    or written.
    """
    out.mkdir(parents=True, exist_ok=True)
    found, wrong_names = listed(folder)
    told = Tables(files=len(found) + len(wrong_names))
    told.rejected += [Rejected(path, None, Fault.NAME) for path in wrong_names]
    with ExitStack() as files:
        writer = _Writer(told, _Sheets(out, files), only, by or dialect())
        for batch in batches(found):
            writer.mines(_sources(folder, batch, told))
    (out / "rejected.csv").write_bytes(rejected_page(told.rejected))
    return told


def _sources(folder: Path, batch: Iterable[Found], told: Tables) -> Iterator[Source]:
    """The files of a batch that are let in."""
    for one in batch:
        content = content_of(os.fspath(folder / one.path), size=one.size)
        body = open_envelope(content, mine=one.name.mine)
        if isinstance(body, Fault):
            told.rejected.append(Rejected(one.path, None, body))
        else:
            yield Source(name=one.name, path=one.path, body=body)


class _Sheets:
    """Tables that are written line by line; each is opened when its first line comes."""

    def __init__(self, out: Path, files: ExitStack) -> None:
        self.out, self.files = out, files
        self.opened: dict[str, BinaryIO] = {}

    def write(self, name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Add rows to a table."""
        if name not in self.opened:
            self.opened[name] = self.files.enter_context((self.out / f"{name}.csv").open("wb"))
            self.opened[name].write(sheet_of(head, ()))
        self.opened[name].writelines(sheet_line(row).encode() for row in rows)


class _Writer:
    """Writes what the files of whole mines say."""

    def __init__(self, told: Tables, sheets: _Sheets, only: Collection[str], by: Dialect) -> None:
        self.told, self.sheets, self.by = told, sheets, by
        self.only = frozenset(only) or by.layouts.keys() - {READINGS}

    def mines(self, sources: Iterable[Source]) -> None:
        """The files of some mines, in the order of their keys."""
        snapshots: list[heads.Snapshot] = []
        states: list[Entry] = []
        for source in sources:
            kind = source.name.kind
            if kind not in self.by.layouts:
                self.told.unparsed[kind] += 1
            elif kind in self.only:
                entries = self._entries(source)
                states += entries if kind in stations.CODE_OF else []
                snapshots += self._snapshots(source)
        if snapshots:
            self.sheets.write("heads", _HEADS_HEAD, _heads(snapshots))
        if states:
            self.sheets.write("states", _STATES_HEAD, self._states(states))

    def _entries(self, source: Source) -> list[Entry]:
        """Write the records of a file."""
        kind = source.name.kind
        entries, rejected = entries_of(source, by=self.by)
        labels = [column.label for column in self.by.layouts[kind].columns]
        rows = ((*one.cells.values(), *_place(one)) for one in entries)
        self.sheets.write(kind, (*labels, *_PLACE_HEAD), rows)
        self.told.records[kind] += len(entries)
        self.told.rejected += rejected
        return entries

    def _snapshots(self, source: Source) -> list[heads.Snapshot]:
        if source.name.kind != heads.KIND:
            return []
        snapshot, rejected = heads.snapshot_of(source, by=self.by)
        self.told.rejected += rejected
        return [snapshot]

    def _states(self, entries: Iterable[Entry]) -> Iterator[tuple[str, ...]]:
        running, supply = self.by.choices["running"], self.by.choices["supply"]
        for one in stations.states_of(entries):
            words = running.get(one.running, one.running), supply.get(one.supply, one.supply)
            span = stamp_of(one.first_at), stamp_of(one.last_at)
            yield (one.station[:MINE_LENGTH], one.station, *words, *span)


def _heads(snapshots: Iterable[heads.Snapshot]) -> Iterator[tuple[str, ...]]:
    for one in heads.accepted(snapshots):
        for area, count in sorted(one.heads().items()):
            yield one.mine, area, stamp_of(one.moment), str(count)


def _place(one: Entry) -> tuple[str, str]:
    path = one.path.encode(errors="surrogateescape").decode(errors="replace")
    return path, str(one.record + 1)
