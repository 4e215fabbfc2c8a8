"""What this part declares, gathered."""

from bihuan.monitoring.crews.boards import BOARDS
from bihuan.monitoring.crews.ledgers import LEDGERS
from bihuan.monitoring.crews.loops import LOOPS
from bihuan.monitoring.crews.watches import WATCHES

_PAGE = "page:monitoring:crew"
_FACES = ("AY-29-4", "AY-29-5", "AY-29-6", "AY-29-7", "AY-29-8", "LX-S1-8", "SX-38-3")
SERVED: tuple[tuple[str, str], ...] = tuple((clause, _PAGE) for clause in _FACES)

__all__ = ["BOARDS", "LEDGERS", "LOOPS", "SERVED", "WATCHES"]
