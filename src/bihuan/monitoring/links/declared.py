"""What links declare, gathered."""

from bihuan.monitoring.links import hazards, quality, seals, share, shut, water

LEDGERS = (hazards.LEDGER, seals.LEDGER, quality.LEDGER, shut.LEDGER, share.LEDGER)
WATCHES = (hazards.LOST_WATCH, hazards.MISSING_WATCH, shut.WATCH)
BOARDS = (
    water.BOARD,
    hazards.FIRM_BOARD,
    hazards.SOURCE_BOARD,
    seals.BOARD,
    quality.BOARD,
    shut.BOARD,
    share.BOARD,
)
