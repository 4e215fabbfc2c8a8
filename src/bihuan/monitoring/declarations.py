"""Every declaration of early warning, gathered for the catalog."""

from bihuan.language.loop import Loop
from bihuan.language.words import Duty, Indicator, Ledger, Limit, Population, Report, Watch
from bihuan.monitoring import mines
from bihuan.monitoring.activity import declared as activity
from bihuan.monitoring.alarms.beside import HIGH_CHECK, INQUIRY
from bihuan.monitoring.alarms.data_check import DATA_CHECK
from bihuan.monitoring.alarms.handover import DUTY_ROSTER, SHIFT_HANDOVER
from bihuan.monitoring.alarms.highs import THREE_HIGHS
from bihuan.monitoring.alarms.loop import ALARM
from bihuan.monitoring.boards import Board, served
from bihuan.monitoring.checks.loop import ANALYSIS_TASK, SITE_CHECK
from bihuan.monitoring.crews import declared as crews
from bihuan.monitoring.equipment import declared as equipment
from bihuan.monitoring.links import declared as links
from bihuan.monitoring.screens import doubts
from bihuan.monitoring.warnings import declared as warnings

LOOPS: tuple[Loop, ...] = (
    ALARM,
    INQUIRY,
    HIGH_CHECK,
    DATA_CHECK,
    SHIFT_HANDOVER,
    SITE_CHECK,
    ANALYSIS_TASK,
    *crews.LOOPS,
    *warnings.LOOPS,
    *activity.LOOPS,
)
LEDGERS: tuple[Ledger, ...] = (
    DUTY_ROSTER,
    mines.PROFILE,
    *activity.LEDGERS,
    *equipment.LEDGERS,
    *links.LEDGERS,
    *crews.LEDGERS,
    *warnings.LEDGERS,
)
DUTIES: tuple[Duty, ...] = ()
LIMITS: tuple[Limit, ...] = ()
INDICATORS: tuple[Indicator, ...] = (*activity.INDICATORS,)
POPULATIONS: tuple[Population, ...] = ()
REPORTS: tuple[Report, ...] = ()
WATCHES: tuple[Watch, ...] = (
    THREE_HIGHS,
    doubts.WATCH,
    *activity.WATCHES,
    *equipment.WATCHES,
    *links.WATCHES,
    *crews.WATCHES,
    *warnings.WATCHES,
)
BOARDS: tuple[Board, ...] = (
    *activity.BOARDS,
    *equipment.BOARDS,
    *links.BOARDS,
    *crews.BOARDS,
    *warnings.BOARDS,
)
# (clause, screen that serves it)
SERVED: tuple[tuple[str, str], ...] = (*served(BOARDS), *crews.SERVED)
