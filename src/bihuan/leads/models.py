"""Tables of the informant's protection: keys, envelopes, receipts, messages, sent forms, readings.

Nothing here holds a name, a phone or a word of a reporter in clear: envelopes are sealed bytes,
receipts are keyed digests. `Reading` is the log of every opening and only ever grows.
"""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models

from bihuan.leads.keys import WrappedKey
from bihuan.leads.sealing import Purpose
from bihuan.matters.models import Matter
from bihuan.places.models import Region

PURPOSES = ((Purpose.IDENTITY.value, "举报人身份"), (Purpose.ACCOUNT.value, "举报原文"))


class KeyHolder(models.Model):
    """A person's key pair for one purpose in one county; the private half is wrapped."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="keys")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=10, choices=PURPOSES)
    key_id = models.BinaryField(max_length=8)
    public = models.BinaryField(max_length=32)
    wrapped = models.BinaryField()
    salt = models.BinaryField()
    memory_kib = models.IntegerField()
    passes = models.IntegerField()
    lanes = models.IntegerField()
    fingerprint = models.CharField(max_length=40)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "region", "purpose"),
                condition=models.Q(is_active=True),
                name="one_active_key",
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} key {self.fingerprint[:11]}"

    @property
    def key(self) -> WrappedKey:
        """The key pair as the sealing code wants it."""
        return WrappedKey(
            key_id=bytes(self.key_id),
            public=bytes(self.public),
            wrapped=bytes(self.wrapped),
            salt=bytes(self.salt),
            memory_kib=self.memory_kib,
            passes=self.passes,
            lanes=self.lanes,
        )


class RecoveryKey(models.Model):
    """The public half of a recovery key; its private half exists on paper only."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    public = models.BinaryField(max_length=32)
    fingerprint = models.CharField(max_length=40)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"recovery key {self.fingerprint[:11]}"


class Envelope(models.Model):
    """Sealed bytes of a matter: small ones in the row, others in the folder of files."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="envelopes")
    purpose = models.CharField(max_length=10, choices=PURPOSES)
    part = models.CharField(max_length=40)
    inline = models.BinaryField(default=bytes)
    digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("matter", "purpose", "part"), name="envelope_once"),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.part} of {self.matter_id}"


class Receipt(models.Model):
    """What a receipt code leads to; the code itself is nowhere, only its keyed digest."""

    key = models.BinaryField(max_length=32, unique=True)
    matter = models.OneToOneField(Matter, models.PROTECT, related_name="receipt")
    created_at = models.DateTimeField()
    claim_hash = models.CharField(max_length=200, blank=True)
    claim_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"receipt of {self.matter_id}"


class Message(models.Model):
    """A question of the office in clear, or the reporter's words as an envelope."""

    class Direction(models.TextChoices):
        FROM_REPORTER = "from_reporter", "举报人补充"
        FROM_OFFICE = "from_office", "工作人员询问"

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=14, choices=Direction)
    text = models.CharField("询问内容", max_length=500, blank=True)
    envelope = models.OneToOneField(Envelope, models.PROTECT, null=True, related_name="message")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("matter", "id"), name="message_matter"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(direction="from_office", envelope=None)
                | models.Q(direction="from_reporter", text="", envelope__isnull=False),
                name="reporter_words_are_sealed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.direction} on {self.matter_id}"


class SentForm(models.Model):
    """A form that was taken: the keyed digest of its ticket, and for minutes its sealed receipt.

    Neither tells who sent it or leads to a matter: what is sealed opens with the ticket alone,
    and the ticket is in the sender's own page, nowhere here.
    """

    mark = models.BinaryField(max_length=32, unique=True)
    sealed = models.BinaryField(default=bytes)
    sent_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"form {bytes(self.mark).hex()[:8]}"


class ReadingQuerySet(models.QuerySet["Reading"]):
    """Readings are added and looked at, nothing else."""

    def update(self, **_values: Any) -> NoReturn:
        """Refuse: the log of openings stays as written."""
        raise TypeError("readings are append-only")

    def delete(self) -> NoReturn:
        """Refuse: the log of openings stays."""
        raise TypeError("readings are append-only")


class Reading(models.Model):
    """Somebody opened, or tried to open, an envelope: who, which matter, what, why, when."""

    who = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="readings")
    purpose = models.CharField("调阅内容", max_length=10, choices=PURPOSES)
    part = models.CharField(max_length=40)
    reason = models.CharField("调阅事由", max_length=200)
    at = models.DateTimeField("调阅时间")

    objects = ReadingQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("-at", "-id"), name="reading_newest"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.part} of {self.matter_id}"
