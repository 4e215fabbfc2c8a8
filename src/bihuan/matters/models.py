"""Tables of the engine. Only `matters/engine.py` writes them; everybody else reads."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from bihuan.matters.grounds import SiteGround  # noqa: F401 - a table of this app too
from bihuan.matters.viewings import Viewing  # noqa: F401 - a table of this app too
from bihuan.matters.writing import GuardedQuerySet
from bihuan.places.models import Region, Site, Unit

FAR = datetime(9999, 1, 1, tzinfo=UTC)  # "no due date": sorts last without a null
_PLACES = ("l1", "l2", "l3", "l4", "unit")
# The order of lists; kind and stage ride along, so that an inbox passes over others' rows in the
# index alone.
_LISTED = ("is_open", "due_at", "id", "kind", "stage")


class Matter(models.Model):
    """Anything with a loop: the one table that inbox, lists, search and statistics read."""

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=24)
    number = models.CharField("编号", max_length=60, blank=True)
    acceptance_number = models.CharField("受理号", max_length=24, blank=True)
    organ = models.CharField(max_length=20, blank=True, default="", db_default="")  # numbered it
    title = models.CharField("标题", max_length=200)
    stage = models.CharField("环节", max_length=24)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_index=False)
    l1 = models.IntegerField(null=True)
    l2 = models.IntegerField(null=True)
    l3 = models.IntegerField(null=True)
    l4 = models.IntegerField(null=True)
    site = models.ForeignKey(Site, models.PROTECT, null=True, db_index=False)
    severity = models.SmallIntegerField(default=0)
    category = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=60, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField()
    is_open = models.BooleanField(default=True)
    due_at = models.DateTimeField(default=FAR)
    late_from = models.DateTimeField(default=FAR)
    parent = models.ForeignKey("self", models.PROTECT, null=True, db_index=False)
    declaration = models.SmallIntegerField(default=1)
    last_seq = models.IntegerField(default=0)
    head = models.BinaryField(max_length=32, default=bytes)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        indexes = (
            *(models.Index(fields=(place, *_LISTED), name=f"matter_{place}") for place in _PLACES),
            models.Index(
                fields=("site", "id"), name="matter_site", condition=Q(site__isnull=False)
            ),
            models.Index(fields=("parent",), name="matter_up", condition=Q(parent__isnull=False)),
            models.Index(fields=("l3",), name="matter_held", condition=Q(stage="in_force")),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "organ", "number"),
                name="matter_number_once",
                condition=~Q(number=""),
            ),
            models.UniqueConstraint(
                fields=("acceptance_number",),
                name="acceptance_number_once",
                condition=~Q(acceptance_number=""),
            ),
        )

    def __str__(self) -> str:
        return self.number or self.acceptance_number or self.title

    @property
    def path_ids(self) -> tuple[int, ...]:
        """Region ids from the province down."""
        return tuple(part for part in (self.l1, self.l2, self.l3, self.l4) if part)


class Facts(models.Model):
    """What is known of a matter: the declared fields, checked by the declaration."""

    matter = models.OneToOneField(
        Matter, models.CASCADE, primary_key=True, related_name="facts_row", db_constraint=False
    )
    data = models.JSONField(default=dict)

    objects = GuardedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"facts of {self.matter_id}"


class Entry(models.Model):
    """One line of the trail. `body` is what was hashed; the other columns are projections."""

    pk = models.CompositePrimaryKey("matter_id", "seq")
    matter_id = models.BigIntegerField()
    seq = models.IntegerField()
    step = models.CharField(max_length=40)
    actor_id = models.IntegerField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    hash = models.BinaryField(max_length=32)
    body = models.BinaryField()

    objects = GuardedQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("recorded_at",), name="entry_recorded"),)  # for its seal

    def __str__(self) -> str:
        return f"{self.matter_id}.{self.seq} {self.step}"


class Timer(models.Model):
    """A running or finished clock. `late_from` alone judges lateness."""

    class State(models.IntegerChoices):
        RUNNING = 0, "计时中"
        DONE = 1, "已完成"
        CANCELLED = 2, "已终止"
        PAUSED = 3, "中止"

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="timers", db_constraint=False)
    key = models.CharField(max_length=40)
    param = models.CharField(max_length=60)
    amount = models.IntegerField()
    unit = models.CharField(max_length=8)
    counting = models.CharField(max_length=10)
    origin = models.CharField(max_length=10)
    version = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    late_from = models.DateTimeField(null=True)
    first_due_at = models.DateTimeField(null=True)
    extended_to = models.DateField(null=True)
    extension_reason = models.CharField(max_length=400, blank=True)
    suspensions = models.JSONField(default=list)
    is_provisional = models.BooleanField(default=False)
    state = models.SmallIntegerField(choices=State, default=State.RUNNING)
    done_at = models.DateTimeField(null=True)
    ladder = models.CharField(max_length=60, blank=True)
    fired = models.JSONField(default=list)
    next_at = models.DateTimeField(null=True)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=("next_at",), name="timer_next", condition=Q(next_at__isnull=False)
            ),
        )
        constraints = (models.UniqueConstraint(fields=("matter", "key"), name="timer_once"),)

    def __str__(self) -> str:
        return f"{self.key} of {self.matter_id}"

    @property
    def is_late(self) -> bool:
        """Whether it was finished late; for a running one ask `late_at`."""
        return bool(self.done_at and self.late_from and self.done_at >= self.late_from)

    def late_at(self, moment: datetime) -> bool:
        """Whether it is, or was finished, late as seen at that moment."""
        if self.late_from is None or self.state == self.State.CANCELLED:
            return False
        return (self.done_at or moment) >= self.late_from


class RungFired(models.Model):
    """A rung of a ladder that acted: once per timer, start and offset."""

    timer = models.ForeignKey(Timer, models.CASCADE, related_name="rungs")
    started_at = models.DateTimeField()
    offset = models.IntegerField()
    act = models.CharField(max_length=12)
    due_at = models.DateTimeField()

    objects = GuardedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("timer", "started_at", "offset"), name="rung_acts_once"
            ),
        )

    def __str__(self) -> str:
        return f"rung {self.offset} of {self.timer_id}"


class Counter(models.Model):
    """Last number of a series for an organ, a sector and a year of issue."""

    series = models.CharField(max_length=30)
    organ = models.CharField(max_length=20)
    sector = models.CharField(max_length=10, blank=True)
    year = models.SmallIntegerField()
    value = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("series", "organ", "sector", "year"), name="counter_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.series} {self.organ} {self.sector} {self.year}: {self.value}"


class NumberVoid(models.Model):
    """A number that was given and is void; it stays in the ledger and is never given again."""

    series = models.CharField(max_length=30)
    organ = models.CharField(max_length=20, blank=True, default="", db_default="")
    number = models.CharField(max_length=60)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True)
    reason = models.CharField(max_length=400)
    voided_at = models.DateTimeField()

    objects = GuardedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("series", "organ", "number"), name="void_once"),
        )

    def __str__(self) -> str:
        return self.number


class Seal(models.Model):
    """A daily seal (日封): the heads of all matters that moved that day, and the counters."""

    day = models.DateField(primary_key=True)
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    leaves = models.BinaryField()  # zlib of (matter, seq, head) triples in order
    counters = models.JSONField()
    leaf_count = models.IntegerField()
    sealed_at = models.DateTimeField()

    objects = GuardedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"seal of {self.day}"


class Recusal(models.Model):
    """A unit or a person to whom this matter is invisible (回避)."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="recusals", db_constraint=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True)
    person = models.ForeignKey("places.Person", models.PROTECT, null=True)
    reason = models.CharField(max_length=200)

    objects = GuardedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"recusal from {self.matter_id}"


class Attachment(models.Model):
    """A file of a matter; its bytes lie in the content-addressed folder."""

    matter = models.ForeignKey(Matter, models.CASCADE, null=True, related_name="files")
    record = models.ForeignKey("Record", models.CASCADE, null=True, related_name="files")
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=80)
    size = models.BigIntegerField()
    view_digest = models.CharField(max_length=64, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    uploaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class PaperCopy(models.Model):
    """One stored copy of an issued paper; a correction makes a new version of every copy."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="papers")
    paper = models.CharField(max_length=30)
    organ = models.CharField(max_length=20, blank=True, default="", db_default="")
    number = models.CharField("文号", max_length=60)
    copy = models.CharField("份别", max_length=20)
    version = models.SmallIntegerField(default=1)
    content = models.JSONField()
    pdf_digest = models.CharField(max_length=64, blank=True)
    docx_digest = models.CharField(max_length=64, blank=True)
    issued_on = models.DateField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    made_at = models.DateTimeField()

    objects = GuardedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("paper", "organ", "number", "version", "copy"), name="paper_copy_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.copy} v{self.version}"


class OpenProposal(models.Model):
    """Which proposal is open for (rule, matter, key): new evidence joins it."""

    rule = models.CharField(max_length=40)
    about = models.ForeignKey(Matter, models.CASCADE, related_name="open_proposals")
    key = models.CharField(max_length=80)
    proposal = models.OneToOneField(Matter, models.CASCADE, related_name="open_as")

    objects = GuardedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("rule", "about", "key"), name="proposal_once"),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.key}"


class Record(models.Model):
    """One record of a ledger; facts are checked by its declaration, history is in the trail."""

    id = models.BigIntegerField(primary_key=True)
    ledger = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    region = models.ForeignKey(Region, models.PROTECT)
    site = models.ForeignKey(Site, models.PROTECT, null=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True)
    person = models.ForeignKey("places.Person", models.PROTECT, null=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    is_void = models.BooleanField(default=False)
    facts = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    last_seq = models.IntegerField(default=0)
    head = models.BinaryField(max_length=32, default=bytes)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("ledger", "region", "id"), name="record_ledger"),)

    def __str__(self) -> str:
        return self.title


class SearchText(models.Model):
    """What may be searched of a matter, normalised; the token index stands beside it."""

    matter = models.OneToOneField(
        Matter, models.CASCADE, primary_key=True, related_name="search_row", db_constraint=False
    )
    text = models.TextField()
    scope = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"text of {self.matter_id}"


from bihuan.matters.messages import Heartbeat, Outbox  # noqa: E402 - they point back here
from bihuan.matters.tombstones import OpenDisposal, Tombstone  # noqa: E402 - and these

__all__ = [
    "FAR",
    "Attachment",
    "Counter",
    "Entry",
    "Facts",
    "Heartbeat",
    "Matter",
    "NumberVoid",
    "OpenDisposal",
    "OpenProposal",
    "Outbox",
    "PaperCopy",
    "Record",
    "Recusal",
    "RungFired",
    "Seal",
    "SearchText",
    "Timer",
    "Tombstone",
]
