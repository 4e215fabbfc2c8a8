"""How fast the demonstration tells its figures: `serve --demo --speed N`."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bihuan.config.wrong import WrongSetting
from bihuan.language.clock import SHANGHAI

SPEED_MAX: Final = 100_000
VARIABLE: Final = "BIHUAN_SPEED"
ROUND_S: Final = 2.0  # nobody sees figures come more often than pages are asked for
WRONG: Final = f"--speed 写 1 到 {SPEED_MAX} 的整数，如 1440 是每分钟过一天，不能是“{{given}}”。"


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Told up to `told` at the real moment `since`; from there on `speed` times as fast as life.

    Nothing is due that hasn't happened: having caught up with the present it goes on with it.
    Once as fast as life is no way to catch up, so at that speed all that has happened is due.
    """

    told: datetime
    since: datetime
    speed: int = 1

    def due(self, now: datetime) -> datetime:
        """Up to which whole hour figures are due at a real moment; never before what was told."""
        passed, behind = now - self.since, now - self.told
        if self.speed > 1 and passed < behind / self.speed:  # else it has caught up
            now = self.told + passed * self.speed
        return max(self.told, whole_hour(now))

    @property
    def pause_s(self) -> float:
        """After how many seconds it is worth asking again."""
        return min(ROUND_S, max(0.05, 3600 / self.speed))


def whole_hour(moment: datetime) -> datetime:
    """The last full hour in Shanghai."""
    return moment.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)


def real_time(simulated: timedelta, *, speed: int) -> str:
    """How long so much simulated time takes, in words."""
    seconds = max(1, round(simulated.total_seconds() / speed))
    for unit, size in (("天", 86_400), ("小时", 3600), ("分钟", 60)):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit}"
    return f"{seconds} 秒"


def speed_of(text: str) -> int:
    """The speed that was asked for; raises WrongSetting."""
    given = text.strip()
    if not (given.isascii() and given.isdigit()) or not 1 <= int(given[:9]) <= SPEED_MAX:
        raise WrongSetting(WRONG.format(given=text))
    return int(given[:9])


def told_speed() -> int:
    """The speed that `serve` handed to its processes."""
    return speed_of(os.environ.get(VARIABLE) or "1")
