"""What a pack parameter may be: its kind, its origin, and the typed value read from plain data."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bihuan.language.shifts import shift_hours


class Origin(StrEnum):
    """Who gave a value: the document, our default, the bureau itself, or nobody."""

    SOURCE = "source"
    DEFAULT = "default"
    LOCAL = "local"
    UNSET = "unset"

    @property
    def label(self) -> str:
        """The word that users see."""
        return _ORIGIN_LABELS[self]


_ORIGIN_LABELS = {
    Origin.SOURCE: "原文",
    Origin.DEFAULT: "系统默认",
    Origin.LOCAL: "本单位设定",
    Origin.UNSET: "未设定",
}


class Kind(StrEnum):
    """The shape and unit of a value."""

    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"
    NUMBER = "number"
    PERCENT = "percent"
    TEXT = "text"
    LIST = "list"
    LADDER = "ladder"
    FLAG = "flag"
    DATE = "date"
    COUNTING = "counting"
    SHIFTS = "shifts"


@dataclass(frozen=True, kw_only=True)
class Option:
    """One entry of a list: a permanent key, its label, other wordings and what it gathers."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    shape: str = ""


@dataclass(frozen=True, kw_only=True)
class LadderRung:
    """What happens at an offset from the due moment; exactly one of the offsets is given.

    Rung 0 acts when the deadline is late, a negative one before it is due. `act` is `remind`,
    `notify` or `propose`; `to` holds role keys; `reason` names the option a proposal carries.
    """

    act: str
    to: tuple[str, ...]
    label: str
    offset_days: int | None = None
    offset_minutes: int | None = None
    reason: str = ""

    @property
    def offset(self) -> int:
        """Days or minutes from the due moment, in the unit of its ladder."""
        return self.offset_days if self.offset_days is not None else self.offset_minutes or 0


@dataclass(frozen=True)
class Ladder:
    """Rungs in the order in which they act; all count days or all count minutes."""

    rungs: tuple[LadderRung, ...]

    @property
    def counts_days(self) -> bool:
        """Whether the offsets are days (for day deadlines) or minutes (for clock deadlines)."""
        return all(rung.offset_days is not None for rung in self.rungs)


ParameterValue = int | float | str | bool | dt.date | tuple[Option, ...] | Ladder | None

ACTS = ("remind", "notify", "propose")
COUNTINGS = {"calendar": "自然日", "working": "工作日"}
_KEY = re.compile(r"^[A-Za-z0-9_-]+$")
_RUNG_FIELDS = {"act", "to", "label", "offset_days", "offset_minutes", "reason"}
_OPTION_FIELDS = {"key", "label", "aliases", "members", "shape"}


def parse_value(kind: Kind, plain: object) -> ParameterValue:
    """Typed value of plain data (TOML or JSON); ValueError says what is wrong with it."""
    return _PARSERS[kind](plain)


def plain_value(value: ParameterValue) -> object:
    """The value as JSON holds it; `parse_value` reads it back."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Ladder):
        return [_plain_fields(rung) for rung in value.rungs]
    if isinstance(value, tuple):
        return [_plain_fields(option) for option in value]
    return value


def shown(kind: Kind, value: ParameterValue) -> str:
    """The value as a user reads it, with its unit; a missing one reads 未设定."""
    if value is None:
        return Origin.UNSET.label
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Ladder):
        return "；".join(_shown_rung(rung) for rung in value.rungs)
    if isinstance(value, tuple):
        return "、".join(option.label for option in value)
    if kind is Kind.COUNTING:
        return COUNTINGS[str(value)]
    return f"{value}{_UNITS.get(kind, '')}"


_UNITS = {Kind.DAYS: "天", Kind.HOURS: "小时", Kind.MINUTES: "分钟", Kind.PERCENT: "%"}


def _shown_rung(rung: LadderRung) -> str:
    unit = "天" if rung.offset_days is not None else "分钟"
    if rung.offset == 0:
        return f"逾期时{rung.label}"
    side = "前" if rung.offset < 0 else "后"
    return f"到期{side}{abs(rung.offset)}{unit}{rung.label}"


def _plain_fields(entry: Option | LadderRung) -> dict[str, object]:
    return {
        name: list(held) if isinstance(held, tuple) else held
        for name, held in vars(entry).items()
        if held not in ((), "", None)
    }


def _amount(plain: object) -> int:
    if isinstance(plain, bool) or not isinstance(plain, int) or plain < 0:
        raise ValueError(f"needs a whole number from 0, not {plain!r}")
    return plain


def _number(plain: object) -> int | float:
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise ValueError(f"needs a number, not {plain!r}")
    return plain


def _percent(plain: object) -> int | float:
    number = _number(plain)
    if not 0 <= number <= 100:
        raise ValueError(f"needs a percentage from 0 to 100, not {plain!r}")
    return number


def _text(plain: object) -> str:
    if not isinstance(plain, str) or not plain.strip():
        raise ValueError(f"needs a text, not {plain!r}")
    return plain


def _flag(plain: object) -> bool:
    if not isinstance(plain, bool):
        raise ValueError(f"needs true or false, not {plain!r}")
    return plain


def _date(plain: object) -> dt.date:
    if isinstance(plain, dt.date) and not isinstance(plain, dt.datetime):
        return plain
    if isinstance(plain, str):
        return dt.date.fromisoformat(plain)
    raise ValueError(f"needs a date, not {plain!r}")


def _counting(plain: object) -> str:
    if not isinstance(plain, str) or plain not in COUNTINGS:
        raise ValueError(f"needs one of {sorted(COUNTINGS)}, not {plain!r}")
    return plain


def _shifts(plain: object) -> str:
    return "、".join(one.words for one in shift_hours(_text(plain)))


def _options(plain: object) -> tuple[Option, ...]:
    options = tuple(_option(entry) for entry in _entries(plain))
    _refuse_twins([option.key for option in options], "option")
    return options


def _option(plain: object) -> Option:
    if isinstance(plain, str):
        return Option(key=_text(plain), label=plain)
    table = _table(plain, allowed=_OPTION_FIELDS)
    return Option(
        key=_slug(table.get("key")),
        label=_text(table.get("label")),
        aliases=_texts(table.get("aliases", ())),
        members=_texts(table.get("members", ())),
        shape=str(table.get("shape", "")),
    )


def _ladder(plain: object) -> Ladder:
    rungs = sorted((_rung(entry) for entry in _entries(plain)), key=_offset)
    if not rungs:
        raise ValueError("needs at least one rung")
    if len({rung.offset_days is None for rung in rungs}) > 1:
        raise ValueError("mixes offset_days and offset_minutes")
    _refuse_twins([rung.offset for rung in rungs], "rung at")
    return Ladder(tuple(rungs))


def _offset(rung: LadderRung) -> int:
    return rung.offset


def _rung(plain: object) -> LadderRung:
    table = _table(plain, allowed=_RUNG_FIELDS)
    days, minutes = table.get("offset_days"), table.get("offset_minutes")
    if (days is None) == (minutes is None):
        raise ValueError("a rung needs either offset_days or offset_minutes")
    if table.get("act") not in ACTS:
        raise ValueError(f"a rung's act is one of {ACTS!r}, not {table.get('act')!r}")
    to = table.get("to")
    return LadderRung(
        act=str(table["act"]),
        to=tuple(_slug(role) for role in (to if isinstance(to, list | tuple) else [to])),
        label=_text(table.get("label")),
        offset_days=_whole(days),
        offset_minutes=_whole(minutes),
        reason=str(table.get("reason", "")),
    )


def _whole(plain: object) -> int | None:
    if plain is not None and (isinstance(plain, bool) or not isinstance(plain, int)):
        raise ValueError(f"an offset is a whole number, not {plain!r}")
    return plain


def _entries(plain: object) -> Sequence[object]:
    if not isinstance(plain, list | tuple):
        raise ValueError(f"needs a list, not {plain!r}")
    return plain


def _table(plain: object, *, allowed: set[str]) -> Mapping[str, object]:
    if not isinstance(plain, Mapping):
        raise ValueError(f"needs a table, not {plain!r}")
    foreign = sorted(set(plain) - allowed)
    if foreign:
        raise ValueError(f"doesn't know {foreign!r}")
    return plain


def _slug(plain: object) -> str:
    if not isinstance(plain, str) or not _KEY.match(plain):
        raise ValueError(f"needs a key of letters, digits, - and _, not {plain!r}")
    return plain


def _texts(plain: object) -> tuple[str, ...]:
    return tuple(_text(entry) for entry in _entries(plain))


def _refuse_twins(keys: Sequence[object], what: str) -> None:
    twins = sorted({str(key) for key in keys if keys.count(key) > 1})
    if twins:
        raise ValueError(f"has {what} {', '.join(twins)} twice")


_PARSERS: dict[Kind, Callable[[object], ParameterValue]] = {
    Kind.DAYS: _amount,
    Kind.HOURS: _amount,
    Kind.MINUTES: _amount,
    Kind.NUMBER: _number,
    Kind.PERCENT: _percent,
    Kind.TEXT: _text,
    Kind.LIST: _options,
    Kind.LADDER: _ladder,
    Kind.FLAG: _flag,
    Kind.DATE: _date,
    Kind.COUNTING: _counting,
    Kind.SHIFTS: _shifts,
}
