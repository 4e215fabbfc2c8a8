"""Limits of crews as they hold at a mine on a day, each with where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bihuan.language.pack import Value
from bihuan.monitoring.crews import ledgers
from bihuan.monitoring.crews.tables import CrewExcess
from bihuan.regulations.models import LoadedPack
from bihuan.regulations.values import value_of

NO_RULE: Final = "无规定"
UNSET: Final = "未设定"
SHIFT_UNKNOWN: Final = "未登记"
MINE_BELOW: Final = "crew.shift_persons_below"
LARGE_FROM: Final = "crew.large_shift_from"
TRIAL_SHIFT: Final = "crew.trial.shift_persons_max"
_KEYS: Final = {
    ledgers.MECH_HEADING: "crew.face.mech_heading",
    ledgers.BLAST_HEADING: "crew.face.blast_heading",
    ledgers.REPAIR: "crew.face.repair",
}
_MINING_KEYS: Final = {
    ledgers.PRODUCTION: "crew.face.mech_mining_production",
    ledgers.MAINTENANCE: "crew.face.mech_mining_maintenance",
    "": "crew.face.mech_mining_unknown",
}
_TRIAL: Final = "crew.trial."


@dataclass(frozen=True, kw_only=True)
class FaceLimit:
    """The most persons at a face, or why there is none; `value` says where it comes from."""

    number: int | None
    why_none: str = ""
    value: Value | None = None

    @property
    def text(self) -> str:
        """The number with its unit, or 无规定 or 未设定."""
        return f"{self.number} 人" if self.number is not None else self.why_none

    @property
    def source(self) -> str:
        """The document, with whether the number is its own; empty where there is no number."""
        if self.value is None or not self.value.is_set:
            return ""
        return f"{self.value.origin.label}：{document_of(self.value)}"


def document_of(value: Value) -> str:
    """The document of the pack that gave a value, or the pack's version where it is a setting."""
    key, _, version = value.version.partition("@")
    if not version.isdecimal():
        return value.version
    row = LoadedPack.objects.filter(key=key, version=int(version)).first()
    return row.document if row is not None else value.version


def counting_of(kind: str) -> str:
    """A repair place is counted over the shift, every other face at the moment."""
    is_total = kind == ledgers.REPAIR
    return CrewExcess.Counting.TOTAL if is_total else CrewExcess.Counting.PEAK


def face_limit(kind: str, *, shift_type: str, region_path: Sequence[int], on: date) -> FaceLimit:
    """The plan's limit; a kind that it doesn't name has none, and it is never guessed."""
    key = _MINING_KEYS[shift_type] if kind == ledgers.MECH_MINING else _KEYS.get(kind, "")
    if not key:
        return FaceLimit(number=None, why_none=NO_RULE)
    return of_key(key, region_path=region_path, on=on)


def trial_limit(kind: str, *, shift_type: str, region_path: Sequence[int], on: date) -> FaceLimit:
    """The limit of the rule for mines that aren't marked, from its own table."""
    if kind == ledgers.OTHER:
        return FaceLimit(number=None, why_none=NO_RULE)
    name = kind
    if kind == ledgers.MECH_MINING:
        is_maintenance = shift_type == ledgers.MAINTENANCE
        name = "mech_mining_maintenance" if is_maintenance else "mech_mining_production"
    return of_key(f"{_TRIAL}{name}", region_path=region_path, on=on)


def number_of(key: str, *, region_path: Sequence[int], on: date) -> int | None:
    """A whole number of the packs; None where nobody gave one."""
    return of_key(key, region_path=region_path, on=on).number


def of_key(key: str, *, region_path: Sequence[int], on: date) -> FaceLimit:
    """What a key gives at a place on a day, or 未设定."""
    value = value_of(key, region_path=region_path, on=on)
    if not value.is_set:
        return FaceLimit(number=None, why_none=UNSET, value=value)
    return FaceLimit(number=int(value.amount), value=value)
