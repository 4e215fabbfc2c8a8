"""A refused import comes back as the user's own rows, with the errors beside and in the cells."""

import zipfile
from datetime import date
from io import BytesIO

from python_calamine import CalamineWorkbook

from bihuan.documents.error_workbooks import annotate_errors
from bihuan.documents.tables import read_rows
from bihuan.documents.tests.test_tables import xlsx

LABELS = ("煤矿名称", "检查日期", "隐患数")
GIVEN = xlsx(
    [
        ["检查情况表"],
        list(LABELS),
        ["青石岭煤矿", date(2026, 3, 1), "三条"],
        [],
        ["=1+1", "昨天"],
    ]
)
ERRORS = {
    3: {"隐患数": "请填写数字。"},
    5: {"检查日期": "请填写年月日。", "隐患数": "请填写数字。", "": "本行与第 3 行重复。"},
}


def annotated(data: bytes = GIVEN) -> bytes:
    return annotate_errors(data, name="检查.xlsx", labels=LABELS, errors=ERRORS)


def test_the_rows_keep_their_places_behind_a_first_column_of_errors() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(annotated()))
    assert book.get_sheet_by_index(0).to_python(skip_empty_area=False) == [
        ["", "检查情况表", "", ""],
        ["错误说明", *LABELS],
        ["【隐患数】请填写数字。", "青石岭煤矿", date(2026, 3, 1), "三条"],
        ["", "", "", ""],
        [
            "【检查日期】请填写年月日。\n【隐患数】请填写数字。\n本行与第 3 行重复。",
            "=1+1",
            "昨天",
            "",
        ],
    ]


def test_wrong_cells_are_red_and_say_why_even_where_they_are_missing() -> None:
    with zipfile.ZipFile(BytesIO(annotated())) as package:
        comments = package.read("xl/comments1.xml").decode()
        page = package.read("xl/worksheets/sheet1.xml").decode()
        styles = package.read("xl/styles.xml").decode()
    assert [place for place in ("D3", "C5", "D5") if f'ref="{place}"' not in comments] == []
    assert 'ref="C3"' not in comments
    assert "FFF8D7D4" in styles
    assert "<f>" not in page


def test_the_given_back_file_can_be_read_again_with_the_same_row_numbers() -> None:
    before = list(read_rows(GIVEN, name="a.xlsx", labels=LABELS))
    after = list(read_rows(annotated(), name="b.xlsx", labels=LABELS))
    assert before == after
    assert [number for number, _ in after] == [3, 5]


def test_giving_back_twice_does_not_double_the_column() -> None:
    assert annotated(annotated()) == annotated()
