"""How the taking in of readings is, seen from web and worker: what it says, and what waits."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from bihuan.telemetry.intake.aside import kept_aside
from bihuan.telemetry.intake.heartbeat import Heartbeat, heartbeat_of
from bihuan.telemetry.intake.spool import waiting

STALE_S: Final = 300.0
AWAY_S: Final = 60.0
SPOOL_SHARE: Final = 0.5
FOLDER: Final = "telemetry"


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Figures of one moment; ages in seconds, None is never."""

    beat: Heartbeat | None
    age_s: float | None
    committed_s: float | None
    spool_bytes: int
    spool_s: float | None
    set_aside: int
    disk_free_bytes: int

    @property
    def is_stopped(self) -> bool:
        """Whether nobody takes in: it said nothing for long, or never, and files wait."""
        if self.age_s is None:
            return self.spool_s is not None and self.spool_s > STALE_S
        return self.age_s > STALE_S

    @property
    def feeds_away(self) -> tuple[str, ...]:
        """What is wrong with ways by which files come, and has been for a minute."""
        beat = self.beat
        if beat is None or beat.away_since is None or beat.at - beat.away_since < AWAY_S:
            return ()
        return beat.feeds

    def checks(self) -> Iterator[tuple[str, str, bool]]:
        """Key for machines, sentence for people, and whether it is so."""
        failing = self.beat.failing if self.beat else ""
        feeds = self.feeds_away
        troubles = self.beat.troubles if self.beat else ()
        yield "ingest_stopped", _STOPPED, self.is_stopped
        yield "ingest_failing", _FAILING.format(failing), bool(failing)
        yield "broker_away", "".join(feeds), bool(feeds)
        yield (
            "readings_unread",
            _UNREAD.format(len(troubles), "".join(troubles[:1])),
            bool(troubles),
        )
        yield "readings_set_aside", _ASIDE.format(self.set_aside), bool(self.set_aside)
        room = settings.TELEMETRY_SPOOL_BYTES_MAX
        is_filling = self.spool_bytes > room * SPOOL_SHARE
        yield "spool_filling", _FILLING.format(room // 1_048_576), is_filling


_STOPPED = (
    "监测数据收件已停 5 分钟以上，煤矿送来的文件没有人收、没有判。请启动 bihuan-ingest，查看日志。"
)
_FAILING = "监测数据写不成：{}。文件都还在原处，腾出空间或修好磁盘后自动接着收。"
_UNREAD = "监测数据有 {} 处读不了或移不走，其余的照收：{}"
_ASIDE = (
    "有 {} 个监测数据文件程序读不了，放在数据目录的 telemetry/set_aside。"
    "请交给维护人员，处理完移走。"
)
_FILLING = "网页收下、还没有入账的监测数据超过 {} MB 的一半，满了就不再收。请查看收件进程。"


def intake_of(moment: datetime) -> Intake | None:
    """How it is; None where readings were never taken in."""
    store = Path(settings.HOME) / FOLDER
    if not store.is_dir():
        return None
    beat = heartbeat_of(store)
    spool_bytes, oldest = waiting(store / "spool")
    now = moment.timestamp()
    return Intake(
        beat=beat,
        age_s=now - beat.at if beat else None,
        committed_s=now - beat.committed_at if beat and beat.committed_at else None,
        spool_bytes=spool_bytes,
        spool_s=None if oldest is None else now - oldest,
        set_aside=kept_aside(store),
        disk_free_bytes=shutil.disk_usage(store).free,
    )
