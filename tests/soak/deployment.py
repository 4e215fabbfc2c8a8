"""A real deployment: `bihuan serve` with its processes, which can be killed and started again."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).parents[2]
READY_S = 90
POINTS = {
    "web": ("commit.before", "commit.after", "file.before", "file.after"),
    "worker": ("commit.before", "commit.after", "mail.before", "mail.after"),
}


class NotReadyError(RuntimeError):
    """The deployment didn't come back."""


class Deployment:
    """One `serve` on a port of its own, in the data folder of this process."""

    def __init__(self, *, mail_port: int, **environment: str) -> None:
        self.home = Path(settings.HOME)
        self.port = _free_port()
        self.environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'tests/soak/points'}{os.pathsep}{os.environ['PYTHONPATH']}",
            "SOAK_MAIL_PORT": str(mail_port),
            **environment,
        }
        self.supervisor: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start serving and wait until it answers."""
        command = [sys.executable, "-m", "bihuan", "serve", "--port", str(self.port)]
        self.supervisor = subprocess.Popen(command, cwd=ROOT, env=self.environment)  # noqa: S603
        self.wait()

    def wait(self) -> None:
        """Until the deployment says that it is ready."""
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            if self.supervisor is None or self.supervisor.poll() is not None:
                raise NotReadyError("serve has ended by itself")
            if self._is_ready():
                return
            time.sleep(0.05)
        raise NotReadyError(f"not ready {READY_S} s after a kill")

    def _is_ready(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            link.request("GET", "/health/ready")
            return link.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()

    def kill(self, name: str) -> int:
        """Kill -9 the processes of that name at once; returns how many there were."""
        victims = self.processes(name)
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if name == "everything" and self.supervisor:
            self.supervisor.wait()
        return len(victims)

    def arm(self, role: str, point: str, count: int) -> None:
        """Have the process of that role die when it comes to the point."""
        part = self.home / "kill-at.part"
        part.write_text(f"{point} {count}")
        part.replace(self.home / f"kill-at-{role}")

    def disarm(self) -> None:
        """Nobody dies any more."""
        for file in self.home.glob("kill-at-*"):
            file.unlink(missing_ok=True)

    def has_died(self) -> list[str]:
        """The named points at which processes died so far."""
        told = self.home / "died-at"
        return told.read_text().splitlines() if told.exists() else []

    def processes(self, name: str) -> list[int]:
        """Ids of this deployment's processes: web, web worker, worker or everything."""
        if self.supervisor is None:
            return []
        below = _below(self.supervisor.pid)
        web = [pid for pid in _children(self.supervisor.pid) if "granian" in below.get(pid, "")]
        return {
            "everything": [self.supervisor.pid, *below],
            "web": [pid for pid in below if "-m django" not in below[pid]],
            "web worker": [child for pid in web for child in _children(pid)],
            "worker": [pid for pid in below if "django work" in below[pid]],
        }[name]

    def stop(self) -> None:
        """End it in good order."""
        if self.supervisor and self.supervisor.poll() is None:
            self.supervisor.terminate()
            self.supervisor.wait(timeout=60)


def _below(pid: int) -> dict[int, str]:
    """Command lines of all processes under a process."""
    found: dict[int, str] = {}
    for child in _children(pid):
        found[child] = _command(child)
        found |= _below(child)
    return found


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    except OSError:
        return []
    return [int(part) for part in text.split()]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
