"""Limits with delays, by the oracle (T12)."""

from dataclasses import dataclass

from bihuan.telemetry.tests.oracle.meaning import t6_counts
from bihuan.telemetry.tests.oracle.words import Reading


@dataclass(frozen=True)
class Limit:
    """What holds from a moment on; `on` is None where there is no limit."""

    moment: int
    on: float | None
    off: float
    on_delay_s: int
    off_delay_s: int


@dataclass
class Machine:
    """One machine of one point; r0 and r1 are the candidates with the times they are due at."""

    kind: str
    start: int | None = None
    r0: tuple[int, int] | None = None
    r1: tuple[int, int] | None = None

    def withdraw(self, time: int) -> list[tuple[int, int | None]]:
        """The limit ceases at this time."""
        start, self.start, self.r0, self.r1 = self.start, None, None, None
        return [] if start is None else [(start, time)]

    def read(self, one: Reading, limit: Limit) -> list[tuple[int, int | None]]:
        """A reading under this limit; the span that it ends."""
        if limit.on is None:
            return []
        value, is_upper = one.value or 0.0, self.kind == "upper_limit"
        reaches = value >= limit.on if is_upper else value <= limit.on
        leaves = value < limit.off if is_upper else value > limit.off
        if self.start is None:
            self._rise(one.time, limit, reaches=reaches, leaves=leaves)
            return []
        return self._fall(self.start, one.time, limit, reaches=reaches, leaves=leaves)

    def _rise(self, time: int, limit: Limit, *, reaches: bool, leaves: bool) -> None:
        if self.r0 is None and reaches:
            self.r0 = time, time + limit.on_delay_s
        if leaves:
            self.r0 = None
        if self.r0 is not None and time >= self.r0[1]:
            self.start, self.r0 = self.r0[0], None

    def _fall(
        self, start: int, time: int, limit: Limit, *, reaches: bool, leaves: bool
    ) -> list[tuple[int, int | None]]:
        if self.r1 is None and leaves:
            self.r1 = time, time + limit.off_delay_s
        if reaches:
            self.r1 = None
        if self.r1 is None or time < self.r1[1]:
            return []
        end, self.start, self.r1 = self.r1[0], None, None
        return [(start, end)]


def t12_spans(
    readings: list[Reading], limits: list[Limit], kind: str
) -> list[tuple[int, int | None]]:
    """Start and end of the episodes of one machine of one point."""
    changes = [(one.moment, 0, one) for one in limits[1:] if one.on is None]
    counted = [(one.time, 1, one) for one in readings if t6_counts(one)]
    machine = Machine(kind)
    spans: list[tuple[int, int | None]] = []
    for time, _rank, event in sorted([*changes, *counted], key=lambda found: found[:2]):
        if isinstance(event, Limit):
            spans += machine.withdraw(time)
        else:
            held = [one for one in limits if one.moment <= time or one is limits[0]]
            spans += machine.read(event, held[-1])
    return spans if machine.start is None else [*spans, (machine.start, None)]
