"""What a folder holds, by the oracle (T1, T2, T4, T6, T17)."""

import re
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from bihuan.telemetry.tests.oracle.words import DAY, Definition, Folder, Key, Reading

NAME = re.compile(r"([0-9]{12})_([A-Z0-9]+)_([0-9]{14,})\.txt")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
BLANKS = "\r\n "
FIELDS = {"CDDY": 24, "CDSS": 7}
TIME_FIELD = {"CDDY": 23, "CDSS": 6}
MISSING = -9999.0


def seconds(digits: str) -> int | None:
    """Seconds of fourteen digits, None if there is no such time."""
    parts = [int(digits[a:b]) for a, b in pairwise((0, 4, 6, 8, 10, 12, 14))]
    try:
        moment = datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
    return moment.toordinal() * DAY + moment.hour * 3600 + moment.minute * 60 + moment.second


def t1_moment(name: str) -> int | None:
    """The moment in a name; None when the name is wrong."""
    match = NAME.fullmatch(name)
    return seconds(match[3][:14]) if match else None


def t1_key(name: str, path: str, record: int) -> Key:
    """What decides which of two versions is the later one."""
    digits = name.removesuffix(".txt").split("_")[2]
    return digits.ljust(20, "0").encode(), name.encode(), path.encode(), record


def t2_decoded(data: bytes) -> str | None:
    """Strict UTF-8 with at most one BOM, else strict GB18030."""
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        return None


def t2_pieces(data: bytes, mine: str) -> str | list[str]:
    """The reason for which the file is rejected, or its records."""
    text = t2_decoded(data)
    if text is None:
        return "encoding"
    body, end, after = text.partition("||")
    if not end:
        return "no_end"
    if after.strip(BLANKS):
        return "text_after_end"
    header, *pieces = body.split("~")
    if header.split(";")[0].strip(BLANKS) != mine:
        return "header_mine"
    if pieces and not pieces[-1].strip(BLANKS):
        pieces.pop()
    return pieces


def t2_fault(kind: str, fields: list[str], mine: str, moment: int) -> str:
    """The reason for which a record is rejected, empty if it stands."""
    if len(fields) != FIELDS[kind]:
        return "field_count"
    if len(fields[0]) != 28:
        return "point_length"
    if not fields[0].startswith(mine):
        return "point_mine"
    time = t17_time(fields[TIME_FIELD[kind]])
    if time is None:
        return "time"
    if kind == "CDSS" and not t6_status_is_known(fields[5]):
        return "status"
    if time > moment + DAY:
        return "time_ahead"
    return ""


def t4_number(text: str) -> float | None:
    """The double that a text writes; None without a number."""
    if not NUMBER.fullmatch(text):
        return None
    number = float(text)
    return None if number in (float("inf"), float("-inf"), MISSING) else number


def t6_status_is_known(text: str) -> bool:
    """Digits of at most 255."""
    if not re.fullmatch(r"[0-9]+", text):
        return False
    digits = text.lstrip("0") or "0"
    return len(digits) <= 3 and int(digits) <= 255


def t17_time(text: str) -> int | None:
    """Seconds of a time as it is written, None if it is impossible."""
    return seconds(re.sub("[^0-9]", "", text)) if TIME.fullmatch(text) else None


def t18_read(folder: Path) -> Folder:
    """Read every file, however deep, and keep what stands."""
    found = Folder()
    for file in sorted(folder.rglob("*")):
        if not file.is_file():
            continue
        found.files += 1
        path = file.relative_to(folder).as_posix()
        moment = t1_moment(file.name)
        pieces = "name" if moment is None else t2_pieces(file.read_bytes(), file.name[:12])
        if isinstance(pieces, str) or moment is None:
            found.rejected_files += 1
            found.rejected.append((path, None, str(pieces)))
            continue
        kind = file.name.split("_")[1]
        for index, piece in enumerate(pieces if kind in FIELDS else []):
            _keep(found, kind, piece, file.name, path, index, moment)
    return found


def _keep(
    found: Folder, kind: str, piece: str, name: str, path: str, index: int, moment: int
) -> None:
    fields = [one.strip(BLANKS) for one in piece.split(";")]
    fault = t2_fault(kind, fields, name[:12], moment)
    found.records += kind == "CDSS"
    if fault:
        found.rejected_records += kind == "CDSS"
        found.rejected.append((path, index, fault))
        return
    key = t1_key(name, path, index)
    if kind == "CDDY":
        found.definitions.append((key, fields[0], Definition(moment, tuple(fields))))
        return
    time = t17_time(fields[6]) or 0
    one = Reading(
        fields[0],
        time,
        t4_number(fields[3]),
        int(fields[5].lstrip("0") or "0"),
        moment,
        path,
        index,
        fields[4],
    )
    found.readings.append((key, one))
