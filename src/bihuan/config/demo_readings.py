"""Readings of the demonstration: files of a few mines, written as time passes, with its alarms."""

import math
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bihuan.config.demo_data import demo_data
from bihuan.language.clock import SHANGHAI

FIELDS: Final = 24
PERIOD_S: Final = 2_700.0
RISE_S: Final = 60.0


class Readings:
    """Writes what a mine's system would: its points once, then every reading in time.

    The same moment gives the same values, so that a restart goes on where it was.
    """

    def __init__(self, inbox: Path, mines: list[tuple[str, str]], *, began: datetime) -> None:
        """`mines` are (code, name); `began` is when the demonstration was started."""
        self.inbox, self.mines, self.began = inbox, mines, began
        self.told = demo_data("living")

    def define(self, at: datetime) -> None:
        """Say what the points are."""
        for code, name in self.mines:
            records = [_definition(code, point, at) for point in self.told["points"]]
            system = ("KJ000X", "安全监控系统", "示例厂家", "2030-12-31")
            self._send("CDDY", code, name, records, at, system=system)

    def send(self, at: datetime) -> None:
        """One reading of every point."""
        for place, (code, name) in enumerate(self.mines):
            self._send("CDSS", code, name, list(self._records(place, code, at)), at)

    def event_at(self, at: datetime) -> tuple[dict[str, Any], float] | None:
        """What happens at a moment, and for how many seconds it has."""
        told = self.told
        since = (at - self.began).total_seconds() - told["first_event_s"]
        if since < 0:
            return None
        turn, within = divmod(since, told["event_every_s"])
        if within > told["event_lasts_s"]:
            return None
        return told["events"][int(turn) % len(told["events"])], within

    def _records(self, place: int, code: str, at: datetime) -> Iterator[str]:
        event = self.event_at(at)
        for number, point in enumerate(self.told["points"]):
            value, status = self._normal(place, number, point, at), "0"
            if event and (event[0]["mine"], event[0]["point"]) == (place, number):
                value, status = self._raised(event, value)
            yield ";".join(
                (
                    _id(code, point),
                    point["name"],
                    point["place"],
                    f"{value:.{point['decimals']}f}",
                    point["unit"],
                    status,
                    f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
                )
            )

    def _normal(self, place: int, number: int, point: dict[str, Any], at: datetime) -> float:
        seconds = at.timestamp()
        turn = 2 * math.pi * seconds / (PERIOD_S * (1 + number / 7)) + place * 1.7 + number
        ripple = math.sin(seconds / 37 + number * 5 + place) * 0.25
        drawn = point["base"] + point["swing"] * (math.sin(turn) * 0.7 + ripple)
        return float(drawn)

    def _raised(self, event: tuple[dict[str, Any], float], normal: float) -> tuple[float, str]:
        told, within = event
        left = self.told["event_lasts_s"] - within
        share = min(1.0, within / RISE_S, left / RISE_S)
        return normal + (told["peak"] - normal) * share, told["status"]

    def _send(
        self,
        kind: str,
        code: str,
        name: str,
        records: list[str],
        at: datetime,
        *,
        system: tuple[str, ...] = (),
    ) -> None:
        here = at.astimezone(SHANGHAI)
        head = ";".join((code, name, *system, f"{here:%Y-%m-%d %H:%M:%S}"))
        text = "~".join((head, *records, "||"))
        path = self.inbox / f"{code}_{kind}_{here:%Y%m%d%H%M%S}.txt"
        beside = path.with_suffix(".part")
        beside.write_text(text, "utf-8")
        beside.rename(path)  # whole or not at all


def _id(code: str, point: dict[str, Any]) -> str:
    return f"{code}01{point.get('kind', 'MN')}{point['number']}"


def _definition(code: str, point: dict[str, Any], at: datetime) -> str:
    fields = [""] * FIELDS
    kind, is_switch = point.get("kind", "MN"), "words" in point
    fields[:6] = [_id(code, point), "01", f"{code}00001", point["number"][:4], kind, point["unit"]]
    fields[6:8] = ["", ""] if is_switch else [point["high"], "0"]
    fields[8:16] = point["limits"]
    fields[16:18] = point.get("words", ["", ""])
    fields[18], fields[23] = point["place"], f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    return ";".join(fields)
