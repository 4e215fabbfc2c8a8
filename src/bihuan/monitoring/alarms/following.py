"""From the ledger of readings to matters: every change is taken over once, in order.

The ledger is asked for what changed since the last one taken over; both stand in one transaction,
so a kill between loses and doubles nothing. An episode that can't be taken over doesn't stop the
others: it stays without a matter and is tried again.
"""

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import DataError, transaction
from django.db.models import Q

from bihuan.accounts.actors import CLOCK
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import open_prepared, take_step
from bihuan.matters.models import Facts, Matter
from bihuan.matters.writing import engine_writes
from bihuan.monitoring.alarms import pairs, switches
from bihuan.monitoring.alarms.readings import (
    ALARM_KINDS,
    LIMIT_KINDS,
    describe,
    facts_told,
    fill,
    kept_point,
    ledger_folder,
    moment_of,
)
from bihuan.monitoring.alarms.tables import Episode, Followed
from bihuan.places.models import Site
from bihuan.telemetry.live.identity import STANDING, Standing
from bihuan.telemetry.records import MINE_LENGTH
from bihuan.telemetry.store.glance import Changed, amendments, born, changes_since, watermark
from bihuan.telemetry.store.related import records_told, related_anew

READINGS: Final = "readings"
RELATIONS: Final = "relations"
RECORDS: Final = 20_000
BATCH: Final = 200
GENERATION_BITS: Final = 53  # above every id of a ledger (`telemetry.live.identity`)
_LABELS: Final = {"started_at": "开始", "ended_at": "解除", "peak": "峰值", "state": "状态"}
_KEPT: Final = ("amended",)
STEP: Final = Decimal("0.1")
log = logging.getLogger(__name__)


class AnotherLedger(Exception):  # noqa: N818 - an expected answer, not an error
    """A number that was known stands for something else now: the ledger was begun anew."""


def follow(*, now: datetime) -> int:
    """Take over what the ledger says by now; how many episodes changed."""
    taken = 0
    _begin_relations()
    is_more = True
    while is_more:  # records of a nation's points are many: alarms don't wait for all of them
        taken += _take_changes(now=now)
        is_more = _follow_relations(now=now)
    return taken


def _take_changes(*, now: datetime) -> int:
    taken = 0
    while changed := _next_batch():
        try:
            taken += _take_batch(changed, now=now)
        except AnotherLedger:
            log.warning("ledger_begun_anew")
            with engine_writes():
                mark = _mark()
                mark.generation, mark.commit, mark.episode = mark.generation + 1, 0, 0
                mark.save()
    return taken


def _begin_relations() -> None:
    """Halves that are taken over later find every relation told before; look at what follows."""
    folder = ledger_folder()
    known = {"born": born(folder), "commit": records_told(folder)}
    mark, is_new = Followed.objects.get_or_create(name=RELATIONS, defaults=known)
    if not is_new and mark.born != known["born"]:
        Followed.objects.filter(pk=mark.pk).update(**known)


def _follow_relations(*, now: datetime) -> bool:
    """Judge pairs again whose relation was told otherwise; whether there may be more."""
    folder = ledger_folder()
    if Followed.objects.get(name=RELATIONS).commit == records_told(folder):
        return False
    with engine_writes():
        mark = Followed.objects.select_for_update().get(name=RELATIONS)
        anew, mark.commit = related_anew(
            folder, mark.commit, most=RECORDS, sensor_types=pairs.SENSOR_TYPES
        )
        touched = {
            one.point: pairs.Touched(
                one.point[:MINE_LENGTH], moment_of(one.since) or pairs.BEGINNING, is_late=True
            )
            for one in anew
        }
        _take_pairs(touched, mark=_mark(), now=now)
        mark.save()
    return True


def _take_batch(changed: list[Changed], *, now: datetime) -> int:
    taken = 0
    halves: dict[str, pairs.Touched] = {}
    with engine_writes():
        mark = _mark()
        for one in changed:
            if (one.commit, one.episode.id) > (mark.commit, mark.episode):
                half = _take_over(one, mark=mark, now=now)
                if half is not None:
                    point = kept_point(one.episode.point)
                    halves[point] = half.joined(halves.get(point))
                taken += 1
        _take_pairs(halves, mark=mark, now=now)
        mark.commit, mark.episode = changed[-1].commit, changed[-1].episode.id
        mark.save()
    return taken


def try_again(*, now: datetime) -> int:
    """Open the alarms of mines that were not on file, or that broke when they came."""
    waiting = Episode.objects.filter(kind__in=ALARM_KINDS, matter=None, state=STANDING)
    opened = 0
    for row in waiting.order_by("id")[:BATCH]:
        with engine_writes():
            row.site = row.site or _site_of(row.mine)
            if row.site is not None and _open_or_join(row, now=now):
                opened += 1
    return opened


def _next_batch() -> list[Changed]:
    folder = ledger_folder()
    newest = watermark(folder)
    if newest is None:
        return []
    mark = Followed.objects.filter(name=READINGS).first()
    if mark is None:
        return changes_since(folder, 0, limit=BATCH)
    known = born(folder)
    if newest < mark.commit or known != mark.born:
        # An older ledger was put back, or it was made again: what it says again is taken over
        # again, to no effect; what it says otherwise is another ledger's.
        Followed.objects.filter(pk=mark.pk).update(commit=0, episode=0, born=known)
        mark.commit = mark.episode = 0
    return changes_since(folder, mark.commit, limit=BATCH, after_id=mark.episode)


def _mark() -> Followed:
    Followed.objects.get_or_create(name=READINGS, defaults={"born": born(ledger_folder())})
    return Followed.objects.select_for_update().get(name=READINGS)


def _take_pairs(touched: dict[str, pairs.Touched], *, mark: Followed, now: datetime) -> None:
    """What pairs of switches make of these changes; the matters of those that changed."""
    for mine, points in pairs.by_mine(touched):
        try:
            with transaction.atomic():
                made = _paired(mine, points, generation=mark.generation)
        except Exception:  # the edge of one mine: its pairs are asked again with their next change
            log.exception("pairs_not_taken_over mine=%s", mine)
            continue
        for row, amended in made:
            try:
                with transaction.atomic():
                    _tell_matter(row, amended=amended, now=now)
            except Exception:  # as with other episodes
                log.exception("pair_not_taken_over episode=%s", row.pk)


def _paired(
    mine: str, points: dict[str, pairs.Touched], *, generation: int
) -> list[tuple[Episode, str]]:
    made = list(pairs.changed(mine, points, generation=generation, bits=GENERATION_BITS))
    site = _site_of(mine) if made else None
    for row, _amended in made:
        row.site = row.site or site
        row.save()
    return made


def _take_over(changed: Changed, *, mark: Followed, now: datetime) -> pairs.Touched | None:
    """Keep what the ledger says and tell the matter; where it is half of a pair, since when.

    Whoever takes halves over asks what the pairs make of them.
    """
    said = changed.episode
    number = mark.generation << GENERATION_BITS | said.id
    row = Episode.objects.filter(pk=number).first()
    if row is not None and not _is_same(row, said):
        raise AnotherLedger
    if row is not None and switches.is_told(row, said):
        return None
    began = row.started_at if row is not None else None
    row = row or Episode(id=number)
    fill(row, said, described=describe(said.point))
    row.site = row.site or _site_of(said.mine)
    if not _is_kept(row):
        return None
    if row.kind == switches.HALF:
        since = min(began or row.started_at, row.started_at)
        return pairs.Touched(said.mine, since, bool(_amended(said, after=mark.commit)))
    if row.kind not in ALARM_KINDS:
        return None
    try:
        with transaction.atomic():
            _tell_matter(row, amended=_amended(said, after=mark.commit), now=now)
    except Exception:  # the edge of one episode: the others go on, this one is tried again
        log.exception("episode_not_taken_over episode=%s", said.id)
    return None


def _is_kept(row: Episode) -> bool:
    """Keep what the ledger says; what a mine wrote and no column holds stops its own alarm only."""
    try:
        with transaction.atomic():
            row.save()
    except (DataError, ValueError, OverflowError):
        log.exception("episode_not_kept episode=%s", row.pk)
        return False
    return True


def _is_same(row: Episode, said: Standing) -> bool:
    """Episodes keep their number only while they overlap with what they were (T21)."""
    if (row.point, row.level) != (kept_point(said.point), said.level):
        return False
    began, ended = moment_of(said.started_at), moment_of(said.ended_at)
    starts_after = row.ended_at is not None and began is not None and began > row.ended_at
    ends_before = ended is not None and ended < row.started_at
    return not (starts_after or ends_before)


def _tell_matter(row: Episode, *, amended: str, now: datetime) -> None:
    if row.matter is None:
        if row.site is not None and row.state == STANDING:
            _open_or_join(row, now=now)
        return
    _update(row.matter, amended=amended, now=now)


def _open_or_join(row: Episode, *, now: datetime) -> bool:
    """An episode of the alarm level is a matter of its own; other levels belong to one."""
    host = _host_of(row)
    row.matter = host or _open(row, now=now)
    row.save()
    if host is not None:
        _update(host, amended="", now=now)
    return host is None


def _host_of(row: Episode) -> Matter | None:
    """The open alarm of the same point and side that lasts at the same time (ADR 0022)."""
    if row.kind not in LIMIT_KINDS:  # the state of a switch has one level
        return None
    beside = Episode.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=row.started_at),
        point=row.point,
        kind=row.kind,
        matter__is_open=True,
    ).exclude(pk=row.pk)
    if row.ended_at is not None:
        beside = beside.filter(started_at__lt=row.ended_at)
    for other in beside.select_related("matter").order_by("started_at", "id"):
        own = Episode.objects.filter(matter=other.matter, level="alarm")
        if row.level != "alarm" or not own.exists():
            return other.matter
    return None


def _open(row: Episode, *, now: datetime) -> Matter:
    site = row.site
    if site is None:
        raise ValueError(f"episode {row.pk!r} has no site")

    def prepare(case: Case) -> None:
        case.place_in(site.region_id)
        case.about(site.pk)
        case.hand_to(site.firm_id)
        for key, value in facts_told([row]).items():
            case.set(key, value)
        case.take_number()
        if site.firm_id:
            case.notify("dispatcher", "本矿报警，请应答", unit_id=site.firm_id)
        if row.level == "two_percent":
            case.spawn("high_check", due_since=case.today.isoformat())

    return open_prepared(
        catalog().loop("alarm"), by=CLOCK, now=now, recorded_at=now, at_stage="", prepare=prepare
    )


def _update(matter: Matter, *, amended: str, now: datetime) -> None:
    """Tell the matter what its readings say by now, where it isn't told already.

    A peak that only rises is written into the trail each time it went on by a tenth of the limit,
    and when the alarm is over: the trail stays short, pages show it as it is (`Loop.present`).
    """
    rows = list(Episode.objects.filter(matter=matter).order_by("started_at", "id"))
    told = facts_told(rows)
    facts = Facts.objects.get(pk=matter.pk).data
    if amended:
        told["amended"] = "\n".join(filter(None, (facts.get("amended"), amended)))
    if not _is_worth_telling(facts, told):
        return
    changes = {key: value for key, value in told.items() if facts.get(key) != value}
    step = _step_for(matter, told, changes=changes) + ("_state" if "state" in told else "")
    answers = {"read": json.dumps(changes, ensure_ascii=False), "told": amended or None}
    take_step(matter.pk, step, by=CLOCK, now=max(now, matter.moved_at), answers=answers)


def _step_for(matter: Matter, told: dict[str, Any], *, changes: dict[str, Any]) -> str:
    """The step that tells of the change in words of its own: it goes on, is back, or is amended."""
    if not matter.is_open:
        return "read_after"
    is_back = bool(told["ended_at"]) and not told["ground_withdrawn"]
    return "read_back" if is_back and "ended_at" in changes else "read"


def _is_worth_telling(facts: dict[str, Any], told: dict[str, Any]) -> bool:
    turns = ("started_at", "ended_at", "level", "boundary", "ground_withdrawn", *_KEPT)
    if any(told.get(key) != facts.get(key) for key in turns if key in told):
        return True
    if _went_on(facts.get("peak"), told["peak"], limit=told["limit"]):
        return True
    is_over = bool(told.get("ended_at"))
    return is_over and any(facts.get(key) != value for key, value in told.items())


def _went_on(before: str | None, after: str | None, *, limit: str | None) -> bool:
    """Whether a peak in words is a tenth of the limit, of itself without one, from another."""
    if before is None or after is None:
        return before != after
    was, now = _number(before), _number(after)
    return abs(now - was) >= abs(_number(limit) if limit else was) * STEP


def _number(words: str) -> Decimal:
    return Decimal(words.split(maxsplit=1)[0])


def _amended(said: Standing, *, after: int) -> str:
    """What people were told otherwise before, in words; empty where nothing was."""
    found = [one for one in amendments(ledger_folder(), said.id) if one.commit > after]
    return _words(found)


def _words(found: Sequence[Any]) -> str:
    return "\n".join(
        f"{_LABELS[one.what]}由“{one.before or '无'}”更正为“{one.after or '无'}”"
        for one in found
        if one.what in _LABELS
    )


def _site_of(mine: str) -> Site | None:
    return Site.objects.filter(code=mine).first() if mine else None
