"""A full disk under load: each answer is kept or is a sentence, and room is all that is needed.

On SQLite the data folder lies on a small file system, on PostgreSQL the server's own folder does.
In every other round on SQLite, and wherever mounting isn't allowed, no file may grow instead.
Nothing is started again by us; only PostgreSQL, which ends when its log can't be written, is
started by whoever keeps it, as systemd would.
"""

import hashlib
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from bihuan.leads.models import Envelope
from bihuan.matters import files
from bihuan.matters.identity import from_code
from bihuan.matters.models import Attachment
from bihuan.matters.verify import verify
from tests.soak import ground
from tests.soak.asking import Caller, Journal
from tests.soak.clients import Client, Importer
from tests.soak.judging import after_kill, at_the_end
from tests.soak.kills import Figures, Ground
from tests.soak.mailbox import Mailbox, mailbox
from tests.soak.servers import Server, own_server, server_folder, server_user
from tests.soak.small_disk import LimitedFiles, MountedDisk, mounted, unmounted
from tests.soak.visiting import DeskSender, Visitor

MEGABYTES = {"sqlite": 320, "postgresql": 512}  # of forty rounds
RESERVE_MB = 8
FULL_S, ROOM_S = 3.0, 1.5
READY_AGAIN_S = 60
UNDONE = ("没有办完", "还不清楚")  # of a full disk, and of a database that ended for want of room
ALARMS = {"disk_full", "writes_refused"}

type Disk = MountedDisk | LimitedFiles


def rounds(numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], Figures]]:
    """Each round fills the disk once, on one deployment."""
    with ExitStack() as stack:
        mails = stack.enter_context(mailbox())
        ground_of = _ground(stack, mails)
        try:
            for number in numbers:
                faults, figures = ground_of.fill(number, ground.drawn(seed, "disk", number))
                if number == numbers[-1] and not faults:
                    ground_of.deployment.stop()
                    faults = [*at_the_end(mails, now=timezone.now(), kills=ground_of.kills)]
                    faults += ground_of.untouched()
                yield number, faults, figures
        finally:
            for disk in ground_of.disks:
                disk.make_room()
            ground_of.deployment.stop()


def _ground(stack: ExitStack, mails: Mailbox) -> "FullGround":
    """The deployment with its disks; the journal of its clients lies elsewhere."""
    journal = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bihuan-journal-")))
    if not ground.is_sqlite():
        folder = stack.enter_context(server_folder())
        is_small = mounted(folder, megabytes=MEGABYTES["postgresql"], owner=server_user())
        if is_small:
            stack.callback(unmounted, folder)
        server = stack.enter_context(own_server(folder))
        return FullGround(mails, journal=journal, server=server, small=folder if is_small else None)
    home = Path(settings.HOME)
    kept = shutil.copytree(home / "secrets", journal / "secrets")
    is_small = mounted(home, megabytes=MEGABYTES["sqlite"])
    if is_small:
        stack.callback(unmounted, home)
        shutil.copytree(kept, home / "secrets")
    return FullGround(mails, journal=journal, server=None, small=home if is_small else None)


class FullGround(Ground):
    """One deployment whose disk is filled and emptied."""

    def __init__(
        self, mails: Mailbox, *, journal: Path, server: Server | None, small: Path | None
    ) -> None:
        reserve = "BIHUAN_DISK_RESERVE_MB"
        super().__init__(mails, server=server, journal=journal, **{reserve: str(RESERVE_MB)})
        limited = LimitedFiles(
            self._writers, self._largest, owner=server_user() if server else None
        )
        self.disks: list[Disk] = [limited] if server is None or small is None else []
        if small is not None:
            self.disks.insert(0, MountedDisk(small))
        self.told: Counter[str] = Counter()
        self.first = self._web_and_worker()

    def fill(self, number: int, draw: random.Random) -> tuple[list[str], Figures]:
        """Load, fill, make room, let the clients finish, judge."""
        self._be_late(number)
        disk = self.disks[number % len(self.disks)]
        visitor = Visitor(f"visitor{number}", self.deployment.port, self.journal)
        clients = [*self._clients(number, draw), self._desk_sender(number)]
        clients = [one for one in clients if not isinstance(one, Importer)]
        for one in (*clients, visitor):
            one.start()
        time.sleep(draw.uniform(0.2, 1.0))
        before = len(self.journal.read("outage"))
        self.kills += 2  # rounds of the worker that the disk may break off between mail and mark
        disk.fill()
        time.sleep(FULL_S)
        disk.make_room()
        faults = self._ready_again()
        time.sleep(ROOM_S)
        for one in (*clients, visitor):
            one.stopping.set()
        for one in (*clients, visitor):
            one.join()
        told = self.journal.read("outage")[before:]
        unwritten = [line for line in told if any(word in str(line["answer"]) for word in UNDONE)]
        self.told[disk.way] += len(unwritten)
        faults += self._judged(visitor)
        known = len(self.journal.read("asked"))
        return [f"after {disk.way}: {fault}" for fault in faults], {
            "way": disk.way,
            "told": len(told),
            "of writes": len(unwritten),
            "acknowledged": known,
            "database starts": self.server.starts if self.server else 0,
        }

    def untouched(self) -> list[str]:
        """Each way that was tried refused something."""
        return [f"{way}: nothing was refused" for way, told in self.told.items() if not told]

    def _judged(self, visitor: Visitor) -> list[str]:
        faults = after_kill(self.journal, backlog=self.backlog, may_be_out=True)
        faults += [*_whole_files(), *_desk_files(self.journal), *verify(files=True).faults]
        faults += [f"page {path} answered {status}" for path, status in visitor.broken]
        if not visitor.alarms & ALARMS and self.server is None:
            faults.append("health never told of the full disk")
        if self._web_and_worker() != self.first:
            faults.append("web or worker were started again")
        connection.close()
        return faults

    def _ready_again(self) -> list[str]:
        began = time.monotonic()
        if self.server:
            self.server.wait()
        self.deployment.wait()
        took = time.monotonic() - began
        return [f"ready only {took:.0f} s after room was made"] if took > READY_AGAIN_S else []

    def _desk_sender(self, number: int) -> Client:
        browser = Browser()
        browser.force_login(self.county.users["intake"])
        cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
        connection.close()
        caller = Caller(self.deployment.port, self.tokens["intake"])
        return DeskSender(f"desk{number}", caller, self.journal, self.county, cookie=cookie)

    def _writers(self) -> list[int]:
        """Whose files are limited: those of the database's processes."""
        return self.server.processes() if self.server else self.deployment.processes("everything")

    def _largest(self) -> int:
        if self.server:
            return self.server.largest()
        database = Path(str(connection.settings_dict["NAME"]))
        return database.stat().st_size  # its log, which is written first, soon comes to it

    def _web_and_worker(self) -> set[int]:
        return set(self.deployment.processes("everything"))


def _whole_files() -> Iterator[str]:
    """A file that looks whole has the bytes that its name says, and every sealed file is there."""
    names = set()
    for path in files.kept():
        names.add(path.name)
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.name:
            yield f"file {path.name[:12]} looks whole and isn't"
    for envelope in Envelope.objects.exclude(digest="").order_by("pk"):
        if envelope.digest not in names:
            yield f"the sealed file of envelope {envelope.pk} is gone"


def _desk_files(journal: Journal) -> Iterator[str]:
    for line in journal.read("desk file"):
        rows = Attachment.objects.filter(digest=line["digest"], matter_id=from_code(line["lead"]))
        if rows.count() != 1:
            yield f"file {line['digest'][:12]} of the desk stands {rows.count()} times"
