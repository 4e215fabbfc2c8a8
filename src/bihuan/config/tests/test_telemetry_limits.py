"""Limits of readings as the environment states them."""

import pytest

from bihuan.config.telemetry_limits import file_bytes_from, spool_bytes_from
from bihuan.config.wrong import WrongSetting

pytestmark = pytest.mark.once
MB = 1024 * 1024


def test_stated_and_unstated() -> None:
    assert (file_bytes_from({}), spool_bytes_from({})) == (8 * MB, 512 * MB)
    told = {"BIHUAN_TELEMETRY_FILE_MB": "3", "BIHUAN_TELEMETRY_SPOOL_MB": "3"}
    assert (file_bytes_from(told), spool_bytes_from(told)) == (3 * MB, 3 * MB)


@pytest.mark.parametrize("stated", ["0", "101", "8.5", "-1", "８", "1" * 5000])
def test_what_is_no_size_is_told(stated: str) -> None:
    with pytest.raises(WrongSetting, match="BIHUAN_TELEMETRY_FILE_MB 应是"):
        file_bytes_from({"BIHUAN_TELEMETRY_FILE_MB": stated})


def test_at_least_one_file_may_wait() -> None:
    with pytest.raises(WrongSetting, match="不能小于"):
        spool_bytes_from({"BIHUAN_TELEMETRY_SPOOL_MB": "7"})
