"""How substations (FZSS) and positioning stations (JZSS) run and what feeds them, over time."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from bihuan.telemetry.entries import Entry
from bihuan.telemetry.notation import time_of

CODE_OF: Final = {"FZSS": "substation", "JZSS": "station"}


class State(NamedTuple):
    """One state of a station from the first to the last time at which it was told, in seconds."""

    station: str
    running: str
    supply: str
    first_at: int
    last_at: int


def states_of(entries: Iterable[Entry]) -> list[State]:
    """States in order of station and time; equal ones that follow each other are one.

    `entries` are in the order of T1: of several about one station and time the last counts.
    Those with an impossible time or a station of another mine say nothing.
    """
    last: dict[tuple[str, int], tuple[str, str]] = {}
    for one in entries:
        station, time = one.cells[CODE_OF[one.name.kind]], time_of(one.cells["data_at"])
        if time is not None and station.startswith(one.name.mine):
            last[station, time] = one.cells["running"], one.cells["supply"]
    found: list[State] = []
    for (station, time), (running, supply) in sorted(last.items()):
        if found and found[-1][:3] == (station, running, supply):
            found[-1] = found[-1]._replace(last_at=time)
        else:
            found.append(State(station, running, supply, time, time))
    return found
