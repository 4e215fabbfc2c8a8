"""Cells of a file that a user gives us, in whatever table format, as plain rows of values."""

import csv
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from xml.etree import ElementTree as ET

from bihuan.documents.archives import UnsafeArchive, chunks_of, open_archive

type Cell = str | int | float | bool | date | datetime | time | timedelta
type Grid = list[list[Cell]]

FILE_BYTES_MAX = 20 << 20
UNPACKED_BYTES_MAX = 200 << 20
CELLS_MAX = 4_000_000
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
WEB_PAGE = re.compile(rb"\s*<(?:!doctype|html|table|meta|\?xml|body|div)", re.IGNORECASE)
CELL_PLACE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,7})(\d{1,12})["']""")
OVERLAP_BYTES = 64
# In two-byte text the places of cells could not be seen before the reader lays them out.
WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
DELIMITERS = (",", "\t", ";", "，")


class Unreadable(Exception):  # noqa: N818  an expected answer, not an error
    """The file cannot be read as a table; the message says why and what to do, in Chinese."""


def read_grid(data: bytes, *, name: str) -> Grid:
    """All rows of the first sheet that holds anything; raises Unreadable."""
    if not data.strip():
        raise Unreadable(f"“{name}”是空文件。请填写后再上传。")
    if len(data) > FILE_BYTES_MAX:
        limit = FILE_BYTES_MAX >> 20
        raise Unreadable(f"“{name}”超过 {limit} MB。请拆成几个文件分别上传。")
    if data.startswith(b"PK"):
        return _read_package(data, name=name)
    if data.startswith(COMPOUND_FILE):
        if ENCRYPTED_PACKAGE in data:
            raise _encrypted(name)
        return _read_sheets(data, name=name)
    return list(_read_text(data, name=name))


def _encrypted(name: str) -> Unreadable:
    return Unreadable(f"“{name}”设了打开密码。请在 Excel 或 WPS 中取消密码，另存后再上传。")


def _wrong_type(name: str) -> Unreadable:
    return Unreadable(f"“{name}”不是可读的表格。请上传 xlsx、xls、ods 或 csv 文件。")


def _read_package(data: bytes, *, name: str) -> Grid:
    try:
        with open_archive(data, unpacked_bytes_max=UNPACKED_BYTES_MAX) as package:
            members = frozenset(package.namelist())
            if "xl/workbook.xml" in members:
                _refuse_vast_sheets(package, name=name)
            elif "content.xml" in members and "mimetype" in members:
                _refuse_vast_tables(package, name=name)
            else:
                raise _wrong_type(name)
    except UnsafeArchive as unsafe:
        raise Unreadable(f"“{name}”不能读取：{unsafe}") from unsafe
    return _read_sheets(data, name=name)


def _refuse_vast_sheets(package: zipfile.ZipFile, *, name: str) -> None:
    # The reader lays a sheet out whole, so two cells far apart would take all memory there is.
    for member in package.infolist():
        rows = columns = 0
        tail = b""
        for chunk in chunks_of(package, member):
            if not tail and chunk.startswith(WIDE_TEXT):
                raise Unreadable(f"“{name}”的内部编码少见，不能读取。请另存为 xlsx 后再上传。")
            for letters, digits in CELL_PLACE.findall(tail + chunk):
                rows = max(rows, int(digits))
                columns = max(columns, _column_number(letters))
            _refuse_vast(rows, columns, name=name)
            tail = chunk[-OVERLAP_BYTES:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _refuse_vast(rows: int, columns: int, *, name: str) -> None:
    if rows * max(1, columns) > CELLS_MAX:
        raise Unreadable(
            f"“{name}”的表格范围过大（{rows} 行、{columns} 列）。"
            "请删去表格下方和右侧的多余内容，另存后再上传。"
        )


def _refuse_vast_tables(package: zipfile.ZipFile, *, name: str) -> None:
    for member in package.infolist():
        content = b"".join(chunks_of(package, member))
        if member.filename != "content.xml":
            continue
        try:
            _check_tables(content, name=name)
        except ET.ParseError as damaged:
            raise Unreadable(f"“{name}”内部已损坏，读不完整。请另存后再上传。") from damaged


def _check_tables(content: bytes, *, name: str) -> None:
    rows = columns = column = 0
    filled = False
    for moment, element in ET.iterparse(BytesIO(content), events=("start", "end")):  # noqa: S314
        if moment == "start":
            if element.tag == f"{TABLE}table":
                rows = columns = 0
            elif element.tag == f"{TABLE}table-row":
                column, filled = 0, False
        elif element.tag in {f"{TABLE}table-cell", f"{TABLE}covered-table-cell"}:
            column += _repeated(element, "columns")
            if f"{OFFICE}value-type" in element.attrib or len(element):
                filled, columns = True, max(columns, column)
            element.clear()
        elif element.tag == f"{TABLE}table-row":
            rows += _repeated(element, "rows")
            _refuse_vast(rows if filled else 0, columns, name=name)
            element.clear()


def _repeated(element: ET.Element, what: str) -> int:
    text = element.attrib.get(f"{TABLE}number-{what}-repeated", "1")
    return min(int(text), CELLS_MAX + 1) if text.isascii() and text.isdecimal() else 1


def _read_sheets(data: bytes, *, name: str) -> Grid:
    from python_calamine import (  # noqa: PLC0415 - few processes ever read a sheet
        CalamineError,
        CalamineWorkbook,
        PasswordError,
    )

    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            for sheet_name in book.sheet_names:
                grid = book.get_sheet_by_name(sheet_name).to_python(skip_empty_area=False)
                if any(cell != "" for row in grid for cell in row):
                    return list(grid)
    except PasswordError as locked:
        raise _encrypted(name) from locked
    except (CalamineError, ValueError) as damaged:
        raise Unreadable(
            f"“{name}”打不开，可能已损坏。请用 Excel 或 WPS 打开后另存为 xlsx，再上传。"
        ) from damaged
    raise Unreadable(f"“{name}”的各工作表都是空的。请填写后再上传。")


def _read_text(data: bytes, *, name: str) -> Iterator[list[Cell]]:
    if WEB_PAGE.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise Unreadable(f"“{name}”其实是网页文件。请用 Excel 或 WPS 打开后另存为 xlsx，再上传。")
    text = _decoded(data, name=name)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    try:
        yield from (list[Cell](row) for row in csv.reader(StringIO(text), delimiter=delimiter))
    except csv.Error as damaged:
        raise Unreadable(
            f"“{name}”的逗号分隔格式有误。请用 Excel 或 WPS 打开后另存为 xlsx，再上传。"
        ) from damaged


def _decoded(data: bytes, *, name: str) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in data and not wide:
        raise _wrong_type(name)
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _wrong_type(name)
