"""How the deployment is: heartbeats, backlog, size, clock; figures without personal data."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection

from bihuan.config.intake import Intake, intake_of
from bihuan.config.rights import too_mighty
from bihuan.config.timekeeping import TOLERANCE, NoTime, newest_on_file, offset_of
from bihuan.database.outages import was_full_lately
from bihuan.matters.channels import Channel, channels_of
from bihuan.matters.models import Heartbeat, Outbox, Timer

STALE: Final = timedelta(minutes=5)
WAITING_MAX: Final = 1000  # beyond it the figure stands still: the alarm has long gone off
BACKLOG_MAX: Final = 200
ASKED_EVERY: Final = timedelta(minutes=15)
OFFSET: Final = "time_source"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Figures of one moment; None is unknown or never."""

    at: datetime
    beats: dict[str, datetime]
    outbox_waiting: int
    outbox_failed: int
    rungs_pending: int
    database_bytes: int
    disk_free_bytes: int
    newest_at: datetime | None
    offset_s: float | None
    is_source_silent: bool
    is_refusing_writes: bool
    too_mighty: str
    channels: tuple[Channel, ...]
    intake: Intake | None

    def age_s(self, name: str) -> float | None:
        """Seconds since that process's last round."""
        beat = self.beats.get(name)
        return None if beat is None else (self.at - beat).total_seconds()

    @property
    def behind_s(self) -> float:
        """How far the clock runs behind the newest row on file; 0 when it doesn't."""
        if self.newest_at is None:
            return 0.0
        return max((self.newest_at - self.at).total_seconds(), 0.0)

    @property
    def alarms(self) -> dict[str, str]:
        """What is wrong: key for machines, sentence for people."""
        return {key: words for key, words, is_wrong in self._checks() if is_wrong}

    def _checks(self) -> Iterator[tuple[str, str, bool]]:
        tolerated, offset = TOLERANCE.total_seconds(), self.offset_s or 0.0
        yield "clock_stopped", _STOPPED, self._is_stale("clock")
        yield "worker_stopped", _UNSENT, self._is_stale("worker")
        # A demonstration or a test may run its clock ahead, so its rows may be of a later day.
        is_behind = self.behind_s > tolerated and settings.MODE == "live"
        yield "clock_behind", _BEHIND.format(_length(self.behind_s)), is_behind
        way = "慢" if offset > 0 else "快"
        yield "clock_off", _OFF.format(way, _length(abs(offset))), abs(offset) > tolerated
        yield "time_source_silent", _SILENT, self.is_source_silent
        yield "outbox_backlog", _BACKLOG, self.outbox_waiting > BACKLOG_MAX
        reserve = settings.DISK_RESERVE_BYTES
        is_low = self.disk_free_bytes < reserve
        if self.intake:  # may lie on a disk of its own
            is_low |= self.intake.disk_free_bytes < reserve
            yield from self.intake.checks()
        yield "disk_full", _FULL.format(reserve // 1_000_000), is_low
        yield "owner_role", self.too_mighty, bool(self.too_mighty) and settings.MODE == "live"
        yield "writes_refused", _UNWRITTEN, self.is_refusing_writes
        # One wrong address makes a mail fail, so mail alarms by its backlog; a robot has one door.
        for channel in self.channels[1:]:
            words = _UNTAKEN.format(channel.label, channel.reason, channel.key.upper())
            yield f"{channel.key}_failing", words, channel.is_failing

    def _is_stale(self, name: str) -> bool:
        age = self.age_s(name)
        return age is None or age > STALE.total_seconds()


_STOPPED = "时钟巡检已停 5 分钟以上：到期提醒和催办没有产生。请重启服务，查看日志。"
_BEHIND = "服务器时钟比最近一条记录慢 {}，新的留痕会排到旧的前面。请先校正服务器时间，再继续办理。"
_OFF = "服务器时钟比对时源{} {}，请校正服务器时间。"
_SILENT = "对时源没有回答，请核对 BIHUAN_TIME_SOURCE 和网络。"
_UNSENT = "后台进程已停 5 分钟以上：提醒没有发出，日封没有做。请重启服务，查看日志。"
_BACKLOG = f"待发的提醒超过 {BACKLOG_MAX} 条，请核对邮件服务器。"
_UNTAKEN = "{}的机器人没有收下上一条：{}。请核对 BIHUAN_{}_URL 和网络。"
_FULL = "数据目录（或其中监测数据）所在的盘剩余不足 {} MB，附件不再收。请清理或扩容。"
_UNWRITTEN = "一分钟内有写入被拒：数据库或数据目录所在的盘满了，或者到了配额。请清理或扩容。"


def condition_of(moment: datetime) -> Condition:
    """Look at everything; a handful of short queries."""
    rows = {row.name: row for row in Heartbeat.objects.all()}
    offset = rows.pop(OFFSET, None) if settings.TIME_SOURCE else None
    waiting = Outbox.objects.filter(next_at__lte=moment)
    failed = Outbox.objects.filter(state=Outbox.State.FAILED)
    pending = Timer.objects.filter(next_at__lte=moment)
    return Condition(
        at=moment,
        beats={name: row.beat_at for name, row in rows.items()},
        outbox_waiting=waiting[:WAITING_MAX].count(),
        outbox_failed=failed[:WAITING_MAX].count(),
        rungs_pending=pending[:WAITING_MAX].count(),
        database_bytes=_database_bytes(),
        disk_free_bytes=shutil.disk_usage(settings.HOME).free,
        newest_at=newest_on_file(),
        offset_s=float(offset.note) if offset and offset.note else None,
        is_source_silent=offset is not None and not offset.note,
        is_refusing_writes=was_full_lately(),
        too_mighty=too_mighty(),
        channels=channels_of(rows.values()),
        intake=intake_of(moment),
    )


def note_offset(*, now: datetime) -> None:
    """Ask the time source, if one is set and it wasn't asked lately, and keep its answer."""
    if not settings.TIME_SOURCE:
        return
    kept = Heartbeat.objects.filter(name=OFFSET).first()
    if kept is not None and abs(now - kept.beat_at) < ASKED_EVERY:
        return
    try:
        note = f"{offset_of(settings.TIME_SOURCE).total_seconds():.3f}"
    except NoTime:
        note = ""
    Heartbeat.objects.update_or_create(name=OFFSET, defaults={"beat_at": now, "note": note})


_SIZE: Final = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}


def _database_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_SIZE[connection.vendor])
        return int(cursor.fetchone()[0])


def _length(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} 秒"
    minutes = seconds / 60
    return f"{minutes:.0f} 分钟" if minutes < 120 else f"{minutes / 60:.0f} 小时"
