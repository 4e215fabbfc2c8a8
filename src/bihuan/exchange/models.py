"""Tables of the exchange: who is known, what went and came, what waits, what others may see.

On an outer machine a tip-off waits here under seal until the inner one has taken it; nothing of
it stands here in clear but what every handler of a lead may read.
"""

from django.db import models

from bihuan.leads.models import PURPOSES
from bihuan.places.models import Region


class Peer(models.Model):
    """Another deployment whose key was registered after comparing its fingerprint."""

    class Role(models.TextChoices):
        OUTSIDE = "outside", "外网公众端"
        INSIDE = "inside", "内网工作端"
        COUNTY = "county", "下级"
        CITY = "city", "上级"

    role = models.CharField("对方是", max_length=8, choices=Role)
    name = models.CharField("名称", max_length=60)
    key_id = models.CharField(max_length=16, unique=True)
    sign = models.BinaryField(max_length=32)
    seal = models.BinaryField(max_length=32)
    fingerprint = models.CharField("指纹", max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    trusted_at = models.DateTimeField("登记时间")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("role", "name"),
                condition=models.Q(retired_at=None),
                name="one_key_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.name}"


class Package(models.Model):
    """A package that was written for a peer or taken from one; its number is used once."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="packages")
    is_ours = models.BooleanField()
    sequence = models.IntegerField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("peer", "is_ours", "sequence"), name="package_once"),
        )

    def __str__(self) -> str:
        return f"package {self.sequence} of {self.peer_id}"


class Waiting(models.Model):
    """On the outer machine: what a reporter sent, sealed, until the inner one has taken it."""

    class Kind(models.TextChoices):
        TIP = "tip", "举报"
        ADDITION = "addition", "补充"
        CLAIM = "claim", "领奖"

    id = models.BigIntegerField(primary_key=True)  # of a tip-off: the id that its lead will have
    kind = models.CharField(max_length=8, choices=Kind)
    receipt = models.BinaryField(max_length=32, db_index=True)
    told = models.JSONField(default=dict)
    at = models.DateTimeField()
    packed_in = models.IntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class WaitingPart(models.Model):
    """Sealed bytes of what waits, as `leads.Envelope` keeps them inside."""

    waiting = models.ForeignKey(Waiting, models.CASCADE, related_name="parts")
    purpose = models.CharField(max_length=10, choices=PURPOSES)
    part = models.CharField(max_length=40)
    inline = models.BinaryField(default=bytes)
    digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.part} of {self.waiting_id}"


class Answer(models.Model):
    """On the outer machine: what the holder of a receipt may know, as the inner one last said."""

    receipt = models.BinaryField(max_length=32, unique=True)
    matter_id = models.BigIntegerField()
    told = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"answer about {self.matter_id}"


class Notice(models.Model):
    """On the outer machine, one row: bureau, telephones, lists and public keys from inside."""

    sequence = models.IntegerField()
    told = models.JSONField(default=dict)
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"notice {self.sequence}"


class Taken(models.Model):
    """Inside: what came from the outer machine and was taken, once."""

    id = models.BigIntegerField(primary_key=True)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Waiting.Kind)
    matter_id = models.BigIntegerField(db_index=True)
    outcome = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Sent(models.Model):
    """In a county: how far the trail of a matter was reported to a peer."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="+")
    matter_id = models.BigIntegerField()
    seq = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("peer", "matter_id"), name="sent_once_to_a_peer"),
        )

    def __str__(self) -> str:
        return f"{self.matter_id}.{self.seq} sent to {self.peer_id}"


class Mirrored(models.Model):
    """In a city: a county's matter as its own trail tells it. Nobody here acts on it."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="mirrored")
    matter_id = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    number = models.CharField("编号", max_length=60, blank=True)
    title = models.CharField("标题", max_length=200)
    stage = models.CharField("环节", max_length=24)
    unit = models.CharField("承办单位", max_length=80, blank=True)
    site = models.CharField("矿山", max_length=80, blank=True)
    town = models.CharField("乡镇", max_length=60, blank=True)
    opened_at = models.DateTimeField("登记时间")
    closed_at = models.DateTimeField(null=True)
    is_open = models.BooleanField()
    late_from = models.DateTimeField(null=True)
    due_on = models.DateField("到期", null=True)
    last_seq = models.IntegerField()
    sealed_seq = models.IntegerField(default=0)
    fault = models.CharField(max_length=200, blank=True)
    trail = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("peer", "matter_id"), name="mirrored_once"),)
        indexes = (models.Index(fields=("peer", "is_open", "-id"), name="mirrored_open"),)

    def __str__(self) -> str:
        return self.number or self.title


class MirroredSeal(models.Model):
    """In a city: a county's daily seal, with the heads that it vouches for."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="seals")
    day = models.DateField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    leaves = models.BinaryField()
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("peer", "day"), name="mirrored_seal_once"),)

    def __str__(self) -> str:
        return f"seal of {self.day} from {self.peer_id}"
