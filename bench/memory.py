"""Memory of an idle server: what all its processes hold, shared pages counted once (PSS)."""

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

from bench.browsing import PROJECT, surroundings
from bihuan.config.ports import free_port

TARGET_MB = 160
IDLE_S, IDLE_QUICK_S, START_S = 30, 3, 120
ASKED = 50  # pages before it idles: a worker that has served nothing hasn't loaded its templates


def measure(*, quick: bool, say: Callable[[str], object]) -> list[dict[str, Any]]:
    """One row for the whole, and one for each process."""
    with TemporaryDirectory() as home:
        port = free_port("127.0.0.1", 0)
        launcher = [sys.executable, "-m", "bihuan"]
        run = partial(subprocess.Popen, cwd=PROJECT, env=surroundings(Path(home)))
        quiet = partial(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        quiet([*launcher, "init", "--demo"]).wait()
        process = quiet([*launcher, "serve", "--port", str(port)])
        try:
            _ask(f"http://127.0.0.1:{port}/tip-off", times=ASKED)
            time.sleep(IDLE_QUICK_S if quick else IDLE_S)
            held = {pid: _pss_mb(pid) for pid in _family(process.pid)}
        finally:
            process.terminate()
            process.wait(30)
    for pid, mb in held.items():
        say(f"{pid}: {mb:.1f} MB")
    whole = round(sum(held.values()), 1)
    return [
        {
            "name": f"memory idle, {len(held)} processes",
            "value": whole,
            "unit": "MB",
            "target": TARGET_MB,
            "met": whole <= TARGET_MB,
        }
    ]


def _ask(address: str, *, times: int) -> None:
    until = time.monotonic() + START_S
    while times:
        try:
            with urlopen(address, timeout=10) as answer:  # noqa: S310 - our own server
                answer.read()
            times -= 1
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def _family(root: int) -> list[int]:
    """The process and all that it started, and they."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                after_name = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            parents[int(entry.name)] = int(after_name[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes * 1024 / 1e6
