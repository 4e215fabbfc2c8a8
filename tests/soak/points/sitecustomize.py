"""Loaded by every process of a deployment under test: dies at a named point when told to.

The program itself isn't changed and doesn't know. A file `kill-at-<role>` in the data folder holds
`<point> <n>`: the process of that role that first sees it kills itself with -9 when it comes to
the point for the nth time. Mail goes to the port of the test's own mail server.
"""

import os
import signal
import smtplib
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

HOME = Path(os.environ["BIHUAN_HOME"])
COMMAND = Path("/proc/self/cmdline").read_bytes().replace(b"\0", b" ").decode()
ROLES = {"django work": "worker", "bihuan import": "import", "granian": "web", "spawn": "web"}
ROLE = next((role for words, role in ROLES.items() if words in COMMAND), "")
armed: dict[str, int] = {}


def reach(point: str) -> None:
    """Die here when it is time."""
    file = HOME / f"kill-at-{ROLE}"
    if not armed and file.exists():
        named, count = file.read_text().split()
        file.unlink(missing_ok=True)
        armed[named] = int(count)
    if point in armed:
        armed[point] -= 1
        if armed[point] <= 0:
            with (HOME / "died-at").open("a") as told:
                told.write(f"{ROLE} {point}\n")
            os.kill(os.getpid(), signal.SIGKILL)


def commit(self: BaseDatabaseWrapper) -> None:
    """Commit, with a point on each side."""
    reach("commit.before")
    plain_commit(self)
    reach("commit.after")


def replace(self: Path, target: Path) -> Path:
    """Put a file in its place, with a point on each side."""
    reach("file.before")
    done = plain_replace(self, target)
    reach("file.after")
    return done


def sendmail(self: smtplib.SMTP, *given: object, **options: object) -> object:
    """Send a mail, with a point on each side."""
    reach("mail.before")
    done = plain_sendmail(self, *given, **options)
    reach("mail.after")
    return done


def connect(self: smtplib.SMTP, host: str = "localhost", port: int = 0, **given: object) -> object:
    """Go to the test's mail server, whatever port is asked for."""
    return plain_connect(self, "127.0.0.1", int(os.environ["SOAK_MAIL_PORT"]), **given)


plain_connect, smtplib.SMTP.connect = smtplib.SMTP.connect, connect
if ROLE:
    plain_commit, BaseDatabaseWrapper._commit = BaseDatabaseWrapper._commit, commit  # noqa: SLF001
    plain_replace, Path.replace = Path.replace, replace
    plain_sendmail, smtplib.SMTP.sendmail = smtplib.SMTP.sendmail, sendmail
