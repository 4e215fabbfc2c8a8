"""What holds for a key at a place on a day, answered from memory after one tiny query."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.utils import timezone

from bihuan.database.prepared import prepared
from bihuan.language.pack import Origin, Pack, Parameter, Value, parse_pack
from bihuan.language.parameter import ParameterValue, parse_value, shown
from bihuan.places.models import Region
from bihuan.regulations.models import Adoption, LoadedPack, Revision, Setting


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One line of the settings page: what holds, what the packs alone would give."""

    value: Value
    from_pack: Value
    choices: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class _Version:
    pack: Pack
    name: str
    loaded_on: dt.date
    parameters: dict[str, Parameter]


@dataclass(frozen=True, kw_only=True)
class _Adopted:
    id: int
    pack_key: str
    from_on: dt.date
    until_on: dt.date | None

    def holds(self, on: dt.date) -> bool:
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


@dataclass(frozen=True, kw_only=True)
class _Local:
    id: int
    value: ParameterValue
    reason: str
    valid_from: dt.date


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    adopted: _Adopted
    version: _Version
    parameter: Parameter

    @property
    def rank(self) -> tuple[bool, bool, dt.date, int]:
        """A value before none, the document before our default, then the later adoption."""
        is_set = self.parameter.value is not None
        is_source = self.parameter.origin is Origin.SOURCE
        return is_set, is_source, self.adopted.from_on, self.adopted.id


class Rulebook:
    """Every pack version, adoption and local setting, read once; asks the database nothing."""

    def __init__(self) -> None:
        self._versions = _read_versions()
        self._adoptions = _read_adoptions()
        self.parameters = self._newest_parameters()
        self._locals = self._read_locals()

    def value_of(self, key: str, *, region_path: Sequence[int], on: dt.date) -> Value:
        """Local setting if there is one on the path, else the pack adopted nearest."""
        from_pack = self.pack_value(key, region_path=region_path, on=on)
        local = self._local(key, region_path, on)
        if local is None:
            return from_pack
        was = f"；依据包为{from_pack.text}（{from_pack.origin.label}）" if from_pack.is_set else ""
        return replace(
            from_pack,
            value=local.value,
            origin=Origin.LOCAL,
            version=f"setting@{local.id}",
            note=f"{local.reason}{was}",
        )

    def pack_value(self, key: str, *, region_path: Sequence[int], on: dt.date) -> Value:
        """What the adopted packs give, local settings left aside."""
        fallback = None
        for region_id in reversed(region_path):
            found = sorted(self._candidates(key, region_id, on), key=_rank, reverse=True)
            if found and found[0].parameter.value is not None:
                return _value(found[0], others=found[1:])
            if found and fallback is None:
                fallback = _value(found[0], others=())
        return fallback or self._unknown(key)

    def table(self, region_path: Sequence[int], *, on: dt.date) -> list[TableRow]:
        """Every known key, in the order of its pack and file."""
        return [
            TableRow(
                value=self.value_of(key, region_path=region_path, on=on),
                from_pack=self.pack_value(key, region_path=region_path, on=on),
                choices=parameter.choices,
            )
            for key, parameter in self.parameters.items()
        ]

    def _candidates(self, key: str, region_id: int, on: dt.date) -> Iterator[_Candidate]:
        for adopted in self._adoptions.get(region_id, ()):
            if not adopted.holds(on):
                continue
            version = self._version(adopted.pack_key, on)
            if key in version.parameters:
                parameter = version.parameters[key]
                yield _Candidate(adopted=adopted, version=version, parameter=parameter)

    def _version(self, pack_key: str, on: dt.date) -> _Version:
        """The newest version loaded by that day; before the first, the first."""
        versions = self._versions[pack_key]
        return next((each for each in reversed(versions) if each.loaded_on <= on), versions[0])

    def _local(self, key: str, region_path: Sequence[int], on: dt.date) -> _Local | None:
        for region_id in reversed(region_path):
            in_force = [
                row for row in self._locals.get((key, region_id), ()) if row.valid_from <= on
            ]
            # A row without value was set to go back to what holds further up.
            if in_force and in_force[-1].value is not None:
                return in_force[-1]
        return None

    def _unknown(self, key: str) -> Value:
        known = self.parameters.get(key)
        return Value(
            key=key,
            value=None,
            origin=Origin.UNSET,
            kind=known.kind if known else None,
            label=known.label if known else "",
            note="本地区当日未采用载有此项的依据包。",
        )

    def _newest_parameters(self) -> dict[str, Parameter]:
        found: dict[str, Parameter] = {}
        for versions in self._versions.values():
            for key, parameter in versions[-1].parameters.items():
                found.setdefault(key, parameter)
        return found

    def _read_locals(self) -> dict[tuple[str, int], list[_Local]]:
        found: dict[tuple[str, int], list[_Local]] = defaultdict(list)
        for row in Setting.objects.order_by("valid_from", "id"):
            if row.key not in self.parameters:
                continue
            kind = self.parameters[row.key].kind
            value = None if row.value is None else parse_value(kind, row.value)
            local = _Local(id=row.pk, value=value, reason=row.reason, valid_from=row.valid_from)
            found[row.key, row.region_id].append(local)
        return dict(found)


_cached: tuple[str, Rulebook] | None = None
_held: ContextVar[list[Rulebook] | None] = ContextVar("rules_held", default=None)


@contextmanager
def rules_held() -> Iterator[None]:
    """Let everything inside see the rules as they stood at the first look."""
    token = _held.set([]) if _held.get() is None else None
    try:
        yield
    finally:
        if token is not None:
            _held.reset(token)


@prepared
def _stamps(key: int) -> QuerySet[Revision, str]:
    return Revision.objects.filter(pk=key).values_list("stamp", flat=True)


def rulebook() -> Rulebook:
    """The rules as they stand now; one query of one row unless something changed."""
    held = _held.get()
    if held:
        return held[0]
    book = _rulebook_now()
    if held is not None:
        held.append(book)
    return book


def _rulebook_now() -> Rulebook:
    global _cached  # noqa: PLW0603  one cache per process is the point
    stamp = _stamps.first(1)
    if stamp is None:
        return Rulebook()
    held = _cached
    if held is None or held[0] != stamp:
        # The stamp was read first: content newer than it is only read again next time.
        held = _cached = (stamp, Rulebook())
    return held[1]


def value_of(key: str, *, region_path: Sequence[int], on: dt.date) -> Value:
    """What holds for a key at a place (ids from province to township) on a day.

    A local setting on the path wins over every pack; then the pack adopted nearest to the place
    wins. A pack adopted elsewhere never counts. Nothing found is a Value without value.
    """
    return rulebook().value_of(key, region_path=region_path, on=on)


def values_table(region: Region, *, on: dt.date) -> list[TableRow]:
    """Every key with value, origin, version and basis at a place, for the settings page."""
    return rulebook().table(region.path_ids, on=on)


def _rank(candidate: _Candidate) -> tuple[bool, bool, dt.date, int]:
    return candidate.rank


def _value(chosen: _Candidate, *, others: Sequence[_Candidate]) -> Value:
    parameter = chosen.parameter
    notes = [parameter.note] if parameter.note else []
    notes += [_other(each) for each in others if each.parameter.value is not None]
    return Value(
        key=parameter.key,
        value=parameter.value,
        origin=parameter.origin,
        kind=parameter.kind,
        label=parameter.label,
        version=chosen.version.name,
        basis=parameter.basis,
        note="".join(notes),
    )


def _other(candidate: _Candidate) -> str:
    parameter = candidate.parameter
    text = shown(parameter.kind, parameter.value)
    title = candidate.version.pack.title
    return f"同时采用的《{title}》为{text}（{parameter.origin.label}），未取用。"


def _read_versions() -> dict[str, list[_Version]]:
    found: dict[str, list[_Version]] = defaultdict(list)
    for row in LoadedPack.objects.order_by("key", "version"):
        pack = parse_pack(row.content)
        found[row.key].append(
            _Version(
                pack=pack,
                name=f"{row.key}@{row.version}",
                loaded_on=timezone.localdate(row.loaded_at),
                parameters={parameter.key: parameter for parameter in pack.parameters},
            )
        )
    return dict(found)


def _read_adoptions() -> dict[int, list[_Adopted]]:
    found: dict[int, list[_Adopted]] = defaultdict(list)
    for row in Adoption.objects.order_by("id"):
        found[row.region_id].append(
            _Adopted(id=row.pk, pack_key=row.pack_key, from_on=row.from_on, until_on=row.until_on)
        )
    return dict(found)
