"""The one table of long work: who asked for what, how far it is, what came of it."""

from django.db import models
from django.db.models import Q

from bihuan.accounts.models import User


class Job(models.Model):
    """A piece of long work; its files lie in a folder named by `code`."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"
        CANCELLED = "cancelled", "已取消"

    code = models.CharField(max_length=32, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    asked = models.JSONField()
    asked_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    done = models.IntegerField(default=0)
    total = models.IntegerField(null=True)
    words = models.CharField(max_length=400, default="", blank=True)
    lines = models.JSONField(default=list)
    kept = models.JSONField(default=dict)  # what a later attempt has to know of an earlier one
    result_name = models.CharField(max_length=160, default="", blank=True)
    reach_mark = models.CharField(max_length=64, default="", blank=True)
    is_cancelled = models.BooleanField(default=False)  # asked for; the runner sees it
    attempts = models.IntegerField(default=0)
    holder = models.CharField(max_length=40, default="", blank=True)
    leased_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "asked_digest"),
                condition=Q(state__in=("waiting", "running")),
                name="job_asked_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("asked_at", "id"),
                condition=Q(state__in=("waiting", "running")),
                name="jobs_unfinished",
            ),
            models.Index(fields=("user", "-id"), name="jobs_of_one"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.code[:8]}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in (self.State.WAITING, self.State.RUNNING)
