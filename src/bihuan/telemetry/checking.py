"""The check that a mine's vendor runs on a file: what is wrong, in which record and field."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from bihuan.telemetry.definitions import MACHINES, definition_of
from bihuan.telemetry.dialect import Dialect, Layout, dialect
from bihuan.telemetry.envelopes import FILE_FAULTS, Body, Fault, Name, name_of, open_envelope
from bihuan.telemetry.forms import objection
from bihuan.telemetry.notation import BLANKS, DAY_S, number_of, stamp_of, status_of, time_of
from bihuan.telemetry.records import fields_of

SHOWN_MAX: Final = 200
TEXT_MAX: Final = 40
AHEAD_S: Final = 600
_BOM: Final = b"\xef\xbb\xbf"


class Level(Enum):
    """How bad a finding is."""

    REJECTED = "拒收"
    FLAW = "不合要求"
    NOTE = "提示"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing about a file; `record` counts from 1, None for the file; `field` is a label."""

    level: Level
    sentence: str
    record: int | None = None
    field: str = ""

    @property
    def is_fault(self) -> bool:
        """Whether the vendor has to mend it."""
        return self.level is not Level.NOTE

    def __str__(self) -> str:
        where = "" if self.record is None else f"第{self.record}条记录"
        place = "，".join(part for part in (where, self.field) if part)
        return f"【{self.level.value}】{place}{'：' if place else ''}{self.sentence}"


def check(data: bytes, *, name: str, by: Dialect | None = None) -> list[Finding]:
    """Everything that is to be said of a file, in the order of its records."""
    known = by or dialect()
    told_name = name_of(name)
    if told_name is None:
        return [Finding(level=Level.REJECTED, sentence=FILE_FAULTS[Fault.NAME])]
    body = open_envelope(data, mine=told_name.mine)
    if isinstance(body, Fault):
        return [Finding(level=Level.REJECTED, sentence=FILE_FAULTS[body])]
    return [
        *_notes(data, body),
        *_header(body, told_name, known),
        *_records(body, told_name, known),
    ]


def told(findings: list[Finding], *, name: str) -> str:
    """The findings as lines for a person."""
    counts = {level: sum(one.level is level for one in findings) for level in Level}
    head = "、".join(f"{level.value} {count} 处" for level, count in counts.items() if count)
    lines = [f"{name}：{head or '没有发现问题'}"]
    lines += [f"  {one}" for one in findings[:SHOWN_MAX]]
    if len(findings) > SHOWN_MAX:
        lines.append(f"  另有 {len(findings) - SHOWN_MAX} 处没有列出。")
    return "\n".join(lines) + "\n"


def _notes(data: bytes, body: Body) -> Iterator[Finding]:
    """What is taken but isn't the rule."""
    if body.is_gb18030:
        yield Finding(level=Level.NOTE, sentence="编码是 GB18030，能读；规定是 UTF-8。")
    if not body.is_gb18030 and data.startswith(_BOM):
        yield Finding(level=Level.NOTE, sentence="开头有 BOM，能读；规定没有。")
    if b"\n" in data or b"\r" in data:
        yield Finding(level=Level.NOTE, sentence="文件里有换行，能读；规定没有换行。")


def _header(body: Body, name: Name, by: Dialect) -> Iterator[Finding]:
    fields = fields_of(body.header.decode())
    labels = by.headers.get(name.kind)
    if labels and len(fields) != len(labels):
        words = f"文件头有{len(fields)}项，应有{len(labels)}项：{'；'.join(labels)}。"
        yield Finding(level=Level.FLAW, sentence=words)
    elif time_of(fields[-1]) is None:
        words = f"文件头最后一项“{_shown(fields[-1])}”应是数据上传时间，写作 2026-03-01 08:00:00。"
        yield Finding(level=Level.FLAW, sentence=words)


def _records(body: Body, name: Name, by: Dialect) -> Iterator[Finding]:
    layout = by.layouts.get(name.kind)
    if layout is None:
        label = by.unparsed.get(name.kind)
        known = f"{name.kind}（{label}）" if label else f"类型 {name.kind}"
        words = (
            f"{known}的字段顺序未见依据，文件照收、记为未解析，"
            "这里只检查了文件名、编码、结尾和文件头。"
        )
        yield Finding(level=Level.NOTE, sentence=words)
        return
    seen: dict[tuple[str, str], int] = {}
    for number, piece in enumerate(body.pieces, start=1):
        fields = fields_of(piece)
        if len(fields) != len(layout.columns):
            yield Finding(
                level=_rejecting(name), record=number, sentence=_count_words(piece, fields, layout)
            )
            continue
        yield from _fields(fields, layout, number, name, by)
        if name.kind == "CDSS":
            yield from _reading(fields, number, by, seen)
        if name.kind == "CDDY":
            yield from _definition(fields, number, by)


def _rejecting(name: Name) -> Level:
    """Records of readings and definitions are rejected, the others are kept as they are."""
    return Level.REJECTED if name.kind in ("CDDY", "CDSS") else Level.FLAW


def _count_words(piece: str, fields: list[str], layout: Layout) -> str:
    if not piece.strip(BLANKS):
        return "是空的。两个“~”之间要有一条记录。"
    wide = "里面有全角“；”，分隔要用半角“;”。" if "；" in piece else "空的项也要保留分号。"
    return f"有{len(fields)}项，{layout.label}应有{len(layout.columns)}项。{wide}"


def _fields(
    fields: list[str], layout: Layout, number: int, name: Name, by: Dialect
) -> Iterator[Finding]:
    """Each field by its form; what a reading can't be judged without is a reason to reject."""
    for place, (text, column) in enumerate(zip(fields, layout.columns, strict=True), start=1):
        label = f"第{place}项 {column.label}"
        words = objection(text, column, mine=name.mine, dialect=by)
        is_key = column.name in ("point", "data_at", "status")
        level = _rejecting(name) if is_key else Level.FLAW
        if words:
            shown = f"“{_shown(text)}”" if text else ""
            yield Finding(level=level, record=number, field=label, sentence=shown + words)
        elif column.name == "data_at":
            yield from _ahead(time_of(text), number, label, name)


def _ahead(time: int | None, number: int, label: str, name: Name) -> Iterator[Finding]:
    if time is None or time <= name.moment + AHEAD_S:
        return
    is_day = time > name.moment + DAY_S
    by_how_much = "一天" if is_day else "10分钟"
    words = f"比文件名的时间 {stamp_of(name.moment)} 超前{by_how_much}以上，请核对时钟。"
    level = _rejecting(name) if is_day else Level.FLAW
    yield Finding(level=level, record=number, field=label, sentence=words)


def _reading(
    fields: list[str], number: int, by: Dialect, seen: dict[tuple[str, str], int]
) -> Iterator[Finding]:
    point, _name, _place, value, _unit, status, time = fields
    if status_of(status) == 0 and number_of(value, missing=by.missing) is None:
        words = "没有数，状态却是正常；没有数时应写明状态（如 128 传感器故障）。"
        yield Finding(level=Level.FLAW, record=number, field="第4项 测点值", sentence=words)
    before = seen.setdefault((point, time), number)
    if before != number:
        words = f"和第{before}条是同一测点、同一时间，只有后一条算数。"
        yield Finding(level=Level.FLAW, record=number, sentence=words)


def _definition(fields: list[str], number: int, by: Dialect) -> Iterator[Finding]:
    """What the fields of a definition say of each other."""
    layout = by.layouts["CDDY"]
    text = {column.name: fields[place] for place, column in enumerate(layout.columns)}
    for key, begin, end in (("system", 12, 14), ("value_kind", 14, 16), ("sensor_type", 16, 20)):
        if text[key] != text["point"][begin:end]:
            part = _shown(text["point"][begin:end])
            words = f"“{_shown(text[key])}”和测点编码第{begin + 1}到{end}位“{part}”不同。"
            yield _of(layout, key, number, words)
    analogue = ("unit", "range_high", "range_low")
    needed = {"MN": analogue, "KG": ("on_words", "off_words")}.get(text["value_kind"], ())
    for key in needed:
        if not text[key]:
            yield _of(layout, key, number, f"没有填写，{text['value_kind']}测点必填。")
    made = definition_of(fields, dialect=by)
    for machine in MACHINES:
        on, off = f"{machine.field}_on", f"{machine.field}_off"
        if machine in made.switched and text[off]:
            pair = f"“{_shown(text[off])}”不能和门限“{_shown(text[on])}”配合"
            yield _of(layout, off, number, f"{pair}，按门限本身解除。")


def _of(layout: Layout, key: str, number: int, words: str) -> Finding:
    place = layout.place(key)
    label = f"第{place + 1}项 {layout.columns[place].label}"
    return Finding(level=Level.FLAW, record=number, field=label, sentence=words)


def _shown(text: str) -> str:
    """A field as a person can read it: short, without marks that move the cursor."""
    plain = "".join(mark if mark.isprintable() else "�" for mark in text)
    return plain if len(plain) <= TEXT_MAX else f"{plain[:TEXT_MAX]}…"
