"""How each way out is: when something last left by it, and why something last didn't."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from bihuan.matters.messages import Heartbeat
from bihuan.matters.robots import LABELS

QUIET: Final = timedelta(minutes=1)  # a robot may speak 20 times a minute; ours speaks once
_FAILED: Final = ".failed"


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One way out; `host` is empty where it isn't set, moments are None for never."""

    key: str
    label: str
    host: str
    sent_at: datetime | None
    failed_at: datetime | None
    reason: str

    @property
    def is_failing(self) -> bool:
        """Whether it is set and what was tried last wasn't taken."""
        if not self.host or self.failed_at is None:
            return False
        return self.sent_at is None or self.sent_at < self.failed_at


def note(channel: str, *, now: datetime, reason: str = "") -> None:
    """Keep that something left, or why it didn't."""
    Heartbeat.objects.update_or_create(
        name=f"{channel}{_FAILED}" if reason else channel,
        defaults={"beat_at": now, "note": reason[:200]},
    )


def channels_of(beats: Iterable[Heartbeat]) -> tuple[Channel, ...]:
    """Every way out, mail first, as the rounds of the worker left it."""
    known = {row.name: row for row in beats}
    mail = str(settings.MAILERS["default"].get("OPTIONS", {}).get("host", ""))
    robots = [
        _channel(key, label, settings.ROBOTS[key].host if key in settings.ROBOTS else "", known)
        for key, label in LABELS.items()
    ]
    return (_channel("mail", "邮件", mail, known), *robots)


def resting(now: datetime) -> set[str]:
    """Robots that were spoken to within the last minute: what waits for them gathers."""
    if not settings.ROBOTS:
        return set()
    names = [name for key in LABELS for name in (key, f"{key}{_FAILED}")]
    lately = Heartbeat.objects.filter(name__in=names, beat_at__gt=now - QUIET, beat_at__lte=now)
    return {name.removesuffix(_FAILED) for name in lately.values_list("name", flat=True)}


def _channel(key: str, label: str, host: str, known: Mapping[str, Heartbeat]) -> Channel:
    sent, failed = known.get(key), known.get(f"{key}{_FAILED}")
    return Channel(
        key=key,
        label=label,
        host=host,
        sent_at=sent.beat_at if sent else None,
        failed_at=failed.beat_at if failed else None,
        reason=failed.note if failed else "",
    )
