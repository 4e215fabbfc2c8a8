"""Rounds of a suite, played in a process of their own on an empty deployment of their own."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

PROJECT = Path(__file__).resolve().parents[3]
TAIL_CHARS = 3000
STOP_WAIT_S = 20


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one round found; no faults means that every promise held."""

    number: int
    faults: tuple[str, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)


def play(
    suite: str, numbers: Sequence[int], *, seed: int, server: str = "", logs: Path | None = None
) -> Iterator[Round]:
    """Play these rounds of a suite; `server` is the URL of a PostgreSQL, empty for SQLite.

    Rounds come as they are finished. A process that dies before its last round is a fault of
    the round that it was in. Logs of rounds with faults outlive their scratch folder in `logs`.
    """
    left = list(numbers)
    with _scratch() as home, _database(suite, server) as url:
        log = home / "suite.log"
        process = _start(suite, left, seed=seed, home=home, url=url, log=log)
        try:
            for line in process.stdout or ():
                told = json.loads(line)
                left.remove(told["number"])
                faults = tuple(told["faults"])
                if faults and logs:
                    shutil.copyfile(log, logs / f"{suite}-{told['number']}.log")
                yield Round(number=told["number"], faults=faults, figures=told["figures"])
            process.wait(timeout=STOP_WAIT_S)
        finally:
            _end(process)
            if process.stdout:
                process.stdout.close()
        if left:
            tail = log.read_text("utf-8", "replace")[-TAIL_CHARS:]
            yield Round(number=left[0], faults=(f"the suite broke off: {tail}",))


def _start(
    suite: str, numbers: Sequence[int], *, seed: int, home: Path, url: str, log: Path
) -> subprocess.Popen[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("BIHUAN_")}
    environment = {
        **kept,
        "BIHUAN_HOME": str(home),
        "BIHUAN_DATABASE": url,
        "BIHUAN_MODE": "test",
        "DJANGO_SETTINGS_MODULE": "bihuan.config.settings",
        "PYTHONPATH": f"{PROJECT / 'src'}{os.pathsep}{PROJECT}",
        "PYTHONUNBUFFERED": "1",
    }
    environment.pop("PYTEST_OWN_HOME", None)
    command = [sys.executable, "-m", "tests.soak", suite, "--seed", str(seed)]
    with log.open("w") as errors:
        return subprocess.Popen(  # noqa: S603
            [*command, *(str(number) for number in numbers)],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,  # Ctrl-C reaches us alone; we end the whole group
        )


def _end(process: subprocess.Popen[str]) -> None:
    """End the suite and whatever it started: they share a process group."""
    try:
        os.killpg(process.pid, signal.SIGTERM if process.poll() is None else signal.SIGKILL)
        process.wait(timeout=STOP_WAIT_S)
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=STOP_WAIT_S)


@contextmanager
def _scratch() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="bihuan-soak-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _database(suite: str, server: str) -> Iterator[str]:
    """A database of its own on the server, dropped afterwards; nothing for SQLite."""
    if not server:
        yield ""
        return
    name = f"soak_{suite}_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as link:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            link.execute(drop.format(sql.Identifier(name)))
