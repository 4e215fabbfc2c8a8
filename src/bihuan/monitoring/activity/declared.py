"""Every declaration about a mine's activity."""

from bihuan.language.loop import Loop
from bihuan.language.words import Indicator, Ledger, Watch
from bihuan.monitoring.activity import (
    capacity,
    fakery,
    hidden,
    ledgers,
    loops,
    pairs,
    plans,
    power,
    stopped,
    targets,
    unexplained,
)
from bihuan.monitoring.activity.board import OUTPUT_BOARD
from bihuan.monitoring.activity.day_boards import PAIRS_BOARD, POWER_BOARD, STRENGTH_BOARD
from bihuan.monitoring.activity.drainage import DRAINAGE_RATE
from bihuan.monitoring.activity.stops_board import STOPS_BOARD
from bihuan.monitoring.boards import Board

LOOPS: tuple[Loop, ...] = loops.LOOPS
LEDGERS: tuple[Ledger, ...] = ledgers.LEDGERS
WATCHES: tuple[Watch, ...] = (
    capacity.OVER_CAPACITY,
    capacity.MAJOR_EXCESS,
    plans.OVER_STRENGTH,
    plans.OVER_CREW,
    plans.CROSSING_WORKS,
    targets.PARENT_TARGETS,
    pairs.SEVEN_SERIES,
    power.POWER_KINDS,
    power.ABRUPT_STOP,
    stopped.STOPPED_PRODUCING,
    stopped.CLOSED_ALIVE,
    stopped.TIGHT_SUCCESSION,
    hidden.HIDDEN_WORK,
    unexplained.UNEXPLAINED_WORK,
    fakery.FAKERY,
)
BOARDS: tuple[Board, ...] = (
    OUTPUT_BOARD,
    STRENGTH_BOARD,
    targets.TARGET_BOARD,
    POWER_BOARD,
    STOPS_BOARD,
    PAIRS_BOARD,
)
INDICATORS: tuple[Indicator, ...] = (DRAINAGE_RATE,)
