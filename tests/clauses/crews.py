"""A mine with shifts and a face, and reports of who is underground as its system sends them."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from bihuan.matters.moment import standing_at
from bihuan.matters.records import write_record
from bihuan.monitoring.crews import cells
from bihuan.monitoring.declarations import BOARDS
from tests.doors import Door, march

MINE = "990121000001"
FACE, ROAD = f"{MINE}0002", f"{MINE}0009"
SHIFTS = (("早班", "08:00", "16:00"), ("中班", "16:00", "24:00"), ("夜班", "00:00", "08:00"))


def card(number: int) -> str:
    """A card of the mine."""
    return f"{MINE}{number:05}"


@dataclass
class Crews:
    """青石岭煤矿 as its own account and the bureau see it."""

    door: Door

    @property
    def site(self) -> int:
        """The mine."""
        return self.door.county.sites["qingshiling"].pk

    def record(self, ledger: str, *, by: str = "watch", **facts: Any) -> Any:
        """Write a record through the desk's own door."""
        actor = self.door.county.actor(by)
        given = {"site": self.site, "valid_from": "2026-03-01", **facts}
        return write_record(ledger, by=actor, now=march(1), facts=given)

    def shifts(self) -> None:
        """Three shifts of eight hours."""
        for name, begins, ends in SHIFTS:
            self.record("shift_time", shift=name, begins=begins, ends=ends)

    def face(self, kind: str, area: str = FACE, name: str = "3101工作面") -> None:
        """A face in being."""
        self.record("work_face", name=name, area=area, kind=kind)

    def send(
        self,
        at: datetime,
        *,
        at_face: int | list[int] = 0,
        elsewhere: int = 0,
        arrives: datetime | None = None,
        persons: list[dict[str, Any]] | None = None,
    ) -> Any:
        """Send who is underground at a moment, by the mine's token."""
        numbers = list(range(at_face)) if isinstance(at_face, int) else at_face
        told = [{"card": card(n), "area": FACE} for n in numbers]
        told += [{"card": card(50000 + n), "area": ROAD} for n in range(elsewhere)]
        body = {"mine": MINE, "at": at.isoformat(), "persons": persons or told}
        return self.door.call("firm", "post", "positions", arrives or at, body)

    def page(self, at: datetime, *, by: str = "watch", on: str = "", status: int = 200) -> str:
        """The mine's page as it is read."""
        return self._read(reverse("monitoring:crew", args=(self.site,)), at, by, on, status)

    def desk(self, at: datetime, *, by: str = "watch") -> str:
        """What burns, with its first line beside."""
        return self._read(reverse("monitoring:watch"), at, by)

    def face_cells(self, at: datetime, name: str) -> dict[str, Any]:
        """The line of a face."""
        return _line(self.page(at), "工作面", name, cells.FACE_COLUMNS)

    def shift_cells(self, at: datetime, name: str, *, on: str) -> dict[str, Any]:
        """The line of a shift."""
        return _line(self.page(at, on=on), "班次人数", name, cells.SHIFT_COLUMNS)

    def board(self, key: str, at: datetime, mine: str, *, by: str = "watch") -> dict[str, Any]:
        """The line of a mine on a board."""
        page = self._read(reverse("monitoring:board", args=(key,)), at, by)
        board = next(one for one in BOARDS if one.key == key)
        heads = [{"key": one.key, "kind": one.kind} for one in board.heads]
        return _line(page, board.label, mine, heads)

    def _read(self, url: str, at: datetime, by: str, on: str = "", status: int = 200) -> str:
        client = Client()
        client.force_login(self.door.county.users[by])
        with standing_at(at):
            answer = client.get(url, {"on": on} if on else {})
        assert answer.status_code == status
        return answer.content.decode()


def _line(page: str, caption: str, name: str, columns: list[dict[str, str]]) -> dict[str, Any]:
    """A line of a table by its first cell: texts by column, with what stands below in small."""
    table = page.split(f'<caption class="hush">{caption}</caption>', 1)[1].split("</table>", 1)[0]
    for row in table.split("<tr")[2:]:
        found = dict(zip([one["key"] for one in columns], _cells(row, columns), strict=True))
        if _text(next(iter(found.values()))) == name:
            return found
    raise AssertionError(f"{name!r} has no line in {caption!r}")


def _cells(row: str, columns: list[dict[str, str]]) -> list[Any]:
    inside = re.findall(r"<td[^>]*>(.*?)</td>", row, flags=re.DOTALL)[: len(columns)]
    return [_cell(html, column["kind"]) for html, column in zip(inside, columns, strict=True)]


def _cell(html: str, kind: str) -> Any:
    if 'class="hush">未填' in html:
        return ""
    text, _, sub = html.partition("<small>")
    plain = unescape(re.sub(r"<[^>]+>", "", text)).strip()
    below = unescape(re.sub(r"<[^>]+>", "", sub)).strip()
    return (plain, below) if kind in ("title", "two", "link") else plain


def _text(cell: Any) -> str:
    return cell[0] if isinstance(cell, tuple) else str(cell)
