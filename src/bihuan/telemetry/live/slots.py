"""Places of the episodes that may last at a point: its four limits, two more, those of packs."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np

from bihuan.telemetry import frozen, silence
from bihuan.telemetry.definitions import ANALOGUE, MACHINES, Machine
from bihuan.telemetry.packs import PackLimit, WrongLimit

# One for each limit of a definition, and these two; those of packs follow.
FROZEN: Final = len(MACHINES)
SILENT: Final = len(MACHINES) + 1
PACKS: Final = len(MACHINES) + 2
_BITS: Final = 32
# The last bit of what lasts at a point: a delay holds something back there.
WAITS: Final = np.uint32(1 << (_BITS - 1))
_RULES_BYTES: Final = 6


class Place(NamedTuple):
    """A machine, its number among them, and its slot."""

    number: int
    slot: int
    machine: Machine


class Slots:
    """What may last at a point, by number of slot; `limits` are those of packs."""

    def __init__(self, limits: Sequence[PackLimit] = ()) -> None:
        """`WrongLimit` where there are more limits than bits."""
        if len(limits) > _BITS - 1 - PACKS:
            raise WrongLimit(f"规则的门限有{len(limits)}条，最多{_BITS - 1 - PACKS}条。")
        own = tuple(one.machine for one in limits)
        self.places = (
            *(Place(number, number, one) for number, one in enumerate(MACHINES)),
            *(Place(FROZEN + n, PACKS + n, one) for n, one in enumerate(own)),
        )
        self.keys: tuple[tuple[str, str], ...] = (
            *((one.kind, one.level) for one in MACHINES),
            (frozen.KIND, ""),
            (silence.KIND, ""),
            *((one.kind, one.level) for one in own),
        )
        self.slot_of = {key: slot for slot, key in enumerate(self.keys)}
        longest = (max(one.on_delay_s, one.off_delay_s) for one in limits)
        self.delay_s = (*(0 for _slot in range(PACKS)), *longest)
        self._lower = {one.slot for one in self.places if one.machine.sign < 0}
        self.of_machines = np.uint32(sum(1 << one.slot for one in self.places)) | WAITS

    def __len__(self) -> int:
        """How many there are."""
        return len(self.keys)

    def delay_of(self, kind: str, level: str) -> int:
        """How much later than it happens what begins or ends is known at most, in seconds."""
        return self.delay_s[self.slot_of[kind, level]]

    def is_lower(self, kind: str, level: str) -> bool:
        """Whether small values raise it."""
        return self.slot_of[kind, level] in self._lower

    def find(self, kind: str, level: str) -> int | None:
        """The slot of episodes of that kind and level; None where nothing live judges them."""
        return self.slot_of.get((kind, level))


def rules_of(limits: Iterable[PackLimit]) -> int:
    """A number that says which limits of packs are judged, 0 for none."""
    told = [repr((*_plain(one),)) for one in limits]
    if not told:
        return 0
    digest = hashlib.sha256("\n".join(sorted(told)).encode()).digest()
    return int.from_bytes(digest[:_RULES_BYTES], "big") or 1


def _plain(one: PackLimit) -> Iterable[object]:
    yield from (one.key, one.level, one.side, sorted(one.sensor_types), one.unit)
    yield from (one.on, one.off, one.on_delay_s, one.off_delay_s)
    if one.value_kind != ANALOGUE:  # ledgers know those of analogue points without it
        yield one.value_kind
