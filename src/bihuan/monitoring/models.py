"""Tables of early warning; each lives with its part."""

from bihuan.monitoring.activity.tables import SeriesValue
from bihuan.monitoring.alarms.tables import Episode, Followed
from bihuan.monitoring.crews.tables import (
    CrewExcess,
    DoubledCard,
    EntryRecord,
    Headcount,
    PositionReport,
    Presence,
    ShiftTotal,
)
from bihuan.monitoring.equipment.tables import PondNotice
from bihuan.monitoring.links.tables import DataSource, DayCount, SourceBreak
from bihuan.monitoring.warnings.tables import GoafReading

__all__ = [
    "CrewExcess",
    "DataSource",
    "DayCount",
    "DoubledCard",
    "EntryRecord",
    "Episode",
    "Followed",
    "GoafReading",
    "Headcount",
    "PondNotice",
    "PositionReport",
    "Presence",
    "SeriesValue",
    "ShiftTotal",
    "SourceBreak",
]
