"""Load packs, adopt them for a place, and set local values; each change tells every process."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bihuan.accounts.models import User
from bihuan.language.pack import (
    Origin,
    Pack,
    PackFault,
    Parameter,
    Value,
    plain_pack,
    read_pack,
)
from bihuan.language.parameter import Kind, parse_value, plain_value
from bihuan.places.models import Region
from bihuan.regulations.models import Adoption, LoadedPack, Revision, Setting
from bihuan.regulations.values import Rulebook, TableRow, rulebook, value_of, values_table

__all__ = [
    "LoadReport",
    "Origin",
    "PackRefused",
    "Rulebook",
    "TableRow",
    "Value",
    "adopt",
    "end_adoption",
    "load_packs",
    "rulebook",
    "set_value",
    "value_of",
    "values_table",
]


class PackRefused(Exception):  # noqa: N818  an expected answer, not an error
    """An adoption or setting can't be made; the sentence says what is missing and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, kw_only=True)
class LoadReport:
    """What loading did: versions added, as key@version, and packs that hadn't changed."""

    added: tuple[str, ...]
    unchanged: tuple[str, ...]


def load_packs(folder: Path, *, now: dt.datetime) -> LoadReport:
    """Load every TOML of a folder; a changed file becomes a new version, the old one stays.

    PackFault lists the faults of all files at once, and then nothing is loaded.
    """
    packs = _read_all(folder)
    added, unchanged = [], []
    with transaction.atomic():
        for pack in packs:
            newest = LoadedPack.objects.filter(key=pack.key).order_by("-version").first()
            if newest and newest.digest == pack.version:
                unchanged.append(pack.key)
                continue
            loaded = _store(pack, version=newest.version + 1 if newest else 1, now=now)
            added.append(f"{loaded.key}@{loaded.version}")
        if added:
            _tell_every_process()
    return LoadReport(added=tuple(added), unchanged=tuple(unchanged))


@transaction.atomic
def adopt(
    pack_key: str,
    *,
    region: Region,
    from_on: dt.date,
    until_on: dt.date | None = None,
    by: User | str,
    reason: str,
    now: dt.datetime,
) -> Adoption:
    """Take a pack into force at a place, both days included. The document's period is history."""
    _need_reason(reason)
    if not LoadedPack.objects.filter(key=pack_key).exists():
        raise PackRefused(f"没有载入依据包“{pack_key}”，请先载入依据包再采用。")
    if until_on and until_on < from_on:
        raise PackRefused(f"止日{until_on}早于起日{from_on}，请改正日期。")
    overlapping = Adoption.objects.filter(pack_key=pack_key, region=region)
    overlapping = overlapping.filter(Q(until_on__isnull=True) | Q(until_on__gte=from_on))
    if until_on:
        overlapping = overlapping.filter(from_on__lte=until_on)
    held = overlapping.order_by("from_on").first()
    if held:
        end = held.until_on or "今"
        raise PackRefused(
            f"{region.name}已在{held.from_on}至{end}采用此依据包，请先填写其止日，或改选其他日期。"
        )
    adoption = Adoption.objects.create(
        pack_key=pack_key,
        region=region,
        from_on=from_on,
        until_on=until_on,
        decided_by=str(by),
        note=reason,
        adopted_at=now,
    )
    _tell_every_process()
    return adoption


@transaction.atomic
def end_adoption(
    adoption: Adoption, *, until_on: dt.date, by: User | str, reason: str, now: dt.datetime
) -> Adoption:
    """Let an adoption run out on a day, which may not lie in the past: that has been applied."""
    _need_reason(reason)
    held = Adoption.objects.select_for_update().get(pk=adoption.pk)
    today = timezone.localdate(now)
    if until_on < max(today, held.from_on):
        raise PackRefused(f"止日不能早于{max(today, held.from_on)}，请改选日期。")
    held.until_on = until_on
    held.note = f"{held.note}\n{today} {by}：至{until_on}止，{reason}"
    held.save(update_fields=("until_on", "note"))
    _tell_every_process()
    return held


@transaction.atomic
def set_value(
    key: str,
    *,
    region: Region,
    value: object,
    reason: str,
    by: User | None,
    now: dt.datetime,
    valid_from: dt.date | None = None,
) -> Setting:
    """Set a value for a place and all below it; None goes back to the pack.

    `value` is plain, as in a pack file. It counts from `valid_from`, today if not given; timers
    already running keep theirs.
    """
    _need_reason(reason)
    parameter = rulebook().parameters.get(key)
    if parameter is None:
        raise PackRefused(f"已载入的依据包中没有参数“{key}”，请核对参数名称。")
    today = timezone.localdate(now)
    if valid_from and valid_from < today:
        raise PackRefused(f"生效日不能早于今天（{today}），请改选日期。")
    setting = Setting.objects.create(
        key=key,
        region=region,
        value=None if value is None else _checked_plain(parameter, value),
        reason=reason.strip(),
        set_by=by,
        set_at=now,
        valid_from=valid_from or today,
    )
    _tell_every_process()
    return setting


def _read_all(folder: Path) -> list[Pack]:
    packs, faults = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            packs.append(read_pack(path))
        except PackFault as fault:
            faults += [f"{path.name}: {each}" for each in fault.faults]
    faults += _disagreements(packs)
    if not packs and not faults:
        faults.append("has no pack files")
    if faults:
        raise PackFault(folder.name, tuple(faults))
    return packs


def _disagreements(packs: Sequence[Pack]) -> list[str]:
    """A key has one kind everywhere, else a local setting couldn't be read."""
    kinds: dict[str, tuple[Kind, str]] = {}
    faults = []
    for pack in packs:
        for parameter in pack.parameters:
            kind, other = kinds.setdefault(parameter.key, (parameter.kind, pack.key))
            if kind is not parameter.kind:
                faults.append(f"{parameter.key!r} is {kind!s} in {other} and {parameter.kind!s}")
    return faults


def _store(pack: Pack, *, version: int, now: dt.datetime) -> LoadedPack:
    return LoadedPack.objects.create(
        key=pack.key,
        version=version,
        digest=pack.version,
        title=pack.title,
        document=pack.document,
        place_name=pack.place_name,
        issued_on=pack.issued_on,
        period_from=pack.period_from,
        period_until=pack.period_until,
        content=plain_pack(pack),
        loaded_at=now,
    )


_SHAPES = {
    Kind.DAYS: "请填写不小于0的整数天数",
    Kind.HOURS: "请填写不小于0的整数小时数",
    Kind.MINUTES: "请填写不小于0的整数分钟数",
    Kind.NUMBER: "请填写数字",
    Kind.PERCENT: "请填写0至100之间的数字",
    Kind.TEXT: "请填写文字",
    Kind.LIST: "请逐项填写名称，名称不能重复",
    Kind.LADDER: "请逐级填写天数、动作和对象，同一天数只能有一级",
    Kind.FLAG: "请选择是或否",
    Kind.DATE: "请填写日期，如2026-03-01",
    Kind.COUNTING: "请选择自然日或工作日",
    Kind.SHIFTS: "请逐班填写名称和起止时刻，如早班 08:00-16:00、中班 16:00-24:00，名称不能重复",
}


def _checked_plain(parameter: Parameter, value: object) -> object:
    try:
        typed = parse_value(parameter.kind, value)
    except ValueError as error:
        raise PackRefused(f"“{parameter.label}”：{_SHAPES[parameter.kind]}。") from error
    if parameter.choices and typed not in parameter.choices:
        allowed = "、".join(str(choice) for choice in parameter.choices)
        raise PackRefused(f"“{parameter.label}”只能设为{allowed}，请改选其中之一。")
    return plain_value(typed)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise PackRefused("请写明理由或依据的文件，再保存。")


def _tell_every_process() -> None:
    Revision.objects.update_or_create(pk=1, defaults={"stamp": secrets.token_hex(8)})
