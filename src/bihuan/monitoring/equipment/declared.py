"""What equipment declares, gathered."""

from bihuan.monitoring.equipment import (
    coverage,
    drilling,
    explosives,
    ponds,
    recordings,
    rooms,
    sharing,
    systems,
)

LEDGERS = (
    rooms.LEDGER,
    drilling.LEDGER,
    recordings.RECORDINGS,
    recordings.FAULTS,
    recordings.OPERATION_LEDGER,
    systems.LEDGER,
    systems.LETTERS,
    coverage.PLACES,
    coverage.RULES_LEDGER,
    coverage.ACTS,
    explosives.CHECKS,
    explosives.PERMITS,
    explosives.BLASTS,
    ponds.IMAGES,
    ponds.CHANGES,
    ponds.IDENTITIES,
    sharing.PARTNER_LEDGER,
    sharing.FOUND_LEDGER,
)
WATCHES = (drilling.WATCH, recordings.WATCH, explosives.WATCH, ponds.WATCH)
BOARDS = (
    systems.STATE_BOARD,
    systems.UPGRADE_BOARD,
    coverage.PLACE_BOARD,
    coverage.RULES_BOARD,
    coverage.ACTS_BOARD,
    recordings.BOARD,
    drilling.BOARD,
    rooms.BOARD,
    explosives.CARRIER_BOARD,
    explosives.BLAST_BOARD,
    ponds.POND_BOARD,
    ponds.IMAGE_BOARD,
    ponds.UNMATCHED_BOARD,
    sharing.PARTNER_BOARD,
    sharing.MEANS_BOARD,
)
