"""One record by itself: its fields, and why it is rejected (T2)."""

from typing import Final

from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.envelopes import Fault
from bihuan.telemetry.notation import BLANKS, DAY_S, status_of, time_of

POINT_LENGTH: Final = 28
MINE_LENGTH: Final = 12
SEPARATOR: Final = ";"


def fields_of(piece: str) -> list[str]:
    """The fields of a record, without CR, LF and spaces at both ends of each."""
    return [one.strip(BLANKS) for one in piece.split(SEPARATOR)]


def fault_of(
    fields: list[str], *, kind: str, mine: str, moment: int, dialect: Dialect
) -> Fault | None:
    """Why a record of CDDY or CDSS is rejected, None if it stands; the first reason counts."""
    layout = dialect.layouts[kind]
    if len(fields) != len(layout.columns):
        return Fault.FIELD_COUNT
    point = fields[layout.place("point")]
    if len(point) != POINT_LENGTH:
        return Fault.POINT_LENGTH
    if not point.startswith(mine):
        return Fault.POINT_MINE
    time = time_of(fields[layout.place("data_at")])
    if time is None:
        return Fault.TIME
    if kind == "CDSS" and status_of(fields[layout.place("status")]) is None:
        return Fault.STATUS
    return Fault.TIME_AHEAD if time > moment + DAY_S else None
