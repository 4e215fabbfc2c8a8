"""Tokens that stand for a user, and answers kept so that a request sent twice acts once."""

from datetime import datetime

from django.conf import settings
from django.db import models


class Token(models.Model):
    """A key of a user's for programs: the text is shown once, only its digest is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField("用途", max_length=60)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} {self.prefix}"

    def is_live(self, at: datetime) -> bool:
        """Whether it opens anything at that moment."""
        return self.revoked_at is None and at < self.expires_at


class KeptAnswer(models.Model):
    """The answer to a request with an Idempotency-Key; never one that holds a receipt code."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    content = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="answer_once"),)

    def __str__(self) -> str:
        return f"answer {self.status} to {self.user_id} {self.key}"
