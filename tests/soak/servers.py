"""A PostgreSQL of a suite's own: it may be killed, may fill up, and is started again by someone."""

import os
import pwd
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psycopg
from django.db import connection

from bihuan.config.throwaway import INSTALLED, Cluster, NoPostgresError

OPTIONS = ("min_wal_size=4MB", "max_wal_size=16MB", "max_connections=40")
MADE_WITH = ("--wal-segsize=1",)  # small pieces: a small disk is filled by rows, not by one piece
RESTART_S = 1.0
ENDS_S = 30


class Server:
    """The cluster, and the one who starts it again, as systemd would."""

    def __init__(self, folder: Path) -> None:
        self.cluster = Cluster(folder, made_with=MADE_WITH, installed=INSTALLED)
        self.cluster.start(*OPTIONS)
        self.starts = 1
        self._stopping = Event()
        self._keeper = Thread(target=self._keep_up, daemon=True)
        self._keeper.start()

    def kill(self, how: signal.Signals) -> None:
        """Kill -9 the postmaster, or have it stop at once (SIGQUIT, `-m immediate`)."""
        process = self.cluster.process
        if process:
            process.send_signal(how)
            process.wait(timeout=ENDS_S)

    def processes(self) -> list[int]:
        """The postmaster and what it started."""
        process = self.cluster.process
        if process is None or process.poll() is not None:
            return []
        told = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        try:
            return [process.pid, *(int(pid) for pid in told.read_text().split())]
        except FileNotFoundError:
            return []

    def largest(self) -> int:
        """The size of the table that grows most; soon the log can't be written either."""
        with psycopg.connect(os.environ["BIHUAN_DATABASE"]) as link:
            row = link.execute("SELECT pg_relation_size('matters_entry')").fetchone()
        return int(row[0]) if row else 0

    def wait(self) -> None:
        """Until it answers again."""
        until = time.monotonic() + ENDS_S
        while time.monotonic() < until:
            try:
                psycopg.connect(self.cluster.url, connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
                continue
            return
        raise NoPostgresError("PostgreSQL hasn't come back")

    def end(self) -> None:
        """Stop for good."""
        self._stopping.set()
        self._keeper.join()
        self.cluster.stop()

    def _keep_up(self) -> None:
        while not self._stopping.wait(0.1):
            if self.cluster.process and self.cluster.process.poll() is not None:
                self._stopping.wait(RESTART_S)
                self._start()

    def _start(self) -> None:
        """Refused while processes of the dead one still live, or the disk is full: tried again."""
        try:
            self.starts += 1
            self.cluster.start(*OPTIONS)
        except NoPostgresError:
            return


@contextmanager
def own_server(folder: Path) -> Iterator[Server]:
    """Stand on a server of one's own while the block runs, in an empty database."""
    server = Server(folder)
    try:
        with psycopg.connect(server.cluster.url, autocommit=True) as link:
            link.execute("CREATE DATABASE soak")
        os.environ["BIHUAN_DATABASE"] = f"{server.cluster.url.rpartition('/')[0]}/soak"
        connection.close()
        connection.settings_dict.update(
            NAME="soak", USER="bihuan", PASSWORD="", HOST="127.0.0.1", PORT=str(server.cluster.port)
        )
        yield server
    finally:
        connection.close()
        server.end()


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder that the server's user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="bihuan-postgres-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def server_user() -> int | None:
    """Who runs it where we are root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]
