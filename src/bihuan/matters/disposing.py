"""The rounds of retention: finding what is due, and removing files after what was decided.

Found once a day, in batches; nothing is destroyed here. A process that is killed between the
commit and the files leaves tombstones without `gone_at`, which the next round takes up.
"""

import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Q

from bihuan.accounts.actors import CLOCK
from bihuan.database.turns import turn_to_write
from bihuan.language.clock import SHANGHAI
from bihuan.language.retention import Retention
from bihuan.matters import files, notices
from bihuan.matters.declarations import catalog
from bihuan.matters.disposals import DECIDED, DISPOSAL_KIND, FOUND, amount_words, due_since
from bihuan.matters.engine import open_child, take_step
from bihuan.matters.locking import lock
from bihuan.matters.models import Attachment, Heartbeat, Matter, OpenDisposal, PaperCopy, Tombstone
from bihuan.matters.writing import engine_writes
from bihuan.places.models import Region
from bihuan.regulations.values import value_of

BATCH = 100
BEAT = "retention"
MORE = "还有"
COUNTY = 3
DESTROYED_LIST = "destroyed.jsonl"


def find_due(*, now: datetime) -> int:
    """Open a disposal for whatever is due, cease those that no longer are; how many are new.

    It looks once a day, and again in the next round while a batch was full.
    """
    today = now.astimezone(SHANGHAI).date()
    beat = Heartbeat.objects.filter(name=BEAT).first()
    if beat and beat.beat_at.astimezone(SHANGHAI).date() == today and MORE not in beat.note:
        return 0
    _cease(now, on=today)
    opened, is_full = 0, False
    for county in Region.objects.filter(level=COUNTY).order_by("id"):
        for retention in catalog().retentions:
            found = list(_due(county, retention, on=today))
            opened += sum(_propose(one, retention, now=now) for one in found)
            is_full = is_full or len(found) >= BATCH
    note = f"提出 {opened} 项" + (f"，{MORE}更多" if is_full else "")
    Heartbeat.objects.update_or_create(name=BEAT, defaults={"beat_at": now, "note": note})
    return opened


def remove_destroyed(*, now: datetime) -> int:
    """Remove the files of what was destroyed and the remains in SQLite's log; how many rows.

    The list beside the database is written first: it says what to destroy again should an older
    backup be restored.
    """
    open_ones = list(Tombstone.objects.filter(gone_at=None).order_by("id")[:BATCH])
    if not open_ones:
        return 0
    _list(open_ones)
    for one in open_ones:
        if one.file:
            _remove_file(one)
    if not _log_is_emptied():
        return 0
    with engine_writes():
        Tombstone.objects.filter(pk__in=[one.pk for one in open_ones]).update(gone_at=now)
    return len(open_ones)


def destroy_restored(*, now: datetime) -> int:
    """At the start of the worker: what the list tells of and a restored backup brought back."""
    path = Path(settings.HOME) / DESTROYED_LIST
    return destroy_listed(path, now=now) if path.exists() else 0


def destroy_listed(path: Path, *, now: datetime) -> int:
    """Destroy again what a restored backup brought back; `path` is the list kept beside it."""
    retentions = {word.key: word for word in catalog().retentions}
    done = 0
    for (matter_id, key), whats in sorted(_listed(path).items()):
        if key not in retentions:
            continue
        there = {one.what for one in retentions[key].holdings(matter_id)} & whats
        if there:
            _destroy_again(matter_id, retentions[key], sorted(there), now=now)
            done += 1
    return done


def is_kept_elsewhere(digest: str) -> bool:
    """Whether a row that stands still names this file: equal bytes lie in the folder once."""
    gone = Tombstone.objects.filter(file=digest)
    whats = {(one.matter_id, one.what) for one in gone}
    named = Attachment.objects.filter(Q(digest=digest) | Q(view_digest=digest)).order_by("id")
    for pk, matter_id, original in named.values_list("id", "matter_id", "digest"):
        what = f"file {pk}" if original == digest else f"file {pk} view"
        if (matter_id, what) not in whats:
            return True
    return PaperCopy.objects.filter(Q(pdf_digest=digest) | Q(docx_digest=digest)).exists()


def _listed(path: Path) -> dict[tuple[int, str], set[str]]:
    """What was destroyed, by matter and class; a line that a power cut left half is no line."""
    listed: dict[tuple[int, str], set[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            continue
        listed.setdefault((told["matter"], told["retention"]), set()).add(told["what"])
    return listed


def _due(county: Region, retention: Retention, *, on: date) -> Iterator[Matter]:
    """Closed matters of a county whose period is over and of which something is left."""
    if not value_of(retention.param, region_path=county.path_ids, on=on).is_set:
        return
    waiting = OpenDisposal.objects.filter(retention=retention.key)
    waiting = waiting.filter(Q(kept_until=None) | Q(kept_until__gt=on))
    closed = Matter.objects.filter(l3=county.pk, is_open=False, kind=retention.kind)
    closed = closed.exclude(pk__in=waiting.values("about_id"))
    found = 0
    for matter in retention.narrows(closed).order_by("closed_at", "id").iterator(chunk_size=500):
        if due_since(matter, retention, on=on) is not None:
            yield matter
            found += 1
            if found >= BATCH:
                return


def _propose(matter: Matter, retention: Retention, *, now: datetime) -> bool:
    """Open one disposal, unless another process was first."""
    with engine_writes():
        case = lock(matter.pk, by=CLOCK, now=now)
        case.quiet = True  # a first look may find thousands: one notice a day tells of them
        last = due_since(case.matter, retention, on=case.today)
        known = OpenDisposal.objects.filter(about=case.matter, retention=retention.key).first()
        if last is None or (known and (known.kept_until is None or known.kept_until > case.today)):
            return False
        OpenDisposal.objects.filter(about=case.matter, retention=retention.key).delete()
        child = _open_disposal(case.matter, retention, last=last, now=now)
        OpenDisposal.objects.create(about=case.matter, retention=retention.key, disposal=child)
        key = f"retention.{case.today}.{case.matter.l3}"
        told = Matter.objects.filter(kind=DISPOSAL_KIND, l3=case.matter.l3, opened_at=now)
        if told.count() == 1:
            notices.tell(child, role="custodian", event="有数据保管期满待决定", key=key, now=now)
    return True


def _open_disposal(
    matter: Matter, retention: Retention, *, last: date | None, now: datetime
) -> Matter:
    case = lock(matter.pk, by=CLOCK, now=now)
    case.quiet = True
    value = value_of(retention.param, region_path=matter.path_ids, on=case.today)
    answers = {
        "subject": f"{notices.name_of(matter)} {retention.label}",
        "retention": retention.key,
        "amount": amount_words(retention.holdings(matter.pk)),
        "kept_until": (last or case.today).isoformat(),
        "period": f"办结后 {value.text}（{value.origin.label}）",
        "period_version": value.version,
        "leaves": retention.leaves,
    }
    return open_child(case, DISPOSAL_KIND, answers=answers)


def _cease(now: datetime, *, on: date) -> None:
    """A period that was lengthened, or a matter taken up again, ends what was proposed."""
    standing = OpenDisposal.objects.filter(disposal__stage__in=(FOUND, DECIDED))
    for one in standing.select_related("about").order_by("id").iterator(chunk_size=500):
        retention = catalog().retention(one.retention)
        is_due = retention and due_since(one.about, retention, on=on)
        if retention is None or is_due is None or not retention.holdings(one.about_id):
            take_step(one.disposal_id, "cease", by=CLOCK, now=now)


def _destroy_again(
    matter_id: int, retention: Retention, whats: list[str], *, now: datetime
) -> None:
    with engine_writes():
        matter = lock(matter_id, by=CLOCK, now=now).matter
        child = _open_disposal(matter, retention, last=None, now=now)
        answers = {"again": json.dumps(whats)}
        take_step(child.pk, "destroy_again", by=CLOCK, now=now, answers=answers)


def _remove_file(one: Tombstone) -> None:
    """Take the file away unless something that stands still names it."""
    with turn_to_write():
        if not is_kept_elsewhere(one.file):
            files.remove(one.file)


def _list(tombstones: list[Tombstone]) -> None:
    """Add lines to the list; written twice after a kill, they say the same twice."""
    path = Path(settings.HOME) / DESTROYED_LIST
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    size = os.fstat(handle).st_size
    is_torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        if is_torn:  # a power cut left half a line, which mustn't take the next one with it
            file.write("\n")
        for one in tombstones:
            told = one.told | {"at": one.destroyed_at.isoformat()}
            file.write(json.dumps(told, ensure_ascii=False, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _log_is_emptied() -> bool:
    """SQLite's log may still hold the pages as they were; a reader may put it off to later."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (is_busy, _pages, _moved) = cursor.fetchone()
    return not is_busy
