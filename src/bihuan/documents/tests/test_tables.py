"""A user's table is read by its labels, whatever the format, and refused in plain words."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from bihuan.documents import grids
from bihuan.documents.tables import Unreadable, read_rows, text_of
from bihuan.documents.workbooks import Column, Sheet, workbook_bytes

LABELS = ("煤矿名称", "检查日期", "隐患数(条)")
ODS_CONTENT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="表1">{}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)


def xlsx(rows: Sequence[Sequence[object]]) -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(
        stream, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
    ) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return stream.getvalue()


def package(members: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def ods(rows: str) -> bytes:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b"<manifest/>"
    content = ODS_CONTENT.format(rows).encode()
    return package({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def ods_cell(text: str, more: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p>'
        "</table:table-cell>"
    )


def read(
    data: bytes, name: str = "检查.xlsx", **options: object
) -> list[tuple[int, dict[str, str]]]:
    found = read_rows(data, name=name, labels=LABELS, date_labels={"检查日期"}, **options)  # type: ignore[arg-type]
    return list(found)


WANTED = [(3, {"煤矿名称": "青石岭煤矿", "检查日期": "2026-03-01", "隐患数(条)": "3"})]


def test_xlsx_is_read_under_its_title_with_true_row_numbers() -> None:
    rows = [["检查情况表"], ["*煤矿 名称", "检查日期：", "备注", "隐患数（条）"]]
    data = xlsx([*rows, ["青石岭煤矿 ", date(2026, 3, 1), "无", 3.0], [], ["白云煤矿"]])
    assert read(data) == [
        *WANTED,
        (5, {"煤矿名称": "白云煤矿", "检查日期": "", "隐患数(条)": ""}),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_every_usual_encoding(encoding: str, delimiter: str) -> None:
    lines = ["检查情况表", "煤矿名称,检查日期,隐患数（条）", "青石岭煤矿,2026/3/1,3"]
    if delimiter != ",":
        lines = lines[1:]
    text = "\r\n".join(lines).replace(",", delimiter)
    if delimiter == ",":
        text = text.replace("检查情况表", "检查情况表,,")
    wanted = [(len(lines), WANTED[0][1])]
    assert read(text.encode(encoding), "检查.csv") == wanted


def test_ods_is_read() -> None:
    head = "".join(ods_cell(label) for label in LABELS)
    row = ods_cell("青石岭煤矿") + ods_cell("2026年3月1日") + ods_cell("3")
    blank = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/>'
    body = f"<table:table-row/><table:table-row>{head}</table:table-row>"
    data = ods(f"{body}<table:table-row>{row}</table:table-row>{blank}</table:table-row>")
    assert read(data, "检查.ods") == WANTED


def test_notes_printed_under_a_table_are_not_rows() -> None:
    columns = tuple(Column(label=label, width=12) for label in LABELS)
    sheet = Sheet(
        name="表",
        title="检查情况表",
        columns=columns,
        rows=[("青石岭煤矿", "2026.3.1", "3")],
        notes=("隐患数只计一般隐患", "按日填报"),
    )
    assert read(workbook_bytes([sheet])) == WANTED


@pytest.mark.parametrize(
    ("cell", "is_date", "wanted"),
    [
        ("2026年3月1日", True, "2026-03-01"),
        ("2026-03-01 08:05", True, "2026-03-01 08:05"),
        ("2026.13.1", True, "2026.13.1"),
        ("2026.3.1", False, "2026.3.1"),
        (46082.0, True, "2026-03-01"),
        (46082.0, False, "46082"),
        (0.5, False, "0.5"),
        (True, False, "是"),
        (datetime(2026, 3, 1), False, "2026-03-01"),  # noqa: DTZ001
        (datetime(2026, 3, 1, 8, 5), False, "2026-03-01 08:05"),  # noqa: DTZ001
    ],
)
def test_cells_become_text(cell: grids.Cell, is_date: bool, wanted: str) -> None:
    assert text_of(cell, is_date=is_date) == wanted


@given(st.dates())
def test_every_written_date_comes_back_in_iso_form(day: date) -> None:
    if day.year >= 1000:
        for text in (f"{day.year}年{day.month}月{day.day}日", f"{day.year}/{day.month}/{day.day}"):
            assert text_of(text, is_date=True) == day.isoformat()


def refusal(data: bytes, name: str = "检查.xlsx", **options: object) -> str:
    with pytest.raises(Unreadable) as refused:
        read(data, name, **options)
    return str(refused.value)


def test_files_that_are_no_tables_are_refused() -> None:
    assert "空文件" in refusal(b" \n")
    assert "不是可读的表格" in refusal(b"\x89PNG\r\n\x1a\n\x00\x00")
    assert "不是可读的表格" in refusal(package({"word/document.xml": b"<a/>"}))
    assert "其实是网页文件" in refusal(b"<html><table></table></html>", "检查.xls")
    assert "损坏" in refusal(b"PK\x03\x04 broken")
    assert "损坏" in refusal(grids.COMPOUND_FILE + b"\x00" * 600, "检查.xls")
    assert "工作表都是空的" in refusal(xlsx([]))


def test_an_encrypted_file_says_how_to_take_the_password_off() -> None:
    data = grids.COMPOUND_FILE + b"\x00" * 600 + grids.ENCRYPTED_PACKAGE
    assert "设了打开密码" in refusal(data)


def test_a_file_without_head_or_required_label_is_refused() -> None:
    assert "没有找到表头" in refusal(xlsx([["甲", "乙"], ["青石岭煤矿", 1]]))
    sentence = refusal(xlsx([LABELS[:2], ["青石岭煤矿"]]), required={"隐患数(条)"})
    assert sentence == "“检查.xlsx”第 1 行表头缺少“隐患数(条)”。请补上后再上传。"


def test_too_many_rows_are_refused() -> None:
    data = xlsx([LABELS, *[["青石岭煤矿"]] * 4])
    assert "有 4 行，一次最多 3 行" in refusal(data, rows_max=3)


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "UNPACKED_BYTES_MAX", 1 << 20)
    data = package({"xl/workbook.xml": b"<a/>", "xl/media/a": b"0" * (2 << 20)})
    assert len(data) < 10_000
    assert "解压后超过 1 MB" in refusal(data)


def test_cells_far_apart_are_refused_before_the_reader_takes_all_memory() -> None:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet()
        page.write(0, 0, "甲")
        page.write(1_048_575, 16_383, "乙")
    assert "表格范围过大（1048576 行、16384 列）" in refusal(stream.getvalue())
    wide = ods_cell("甲", 'table:number-columns-repeated="99999999999999"')
    data = ods(f"<table:table-row>{wide}</table:table-row>")
    assert "表格范围过大" in refusal(data, "检查.ods")


def test_two_byte_text_inside_a_package_is_refused() -> None:
    sheet = '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")
    data = package({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": sheet})
    assert "内部编码少见" in refusal(data)
