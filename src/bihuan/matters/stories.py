"""The trail in sentences: each entry told by the story of its step, as things stood then."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from string import Formatter
from typing import Any

from bihuan.accounts.actors import PUBLIC
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop
from bihuan.language.wording import day_text
from bihuan.matters.naming import COLUMNS, Names
from bihuan.matters.trail import Line

OPENED, CORRECTED, WITHDRAWN, ATTACHED, CLOCK = "open", "correct", "withdraw", "attach", "clock."
_WHO = "{who}"
_ENDS = "。！？；，、）"
_DUE = 2  # place of the due moment in what the trail keeps of a clock
_LEVELS = ("l4", "l3", "l2", "l1")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One entry of the trail as it is read; `moved` when it changed the stage."""

    seq: int
    at: datetime
    step: str
    who: str
    words: str
    sub: str = ""
    recorded_on: date
    counts: bool = False  # whether a report on the matter tells it

    @property
    def on(self) -> date:
        """Its day in Shanghai."""
        return self.at.astimezone(SHANGHAI).date()

    @property
    def whole(self) -> str:
        """The sentence with its subject."""
        return f"{self.who}{self.words}"


def told(lines: list[Line], *, loop: Loop, names: Names) -> list[Sentence]:
    """Every line in order, in sentences; a query per kind of thing that is named."""
    columns = [_after(line, "columns") for line in lines]
    names.read([_after(line, "facts") for line in lines], columns)
    then = _Then()
    sentences = []
    for line in lines:
        then.learn(line)
        sentences.append(_sentence(line, loop=loop, then=then, names=names))
    return sentences


def named_in_stories(loop: Loop) -> set[str]:
    """Keys that the stories of a loop tell: what everybody who sees the matter may know."""
    stories = (step.story for step in loop.steps)
    return {name for story in stories for _, name, _, _ in Formatter().parse(story) if name}


def briefed(sentences: Iterable[Sentence], *, standing: str = "") -> str:
    """The story as one paragraph to report from, day by day, without reminders and notes."""
    parts: list[str] = []
    day: date | None = None
    who = ""
    for one in sentences:
        if not one.counts:
            continue
        if one.on != day:
            parts.append(f"{day_text(one.on, year=day.year if day else 0)}，")
            day, who = one.on, ""
        # A subject that stays the same is said once.
        parts.append(one.words if one.who == who else one.whole)
        who = one.who
    return "".join([*parts, standing])


@dataclass(kw_only=True)
class _Then:
    """What was known after a line, built up line by line."""

    facts: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)

    def learn(self, line: Line) -> None:
        """Take over what a line changed."""
        self.facts.update(_after(line, "facts"))
        self.columns.update(_after(line, "columns"))


def _sentence(line: Line, *, loop: Loop, then: _Then, names: Names) -> Sentence:
    actor = names.short(line.actor)
    post, _paper = _acting(line)
    who = actor + (f"（代理{post}）" if post else "")
    words = _words(line, loop=loop, then=then, names=names)
    has_subject = words.startswith(_WHO)
    declared = next((step for step in loop.steps if step.key == line.step), None)
    return Sentence(
        seq=line.seq,
        at=line.happened_at,
        step=line.step,
        who=who if has_subject else "",
        words=words.removeprefix(_WHO).replace(_WHO, actor),
        sub=_sub(line, loop=loop),
        recorded_on=line.recorded_at.astimezone(SHANGHAI).date(),
        counts=line.stage_from != line.stage_to or bool(declared and declared.basis),
    )


def _words(line: Line, *, loop: Loop, then: _Then, names: Names) -> str:
    if line.step.startswith(CLOCK):
        return _clock_words(line, loop=loop)
    built_in = {
        OPENED: _opened,
        CORRECTED: _corrected,
        WITHDRAWN: _withdrawn,
        ATTACHED: _attached,
    }.get(line.step)
    if built_in is not None:
        return built_in(line, loop, then, names)
    step = next((step for step in loop.steps if step.key == line.step), None)
    if step is None:
        return f"{_WHO}办理。"
    story = step.story or f"{_WHO}{step.label}。"
    return _filled(story, line, loop=loop, then=then, names=names)


def _opened(line: Line, loop: Loop, then: _Then, _names: Names) -> str:
    """Who tells of something hands it in; only an office registers."""
    number = then.columns.get("acceptance_number")
    done = "提交举报" if line.actor == PUBLIC.name else f"登记{loop.label}"
    return f"{_WHO}{done}" + (f"，受理号 {number}。" if number else "。")


def _corrected(line: Line, loop: Loop, _then: _Then, names: Names) -> str:
    told_changes = [
        f"{names.label(key, loop=loop)}由“{names.of(key, old) or '空'}”"
        f"改为“{names.of(key, new) or '空'}”"
        for key, (old, new) in line.changes.get("facts", {}).items()
        if names.knows(key) and key not in names.untold
    ]
    if not told_changes:  # of what the reader isn't told, the reason would tell as much
        return f"{_WHO}更正登记内容。"
    reason = str(line.changes.get("reason") or "")
    return f"{_WHO}更正：{'；'.join(told_changes)}。{_ended(f'理由：{reason}') if reason else ''}"


def _withdrawn(line: Line, _loop: Loop, _then: _Then, _names: Names) -> str:
    reason = str(line.changes.get("reason") or "未写明")
    return f"{_WHO}撤回刚办的一步，理由：{_ended(reason)}"


def _attached(line: Line, _loop: Loop, _then: _Then, _names: Names) -> str:
    files = line.changes.get("files") or []
    listed = "、".join(f"“{file['name']}”" for file in files)
    if line.changes.get("copy_of"):
        return f"{_WHO}看过密封的照片，确认画面里没有能认出举报人的内容，存为附件{listed}。"
    return f"{_WHO}上传附件{listed}。"


def _clock_words(line: Line, *, loop: Loop) -> str:
    key = str(line.changes.get("clock") or "")
    clock = next((one.label for one in loop.deadlines if one.key == key), "期限")
    return f"{clock}：{_ended(str(line.changes.get('label') or '到期提醒'))}"


def _filled(story: str, line: Line, *, loop: Loop, then: _Then, names: Names) -> str:
    """The story with its places filled; a long text that ends a clause ends with a full stop."""
    pieces = [(text, key) for text, key, _spec, _turn in Formatter().parse(story)]
    filled = []
    for (text, key), following in pairwise([*pieces, ("", None)]):
        filled.append(text)
        if key is None:
            continue
        value = _value(key, line, then=then, names=names)
        if names.is_long(key, loop=loop) and not following[0].startswith(tuple(_ENDS)):
            value = _ended(value)
        filled.append(value)
    return "".join(filled)


def _value(key: str, line: Line, *, then: _Then, names: Names) -> str:
    year = line.happened_at.astimezone(SHANGHAI).year
    if key == "who":
        return _WHO
    if key == "reason":
        return str(line.changes.get("reason") or then.facts.get("reason") or "未写明")
    if key == "number":
        return str(then.columns.get("number") or "")
    known = then.facts.get(key)
    if known not in (None, "", []):
        return names.of(key, known, year=year)
    if f"{key}_id" in COLUMNS:
        return names.of_column(f"{key}_id", then.columns.get(f"{key}_id"))
    if key == "locality":
        level = next((one for one in _LEVELS if then.columns.get(one)), "")
        return names.of_column(level, then.columns.get(level)) if level else ""
    return _due_day(key, line, year=year) if key.endswith("_due") else "（未填）"


def _due_day(key: str, line: Line, *, year: int) -> str:
    """The last day of a clock as it stood; one due at midnight ends with the day before."""
    kept = line.changes.get("clocks", {}).get(key.removesuffix("_due"))
    if not kept or not kept[_DUE]:
        return "规定期限"
    moment = datetime.fromisoformat(kept[_DUE]) - timedelta(microseconds=1)
    return day_text(moment.astimezone(SHANGHAI).date(), year=year)


def _acting(line: Line) -> tuple[str, str]:
    """The post that was acted for and the paper it rests on: the line keeps post（代理，paper）."""
    post, _, paper = line.acting_for.partition("（代理，")
    return post, paper.removesuffix("）")


def _sub(line: Line, *, loop: Loop) -> str:
    labels = [field.label for key, field in loop.fields.items() if key in _confirmed(line)]
    told_parts = [f"经办人已核对“{'”“'.join(labels)}”不含个人信息"] if labels else []
    _post, paper = _acting(line)
    # The paper's own title has brackets, so it doesn't stand within those of the post.
    told_parts += [f"代理依据：{paper}"] if paper else []
    recorded = line.recorded_at.astimezone(SHANGHAI)
    if recorded.date() != line.happened_at.astimezone(SHANGHAI).date():
        told_parts.append(f"{recorded:%m-%d %H:%M} 补记，随该日封存")
    return "；".join(told_parts)


def _confirmed(line: Line) -> list[str]:
    return list(line.changes.get("confirmed") or [])


def _after(line: Line, part: str) -> Mapping[str, Any]:
    return {key: new for key, (_old, new) in line.changes.get(part, {}).items()}


def _ended(text: str) -> str:
    return text if not text or text[-1] in "。！？；" else f"{text}。"
