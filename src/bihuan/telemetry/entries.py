"""Records of any kind of file whose fields are known: cells in the order of their layout."""

from typing import NamedTuple

from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.envelopes import Fault, Name
from bihuan.telemetry.records import fields_of
from bihuan.telemetry.sources import Rejected, Source


class Entry(NamedTuple):
    """One record: `cells` by the name of their column, `record` counted from 0."""

    name: Name
    path: str
    record: int
    cells: dict[str, str]


def entries_of(source: Source, *, by: Dialect) -> tuple[list[Entry], list[Rejected]]:
    """The records of a file as they are, and those with too many or too few fields.

    `KeyError` when the fields of this kind of file aren't known.
    """
    columns = [column.name for column in by.layouts[source.name.kind].columns]
    found, rejected = [], []
    for number, piece in enumerate(source.body.pieces):
        cells = fields_of(piece)
        if len(cells) == len(columns):
            row = dict(zip(columns, cells, strict=True))
            found.append(Entry(source.name, source.path, number, row))
        else:
            rejected.append(Rejected(source.path, number, Fault.FIELD_COUNT))
    return found, rejected
