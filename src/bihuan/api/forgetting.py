"""Kept answers of programs, as long as they may be given again; the worker needs no more of it."""

from datetime import datetime, timedelta
from typing import Final

from bihuan.api.models import KeptAnswer

KEPT_FOR: Final = timedelta(hours=24)


def forget_old_answers(*, now: datetime) -> None:
    """Drop kept answers that are too old to be given again, whoever they were kept for."""
    KeptAnswer.objects.filter(made_at__lt=now - KEPT_FOR).delete()
