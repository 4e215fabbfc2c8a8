"""Rows of a user's table, found by the labels of its head, as text ready for checking."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bihuan.documents.grids import Cell, Grid, Unreadable, read_grid

__all__ = ["Head", "Unreadable", "find_head", "read_rows", "text_of"]

HEAD_SEARCH_ROWS = 30
ROWS_MAX = 50_000
EXACT_WHOLE_MAX = 1e15
SERIAL_DAY_FIRST, SERIAL_DAY_LAST = 20_000, 80_000
SERIAL_EPOCH = date(1899, 12, 30)
WRITTEN_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?"
    r"(?:[T ]\s*(\d{1,2}):(\d{2})(?::\d{2})?)?"
)
NOTES_BEGIN = re.compile(r"(?:注|说明|备注)\s*[：:]")


@dataclass(frozen=True)
class Head:
    """The head row: its row number as the user sees it, and the column of each label."""

    row_number: int
    columns: dict[str, int]


def read_rows(
    data: bytes,
    *,
    name: str,
    labels: Sequence[str],
    required: Collection[str] = (),
    date_labels: Collection[str] = (),
    rows_max: int = ROWS_MAX,
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (row number as the user sees it, {label: text}); raises Unreadable.

    Every label of the head that is known is a key; dates are ISO text. Reading is done before
    the first row is given, so an unreadable file is told at once.
    """
    grid = read_grid(data, name=name)
    head = find_head(grid, name=name, labels=labels, required=required)
    rows = list(_filled_rows(grid, head=head, date_labels=frozenset(date_labels)))
    if len(rows) > rows_max:
        raise Unreadable(
            f"“{name}”有 {len(rows)} 行，一次最多 {rows_max} 行。请拆成几个文件分别上传。"
        )
    return iter(rows)


def find_head(
    grid: Grid, *, name: str, labels: Sequence[str], required: Collection[str] = ()
) -> Head:
    """The row near the top that holds most of the labels; raises Unreadable."""
    known = {_folded(label): label for label in labels}
    best = Head(row_number=0, columns={})
    for number, row in enumerate(grid[:HEAD_SEARCH_ROWS], start=1):
        columns: dict[str, int] = {}
        for place, cell in enumerate(row):
            label = known.get(_folded(text_of(cell)))
            if label is not None:
                columns.setdefault(label, place)
        if len(columns) > len(best.columns):
            best = Head(row_number=number, columns=columns)
    if len(best.columns) < min(2, len(labels)):
        wanted = "、".join(labels[:4])
        raise Unreadable(
            f"“{name}”前 {HEAD_SEARCH_ROWS} 行里没有找到表头。"
            f"请保留模板的表头行（{wanted}等），再上传。"
        )
    missing = [label for label in labels if label in required and label not in best.columns]
    if missing:
        raise Unreadable(
            f"“{name}”第 {best.row_number} 行表头缺少“{'”“'.join(missing)}”。请补上后再上传。"
        )
    return best


def _folded(label: str) -> str:
    """A label without the differences that hands make: blanks, bracket width, required marks."""
    return re.sub(r"[\s*＊:：]", "", unicodedata.normalize("NFKC", label)).lower()


def _filled_rows(
    grid: Grid, *, head: Head, date_labels: frozenset[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    for number, row in enumerate(grid[head.row_number :], start=head.row_number + 1):
        if _begins_notes(row):
            return
        texts = {
            label: text_of(row[place] if place < len(row) else "", is_date=label in date_labels)
            for label, place in head.columns.items()
        }
        if any(texts.values()):
            yield number, texts


def _begins_notes(row: Sequence[Cell]) -> bool:
    """True for a printed note under the table, which is no row of it."""
    texts = [text for text in map(text_of, row) if text]
    return len(texts) == 1 and NOTES_BEGIN.match(texts[0]) is not None


def text_of(cell: Cell, *, is_date: bool = False) -> str:
    """The cell as text: dates in ISO form, whole numbers without a point, blanks trimmed."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        whole_day = cell.time() == time()
        return cell.date().isoformat() if whole_day else cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time | timedelta):
        return str(cell)
    if isinstance(cell, int | float):
        return _number_text(cell, is_date=is_date)
    text = cell.strip().strip("\ufeff\u200b")
    return _written_date(text) if is_date else text


def _number_text(number: float, *, is_date: bool) -> str:
    if is_date and SERIAL_DAY_FIRST <= number <= SERIAL_DAY_LAST:
        return (SERIAL_EPOCH + timedelta(days=int(number))).isoformat()
    if isinstance(number, float) and number.is_integer() and abs(number) < EXACT_WHOLE_MAX:
        return str(int(number))
    text = str(number)
    return _written_date(text) if is_date else text


def _written_date(text: str) -> str:
    """ISO form of a date as people write it; anything else unchanged for the caller to refuse."""
    found = WRITTEN_DATE.fullmatch(text)
    if found is None:
        return text
    year, month, day, hour, minute = (int(part) if part else 0 for part in found.groups())
    try:
        moment = datetime(year, month, day, hour, minute)  # noqa: DTZ001 - as it was written
    except ValueError:
        return text
    return moment.date().isoformat() if found[4] is None else moment.strftime("%Y-%m-%d %H:%M")
