"""What this part declares: loops, ledgers, watches and boards, for the list of all parts."""

from bihuan.language.loop import Loop
from bihuan.language.words import Ledger, Watch
from bihuan.monitoring.boards import Board
from bihuan.monitoring.warnings import call_boards, goaf_board, goafs, no_exit
from bihuan.monitoring.warnings.accidents import HAZARD_LEDGER
from bihuan.monitoring.warnings.assessment import ASSESSMENT, GROUNDS
from bihuan.monitoring.warnings.call_loop import WARNING_CALL
from bihuan.monitoring.warnings.contacts import MINE_CONTACT
from bihuan.monitoring.warnings.goaf_loop import GOAF_ANOMALY
from bihuan.monitoring.warnings.loop import WARNING
from bihuan.monitoring.warnings.withdrawal import WITHDRAWAL

LOOPS: tuple[Loop, ...] = (WARNING, WARNING_CALL, WITHDRAWAL, GOAF_ANOMALY, ASSESSMENT)
LEDGERS: tuple[Ledger, ...] = (MINE_CONTACT, *goafs.LEDGERS, HAZARD_LEDGER, *no_exit.LEDGERS)
WATCHES: tuple[Watch, ...] = (GROUNDS, no_exit.CONCEALMENT)
BOARDS: tuple[Board, ...] = (*call_boards.BOARDS, *goaf_board.BOARDS, *no_exit.BOARDS)
