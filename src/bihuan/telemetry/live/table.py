"""The episodes that stand, as the table that a replay writes (T18)."""

from collections.abc import Iterable

from bihuan.telemetry.episodes import KINDS, Episode, page_of, rows_of
from bihuan.telemetry.live.identity import STANDING, Standing


def table_of(episodes: Iterable[Standing], *, with_packs: bool = False) -> str:
    """`episodes.csv` of what stands; merged and withdrawn ones are left out, as a replay would.

    Those of packs are no part of it unless asked for.
    """
    standing = [
        one for one in episodes if one.state == STANDING and (with_packs or one.kind in KINDS)
    ]
    found = [
        Episode(
            point=number,
            kind=one.kind,
            level=one.level,
            started_at=one.started_at,
            ended_at=one.ended_at,
            peak=one.peak,
            peak_at=one.peak_at,
            samples=one.samples,
            is_calibrated=one.is_calibrated,
        )
        for number, one in enumerate(standing)
    ]
    return page_of(rows_of(found, points=[one.point for one in standing]))
