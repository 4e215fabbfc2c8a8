"""Rows of matters as a ledger shows them: words for deadline, stage and progress."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from bihuan.database.prepared import prepared
from bihuan.desk.filtering import completed_stages
from bihuan.desk.shell import address
from bihuan.language.clock import Due, Tone, standing, tone
from bihuan.language.loop import Loop, Stage
from bihuan.matters.clocks import is_far
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter, Timer
from bihuan.matters.present import PresentFacts, present_facts, title_of
from bihuan.ui.words import day, local, short_day

type Row = dict[str, Any]

TAG_MAX = 4  # characters that the tag before a row holds
_MOMENT = timedelta(microseconds=1)
_TONES = {Tone.CALM: "ok", Tone.SOON: "soon", Tone.LATE: "late"}
_CODE = "0" * 13


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the rows of one page need besides themselves, looked up once."""

    at: datetime
    matter_url: str
    townships: dict[int, str] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    clocks: dict[int, tuple[datetime, datetime | None]] = field(default_factory=dict)
    above: dict[int, str] = field(default_factory=dict)  # numbers of the matters they stand beside
    drawn: dict[tuple[Any, ...], Row] = field(default_factory=dict)  # cells in common
    present: PresentFacts = field(default_factory=dict)  # what the trail tells from step to step

    def title_of(self, row: Row) -> str:
        """The title of a row, as it is now."""
        return title_of(row, self.present)


def look_at(
    rows: Sequence[Row],
    *,
    at: datetime,
    townships: dict[int, str] | None = None,
    categories: dict[str, str] | None = None,
    above: dict[int, str] | None = None,
) -> Look:
    """The look of these rows; one query for their clocks, one for the matters above them,
    one for what is so now of a kind that declares it.

    `above` holds the numbers of those that are known already.
    """
    return Look(
        at=at,
        matter_url=address("desk:matter", _CODE),
        townships=townships or {},
        categories=categories or {},
        clocks=_clocks([row["id"] for row in rows if row["is_open"]]),
        above={**(above or {}), **_numbers_above(rows, known=above or {})},
        present=present_facts(rows),
    )


def url_of(matter_id: int, *, look: Look) -> str:
    """Address of a matter's page, without a look at the address table per row."""
    return look.matter_url.replace(_CODE, to_code(matter_id))


def due_on(row: Row) -> date | None:
    """The due day of a day deadline (due at 24:00), None for a clock deadline."""
    if row["late_from"] != row["due_at"]:
        return None
    return local(row["due_at"] - _MOMENT).date()


def is_late(row: Row, *, at: datetime) -> bool:
    """Whether an open matter is overdue."""
    return bool(row["is_open"] and row["late_from"] <= at)


def deadline_cell(row: Row, *, look: Look) -> Row:
    """Words, date and tone of the deadline of a row."""
    if not row["is_open"]:
        whole = row["stage"] in completed_stages(catalog().loop(row["kind"]))
        words = "已办结" if whole else "已结束"
        return {"words": words, "date": short_day(row["closed_at"]), "tone": "done"}
    started, due_at = look.clocks.get(row["id"], (None, None))
    if is_far(row["due_at"]):
        return {
            "words": "中止计时" if started else "未设期限",
            "tone": "paused" if started else "ok",
        }
    known = (row["due_at"], row["late_from"])
    cell = look.drawn.get(known)
    if cell is None:
        cell = look.drawn[known] = _due_cell(row, at=look.at)
    if started is not None and due_at is not None and due_at > started:
        gone = round(min(max((look.at - started) / (due_at - started), 0.0), 1.0), 3)
        return {**cell, "fraction": gone}
    return cell


def _due_cell(row: Row, *, at: datetime) -> Row:
    due = Due(due_on=due_on(row), due_at=row["due_at"], late_from=row["late_from"])
    shown = due.due_on or local(row["due_at"]).date()
    colour = _TONES[tone(due, now=at)]
    if colour == "soon" and shown == local(at).date():
        colour = "today"
    return {
        "words": standing(due, now=at),
        "date": short_day(shown),
        "tone": colour,
        "at": day(shown),
    }


def progress_cell(loop: Loop, row: Row, *, look: Look) -> Row:
    """Where a matter stands on its loop, as marks and in words."""
    return _drawn_once("progress", _progress, loop, row, look=look)


def state_cell(loop: Loop, row: Row, *, look: Look) -> Row:
    """The stage as a chip; its tone follows its place on the loop."""
    return _drawn_once("state", _state, loop, row, look=look)


def _drawn_once(what: str, draw: Callable[..., Row], loop: Loop, row: Row, *, look: Look) -> Row:
    """A cell that is the same for every row of that stage, as late or as little late."""
    late = is_late(row, at=look.at)
    known = (what, loop.key, row["stage"], late)
    cell = look.drawn.get(known)
    if cell is None:
        cell = look.drawn[known] = draw(loop, loop.stage(row["stage"]), late=late)
    return cell


def _progress(loop: Loop, stage: Stage, *, late: bool) -> Row:
    track = _track(loop)
    place = _place(track, stage)
    mark = "closed" if stage.closed else "late" if late else "now"
    steps = ("done",) * place + (mark,) + ("next",) * (len(track) - place - 1)
    return {"steps": steps, "words": f"第 {place + 1} 步，共 {len(track)} 步，{stage.label}"}


def _state(loop: Loop, stage: Stage, *, late: bool) -> Row:
    track = _track(loop)
    place = _place(track, stage)
    if stage.closed:
        return {"label": stage.label, "tone": "done"}
    if late:
        return {"label": stage.label, "tone": "late"}
    colour = "todo" if place == 0 else "check" if place >= len(track) - 3 > 1 else "doing"
    return {"label": stage.label, "tone": colour}


def name_of(row: Mapping[str, Any]) -> str:
    """What a row is called: its number, else its acceptance number, else its title."""
    return str(row["number"] or row["acceptance_number"] or row["title"])


def known_as(row: Row, *, look: Look) -> str:
    """Its number, or that of the matter it stands beside; "" while there is none."""
    own = row["number"] or row["acceptance_number"]
    return str(own or look.above.get(row["parent_id"], ""))


def todo_entry(row: Row, *, look: Look, is_new: bool = False) -> Row:
    """A row of 待我办理: what to do, about what, until when; what is new is marked."""
    loop = catalog().loop(row["kind"])
    progress = progress_cell(loop, row, look=look)
    stage = loop.stage(row["stage"])
    label = stage.label
    known = [known_as(row, look=look), row["site__name"], row["unit__name"]]
    if len(label) > TAG_MAX and stage.track:
        known.append(label)  # the tag has no room for it; the track says the same more shortly
        label = loop.stage(stage.track).label
    return {
        "kind": label,
        "title": look.title_of(row) or loop.label,
        "url": url_of(row["id"], look=look),
        "sub": " · ".join(dict.fromkeys([loop.label, *(word for word in known if word)])),
        "steps": progress["steps"],
        "steps_words": progress["words"],
        "deadline": deadline_cell(row, look=look),
        "is_new": is_new,
    }


def _clocks(ids: list[int]) -> dict[int, tuple[datetime, datetime | None]]:
    """Start and due moment of the first running clock by matter; a paused one has no due."""
    return {matter_id: (started, due_at) for matter_id, started, due_at in _alive((*ids,))}


@prepared
def _alive(ids: tuple[int, ...]) -> QuerySet[Timer, tuple[int, datetime, datetime | None]]:
    alive = (Timer.State.RUNNING, Timer.State.PAUSED)
    running = Timer.objects.filter(matter_id__in=ids, state__in=alive)
    return running.order_by("-due_at").values_list("matter_id", "started_at", "due_at")


def _numbers_above(rows: Sequence[Row], *, known: Mapping[int, str]) -> dict[int, str]:
    ids = {row["parent_id"] for row in rows if row["parent_id"] and not row["number"]}
    ids -= known.keys()
    if not ids:
        return {}
    found = Matter.objects.filter(pk__in=ids).values_list("id", "number", "acceptance_number")
    return {pk: number or accepted for pk, number, accepted in found}


def _track(loop: Loop) -> tuple[str, ...]:
    if loop.tracks:
        return loop.tracks
    own = tuple(s.key for s in loop.stages if not s.closed and not s.track and not s.retired)
    return (*own, "")  # every way of closing is the last place


def _place(track: tuple[str, ...], stage: Stage) -> int:
    here = stage.track or stage.key
    return track.index(here) if here in track else len(track) - 1
