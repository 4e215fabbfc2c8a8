"""The supervisor behind `serve`: web server, worker and clock as small processes on one port.

`serve` prepares the data folder and then becomes this module: a supervisor needs a tenth of the
memory that Django takes. Number and lock of the process stay.
"""

import ctypes
import fcntl
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NoReturn

from bihuan.config.https import Https, https_from
from bihuan.config.notifying import Notifier, answers

RESTART_PAUSE_S = 2.0
FILES_MAX = 65_536
# A connection that says nothing is closed after ten seconds, and thousands of them fit meanwhile.
# Only HTTP/1 alone: while granian waits to see which version comes, it waits without end.
CONNECTIONS = (
    *("--http", "1", "--http1-header-read-timeout", "10000"),
    *("--backlog", "2048", "--backpressure", "8192"),
)
STOP_WAIT_S = 15.0
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
# One heap for all threads of the web process: Python lets one of them work at a time, and every
# heap keeps what it no longer needs.
ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}


class AlreadyServed(Exception):  # noqa: N818 - an expected answer, not an error
    """Another server holds this data folder."""


@dataclass
class Child:
    """A supervised process."""

    name: str
    command: list[str]
    preset: dict[str, str] = field(default_factory=dict)  # where the environment says nothing
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0


@contextmanager
def one_server(home: Path) -> Iterator[None]:
    """Hold the data folder: a second server on it refuses."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyServed(f"数据目录 {home} 已有一个服务在运行。") from error
        os.set_inheritable(lock.fileno(), True)  # what the process becomes holds it on
        yield


def become_supervisor(*, host: str, port: int) -> NoReturn:
    """Go on as nothing but the supervisor; what it needs stands in the environment."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", __name__, host, str(port)])  # noqa: S606


def children(*, host: str, port: int, https: Https) -> list[Child]:
    """The processes of one deployment."""
    python = sys.executable
    granian = str(Path(python).with_name("granian"))
    web = [granian, "--interface", "rsgi", "--host", host, "--port", str(port)]
    web += ["--workers", "1", "--no-ws", "--log-level", "warning", *CONNECTIONS]
    if https.by == "serve":
        web += ["--ssl-certificate", https.certificate, "--ssl-keyfile", https.key]
        web += ["--ssl-protocol-min", "tls1.2"]
    web.append("bihuan.config.wsgi:door")
    found = [
        Child("web", web, ONE_HEAP),
        Child("worker", [python, "-m", "django", "work"]),
    ]
    inbox = os.environ.get("BIHUAN_INBOX", "")
    if inbox:
        taking_in = [python, "-m", "bihuan", "telemetry", "ingest", "--inbox", inbox]
        found.append(Child("ingest", taking_in))
    if os.environ.get("BIHUAN_LIVING"):
        found.append(Child("living", [python, "-m", "django", "living"]))
    return found


def supervise(processes: list[Child], *, host: str, port: int) -> int:
    """Run them until told to stop; a process that ends is started again."""
    stopping, notifier = False, Notifier()

    def stop(*_signal: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _allow_connections()
    for child in processes:
        _start(child)
    while not stopping:
        time.sleep(0.2)
        notifier.round(is_serving=partial(answers, host, port))
        for child in processes:
            ended = child.process is None or child.process.poll() is not None
            if ended and time.monotonic() - child.started_at > RESTART_PAUSE_S:
                sys.stderr.write(f"event=restart process={child.name}\n")
                _start(child)
    notifier.say("STOPPING=1")
    _stop(processes)
    return 0


def _allow_connections() -> None:
    """Each connection is an open file; the common limit of 1,024 is there for old programs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_MAX if hard == resource.RLIM_INFINITY else min(FILES_MAX, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _start(child: Child) -> None:
    child.started_at = time.monotonic()
    child.process = subprocess.Popen(  # noqa: S603
        child.command,
        env=child.preset | os.environ,
        preexec_fn=_end_with_the_supervisor,  # noqa: PLW1509 - one thread; nothing else asks the kernel
    )


def _end_with_the_supervisor() -> None:
    """Who kills the supervisor alone would else leave a worker beside that of the next `serve`."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop(processes: list[Child]) -> None:
    started = [child.process for child in processes if child.process]
    for process in started:
        process.terminate()
    until = time.monotonic() + STOP_WAIT_S
    for process in started:
        try:
            process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=5)


if __name__ == "__main__":
    asked_host, asked_port = sys.argv[1], int(sys.argv[2])
    found = children(host=asked_host, port=asked_port, https=https_from(os.environ))
    sys.exit(supervise(found, host=asked_host, port=asked_port))
