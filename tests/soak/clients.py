"""Those who work while processes are killed: citizens, clerks, senders of files, an importer."""

import hashlib
import random
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from threading import Event, Thread
from typing import Any

from tests.people import County
from tests.soak import ground
from tests.soak.asking import Caller, Journal, LostError
from tests.soak.deployment import ROOT, Deployment

PATIENCE_S = 120
TOO_MANY, SERVER_ERROR = 429, 500
OUTAGES = (503, 507)
AWAY = "数据库连不上"  # what a verb says then
HEADS = ("标题", "线索摘要", "举报类型", "举报来源", "举报人类别", "涉及企业")
ROWS = 120  # of an imported table: two whole chunks and a part


class Client(ABC, Thread):
    """Acts again and again until told to stop; finishes what it began."""

    def __init__(self, name: str, caller: Caller, journal: Journal, county: County) -> None:
        super().__init__(name=name, daemon=True)
        self.caller, self.journal, self.county = caller, journal, county
        self.stopping = Event()
        self.done = 0

    def run(self) -> None:
        """Act; an error of the client itself is a fault of the round."""
        try:
            while not self.stopping.is_set():
                self.done += 1
                self.act(f"{self.name}-{self.done}")
        except Exception as error:  # noqa: BLE001
            self.journal.note("broken", who=self.name, error=repr(error))

    @abstractmethod
    def act(self, key: str) -> None:
        """One piece of work, called by a key that nothing else has."""

    def surely(
        self, path: str, body: dict[str, Any], *, key: str, caller: Caller | None = None
    ) -> dict[str, Any]:
        """Ask with an Idempotency-Key until there is an answer, as a careful program does."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                status, answer = (caller or self.caller).send(path, body, key=key)
            except LostError:
                time.sleep(0.1)
                continue
            if status < TOO_MANY:
                return self.acknowledged(path, status, answer, key=key)
            self.refused(path, status, answer)
        raise TimeoutError(f"no answer to {path} within {PATIENCE_S} s")

    def acknowledged(self, path: str, status: int, answer: Any, *, key: str) -> dict[str, Any]:
        """Log what was answered before anything is built upon it."""
        if status not in (200, 201):
            raise ValueError(f"{path} was answered {status}: {answer}")
        self.journal.note("asked", key=key, path=path, answer=answer)
        found: dict[str, Any] = answer
        return found

    def refused(self, path: str, status: int, answer: Any) -> None:
        """Too many: wait. A server's error is a fault, but the request stands to be repeated.

        An outage that is told in a sentence is no error; the suite knows whether there was one.
        """
        is_told = status in OUTAGES and str(answer.get("detail", "")).endswith("。")
        if status >= SERVER_ERROR:
            what = "outage" if is_told else "error"
            self.journal.note(what, path=path, status=status, answer=answer)
        time.sleep(0.2)


class Clerk(Client):
    """Opens a lead and carries it to the section, each request with a key of its own."""

    def __init__(
        self, name: str, callers: dict[str, Caller], journal: Journal, county: County
    ) -> None:
        super().__init__(name, callers["intake"], journal, county)
        self.callers = callers

    def act(self, key: str) -> None:
        """One lead, five requests."""
        answers = ground.opening(self.county)
        lead = self.surely("matters", {"kind": "lead", "answers": answers}, key=f"{key}-open")
        title = f"反映兴旺煤矿的问题{key}"
        places = {
            "unit": self.county.units["coal"].pk,
            "locality": self.county.regions["north"].pk,
        }
        for who, step, given in (
            ("intake", "register", ground.registering(self.county, title)),
            ("office", "classify", places),
            ("office", "hand_over", {"letter_source": "public"}),
        ):
            path = f"matters/{lead['id']}/steps/{step}"
            caller = self.callers[who]
            self.surely(path, {"answers": given}, key=f"{key}-{step}", caller=caller)
            if self.stopping.is_set():
                return


class Sender(Client):
    """Adds files to a lead; a file whose answer was lost isn't sent again."""

    def act(self, key: str) -> None:
        """One lead, four files."""
        answers = ground.opening(self.county)
        lead = self.surely("matters", {"kind": "lead", "answers": answers}, key=f"{key}-open")
        for number in range(4):
            data = f"举证材料 {key} 之{number} {random.random()}\n".encode() * 400  # noqa: S311
            digest = hashlib.sha256(data).hexdigest()
            path = f"matters/{lead['id']}/files"
            self.journal.note("sent file", digest=digest)
            try:
                status, answer = self.caller.upload(path, name=f"材料{number}.txt", data=data)
            except LostError:
                time.sleep(0.1)
                continue
            if status < TOO_MANY:
                self.acknowledged(path, status, answer, key=f"{key}-{number}")
                self.journal.note("file", digest=digest, answer=answer, lead=lead["id"])
            else:
                self.refused(path, status, answer)


class Citizen(Client):
    """Files tip-offs through the portal's door; one whose answer was lost isn't sent again."""

    def act(self, key: str) -> None:
        """One tip-off."""
        words = f"夜班下井人数超过规定，带班领导没有下井，第{key}次反映。"
        tip = {"words": words, "site": self.county.sites["xingwang"].pk, "kind": "major_hazard"}
        self.journal.note("sent tip", key=key)
        try:
            status, answer = self.caller.send("tip-offs", tip)
        except LostError:
            time.sleep(0.1)
            return
        if status < TOO_MANY:
            self.acknowledged("tip-offs", status, answer, key=key)
            self.journal.note("tip", answer=answer)
        else:
            self.refused("tip-offs", status, answer)


class Importer(Client):
    """Imports tables from the command line; is told to die at a named point, or is killed."""

    def __init__(self, name: str, deployment: Deployment, journal: Journal, county: County) -> None:
        super().__init__(name, Caller(deployment.port, []), journal, county)
        self.deployment = deployment

    def act(self, key: str) -> None:
        """One table; most are broken off somewhere."""
        table = self.deployment.home / f"{key}.csv"
        titles = [f"反映兴旺煤矿的问题{key}第{row}行" for row in range(ROWS)]
        _write(table, titles)
        draw = random.Random(key)  # noqa: S311
        if draw.random() < 0.7:
            point = draw.choice(("commit.before", "commit.after"))
            self.deployment.arm("import", point, draw.randint(1, 3))
        self.journal.note("sent table", titles=titles)
        who = self.county.users["intake"].username
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "bihuan", "import", "lead", str(table), "--by", who],
            check=False,
            cwd=ROOT,
            env=self.deployment.environment,
            capture_output=True,
        )
        if done.returncode > 0:
            told = done.stderr.decode("utf-8", "replace")[-300:]
            what = "outage" if AWAY in told else "error"
            self.journal.note(what, path="import", status=done.returncode, answer=told)
        if done.returncode == 0:
            self.journal.note("table", titles=titles)
        self.stopping.wait(1)


def _write(table: Path, titles: list[str]) -> None:
    rows = [(title, ground.SUMMARY, "重大事故隐患", "来信", "群众", "兴旺煤矿") for title in titles]
    table.write_text("\n".join(",".join(row) for row in (HEADS, *rows)), "utf-8")
