"""Files of persons (RYSS) taken in: those that the ingest left for the desk, or named by hand."""

import logging
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from bihuan.matters.refusals import Refused
from bihuan.monitoring.activity.rows import FIRST_YEAR, LAST_YEAR
from bihuan.monitoring.crews.presences import Position
from bihuan.monitoring.crews.storing import AHEAD, Stored, store_report
from bihuan.places.models import Site
from bihuan.telemetry.crews.shifts import CHINA
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.envelopes import Fault, Name, name_of, open_envelope
from bihuan.telemetry.heads import KIND, Snapshot, snapshot_of
from bihuan.telemetry.intake.arriving import Arrived
from bihuan.telemetry.intake.spool import PERSONS_FOLDER, SpoolReader
from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.sources import Source

FILES_A_ROUND: Final = 500
AREA_MAX, SPOT_MAX = 16, 48  # characters that the tables hold
WAITS_FOR_ITS_MINE_S: Final = DAY_S
_FIRST_DAY: Final = datetime(1, 1, 1, tzinfo=CHINA)
log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Taken:
    """What became of files."""

    files: int = 0
    again: int = 0
    alarms: int = 0
    refused: int = 0


class NotTakenError(Exception):
    """A file that isn't a report of a known mine; its text is a sentence for the user."""


def persons_folder() -> Path:
    """Where the ingest leaves reports of persons."""
    return Path(settings.HOME) / "telemetry" / PERSONS_FOLDER


def take_files(*, now: datetime) -> Taken:
    """Take what lies there in the order of the moments; one that breaks doesn't stop the others."""
    taken = Taken()
    for arrived in _due(now=now):
        if taken.files + taken.refused == FILES_A_ROUND:
            break
        try:
            stored = take_file(arrived.content, name=arrived.name, channel=arrived.channel, now=now)
        except (NotTakenError, Refused) as refusal:
            log.warning("positions_refused name=%s reason=%s", arrived.name, refusal)
            taken.refused += 1
        except Exception:  # the edge of one file: it is tried again
            log.exception("positions_failed name=%s", arrived.name)
            continue
        else:
            taken.files += 1
            taken.again += stored.is_repeated
            taken.alarms += len(stored.alarms)
        arrived.acknowledge()
    return taken


def take_file(content: bytes, *, name: str, channel: str, now: datetime) -> Stored:
    """Take one file of persons; NotTakenError or Refused when it can't be."""
    found = name_of(name)
    if found is None or found.kind != KIND:
        raise NotTakenError(f"“{name}”不是人员实时数据（RYSS）文件。")
    body = open_envelope(content, mine=found.mine)
    if isinstance(body, Fault):
        raise NotTakenError(f"“{name}”没有收下：{body.value}。")
    site = Site.objects.select_related("region").filter(code=found.mine).first()
    if site is None:
        raise NotTakenError(f"煤矿编码 {found.mine} 没有登记，请先在“监管对象”里填写。")
    snapshot, _rejected = snapshot_of(Source(name=found, path="", body=body), by=dialect())
    at = _moment_or_none(snapshot.moment)
    if at is None:
        raise NotTakenError(f"“{name}”的时间不在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间。")
    return store_report(
        site,
        at=at,
        positions=positions_of(snapshot),
        channel=channel,
        now=now,
    )


def positions_of(snapshot: Snapshot) -> list[Position]:
    """Everybody of a snapshot; of a card in two areas the one that counts comes last."""
    doubled = [Position(card=_kept(card), area=_area_of(area)) for card, area in snapshot.doubled]
    return doubled + [
        Position(
            card=_kept(one.card),
            area=_area_of(one.area),
            entered_at=_moment_or_none(one.entered_at),
            area_entered_at=_moment_or_none(one.area_entered_at),
            spot=_kept(one.spot)[:SPOT_MAX],
        )
        for one in snapshot.persons
    ]


def moment_of(seconds: int) -> datetime:
    """A moment of the files' own notation."""
    return _FIRST_DAY + timedelta(seconds=seconds - DAY_S)


def _moment_or_none(seconds: int | None) -> datetime | None:
    """Systems write the year 1 where they know nothing, and no database reads that back."""
    moment = None if seconds is None else moment_of(seconds)
    return moment if moment and FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _kept(text: str) -> str:
    """A text as every database keeps it."""
    return text.replace("\0", "\ufffd")


def _area_of(told: str) -> str:
    """A code that is longer than any names no area: who is there has no place."""
    return _kept(told) if len(told) <= AREA_MAX else ""


def _due(*, now: datetime) -> Iterator[Arrived]:
    """What can be taken by now, in the order of the moments; what waits holds up nothing else."""
    folder = persons_folder()
    if not folder.is_dir():
        return
    found = [(name_of(one.name), one) for one in SpoolReader(folder).arrived()]
    mines = set(Site.objects.exclude(code="").values_list("code", flat=True)) if found else set()
    for name, arrived in sorted(found, key=_order):
        if name is None or _is_due(name, mines=mines, now=now) or _has_waited(arrived):
            yield arrived


def _is_due(name: Name, *, mines: Collection[str], now: datetime) -> bool:
    """Whether its mine is registered, as others may be yet, and its moment has come.

    A moment to come is one of a clock set wrong, perhaps of ours: put right, it has come.
    """
    return name.mine in mines and moment_of(name.moment) <= now + AHEAD


def _order(one: tuple[Name | None, Arrived]) -> tuple[bytes, ...]:
    return one[0].key if one[0] else ()


def _has_waited(arrived: Arrived) -> bool:
    waited = time.time() - (moment_of(arrived.received_at)).timestamp()
    return waited > WAITS_FOR_ITS_MINE_S
