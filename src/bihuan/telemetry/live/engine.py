"""One commit after another: files in, segment durable, episodes judged, ledger settled.

The order is what makes a kill harmless. A segment is durable before anything is derived from it,
the ledger takes all that was derived in one transaction, and only then the sender is told. Who
starts again adopts what lies between.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from bihuan.telemetry.dialect import Dialect, dialect
from bihuan.telemetry.dictionary import Dictionary
from bihuan.telemetry.envelopes import Body, Fault, Name, name_of, open_envelope
from bihuan.telemetry.intake.arriving import Arrived
from bihuan.telemetry.live.identity import Standing
from bihuan.telemetry.live.judge import Judge
from bihuan.telemetry.live.snapshots import Unusable
from bihuan.telemetry.parsing import Rejected, Source, parse
from bihuan.telemetry.records import fault_of, fields_of
from bihuan.telemetry.store.commits import Commit, Delivery, Refused, Told
from bihuan.telemetry.store.disk import put
from bihuan.telemetry.store.rows import rows_of
from bihuan.telemetry.store.store import Store

SNAPSHOT: Final = "judge.snapshot"
READINGS, DEFINITIONS = "CDSS", "CDDY"


@dataclass(kw_only=True)
class Taken:
    """What became of a group of files."""

    commits: int = 0
    files: int = 0
    again: int = 0
    rows: int = 0
    refused: int = 0


class Engine:
    """Takes groups of files into a store; one engine a store, one thread an engine.

    When `take` raises, nothing was acknowledged and this engine is over: close the store, open it
    and a new engine, and the files come again.
    """

    def __init__(self, store: Store, *, by: Dialect | None = None) -> None:
        self.store, self.by = store, by or dialect()
        self._known = Dictionary(self.by)
        self.judge, self._owed = self._resumed(), list[Standing]()
        if self.judge.number < self.store.watermark():
            self._catch_up()
        for commit in self.store.adopted():
            self._settle(commit)

    def take(self, arrived: Sequence[Arrived]) -> Taken:
        """Commit these files together, then acknowledge each; known ones are acknowledged alone."""
        taken = Taken()
        for group in _apart(arrived):
            self._take(group, taken)
        return taken

    def snapshot(self) -> None:
        """Keep what the judge carries, so that a start needn't ask so much of the past."""
        put(self.store.folder / SNAPSHOT, self.judge.snapshot())

    def _resumed(self) -> Judge:
        """The judge as it was kept; a new one when there is none that can be used.

        One from beyond the ledger stands on what the ledger has lost: an older one was put back.
        """
        try:
            judge = Judge.restored((self.store.folder / SNAPSHOT).read_bytes(), by=self.by)
        except (FileNotFoundError, Unusable):
            return Judge(by=self.by)
        return Judge(by=self.by) if judge.number > self.store.watermark() else judge

    def _catch_up(self) -> None:
        frames = self.store.rows_after(self.judge.number)
        self._owed = self.judge.catch_up(frames, self.store, number=self.store.watermark())

    def _take(self, arrived: Sequence[Arrived], taken: Taken) -> None:
        fresh, again = self._fresh(arrived)
        taken.files += len(fresh)
        taken.again += len(again)
        if fresh:
            commit = self._commit(fresh)
            self.store.write(commit)
            self._settle(commit)
            taken.commits += 1
            taken.rows += len(commit.rows)
            taken.refused += len(commit.refused)
        for one in (*(file.arrived for file in fresh), *again):
            one.acknowledge()

    def _settle(self, commit: Commit) -> None:
        changes = self.judge.take(commit, self.store)
        told = {one.id for one in changes.episodes}
        changes.episodes.extend(one for one in self._owed if one.id not in told)
        self.store.settle(commit, changes)
        self._owed = []

    def _fresh(self, arrived: Sequence[Arrived]) -> tuple[list["_File"], list[Arrived]]:
        """Files that the store hasn't, in the order of T1, and those that it has already."""
        files = [_File.of(one) for one in arrived]
        known = self.store.known({file.identity for file in files})
        fresh = [file for file in files if file.identity not in known]
        again = [file.arrived for file in files if file.identity in known]
        return sorted(fresh, key=_File.order), again

    def _commit(self, files: list["_File"]) -> Commit:
        reading = _Reading(self.by)
        sources = [one for one in map(reading.source, files) if one]
        readings, rejected = parse(sources, dialect=self.by, known=self._known)
        reading.reject(rejected)
        return Commit(
            number=self.store.next_number,
            rows=rows_of(readings, sources),
            deliveries=tuple(reading.deliveries(files, sources)),
            definitions=tuple(reading.told),
            refused=tuple(reading.refused),
        )


def _apart(arrived: Sequence[Arrived]) -> Iterator[list[Arrived]]:
    """Groups in which no path stands twice: of two files of one path the later commit counts."""
    waiting = list(arrived)
    while waiting:
        group = dict[str, Arrived]()
        later = list[Arrived]()
        for one in waiting:
            path = one.path or one.name
            if path in group:
                later.append(one)
            else:
                group[path] = one
        yield list(group.values())
        waiting = later


@dataclass(frozen=True, kw_only=True, slots=True)
class _File:
    """A file that arrived, by its name and its bytes."""

    arrived: Arrived
    name: Name | None
    digest: str

    @classmethod
    def of(cls, arrived: Arrived) -> "_File":
        """Take the name apart and the digest of the bytes."""
        return cls(
            arrived=arrived,
            name=name_of(arrived.name, path=arrived.path),
            digest=hashlib.sha256(arrived.content).hexdigest(),
        )

    @property
    def path(self) -> str:
        """What the file is called wherever it is listed."""
        return self.arrived.path or self.arrived.name

    @property
    def identity(self) -> tuple[str, str]:
        """The same file sent again has the same; HTTP and MQTT have no path to tell apart by."""
        return self.path, self.digest

    def order(self) -> tuple[bytes, ...]:
        """T1; files without a good name come first."""
        return self.name.key if self.name else ()


@dataclass(slots=True)
class _Reading:
    """What the files of a commit say beside their rows."""

    by: Dialect
    told: list[Told] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)

    def source(self, file: _File) -> Source | None:
        """The file as a source of readings, None when it is of another kind or refused."""
        name, body = file.name, self._body(file)
        if name is None or isinstance(body, str):
            self.faults[file.path] = str(body)
            self.refused.append(Refused(file.path, None, str(body)))
            return None
        if name.kind == DEFINITIONS:
            self._define(file, name, body)
        return Source(name=name, path=file.path, body=body) if name.kind == READINGS else None

    def reject(self, rejected: Iterable[Rejected]) -> None:
        """List the records of readings that were rejected."""
        self.refused += [Refused(one.path, one.record, one.fault) for one in rejected]

    def deliveries(self, files: list[_File], sources: list[Source]) -> Iterator[Delivery]:
        """Each file with what is counted of it."""
        records = {one.path: one.body.records.count(b"~") for one in sources}
        rejected: dict[str, int] = {}
        for one in self.refused:
            if one.record is not None:
                rejected[one.path] = rejected.get(one.path, 0) + 1
        for file in files:
            name, arrived = file.name, file.arrived
            yield Delivery(
                path=file.path,
                digest=file.digest,
                size=len(arrived.content),
                channel=arrived.channel,
                received_at=arrived.received_at,
                mine=name.mine if name else "",
                kind=name.kind if name else "",
                moment=name.moment if name else None,
                fault=self.faults.get(file.path, ""),
                records=records.get(file.path, 0),
                rejected=rejected.get(file.path, 0),
            )

    def _body(self, file: _File) -> Body | str:
        """The records, or why the file is refused: its channel's reason comes first."""
        if file.arrived.fault:
            return file.arrived.fault
        if file.name is None:
            return Fault.NAME
        return open_envelope(file.arrived.content, mine=file.name.mine)

    def _define(self, file: _File, name: Name, body: Body) -> None:
        for record, piece in enumerate(body.pieces):
            fields = fields_of(piece)
            fault = fault_of(
                fields, kind=DEFINITIONS, mine=name.mine, moment=name.moment, dialect=self.by
            )
            if fault:
                self.refused.append(Refused(file.path, record, fault))
                continue
            digits, named, path = (part.decode("utf-8", "surrogateescape") for part in name.key)
            order = (digits, named, path, record)
            self.told.append(Told(fields[0], name.moment, order, tuple(fields)))
