"""What a field of a record may hold, and the sentence for a field that doesn't."""

import re
from datetime import date
from typing import Final

from bihuan.telemetry.dialect import Column, Dialect
from bihuan.telemetry.notation import STATUS_MAX, number_of, status_of, time_of

# Codes that begin with the mine's twelve digits: how long they are, what they are made of.
CODES: Final = {
    "point": (28, "煤矿编码12位、系统编码2位、数值类型2位、传感器类型4位、原系统测点编码8位"),
    "substation": (17, "煤矿编码12位加5位"),
    "area_code": (16, "煤矿编码12位加4位"),
    "station": (22, "区域编码16位加6位"),
    "card": (17, "煤矿编码12位加5位"),
}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PATTERNS: Final = {
    "four_digits": (re.compile(r"[0-9]{4}"), "应为4位数字"),
    "count": (re.compile(r"[0-9]+"), "应为不带符号的整数"),
}


def objection(text: str, column: Column, *, mine: str, dialect: Dialect) -> str:
    """What is wrong with the text of a field, and what is right; empty when nothing is."""
    if not text:
        return "没有填写，这一项必填。" if column.is_required else ""
    form = column.form
    if form in CODES:
        return _code(text, form, mine)
    if form in dialect.choices:
        known = dialect.choices[form]
        offered = "、".join(key if key == said else f"{key} {said}" for key, said in known.items())
        return "" if text in known else f"不在可填的值里：{offered}。"
    if form in _PATTERNS:
        pattern, words = _PATTERNS[form]
        return "" if pattern.fullmatch(text) else f"{words}。"
    return _plain(text, form, dialect)


def _plain(text: str, form: str, dialect: Dialect) -> str:
    if form == "time" and time_of(text) is None:
        return "不是真实存在的时间，应写作 2026-03-01 08:00:00（半角，19个字符）。"
    if form == "date" and not _is_date(text):
        return "不是真实存在的日期，应写作 2026-03-01。"
    if form == "status" and status_of(text) is None:
        return f"不是测点状态，应为0到{STATUS_MAX}的整数，几种状态同时存在时把代码相加。"
    is_told = text.strip() and number_of(text, missing=float("nan")) is None
    if form == "number" and is_told:
        return f"不是数；没有值时留空或写 {dialect.missing:g}。"
    return ""


def _code(text: str, form: str, mine: str) -> str:
    length, words = CODES[form]
    if len(text) != length:
        return f"有{len(text)}个字符，应有{length}个：{words}。"
    return "" if text.startswith(mine) else f"应以文件头的煤矿编码 {mine} 开头。"


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False
