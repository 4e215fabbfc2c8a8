"""How large a file of readings may be, and how much may wait to be read.

BIHUAN_TELEMETRY_FILE_MB   the largest file that is taken, by HTTP or MQTT (default: 8)
BIHUAN_TELEMETRY_SPOOL_MB  what may wait after it came by HTTP (default: 512)
"""

from collections.abc import Mapping
from typing import Final

from bihuan.config.wrong import WrongSetting
from bihuan.telemetry.intake.arriving import FILE_BYTES_MAX
from bihuan.telemetry.intake.spool import ROOM_BYTES

FILE_MB_MAX: Final = 100
SPOOL_MB_MAX: Final = 1_000_000
_MB: Final = 1024 * 1024


def file_bytes_from(environment: Mapping[str, str]) -> int:
    """Bytes of the largest file; WrongSetting when it isn't a number in range."""
    found = _megabytes(environment, "BIHUAN_TELEMETRY_FILE_MB", most=FILE_MB_MAX)
    return FILE_BYTES_MAX if found is None else found * _MB


def spool_bytes_from(environment: Mapping[str, str]) -> int:
    """Bytes that may wait, at least one file; WrongSetting when it isn't a number in range."""
    found = _megabytes(environment, "BIHUAN_TELEMETRY_SPOOL_MB", most=SPOOL_MB_MAX)
    size = ROOM_BYTES if found is None else found * _MB
    if size < file_bytes_from(environment):
        raise WrongSetting("BIHUAN_TELEMETRY_SPOOL_MB 不能小于 BIHUAN_TELEMETRY_FILE_MB。")
    return size


def _megabytes(environment: Mapping[str, str], key: str, *, most: int) -> int | None:
    stated = environment.get(key, "")
    if not stated:
        return None
    is_number = stated.isascii() and stated.isdigit() and len(stated) <= len(str(most))
    if not (is_number and 0 < int(stated) <= most):
        raise WrongSetting(f"{key} 应是 1 到 {most} 的整数（MB），现在是“{stated[:20]}”。")
    return int(stated)
