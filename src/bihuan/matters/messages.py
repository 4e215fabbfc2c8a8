"""Tables of what is sent and of the rounds that send it."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Outbox(models.Model):
    """A message to one user, or to a group, on one channel: number and link, never content."""

    class State(models.IntegerChoices):
        WAITING = 0, "待发"
        SENT = 1, "已发"
        FAILED = 2, "发送失败"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True)  # none: a group
    channel = models.CharField(max_length=10)
    event = models.CharField(max_length=24)
    matter = models.ForeignKey("matters.Matter", models.CASCADE, null=True, db_constraint=False)
    text = models.CharField(max_length=200)
    key = models.CharField(max_length=120, unique=True)
    state = models.SmallIntegerField(choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("next_at",), name="outbox_next", condition=Q(next_at__isnull=False)
            ),
            models.Index(fields=("user", "channel", "-id"), name="outbox_user"),
            models.Index(
                fields=("matter", "user"), name="outbox_unread", condition=Q(read_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return self.text


class Heartbeat(models.Model):
    """When the clock and the worker last did their round."""

    name = models.CharField(max_length=20, primary_key=True)
    beat_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name
