"""Files of the two systems about tailings ponds, taken in by pond id (SX-51-2)."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import batched
from typing import Final

from django.db import transaction

from bihuan.database.turns import turn_to_write
from bihuan.documents.tables import read_rows
from bihuan.monitoring.equipment.tables import PondNotice
from bihuan.places.models import Region

CHUNK: Final = 200
ROWS_MAX: Final = 50_000
SYSTEMS: Final = {
    "duty": "尾矿库包保责任动态管理系统",
    "risk": "尾矿库安全生产风险监测预警系统",
}
KINDS: Final = {
    "包保责任人": "contact",
    "联系人": "contact",
    "风险预警": "warning",
    "预警": "warning",
}
POND, KIND, NUMBER, TEXT, DAY = "尾矿库编号", "类别", "条目编号", "内容", "日期"
LABELS: Final = (POND, KIND, NUMBER, TEXT, DAY)


@dataclass(kw_only=True)
class PondsTaken:
    """What became of a file."""

    new: int = 0
    known: int = 0
    errors: dict[int, str] = field(default_factory=dict)


def take_file(data: bytes, *, name: str, system: str, region: Region, now: datetime) -> PondsTaken:
    """Keep every line of a region's file once: a known one is updated; raises Unreadable."""
    rows = read_rows(
        data,
        name=name,
        labels=LABELS,
        required=(POND, KIND, TEXT),
        date_labels=(DAY,),
        rows_max=ROWS_MAX,
    )
    taken = PondsTaken()
    for chunk in batched(rows, CHUNK):
        with turn_to_write(), transaction.atomic():
            for number, texts in chunk:
                _take(number, texts, taken, system=system, region=region, source=(name, now))
    return taken


def _take(
    number: int,
    texts: dict[str, str],
    taken: PondsTaken,
    *,
    system: str,
    region: Region,
    source: tuple[str, datetime],
) -> None:
    kind, told = KINDS.get(texts.get(KIND, "").strip()), texts.get(TEXT, "").strip()
    pond = texts.get(POND, "").strip()
    if not pond or not told or kind is None:
        taken.errors[number] = f"“{POND}”“{TEXT}”必填，“{KIND}”填{'、'.join(KINDS)}之一。"
        return
    day = _day(texts.get(DAY, ""))
    own = texts.get(NUMBER, "").strip() or f"{told}{day or ''}"
    _row, is_new = PondNotice.objects.update_or_create(
        region=region,
        system=system,
        pond_id=pond[:40],
        kind=kind,
        key=hashlib.sha256(own.encode()).hexdigest(),
        defaults={
            "text": told[:300],
            "happened_on": day,
            "source": source[0][:120],
            "updated_at": source[1],
        },
    )
    taken.new += is_new
    taken.known += not is_new


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
