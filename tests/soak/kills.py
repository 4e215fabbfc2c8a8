"""Kill -9 under load: what was acknowledged is there once, nothing is half done or lost.

On PostgreSQL the server itself is killed too, and started again; web and worker aren't.
"""

import random
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from bihuan.api.tokens import make_token
from bihuan.matters.history import Past, import_matter
from tests.soak import ground
from tests.soak.asking import Caller, Journal
from tests.soak.clients import Citizen, Clerk, Client, Importer, Sender
from tests.soak.deployment import POINTS, Deployment, NotReadyError
from tests.soak.judging import after_kill, at_the_end
from tests.soak.mailbox import Mailbox, mailbox
from tests.soak.servers import Server, own_server, server_folder

TOKENS_EACH = 9
LATE_LEADS = 4  # come in each round with rungs long due, so that the clock has work
LATE_DAYS = 8  # the answer is due within seven
ROLES = ("web", "web worker", "worker", "everything", "point web", "point worker")
SERVER = {"postgres": signal.SIGKILL, "postgres at once": signal.SIGQUIT}
IMPORTS = 0.3  # of the rounds
POINT_WAIT_S = 12
Figures = dict[str, object]


def rounds(numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], Figures]]:
    """Each round is one kill of the next kind at a drawn moment, on one deployment."""
    with ExitStack() as stack:
        mails = stack.enter_context(mailbox())
        server = None
        if not ground.is_sqlite():
            server = stack.enter_context(own_server(stack.enter_context(server_folder())))
        ground_of = Ground(mails, server=server)
        roles = (*ROLES, *(SERVER if server else ()))
        try:
            for number in numbers:
                draw = ground.drawn(seed, "kills", number)
                role = roles[(seed + number) % len(roles)]
                faults, figures = ground_of.round(number, role, draw)
                if number == numbers[-1] and not faults:
                    ground_of.deployment.stop()
                    faults = at_the_end(mails, now=timezone.now(), kills=ground_of.kills)
                    figures |= {"mails": sum(mails.mails.values())}
                yield number, faults, figures
        finally:
            ground_of.deployment.stop()


class Ground:
    """One deployment under load, with the log of its clients."""

    def __init__(
        self,
        mails: Mailbox,
        *,
        server: Server | None = None,
        journal: Path | None = None,
        **environment: str,
    ) -> None:
        self.server = server
        self.county = ground.settle()
        for account in ("office", "head", "receiver"):
            user = self.county.users[account]
            user.email = f"{account}@example.invalid"
            user.save()
        self.journal = Journal((journal or Path(settings.HOME)) / "journal.jsonl")
        self.tokens = {account: self._tokens(account) for account in ("intake", "office")}
        self.backlog = self.kills = 0
        self.deployment = Deployment(mail_port=mails.port, **environment)
        settings.MAILERS["default"]["OPTIONS"]["port"] = mails.port
        connection.close()
        self.deployment.start()

    def round(self, number: int, role: str, draw: random.Random) -> tuple[list[str], Figures]:
        """Load, kill, come back, let the clients finish, judge."""
        self._be_late(number)
        clients = self._clients(number, draw)
        for client in clients:
            client.start()
        time.sleep(draw.uniform(0.2, 1.5))
        before = self.deployment.processes("everything")
        how = self._kill(role, draw)
        started = time.monotonic()
        try:
            if role == "everything":
                self.deployment.start()
            self.deployment.wait()
        except NotReadyError as lost:
            return [f"{role}: {lost}"], {}
        back = time.monotonic() - started
        time.sleep(0.3)
        gone = set(before) - set(self.deployment.processes("everything"))
        for client in clients:
            client.stopping.set()
        for client in clients:
            client.join()
        may_be_out = self.server is not None
        faults = after_kill(self.journal, backlog=self.backlog, may_be_out=may_be_out)
        if role in SERVER and gone:
            faults.append("web or worker were started again, though only the database went")
        connection.close()
        known = len(self.journal.read("asked"))
        figures = {"kill": how, "back_s": round(back, 1), "acknowledged": known}
        return [f"after {how}: {fault}" for fault in faults], figures

    def _kill(self, role: str, draw: random.Random) -> str:
        self.kills += 1
        if self.server and role in SERVER:
            self.server.kill(SERVER[role])
            self.server.wait()
            return f"{role}, {len(self.journal.read('outage'))} told so far"
        name = role.removeprefix("point ")
        if name == "worker":
            self._wake_worker(draw, waits=role == name)
        if role == name:
            return f"{role} ×{self.deployment.kill(role)}"
        before = len(self.deployment.has_died())
        point = draw.choice(POINTS[name])
        self.deployment.arm(name, point, draw.randint(1, 6 if name == "web" else 3))
        until = time.monotonic() + POINT_WAIT_S
        while time.monotonic() < until:
            told = self.deployment.has_died()[before:]
            if any(line.startswith(name) for line in told):
                return f"{name} at {point}"
            time.sleep(0.02)
        self.deployment.disarm()  # the point wasn't reached in time
        return f"{name} ×{self.deployment.kill(name)}, {point} not reached"

    def _wake_worker(self, draw: random.Random, *, waits: bool) -> None:
        """A worker mostly rests; started anew it does its round at once."""
        self.kills += 1
        self.deployment.kill("worker")
        while waits and not self.deployment.processes("worker"):
            time.sleep(0.02)
        time.sleep(draw.uniform(0.3, 2.5) if waits else 0)

    def _clients(self, number: int, draw: random.Random) -> list[Client]:
        port, journal, county = self.deployment.port, self.journal, self.county
        first, second, third = (
            {name: Caller(port, self.tokens[name][place::3]) for name in self.tokens}
            for place in range(3)
        )
        clients: list[Client] = [
            Citizen(f"citizen{number}", Caller(port, []), journal, county),
            Sender(f"sender{number}", first["intake"], journal, county),
            Clerk(f"clerk{number}", second, journal, county),
            Clerk(f"other{number}", third, journal, county),
        ]
        if draw.random() < IMPORTS:
            clients.append(Importer(f"import{number}", self.deployment, journal, county))
        return clients

    def _be_late(self, number: int) -> None:
        """Leads come in from elsewhere whose answer was due yesterday: rungs act as of today."""
        then = timezone.now() - timedelta(days=LATE_DAYS)
        by = self.county.actor("office", on=then.date())
        for place in range(LATE_LEADS):
            title = f"反映兴旺煤矿迟办的问题{number}之{place}"
            facts = {**ground.registering(self.county, title), "confirmed": ["title", "summary"]}
            marks = {"received_at": then.isoformat(), "handed_over_on": then.date().isoformat()}
            past = Past(
                stage="assigned",
                happened_at=then,
                unit_id=self.county.units["coal"].pk,
                region_id=self.county.regions["north"].pk,
                facts=facts,
                marks=marks,
            )
            import_matter("lead", past, by=by)
        self.backlog += LATE_LEADS
        connection.close()

    def _tokens(self, account: str) -> list[str]:
        now: datetime = timezone.now()
        user = self.county.users[account]
        made = (make_token(user, name="负载", days=30, now=now) for _ in range(TOKENS_EACH))
        return [text for _row, text in made]
