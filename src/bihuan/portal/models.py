"""Public forms that were taken, so that one whose answer was lost isn't taken twice."""

from django.db import models


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
