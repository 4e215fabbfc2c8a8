"""Workbooks keep text as text, repeat their heads, mark changes and stream."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from bihuan.documents.workbooks import (
    CELL_CHARACTERS_MAX,
    Column,
    Sheet,
    cell_content,
    workbook_bytes,
    write_workbook,
)

COLUMNS = (
    Column(label="序号", width=6, kind="number"),
    Column(label="举报内容", width=30, note="按来电记录填写。"),
    Column(label="交办日期", width=12, kind="date"),
)
LIST = Sheet(
    name="每日清单",
    title="每日举报问题线索清单",
    columns=COLUMNS,
    rows=[(1, "=1+1", date(2022, 3, 1)), (2, "http://a.example", None)],
    notes=("本表由行动办公室填报",),
    header_fields=(("填报单位", "行动办公室"),),
    made_at_text="制表：科技&信息股",
)


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def grid(data: bytes, sheet: int = 0) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return [list(row) for row in book.get_sheet_by_index(sheet).to_python()]


def test_the_rows_stand_under_title_fields_and_heads() -> None:
    assert grid(workbook_bytes([LIST])) == [
        ["每日举报问题线索清单", "", ""],
        ["填报单位：行动办公室", "", ""],
        ["序号", "举报内容", "交办日期"],
        [1, "=1+1", date(2022, 3, 1)],
        [2, "http://a.example", ""],
        ["注：本表由行动办公室填报", "", ""],
    ]


def test_text_that_looks_like_a_formula_or_a_link_stays_text() -> None:
    formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A1", "{=1}", "http://a.example"]
    sheet = replace(LIST, rows=[(1, text, None) for text in formulas], notes=())
    package = parts(workbook_bytes([sheet]))
    page = package["xl/worksheets/sheet1.xml"]
    assert "<f>" not in page
    assert "<hyperlink" not in page
    assert [row[1] for row in grid(workbook_bytes([sheet]))[3:]] == formulas


def test_it_prints_on_a4_across_with_repeated_heads_and_page_numbers() -> None:
    package = parts(workbook_bytes([LIST]))
    page = package["xl/worksheets/sheet1.xml"]
    assert 'paperSize="9"' in page
    assert 'orientation="landscape"' in page
    assert 'fitToHeight="0"' in page
    assert "第 &amp;P 页，共 &amp;N 页" in page
    assert "科技&amp;&amp;信息股" in page
    assert 'topLeftCell="A4"' in page
    assert "'每日清单'!$3:$3" in package["xl/workbook.xml"].replace("&apos;", "'") or (
        "每日清单!$3:$3" in package["xl/workbook.xml"]
    )


def test_a_stamp_that_starts_with_a_figure_is_not_read_as_a_font_size() -> None:
    sheet = replace(LIST, made_at_text="2026-11-21 09:00 定稿")
    page = parts(workbook_bytes([sheet]))["xl/worksheets/sheet1.xml"]
    (footer,) = re.findall(r"<oddFooter>(.*?)</oddFooter>", page)
    assert footer == "&amp;L&amp;9 2026-11-21 09:00 定稿&amp;C&amp;9 第 &amp;P 页，共 &amp;N 页"


def test_a_note_of_a_column_is_a_comment_on_its_head() -> None:
    comments = parts(workbook_bytes([LIST]))["xl/comments1.xml"]
    assert 'ref="B3"' in comments
    assert "按来电记录填写。" in comments


def test_changed_cells_are_marked_by_more_than_colour() -> None:
    package = parts(workbook_bytes([replace(LIST, changed=frozenset({(1, 1)}))]))
    assert 'ref="B5"' in package["xl/comments1.xml"]
    assert "FFFFF4C2" in package["xl/styles.xml"]
    assert "浅黄底色、加粗" in package["xl/worksheets/sheet1.xml"]
    assert "浅黄底色" not in parts(workbook_bytes([LIST]))["xl/worksheets/sheet1.xml"]


def test_equal_content_gives_equal_bytes() -> None:
    assert workbook_bytes([LIST]) == workbook_bytes([LIST])


def test_long_text_makes_the_row_higher() -> None:
    page = parts(workbook_bytes([replace(LIST, rows=[(1, "矿" * 300, None)])]))
    heights = [
        float(piece.split('"')[0]) for piece in page["xl/worksheets/sheet1.xml"].split(' ht="')[1:]
    ]
    assert max(heights) > 200
    assert max(heights) <= 409


def test_too_long_text_is_cut_and_says_so() -> None:
    content = cell_content("矿" * (CELL_CHARACTERS_MAX + 1), kind="text")
    assert isinstance(content, str)
    assert len(content) == CELL_CHARACTERS_MAX
    assert content.endswith("请在系统内查看）")


@pytest.mark.parametrize(
    ("value", "kind", "wanted"),
    [
        (None, "text", None),
        ("", "text", None),
        (True, "text", "是"),
        (False, "number", "否"),
        (12, "text", "12"),
        (Decimal("1.50"), "number", 1.5),
        (datetime(2022, 3, 1, 16, 30, tzinfo=UTC), "moment", datetime(2022, 3, 2, 0, 30)),  # noqa: DTZ001
        (datetime(2022, 3, 1, 16, 30, tzinfo=UTC), "date", date(2022, 3, 2)),
        (date(2022, 3, 1), "date", date(2022, 3, 1)),
        ("待定", "date", "待定"),
    ],
)
def test_values_are_written_by_their_kind(value: object, kind: str, wanted: object) -> None:
    assert cell_content(value, kind=kind) == wanted  # type: ignore[arg-type]


def test_a_row_with_missing_cells_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="row 0 has 2 cells for 3 heads"):
        workbook_bytes([replace(LIST, rows=[(1, "内容")])])


def test_grouped_heads_are_merged_above_their_columns() -> None:
    columns = (
        Column(label="单位", width=10),
        Column(label="件数", width=8, group="交办"),
        Column(label="人数", width=8, group="交办"),
        Column(label="合计", width=8, group="反馈"),
    )
    sheet = Sheet(name="汇总", title="汇总", columns=columns, rows=[("甲", 1, 2, 3)])
    data = workbook_bytes([sheet])
    assert grid(data)[1:3] == [["单位", "交办", "", "反馈"], ["", "件数", "人数", "合计"]]
    page = parts(data)["xl/worksheets/sheet1.xml"]
    assert 'ref="A2:A3"' in page
    assert 'ref="B2:C2"' in page


def test_sheet_names_are_made_valid_and_different() -> None:
    sheets = [replace(LIST, name=name) for name in ("一/二", "一/二", "", "长" * 40)]
    book = CalamineWorkbook.from_filelike(BytesIO(workbook_bytes(sheets)))
    assert book.sheet_names == ["一 二", "一 二(2)", "清单", "长" * 31]


def test_a_long_list_is_streamed_with_progress(tmp_path: Path) -> None:
    told: list[int] = []

    def rows() -> Iterator[Sequence[object]]:
        for number in range(1200):
            yield number, f"第{number}条", None

    path = tmp_path / "list.xlsx"
    count = write_workbook(path, sheets=[replace(LIST, rows=rows())], on_progress=told.append)
    assert count == 1200
    assert told == [500, 1000, 1200]
    assert grid(path.read_bytes())[3 + 1199][1] == "第1199条"
