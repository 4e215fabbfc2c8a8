"""Secrets in files: made once, kept for their owner alone."""

from pathlib import Path

import pytest

from bihuan.config.secrets import secret_text
from bihuan.config.wrong import WrongSetting


def test_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "key"
    first = secret_text(path)
    assert len(first) >= 48
    assert secret_text(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert secret_text(tmp_path / "secrets" / "other") != first


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    secret_text(path)
    path.chmod(0o640)
    with pytest.raises(WrongSetting, match="chmod 600"):
        secret_text(path)
