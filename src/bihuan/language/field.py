"""One vocabulary of fields for step forms, ledgers, API schema, columns, import and export."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from bihuan.language.clock import SHANGHAI
from bihuan.language.parameter import Option

TEXT_MAX = 200
LONG_TEXT_MAX = 5000
FIRST_YEAR, LAST_YEAR = 1900, 2199
_DECIMAL = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class Kind(StrEnum):
    """What a field holds. Values are stored as JSON: text, number, bool, list or ISO moment."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    AMOUNT = "amount"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    FILES = "files"
    UNIT = "unit"
    REGION = "region"
    SITE = "site"
    PERSON = "person"
    MATTER = "matter"


# What is asked of somebody who left a field empty; any other is written.
_ASKS = {
    Kind.CHOICE: "请选择",
    Kind.CHOICES: "请选择",
    Kind.YES_NO: "请选择",
    Kind.UNIT: "请选择",
    Kind.REGION: "请选择",
    Kind.FILES: "请上传",
}


class BadValueError(ValueError):
    """A value that a field can't take; its text is a sentence for the user."""


type Cleaner = Callable[[Field, object, tuple[Option, ...]], Stored]
type Stored = str | int | bool | list[str] | list[int] | None


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that is asked, kept and shown."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    options: tuple[Option, ...] = ()
    options_param: str = ""  # pack parameter that holds the options: an open list
    free: bool = False  # a value outside the options is taken as it is
    hint: str = ""
    unit: str = ""
    at_least: str = ""  # bounds of a NUMBER, as decimals
    at_most: str = ""
    max_length: int = 0
    unit_kinds: tuple[str, ...] = ()  # kinds of unit that a UNIT field offers
    to_another: bool = False  # a UNIT field that doesn't offer the unit in charge now
    keeps: bool = True  # False: used by the step, not kept as a fact
    personal: bool = False  # True: refused when it holds names, phones or ids
    sealed: bool = False  # True: never in facts, trail, search, exports
    derived: bool = False  # the clock writes it from what it reads: nobody corrects it
    final: bool = False  # other matters were opened on it: decided anew, not corrected
    each_time: bool = False  # its form begins empty: what was answered before was another time
    is_now: bool = False  # a moment that its form proposes as the present one
    column: int = 0  # place in the list's columns, 0 = not shown there
    basis: tuple[str, ...] = ()

    def clean(self, raw: object, *, options: tuple[Option, ...] | None = None) -> Stored:
        """What came in as it is stored; raises BadValueError with a sentence when it can't be."""
        if raw is None or raw == "" or raw == [] or (isinstance(raw, str) and not raw.strip()):
            if self.required:
                raise BadValueError(f"{_ASKS.get(self.kind, '请填写')}“{self.label}”。")
            return None
        cleaner: Cleaner = _CLEANERS[self.kind]
        return cleaner(self, raw, options or self.options)


def choice_key(text: str, options: tuple[Option, ...]) -> str | None:
    """Find the option meant by a key, a label or an alias."""
    for option in options:
        if text in (option.key, option.label, *option.aliases):
            return option.key
    return None


def _text(field: Field, raw: object, _options: tuple[Option, ...]) -> str:
    if not isinstance(raw, str | int):
        raise BadValueError(f"“{field.label}”应是文字。")
    text = unicodedata.normalize("NFC", str(raw)).strip().replace("\r\n", "\n")
    if any(unicodedata.category(mark) in ("Cs", "Co", "Cn") or mark == "\0" for mark in text):
        raise BadValueError(f"“{field.label}”含有无法保存的字符，请删去后再提交。")
    limit = field.max_length or (LONG_TEXT_MAX if field.kind is Kind.LONG_TEXT else TEXT_MAX)
    if len(text) > limit:
        raise BadValueError(
            f"“{field.label}”最多 {limit} 字，现有 {len(text)} 字，请压缩或另附材料。"
        )
    return text


def _integer(field: Field, raw: object, _options: tuple[Option, ...]) -> int:
    text = unicodedata.normalize("NFKC", str(raw)).strip().replace(",", "")
    if not re.fullmatch(r"-?\d{1,15}", text):
        raise BadValueError(f"“{field.label}”应是整数，例如 12。")
    return int(text)


def _amount(field: Field, raw: object, _options: tuple[Option, ...]) -> str:
    text = unicodedata.normalize("NFKC", str(raw)).strip().replace(",", "")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise BadValueError(f"“{field.label}”应是金额，例如 5000 或 5000.50。") from None
    if not value.is_finite() or value < 0 or abs(value) >= Decimal(10) ** 12:
        raise BadValueError(f"“{field.label}”应是不小于 0 的金额，单位为元。")
    if value != round(value, 2):
        raise BadValueError(f"“{field.label}”最多精确到分。")
    return str(round(value, 2))


def _number(field: Field, raw: object, _options: tuple[Option, ...]) -> str:
    """A measured figure as a plain decimal: 12.50 and 12.5 are kept alike."""
    text = unicodedata.normalize("NFKC", str(raw)).strip().replace(",", "").removesuffix("%")
    if not _DECIMAL.fullmatch(text):
        raise BadValueError(f"“{field.label}”应是数字，例如 12.5。")
    value = Decimal(text)
    if field.at_least and value < Decimal(field.at_least):
        raise BadValueError(f"“{field.label}”不能小于 {field.at_least}{field.unit}，请核对。")
    if field.at_most and value > Decimal(field.at_most):
        raise BadValueError(f"“{field.label}”不能大于 {field.at_most}{field.unit}，请核对。")
    plain = f"{value:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def _day(field: Field, raw: object, _options: tuple[Option, ...]) -> str:
    if isinstance(raw, datetime):
        raw = raw.astimezone(SHANGHAI).date()
    if isinstance(raw, date):
        return _within_our_years(field, raw).isoformat()
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", str(raw)).strip())
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        raise BadValueError(f"“{field.label}”应是日期，例如 2026-03-01。")
    return _within_our_years(field, day).isoformat()


def asked_day(text: str) -> date | None:
    """A day of an address, YYYY-MM-DD; None when it isn't one within the years of fields."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _within_our_years[Day: date](field: Field, day: Day) -> Day:
    """Days far off are slips of the hand, and clocks can't be reckoned past the last year."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadValueError(f"“{field.label}”应在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间，请核对。")
    return day


def _moment(field: Field, raw: object, _options: tuple[Option, ...]) -> str:
    if isinstance(raw, datetime):
        moment = raw
    else:
        text = unicodedata.normalize("NFKC", str(raw)).strip().replace("/", "-")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise BadValueError(f"“{field.label}”应是日期和时刻，例如 2026-03-01 08:30。") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=SHANGHAI)
    try:
        here = moment.astimezone(SHANGHAI)
    except OverflowError:
        here = moment
    return _within_our_years(field, here).isoformat()


def _choice(field: Field, raw: object, options: tuple[Option, ...]) -> str:
    text = str(raw).strip()
    key = choice_key(text, options)
    if key is not None:
        return key
    if field.free:
        return _text(field, text, options)
    labels = "、".join(option.label for option in options)
    raise BadValueError(f"“{field.label}”没有“{text[:30]}”这一项，请从{labels}中选择。")


def _choices(field: Field, raw: object, options: tuple[Option, ...]) -> list[str]:
    parts = re.split(r"[、,，;；]", raw) if isinstance(raw, str) else raw
    if not isinstance(parts, list | tuple):
        raise BadValueError(f"“{field.label}”应是几项选择。")
    chosen = {_choice(field, part, options) for part in parts if str(part).strip()}
    order = {option.key: place for place, option in enumerate(options)}
    return sorted(chosen, key=lambda key: (order.get(key, len(order)), key))


_YES = {"是", "yes", "true", "1", "on"}
_NO = {"否", "no", "false", "0", "off"}


def _yes_no(field: Field, raw: object, _options: tuple[Option, ...]) -> bool:
    text = str(raw).strip().lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise BadValueError(f"“{field.label}”请填是或否。")


def _files(field: Field, raw: object, _options: tuple[Option, ...]) -> list[int]:
    parts = raw if isinstance(raw, list | tuple) else [raw]
    if not all(re.fullmatch(r"[0-9]{1,18}", str(part)) for part in parts):
        raise BadValueError(f"“{field.label}”应是已上传的附件。")
    return [int(str(part)) for part in parts]


def _reference(field: Field, raw: object, _options: tuple[Option, ...]) -> int:
    text = str(raw).strip()
    if not re.fullmatch(r"\d{1,18}", text):
        raise BadValueError(f"“{field.label}”没有选到，请从列表中选择。")
    return int(text)


_CLEANERS: dict[Kind, Cleaner] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.AMOUNT: _amount,
    Kind.NUMBER: _number,
    Kind.DAY: _day,
    Kind.MOMENT: _moment,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.YES_NO: _yes_no,
    Kind.FILES: _files,
    Kind.UNIT: _reference,
    Kind.REGION: _reference,
    Kind.SITE: _reference,
    Kind.PERSON: _reference,
    Kind.MATTER: _text,
}
