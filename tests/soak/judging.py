"""What must be true after a kill, judged by the clients' own log of acknowledged answers."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count

from bihuan.desk.import_rows import CHUNK
from bihuan.leads.models import Envelope
from bihuan.leads.progress import look_up
from bihuan.matters import files, trail
from bihuan.matters.identity import from_code
from bihuan.matters.leasing import LEASE
from bihuan.matters.models import Attachment, Entry, Matter, Outbox, RungFired, Timer
from bihuan.matters.outbox import deliver
from bihuan.matters.ticking import tick
from bihuan.matters.verify import verify
from tests.soak.asking import Journal
from tests.soak.mailbox import Mailbox


def after_kill(journal: Journal, *, backlog: int, may_be_out: bool = False) -> list[str]:
    """Everything acknowledged is there once, nothing is half done; faults in sentences.

    `may_be_out`: the storage itself failed, so that some were told so.
    """
    outages = [] if may_be_out else journal.read("outage")
    return [
        *(f"{line['path']} {line['status']}: {line['answer']}" for line in journal.read("error")),
        *(f"{line['path']} {line['status']}: {line['answer']}" for line in outages),
        *(f"{line['who']} broke: {line['error']}" for line in journal.read("broken")),
        *verify().faults,
        *_asked(journal),
        *_tips(journal),
        *_files(journal),
        *_tables(journal),
        *_nothing_more(journal, backlog=backlog),
        *_once(),
    ]


def at_the_end(mailbox: Mailbox, *, now: datetime, kills: int) -> list[str]:
    """Clock and outbox come to rest: every rung once, every mail delivered, few of them twice."""
    tick(now=now)
    later = now
    while Outbox.objects.filter(state=Outbox.State.WAITING).exists() and later < now + 60 * LEASE:
        later += LEASE + timedelta(seconds=1)
        deliver(now=later)
    return [*_rungs(now), *mails_delivered(mailbox, kills=kills), *verify().faults]


def _asked(journal: Journal) -> Iterator[str]:
    known = set(Matter.objects.values_list("pk", flat=True))
    taken = Counter(Entry.objects.values_list("matter_id", "step"))
    for line in journal.read("asked"):
        first, *rest = line["path"].split("/")
        if first != "matters":
            continue
        matter_id = from_code(rest[0] if rest else line["answer"]["id"])
        if matter_id not in known:
            yield f"{line['key']}: an acknowledged lead is gone"
        elif "steps" in rest and taken[matter_id, rest[-1]] != 1:
            yield f"{line['key']}: {rest[-1]} was taken {taken[matter_id, rest[-1]]} times"


def _tips(journal: Journal) -> Iterator[str]:
    for line in journal.read("tip"):
        number = line["answer"]["acceptance_number"]
        found = Matter.objects.filter(acceptance_number=number)
        if found.count() != 1:
            yield f"tip-off {number} stands {found.count()} times"
            continue
        if not Envelope.objects.filter(matter=found.get(), part="words").exists():
            yield f"tip-off {number} has lost its words"
        told = look_up(line["answer"]["receipt"], now=datetime.now().astimezone())
        if told.acceptance_number != number:
            yield f"receipt of {number} leads to {told.acceptance_number}"


def _files(journal: Journal) -> Iterator[str]:
    for line in journal.read("file"):
        row = Attachment.objects.filter(pk=line["answer"]["id"], digest=line["digest"]).first()
        if row is None or row.matter_id != from_code(line["lead"]):
            yield f"file {line['digest'][:12]} was acknowledged and is gone"
            continue
        bodies = Entry.objects.filter(matter_id=row.matter_id, step="attach")
        told = [trail.from_bytes(bytes(one.body)).changes["files"] for one in bodies]
        if sum(line["digest"] == file["digest"] for one in told for file in one) != 1:
            yield f"file {line['digest'][:12]} isn't told once in the trail"
    for row in Attachment.objects.all():
        try:
            is_whole = hashlib.sha256(files.read(row.digest)).hexdigest() == row.digest
        except FileNotFoundError:
            is_whole = False
        if not is_whole:
            yield f"the bytes of attachment {row.pk} are gone or changed"
    twice = Attachment.objects.values("digest").annotate(n=Count("id")).filter(n__gt=1)
    yield from (f"file {row['digest'][:12]} hangs {row['n']} times" for row in twice)


def _tables(journal: Journal) -> Iterator[str]:
    """A table that was broken off has whole chunks, from its beginning; an acknowledged one all."""
    acknowledged = [line["titles"] for line in journal.read("table")]
    for line in journal.read("sent table"):
        titles = line["titles"]
        rows = Matter.objects.filter(kind="lead", title__in=titles).values_list("title", "stage")
        found = Counter(title for title, _stage in rows)
        count = sum(found.values())
        if any(stage == "received" for _title, stage in rows) or set(found.values()) > {1}:
            yield f"table {titles[0]}: rows are half done or stand twice"
        if set(found) != set(titles[:count]) or (count % CHUNK and count != len(titles)):
            yield f"table {titles[0]}: {count} rows, not whole chunks"
        if titles in acknowledged and count != len(titles):
            yield f"table {titles[0]}: acknowledged, but {count} rows of {len(titles)} are there"


def _nothing_more(journal: Journal, *, backlog: int) -> Iterator[str]:
    """No request was done twice: as many leads as were asked for, tip-offs between the two."""
    opened = len([line for line in journal.read("asked") if line["path"] == "matters"])
    titles = [title for line in journal.read("sent table") for title in line["titles"]]
    leads = Matter.objects.filter(kind="lead")
    imported = leads.filter(title__in=titles).count()
    tips = leads.filter(source="网上举报").count()
    sent, known = len(journal.read("sent tip")), len(journal.read("tip"))
    if not known <= tips <= sent:
        yield f"{tips} tip-offs stand, {sent} were sent, {known} acknowledged"
    others = leads.count() - tips - imported - backlog
    if others != opened:
        yield f"{others} leads were opened by {opened} requests"
    digests = {line["digest"] for line in journal.read("sent file")}
    if not set(Attachment.objects.values_list("digest", flat=True)) <= digests:
        yield "an attachment stands that nobody sent"


def _once() -> Iterator[str]:
    numbers = Counter(Matter.objects.exclude(number="").values_list("number", flat=True))
    yield from (f"number {key} was given {n} times" for key, n in numbers.items() if n > 1)
    told = Counter(
        (entry.matter_id, line.changes["clock"], line.changes["rung"])
        for entry in Entry.objects.filter(step__startswith="clock.")
        for line in [trail.from_bytes(bytes(entry.body))]
    )
    yield from (f"rung {key} acted {n} times" for key, n in told.items() if n > 1)
    if sum(told.values()) != RungFired.objects.count():
        yield f"{sum(told.values())} rungs told, {RungFired.objects.count()} marked as acted"


def _rungs(now: datetime) -> Iterator[str]:
    waiting = Timer.objects.filter(next_at__lte=now).count()
    if waiting:
        yield f"{waiting} timers still wait for a rung that was due"
    if not RungFired.objects.exists():
        yield "no rung acted at all"


def mails_delivered(mailbox: Mailbox, *, kills: int) -> Iterator[str]:
    """Each message at least once; again only with a mail in the worker's hands at a kill."""
    rows = Outbox.objects.filter(channel="mail").select_related("user")
    left = rows.exclude(state=Outbox.State.SENT).count()
    if left:
        yield f"{left} mails were never delivered"
    wanted = Counter((row.user.email, row.text[:80]) for row in rows)
    lacking = wanted - mailbox.mails
    if sum(lacking.values()) > mailbox.unlisted:
        yield f"mails marked as sent never came: {list(lacking)[:3]}"
    came: Counter[tuple[str, str]] = Counter()
    again = 0
    for post in mailbox.posts:
        came.update(post)
        again += any(came[told] > wanted[told] for told in post)
    if again > kills:
        yield f"{again} mails came twice after {kills} kills"
    if not wanted:
        yield "no mail was asked for"
