"""A throw-away PostgreSQL cluster for tests and benchmarks, on a free local port."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql")
START_S = 60.0
PAUSE_S = 0.1


class NoPostgresError(RuntimeError):
    """PostgreSQL's server programs aren't on this machine."""


def find_programs(installed: Path = INSTALLED) -> Path | None:
    """Folder of initdb and postgres, newest version first; None when there is none."""
    folders = sorted(installed.glob("*/bin"), reverse=True)
    folders += [Path(found).parent for found in [shutil.which("initdb")] if found]
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


class Cluster:
    """A PostgreSQL of one's own in a folder, under a user without rights where we are root."""

    def __init__(self, folder: Path, *, made_with: Sequence[str] = (), installed: Path) -> None:
        programs = find_programs(installed)
        if programs is None:
            raise NoPostgresError("没有找到 PostgreSQL 服务程序，请安装 postgresql 后再试。")
        self.folder, self.programs = folder, programs
        self.user, self.port = _unprivileged(folder), _free_port()
        self.process: subprocess.Popen[bytes] | None = None
        made = ["-D", folder / "data", "-U", "bihuan", "-A", "trust", *made_with]
        _run(programs / "initdb", *made, user=self.user)

    @property
    def url(self) -> str:
        """Its first database, with every right."""
        return f"postgresql://bihuan@127.0.0.1:{self.port}/postgres"

    def start(self, *options: str) -> None:
        """Start the server, and wait until it answers; each option is one `name=value`."""
        given = [part for option in options for part in ("-c", option)]
        place = ["-p", str(self.port), "-k", str(self.folder), "-c", "listen_addresses=127.0.0.1"]
        self.process = subprocess.Popen(  # noqa: S603
            [self.programs / "postgres", "-D", self.folder / "data", *place, *given],
            user=self.user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait(self.process, self.programs, self.port, user=self.user)

    def stop(self) -> None:
        """End the server in good order, whoever is still connected."""
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=60)


@contextmanager
def throwaway_postgres(*, durable: bool = False, installed: Path = INSTALLED) -> Iterator[str]:
    """Run a cluster while the block runs; gives its URL. `durable` keeps fsync on."""
    folder = Path(tempfile.mkdtemp(prefix="bihuan-postgres-"))
    cluster = None
    try:
        cluster = Cluster(folder, installed=installed)
        cluster.start(*([] if durable else ["fsync=off", "full_page_writes=off"]))
        yield cluster.url
    finally:
        if cluster:
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]  # every system has nobody
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return entry.pw_name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(*command: object, user: str | None) -> None:
    subprocess.run(  # noqa: S603
        [str(part) for part in command],
        check=True,
        user=user,
        stdout=subprocess.DEVNULL,
        cwd="/tmp",  # noqa: S108 - the other user can't stand in our folder
    )


def _wait(server: subprocess.Popen[bytes], programs: Path, port: int, *, user: str | None) -> None:
    command = [str(programs / "pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
    until = time.monotonic() + START_S
    while server.poll() is None and time.monotonic() < until:
        done = subprocess.run(  # noqa: S603
            command, check=False, user=user, stdout=subprocess.DEVNULL, cwd="/"
        )
        if done.returncode == 0:
            return
        time.sleep(PAUSE_S)  # a port that nobody listens on yet refuses at once
    raise NoPostgresError("PostgreSQL 没有在一分钟内启动，或启动后就结束了。")
