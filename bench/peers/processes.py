"""Processes of peers: started for the bench, ended by it, and what CPU they took."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

TICKS = os.sysconf("SC_CLK_TCK")
START_S = 30


@contextmanager
def running(command: list[str], *, ready: str) -> Iterator[int]:
    """Run a server while the block runs; gives its number once it answers at `ready`."""
    process = subprocess.Popen(  # noqa: S603 - programs of this machine
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, ready)
        yield process.pid
    finally:
        process.terminate()
        process.wait(START_S)


def _wait(process: "subprocess.Popen[bytes]", address: str) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            asked(address)
        except (URLError, OSError):
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def asked(address: str, data: bytes | None = None, **headers: str) -> bytes:
    """The answer of a server of ours."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    with urlopen(Request(address, data, told), timeout=60) as answer:  # noqa: S310 - our own
        found: bytes = answer.read()
        return found


def cpu_of(root: int) -> float:
    """CPU-seconds of a process and all that it started, those that ended too."""
    told = _stats()
    family, spent = [root], 0.0
    for one in family:
        family += [pid for pid, (parent, _ticks) in told.items() if parent == one]
        spent += told[one][1] / TICKS
    return spent


def _stats() -> dict[int, tuple[int, int]]:
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        found[int(entry.name)] = (int(after_name[1]), sum(map(int, after_name[11:15])))
    return found


def absent(name: str, what: str) -> list[dict[str, Any]]:
    """The row of a peer that isn't on this machine."""
    told = f"没有装（{what}）"
    return [{"name": name, "value": told, "unit": "", "target": None, "met": None}]
