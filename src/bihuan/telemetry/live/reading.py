"""Files of a commit taken apart: what they say beside their rows, and what is refused of them."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.envelopes import Body, Fault, Name, name_of, open_envelope
from bihuan.telemetry.intake.arriving import Arrived
from bihuan.telemetry.parsing import Readings
from bihuan.telemetry.records import fault_of, fields_of
from bihuan.telemetry.sources import Rejected, Source
from bihuan.telemetry.store.commits import LET_GO, Delivery, Refused, Told

READINGS: Final = "CDSS"
DEFINITIONS: Final = "CDDY"
LISTED_EACH: Final = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A file that arrived, by its name and its bytes."""

    arrived: Arrived
    name: Name | None
    digest: str

    @classmethod
    def of(cls, arrived: Arrived) -> "File":
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
class Reading:
    """What the files of a commit say beside their rows."""

    by: Dialect
    told: list[Told] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    rejected: Counter[str] = field(default_factory=Counter)

    def source(self, file: File) -> Source | None:
        """The file as a source of readings, None when it is of another kind or refused."""
        name, body = file.name, self._body(file)
        if name is None or isinstance(body, str):
            self.faults[file.path] = str(body)
            self.refused.append(Refused(file.path, None, str(body)))
            return None
        if name.kind == DEFINITIONS:
            self._define(file, name, body)
        return Source(name=name, path=file.path, body=body) if name.kind == READINGS else None

    def reject(self, one: Rejected) -> None:
        """A record that was rejected."""
        self._refuse(one.path, one.record, one.fault)

    def kept(self, readings: Readings, *, since: int) -> Readings:
        """Those of days that weren't let go of; the others are refused."""
        is_gone = readings.time < since
        if not is_gone.any():
            return readings
        for path, record in readings.taken(is_gone).places():
            self._refuse(path, record, LET_GO)
        return readings.taken(~is_gone)

    def _refuse(self, path: str, record: int | None, fault: str) -> None:
        """Count a record, and list it unless as many of its file are listed as people read.

        A file of nothing but `~` has millions of records.
        """
        self.rejected[path] += 1
        if self.rejected[path] <= LISTED_EACH:
            self.refused.append(Refused(path, record, fault))

    def deliveries(self, files: list[File], sources: list[Source]) -> Iterator[Delivery]:
        """Each file with what is counted of it."""
        records = {one.path: one.body.records.count(b"~") for one in sources}
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
                rejected=self.rejected[file.path],
            )

    def _body(self, file: File) -> Body | str:
        """The records, or why the file is refused: its channel's reason comes first."""
        if file.arrived.fault:
            return file.arrived.fault
        if file.name is None:
            return Fault.NAME
        return open_envelope(file.arrived.content, mine=file.name.mine)

    def _define(self, file: File, name: Name, body: Body) -> None:
        for record, piece in enumerate(body.pieces):
            fields = fields_of(piece)
            fault = fault_of(
                fields, kind=DEFINITIONS, mine=name.mine, moment=name.moment, dialect=self.by
            )
            if fault:
                self.reject(Rejected(file.path, record, fault))
                continue
            digits, named, path = (part.decode("utf-8", "surrogateescape") for part in name.key)
            order = (digits, named, path, record)
            self.told.append(Told(fields[0], name.moment, order, tuple(fields)))
