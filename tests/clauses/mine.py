"""A mine that sends its files, taken in as `telemetry ingest` does, and followed to the desk."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings

from bihuan.language.clock import SHANGHAI
from bihuan.matters.models import Matter
from bihuan.monitoring.alarms.following import follow
from bihuan.monitoring.alarms.losses import check_losses
from bihuan.telemetry.intake.folder import WatchedFolder
from bihuan.telemetry.intake.ingesting import Ingest
from bihuan.telemetry.tests.inboxes import Inbox, definition, reading

MINE = "990121000001"  # 青石岭煤矿 of 青石县
METHANE = f"{MINE}01MN000100000001"
LASER = f"{MINE}01MN004300000002"


@dataclass
class Mine:
    """One mine's monitoring system; readings come with the moment of their file."""

    folder: Path
    code: str = MINE
    defined: set[str] = field(default_factory=set)

    @property
    def store(self) -> Path:
        """Where the deployment keeps its readings."""
        return Path(settings.HOME) / "telemetry"

    def define(self, point: str, **limits: str) -> None:
        """Say what a point is."""
        record = definition(point, **limits)
        Inbox(self.folder).send("CDDY", len(self.defined), record, mine=self.code)
        self.defined.add(point)

    def define_switch(self, point: str, **told: str) -> None:
        """Say that a point is a switch, and what is told of it."""
        self.define(point, **{"kind": "KG", "unit": "", "low": "", "upper": "", **told})

    def send(self, clock: str, value: str, *, point: str = METHANE, status: str = "0") -> None:
        """One reading of one point, at a time of 2026-03-01."""
        record = reading(clock, value, status, point=point)
        Inbox(self.folder).send("CDSS", clock, record, mine=self.code)

    def send_states(self, clock: str, states: dict[str, str]) -> None:
        """One reading of each of these points, in one file."""
        records = [reading(clock, value, point=point) for point, value in states.items()]
        Inbox(self.folder).send("CDSS", clock, *records, mine=self.code)

    def send_again(self, clock: str, value: str, *, at: str, point: str = METHANE) -> None:
        """A reading of an earlier moment in a later file."""
        Inbox(self.folder).send("CDSS", at, reading(clock, value, point=point), mine=self.code)

    def lose_a_link(self) -> None:
        """The methane sensor says nothing from 08:00 to 08:39, while the laser one does."""
        self.define(LASER)
        for minute in range(40):
            self.send(f"08:{minute:02}:00", "0.20", point=LASER)
        self.send("08:00:00", "0.20")
        self.arrive(clock(8, 39))

    def ingest(self) -> None:
        """Take in what was sent."""
        self.store.mkdir(parents=True, exist_ok=True)
        taken = self.store / "taken"
        Ingest(folder=self.store, channels=[WatchedFolder(self.folder, taken=taken)]).once()

    def arrive(self, at: datetime) -> None:
        """What was sent is taken in and followed to the desk at that moment."""
        self.ingest()
        follow(now=at)
        check_losses(now=at)


def point(number: int) -> str:
    """The code of one of the mine's methane sensors."""
    return f"{MINE}01MN0001{number:08}"


def clock(hour: int, minute: int, second: int = 0) -> datetime:
    """A moment of 2026-03-01 in Shanghai."""
    return datetime(2026, 3, 1, hour, minute, second, tzinfo=SHANGHAI)


def alarms() -> list[Matter]:
    """Alarm matters in the order of their numbers."""
    return list(Matter.objects.filter(kind="alarm").order_by("id"))
