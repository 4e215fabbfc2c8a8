"""A secret file is made once, whole, for its owner only."""

import secrets
import stat
from pathlib import Path
from typing import Never

import pytest

from bihuan.leads.secret_file import load_or_create_secret


def test_it_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "receipts"
    secret = load_or_create_secret(path)
    assert len(secret) == 32
    assert load_or_create_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["receipts"]


def test_two_files_differ(tmp_path: Path) -> None:
    one, other = (load_or_create_secret(tmp_path / name, size=64) for name in "ab")
    assert len(one) == 64
    assert one != other


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o602, 0o601, 0o644])
def test_a_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "receipts"
    load_or_create_secret(path)
    path.chmod(mode)
    with pytest.raises(PermissionError, match="chmod 600"):
        load_or_create_secret(path)


def test_a_torn_file_is_refused_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "receipts"
    path.touch(mode=0o600)
    with pytest.raises(ValueError, match="has 0 bytes"):
        load_or_create_secret(path)
    assert path.read_bytes() == b""


def test_the_secret_of_a_faster_process_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "receipts"
    drawn = secrets.token_bytes

    def other_process_is_first(size: int) -> bytes:
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(b"t" * 32)
        return drawn(size)

    monkeypatch.setattr(secrets, "token_bytes", other_process_is_first)
    assert load_or_create_secret(path) == b"t" * 32
    assert [entry.name for entry in tmp_path.iterdir()] == ["receipts"]


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def disk_is_full(handle: int) -> Never:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", disk_is_full)
    with pytest.raises(OSError, match="No space"):
        load_or_create_secret(tmp_path / "receipts")
    assert list(tmp_path.iterdir()) == []
