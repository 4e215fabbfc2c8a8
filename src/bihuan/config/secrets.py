"""Secrets that live in files outside the database, created on first use."""

import os
import secrets
import stat
from pathlib import Path

from bihuan.config.wrong import WrongSetting


def secret_text(path: Path) -> str:
    """Read the secret kept in `path`; create it (0600) when it is not there yet."""
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        _create(path, secrets.token_urlsafe(48))
        text = path.read_text("ascii")
    if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        raise WrongSetting(f"密钥文件 {path} 别人可读，请先执行 chmod 600 {path}。")
    return text


def _create(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return  # another process was first; its secret stands
    with os.fdopen(handle, "w") as file:
        file.write(text)
