"""The outside of a mine's file: name, encoding, end, header, and what is later (T1, T2)."""

import re
from enum import StrEnum
from typing import Final, NamedTuple

from bihuan.telemetry.notation import BLANKS, moment_of

_NAME = re.compile(r"([0-9]{12})_([A-Z0-9]+)_([0-9]{14,})\.txt")
_BOM: Final = b"\xef\xbb\xbf"
_BLANK_BYTES: Final = BLANKS.encode()
_KEY_DIGITS: Final = 20
_END: Final = b"||"
_LONE: Final = "surrogateescape"  # a path of bytes that are no UTF-8 keeps its bytes
type OrderKey = tuple[bytes, bytes, bytes]


class Fault(StrEnum):
    """Why a file or a record is rejected, in the words of `rejected.csv` (T18)."""

    NAME = "name"
    ENCODING = "encoding"
    NO_END = "no_end"
    TEXT_AFTER_END = "text_after_end"
    HEADER_MINE = "header_mine"
    FIELD_COUNT = "field_count"
    POINT_LENGTH = "point_length"
    POINT_MINE = "point_mine"
    TIME = "time"
    STATUS = "status"
    TIME_AHEAD = "time_ahead"
    NO_DEFINITION = "no_definition"


_EXAMPLE: Final = "620823009203_CDSS_20260301080000.txt"
# What the sender of a rejected file is told.
FILE_FAULTS: Final = {
    Fault.NAME: "文件名不对：应为“煤矿编码12位数字_类型（大写）_年月日时分秒14位以上.txt”，"
    f"时间要真实存在，大小写要一致，例如 {_EXAMPLE}。",
    Fault.ENCODING: "编码不对：既不是 UTF-8，也不是 GB18030。请用 UTF-8 生成。",
    Fault.NO_END: "没有结尾的“||”，文件可能没有写完。请在最后一条记录之后写“~||”。",
    Fault.TEXT_AFTER_END: "第一个“||”之后还有内容。“||”只能出现在结尾，也不能出现在任何一项里。",
    Fault.HEADER_MINE: "文件头第1项应是煤矿编码，并和文件名的前12位相同。",
}


class Name(NamedTuple):
    """A file's name taken apart; `moment` in seconds, `key` decides which file is the later one."""

    mine: str
    kind: str
    moment: int
    key: OrderKey


class Body(NamedTuple):
    """The records of a file as UTF-8, each ended by `~`; `header` is the piece before them."""

    header: bytes
    records: bytes
    is_gb18030: bool = False

    @property
    def pieces(self) -> list[str]:
        """The records as texts."""
        return self.records.decode().split("~")[:-1]


def name_of(name: str, *, path: str = "") -> Name | None:
    """A file's name; None when the file is rejected for it. `path` is relative to the inbox."""
    match = _NAME.fullmatch(name)
    if not match:
        return None
    mine, kind, digits = match.groups()
    moment = moment_of(digits[:14])
    if moment is None:
        return None
    key = (digits.ljust(_KEY_DIGITS, "0").encode(), name.encode(), path.encode(errors=_LONE))
    return Name(mine=mine, kind=kind, moment=moment, key=key)


def open_envelope(data: bytes, *, mine: str) -> Body | Fault:
    """The records of a file whose name says that it is of `mine`, or why it is rejected."""
    text, is_gb18030 = _as_utf8(data), False
    if text is None:
        text, is_gb18030 = _from_gb18030(data), True
    if text is None:
        return Fault.ENCODING
    end = text.find(b"|")
    while end >= 0 and text[end : end + 2] != _END:
        end = text.find(b"|", end + 1)
    if end < 0:
        return Fault.NO_END
    if text[end + 2 :].strip(_BLANK_BYTES):
        return Fault.TEXT_AFTER_END
    cut = text.find(b"~", 0, end)
    header = text[: cut if cut >= 0 else end]
    if header.partition(b";")[0].strip(_BLANK_BYTES) != mine.encode():
        return Fault.HEADER_MINE
    records = b"" if cut < 0 else _whole(text[cut + 1 : end])
    return Body(header=header, records=records, is_gb18030=is_gb18030)


def _as_utf8(data: bytes) -> bytes | None:
    """The bytes without one BOM; None when they aren't UTF-8."""
    text = data.removeprefix(_BOM)
    try:
        text.decode()
    except UnicodeDecodeError:
        return None
    return text


def _from_gb18030(data: bytes) -> bytes | None:
    try:
        return data.decode("gb18030").encode()
    except UnicodeDecodeError:
        return None


def _whole(records: bytes) -> bytes:
    """Records that all end with `~`: the last one may lack it, a blank rest is none."""
    if records.endswith(b"~"):
        return records
    last = records.rfind(b"~") + 1
    return records + b"~" if records[last:].strip(_BLANK_BYTES) else records[:last]
