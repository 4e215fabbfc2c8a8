"""Pairs of switches: two doors open at once, voltage behind a breaker that cut the power.

Neither half is an alarm. What the two make is derived from their episodes, and keeps its number
as those do (T21), so late and shuffled readings end in the same.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Q

from bihuan.monitoring.alarms import switches
from bihuan.monitoring.alarms.readings import describe, ledger_folder, moment_of, sensor_name
from bihuan.monitoring.alarms.tables import Episode
from bihuan.telemetry.live.identity import STANDING, Standing, matched
from bihuan.telemetry.store.glance import Described
from bihuan.telemetry.store.related import newest_relations, relation_history

BEGINNING: Final = datetime(1, 1, 2, tzinfo=UTC)
SWITCHES: Final = "KG"
DOOR, BREAKER, FEEDER = "1002", "1009", "1011"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BOTH: Final = 2
_LABELS: Final = {"started_at": "开始", "ended_at": "解除", "state": "状态"}
_STATES: Final = {STANDING: "成立"}


class Kind(NamedTuple):
    """What two related points make: its level, and of each half sensor type and level."""

    level: str
    relation: str
    types: tuple[str, str]
    halves: tuple[str, str]


KINDS: Final = (
    Kind("doors_open", "G", (DOOR, DOOR), ("door_open", "door_open")),
    Kind("feed_abnormal", "D", (BREAKER, FEEDER), ("power_cut", "feeder_live")),
)


SENSOR_TYPES: Final = tuple(sorted({one for kind in KINDS for one in kind.types}))


class Touched(NamedTuple):
    """A half that changed: from which moment on, and whether people had been told otherwise."""

    mine: str
    since: datetime
    is_late: bool

    def joined(self, other: "Touched | None") -> "Touched":
        """This change and another one of the same point."""
        if other is None:
            return self
        return Touched(self.mine, min(self.since, other.since), self.is_late or other.is_late)


class _Pair(NamedTuple):
    kind: Kind
    first: Described
    second: Described

    @property
    def points(self) -> tuple[str, str]:
        return self.first.point, self.second.point


def by_mine(touched: dict[str, Touched]) -> list[tuple[str, dict[str, Touched]]]:
    """The points that changed, by mine."""
    mines: dict[str, dict[str, Touched]] = {}
    for point, one in touched.items():
        mines.setdefault(one.mine, {})[point] = one
    return sorted(mines.items())


def changed(
    mine: str, points: dict[str, Touched], *, generation: int, bits: int
) -> Iterator[tuple[Episode, str]]:
    """What the pairs of a mine's points make now and is held otherwise, filled in but not saved.

    With each what people were told of it before, in words, where it changed late.
    """
    ids = _Ids(generation, bits)
    for pair in _pairs(mine, points, ids):
        news = [points[code] for code in pair.points if code in points]
        since = min(one.since for one in news)
        yield from _derived(pair, ids, since=since, is_late=any(one.is_late for one in news))


class _Ids:
    """Numbers of what pairs make: below zero, apart for each generation of the ledger."""

    def __init__(self, generation: int, bits: int) -> None:
        self.low, self.high = generation << bits, (generation + 1) << bits
        least = Episode.objects.filter(self.derived).order_by("id").first()
        self.last = least.pk if least else -self.low

    def fresh(self, _one: Standing) -> int:
        """The next one."""
        self.last -= 1
        return self.last

    @property
    def derived(self) -> Q:
        """Of what pairs make."""
        return Q(kind=switches.PAIR, id__lt=-self.low, id__gt=-self.high)

    @property
    def halves(self) -> Q:
        """Of the halves that stand."""
        return Q(kind=switches.HALF, id__gte=self.low, id__lt=self.high, state=STANDING)


def _pairs(mine: str, points: Iterable[str], ids: _Ids) -> Iterator[_Pair]:
    """The pairs that one of these points is or was in, by what either of the two tells."""
    folder, wanted = ledger_folder(), set(points)
    edges = {
        (letter, frozenset((point, other)))
        for point, relations in newest_relations(folder, mine).items()
        for letter, other in relations
        if wanted & {point, other}
    }
    for point in wanted:
        for _moment, relations in relation_history(folder, point):
            edges |= {(letter, frozenset((point, other))) for letter, other in relations}
    known = Episode.objects.filter(ids.derived, Q(point__in=wanted) | Q(other_point__in=wanted))
    letters = {kind.level: kind.relation for kind in KINDS}
    for level, one, other in known.values_list("level", "point", "other_point").distinct():
        edges.add((letters[level], frozenset((one, other))))
    for kind in KINDS:
        related = [sorted(codes) for letter, codes in edges if letter == kind.relation]
        for codes in sorted(related):
            told = [found for code in codes if (found := _switch(code))]
            ways = (told, told[::-1]) if len({*kind.types}) == _BOTH else (told,)
            for way in ways if len(told) == _BOTH else ():
                if tuple(one.definition.sensor_type for one in way) == kind.types:
                    yield _Pair(kind, way[0], way[1])


def _switch(point: str) -> Described | None:
    one = describe(point)
    return one if one is not None and one.definition.value_kind == SWITCHES else None


def _derived(
    pair: _Pair, ids: _Ids, *, since: datetime, is_late: bool
) -> Iterator[tuple[Episode, str]]:
    """What the two make from a moment on, where that isn't what is held."""
    first, second = (
        Episode.objects.filter(_lasting(since), ids.halves, point=point, level=level).order_by(
            "started_at", "id"
        )
        for point, level in zip(pair.points, pair.kind.halves, strict=True)
    )
    found = list(_overlaps(pair, list(first), list(second)))
    new = [one for one in found if _is_related(pair, at=one.started_at)] if found else []
    yield from _settled(pair, ids, new, since=since, is_late=is_late)


def _is_related(pair: _Pair, *, at: int) -> bool:
    """Whether one of the two told the relation then; the first definition holds before it (T8)."""
    codes = pair.points
    for point, other in (codes, codes[::-1]):
        history = relation_history(ledger_folder(), point)
        told = [relations for moment, relations in history if _unix(moment) <= at]
        in_force = told[-1:] or [one for _moment, one in history[:1]]
        if any((pair.kind.relation, other) in one for one in in_force):
            return True
    return False


def _settled(
    pair: _Pair, ids: _Ids, new: list[Standing], *, since: datetime, is_late: bool
) -> Iterator[tuple[Episode, str]]:
    point, other = pair.points
    found = Episode.objects.filter(
        _lasting(since), ids.derived, point=point, other_point=other, level=pair.kind.level
    )
    rows = {row.pk: row for row in found.order_by("id")}
    held = [_standing(row) for row in rows.values()]
    moments = [one.ended_at or one.started_at for one in (*held, *new)]
    for before, after in matched(
        [one for one in held if one.state == STANDING],
        new,
        gone=[one for one in held if one.state != STANDING],
        newest=max(moments, default=0),
        fresh=ids.fresh,
    ):
        if before != after:
            row = rows.get(after.id) or Episode(id=after.id)
            _fill(row, after, pair)
            yield row, _amended(before, after) if is_late else ""


def _lasting(since: datetime) -> Q:
    return Q(ended_at=None) | Q(ended_at__gt=since)


def _overlaps(pair: _Pair, first: list[Episode], second: list[Episode]) -> Iterator[Standing]:
    """Where one of each lasts at the same time; those of one point don't overlap."""
    place = 0
    for one in first:
        while place < len(second) and _ends_before(second[place], one.started_at):
            place += 1
        for other in second[place:]:
            if one.ended_at is not None and other.started_at >= one.ended_at:
                break
            ends = [row.ended_at for row in (one, other) if row.ended_at is not None]
            yield _made(
                pair,
                one.mine,
                (max(one.started_at, other.started_at), min(ends, default=None)),
                is_calibrated=one.is_calibrated or other.is_calibrated,
            )


def _ends_before(row: Episode, moment: datetime) -> bool:
    return row.ended_at is not None and row.ended_at <= moment


def _made(
    pair: _Pair, mine: str, span: tuple[datetime, datetime | None], *, is_calibrated: bool
) -> Standing:
    begin, end = _seconds(span[0]), None if span[1] is None else _seconds(span[1])
    told = (switches.PAIR, pair.kind.level, begin, end, None, None, 0)
    return Standing(0, mine, pair.points[0], *told, is_calibrated, STANDING, None, None, 0)


def _standing(row: Episode) -> Standing:
    ended_at = None if row.ended_at is None else _seconds(row.ended_at)
    told = (row.kind, row.level, _seconds(row.started_at), ended_at, None, None, 0)
    return Standing(row.pk, row.mine, row.point, *told, row.is_calibrated, row.state, None, None, 0)


def _fill(row: Episode, said: Standing, pair: _Pair) -> None:
    row.mine, row.point, row.other_point = said.mine, *pair.points
    row.kind, row.level, row.state = said.kind, said.level, said.state
    row.started_at = _moment(said.started_at)
    row.ended_at = None if said.ended_at is None else _moment(said.ended_at)
    row.is_calibrated = said.is_calibrated
    row.sensor_type = pair.kind.types[0]
    row.sensor = "、".join(dict.fromkeys(sensor_name(one) for one in pair.kind.types))[:40]
    places = dict.fromkeys((pair.first.location, pair.second.location))
    row.place = "、".join(filter(None, places))[:120]


def _amended(before: Standing | None, after: Standing) -> str:
    """What people were told otherwise, in words."""
    if before is None:
        return ""
    return "\n".join(
        f"{label}由“{_text(before, key)}”更正为“{_text(after, key)}”"
        for key, label in _LABELS.items()
        if getattr(before, key) != getattr(after, key)
        and not (key == "ended_at" and before.ended_at is None)
    )


def _text(one: Standing, key: str) -> str:
    value = getattr(one, key)
    if key == "state":
        return _STATES.get(value, "依据已不存在")
    if value is None:
        return "无"
    return f"{_moment(value) + timedelta(hours=8):%Y-%m-%d %H:%M:%S}"


def _seconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(seconds=1)


def _unix(seconds: int) -> int:
    """A time of the ledger as rows count it."""
    moment = moment_of(seconds)
    return 0 if moment is None else _seconds(moment)


def _moment(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)
