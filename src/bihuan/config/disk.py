"""How much of the disk is kept free: below it an alarm is given and files are no longer taken."""

from collections.abc import Mapping
from typing import Final

from bihuan.config.wrong import WrongSetting

RESERVE_MB: Final = 500
_MOST_MB: Final = 1_000_000


def reserve_from(environment: Mapping[str, str]) -> int:
    """Bytes to keep free, from BIHUAN_DISK_RESERVE_MB; WrongSetting when it isn't a number."""
    stated = environment.get("BIHUAN_DISK_RESERVE_MB", "") or str(RESERVE_MB)
    if not (stated.isascii() and stated.isdigit() and 0 < int(stated) <= _MOST_MB):
        raise WrongSetting(
            f"BIHUAN_DISK_RESERVE_MB 应是 1 到 {_MOST_MB} 的整数（MB），现在是“{stated}”。"
        )
    return int(stated) * 1_000_000
