"""The trail in sentences: each line told by the story of its step, as things stood then."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from string import Formatter
from typing import Any

from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Loop
from bihuan.matters.attachments import ATTACHED
from bihuan.matters.trail import Line
from bihuan.places.models import Person, Region, Site, Unit

OPENED, CORRECTED, CLOCK = "open", "correct", "clock."
_NAMED: dict[Kind, Any] = {
    Kind.UNIT: Unit,
    Kind.REGION: Region,
    Kind.SITE: Site,
    Kind.PERSON: Person,
}
_COLUMNS: dict[str, Any] = {
    "unit_id": Unit,
    "site_id": Site,
    **dict.fromkeys(("l1", "l2", "l3", "l4"), Region),
}


@dataclass(frozen=True, kw_only=True)
class Story:
    """One line of the trail as it is read."""

    seq: int
    at: datetime
    step: str
    who: str
    words: str


@dataclass(kw_only=True)
class _Then:
    """What was known after a line, built up line by line."""

    facts: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)

    def learn(self, changes: Mapping[str, Any]) -> None:
        """Take over what a line changed."""
        for known, name in ((self.facts, "facts"), (self.columns, "columns")):
            known.update({key: new for key, (_old, new) in changes.get(name, {}).items()})


class Names:
    """Names of what ids stand for and labels of options, looked up once."""

    def __init__(self, loop: Loop, *, options: Mapping[str, Mapping[str, str]]) -> None:
        self._fields = loop.fields
        self._options = options
        self._names: dict[tuple[str, int], str] = {}

    def read(
        self, facts: Iterable[Mapping[str, Any]], columns: Iterable[Mapping[str, Any]]
    ) -> None:
        """Look up every id that stands in these facts and columns; a query per kind of thing."""
        wanted: dict[Any, set[int]] = {}
        for row in facts:
            for key, value in row.items():
                model = _NAMED.get(self._kind(key))
                if model is not None and isinstance(value, int):
                    wanted.setdefault(model, set()).add(value)
        for row in columns:
            for key, value in row.items():
                if key in _COLUMNS and isinstance(value, int):
                    wanted.setdefault(_COLUMNS[key], set()).add(value)
        for model, ids in wanted.items():
            rows = model.objects.filter(pk__in=ids).values_list("pk", "name")
            self._names |= {(model.__name__, pk): name for pk, name in rows}

    def of(self, key: str, value: Any) -> str:
        """A fact as it is read."""
        if value in (None, "", []):
            return ""
        kind = self._kind(key)
        if kind in _NAMED and isinstance(value, int):
            return self._names.get((_NAMED[kind].__name__, value), "")
        if isinstance(value, bool):
            return "是" if value else "否"
        if kind is Kind.FILES:
            return f"{len(value)} 件"
        if isinstance(value, list):
            return "、".join(self._label(key, part) for part in value)
        return self._label(key, value)

    def of_column(self, key: str, value: Any) -> str:
        """The name behind a column."""
        return self._names.get((_COLUMNS[key].__name__, value), "") if value else ""

    def _label(self, key: str, value: Any) -> str:
        return self._options.get(key, {}).get(str(value), _read(value))

    def _kind(self, key: str) -> Kind:
        asked: Field | None = self._fields.get(key)
        return asked.kind if asked else Kind.TEXT


def stories_of(lines: list[Line], *, loop: Loop, names: Names) -> list[Story]:
    """Every line in order, in sentences."""
    changes = [line.changes for line in lines]
    names.read(
        [_after(one, "facts") for one in changes], [_after(one, "columns") for one in changes]
    )
    then = _Then()
    told = []
    for line in lines:
        then.learn(line.changes)
        words = _words(line, loop=loop, then=then, names=names)
        told.append(
            Story(seq=line.seq, at=line.happened_at, step=line.step, who=line.actor, words=words)
        )
    return told


def named_in_stories(loop: Loop) -> set[str]:
    """Keys that the stories of a loop tell: what everybody who sees the matter may know."""
    stories = (step.story for step in loop.steps)
    return {name for story in stories for _, name, _, _ in Formatter().parse(story) if name}


def _words(line: Line, *, loop: Loop, then: _Then, names: Names) -> str:
    who = line.actor + (f"（{line.acting_for}）" if line.acting_for else "")
    reason = str(line.changes.get("reason") or "")
    if line.step == OPENED:
        return f"{who}登记{loop.label}。"
    if line.step == ATTACHED:
        files = "、".join(str(file.get("name")) for file in line.changes.get("files", []))
        return f"{who}上传附件：{files}。"
    if line.step.startswith(CLOCK):
        return f"{line.changes.get('label') or '期限提醒'}（{who}）。"
    try:
        step = loop.step(line.step)
    except KeyError:
        verb = "更正" if line.step == CORRECTED else "撤回" if line.step == "withdraw" else "办理"
        return f"{who}{verb}：{reason}" if reason else f"{who}{verb}。"
    known = _Known(line, then=then, names=names, who=who, reason=reason)
    return step.story.format_map(known) if step.story else f"{who}{step.label}。"


class _Known(dict[str, str]):
    """Values for a story by key; what isn't known is left empty."""

    def __init__(self, line: Line, *, then: _Then, names: Names, who: str, reason: str) -> None:
        super().__init__(who=who, reason=reason, number=str(then.columns.get("number") or ""))
        self._line, self._then, self._names = line, then, names

    def __missing__(self, key: str) -> str:
        value = self._then.facts.get(key)
        if value not in (None, ""):
            return self._names.of(key, value)
        if key in ("unit", "site"):
            return self._names.of_column(f"{key}_id", self._then.columns.get(f"{key}_id"))
        if key == "locality":
            levels = [level for level in ("l4", "l3", "l2", "l1") if self._then.columns.get(level)]
            return self._names.of_column(levels[0], self._then.columns[levels[0]]) if levels else ""
        if key.endswith("_due"):
            return self._due(key.removesuffix("_due"))
        return ""

    def _due(self, clock: str) -> str:
        """The last day of a clock as it stood; one due at midnight ends with the day before."""
        kept = self._line.changes.get("clocks", {}).get(clock)
        if not kept or not kept[2]:
            return ""
        moment = datetime.fromisoformat(kept[2]) - timedelta(microseconds=1)
        return moment.astimezone(SHANGHAI).date().isoformat()


def _after(changes: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: new for key, (_old, new) in changes.get(name, {}).items()}


def _read(value: Any) -> str:
    text = str(value)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        return date.fromisoformat(text[:10]).isoformat()
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
