"""The server's clock jumps while readings come: an hour or a day back, or ahead, and back again.

The process has a clock of its own (libfaketime); only the clock of the day jumps, the one that
nobody can set doesn't, as on a server. In every other round it is killed between, so that it
begins again in its own past. In the end episodes and counts are those of a replay of every file.
"""

import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

from bihuan.telemetry.store.ledger import Ledger
from tests.soak.readings import Figures, Ground

JUMPS_S = (-3600, -90_000, 86_400, -3600, 0, 600)
JUMPS = 2  # after an hour back and the true time again
PAUSES_S = (2.6, 3.4)  # the process reads its clock anew every second
SENDING_S = 14.0  # files come under every clock


def rounds(numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], Figures]]:
    """Each round sets the clock four times under one store, then lets it come to rest."""
    for number in numbers:
        with tempfile.TemporaryDirectory(prefix="bihuan-clocks-") as folder:
            draw_from = random.Random(seed * 1_000_003 + number)  # noqa: S311
            yield number, *ClockGround(Path(folder), draw_from).play(number)


class ClockGround(Ground):
    """A process whose clock is set by a file."""

    sending_s = SENDING_S

    def __init__(self, folder: Path, draw_from: random.Random) -> None:
        super().__init__(folder, draw_from)
        self.clock = folder / "clock"
        self.library = _library()

    def play(self, number: int) -> tuple[list[str], Figures]:
        """Load, set the clock back and forth, come to rest; compare with a replay."""
        self._write(number)
        self._set(0)
        process = self._started()
        sending = Thread(target=self._send, daemon=True)
        sending.start()
        jumps = [-3600, 0, *self.random.choices(JUMPS_S, k=JUMPS)]
        for jump_s in jumps:
            time.sleep(self.random.uniform(*PAUSES_S))
            self._set(jump_s)
            if number % 2:
                process.send_signal(signal.SIGKILL)
                process.wait()
                process = self._started()
            self._look_again()
        sending.join()
        self._drain(process)
        self._look_again()
        self._compare()
        self._look_at_clock()
        files = sum(1 for path in self.source.rglob("*") if path.is_file())
        return self.faults, {"files": files, "jumps": jumps, "told": len(self.told)}

    def _set(self, seconds: int) -> None:
        """So many seconds from the true time; the process sees it within a second."""
        beside = self.clock.with_suffix(".part")
        beside.write_text(f"{seconds:+}\n", "ascii")
        beside.rename(self.clock)

    def _started(self) -> subprocess.Popen[bytes]:
        process = self._start(
            LD_PRELOAD=str(self.library),
            FAKETIME_TIMESTAMP_FILE=str(self.clock),
            FAKETIME_CACHE_DURATION="1",
            FAKETIME_DONT_FAKE_MONOTONIC="1",
            NO_FAKE_STAT="1",
        )
        self._wait_ready()
        return process

    def _look_at_clock(self) -> None:
        """Files were received in that past: the clock did jump."""
        spread_s = self._ask(_spread_s)
        if not spread_s or spread_s < 3000:
            self.faults.append(f"the clock never jumped: {spread_s} s")


def _library() -> Path:
    for found in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"):
        return found
    raise FileNotFoundError("libfaketime isn't here: install the Debian package faketime")


def _spread_s(ledger: Ledger) -> int:
    sql = "SELECT max(received_at) - min(received_at) FROM delivery"
    return int(ledger.rows.execute(sql).fetchone()[0] or 0)
