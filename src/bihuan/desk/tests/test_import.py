"""Import of leads: good rows are opened, bad ones come back in the user's own file."""

from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.people import County

from bihuan.desk.import_rows import CHUNK, Form
from bihuan.desk.tests import seeded
from bihuan.documents.error_workbooks import DONE_WORDS
from bihuan.leads.loop import LEAD
from bihuan.matters import trail
from bihuan.matters.models import Entry, Matter
from bihuan.matters.moment import standing_at
from bihuan.places.models import Site

HEADS = ("标题", "线索摘要", "举报类型", "举报来源", "举报人类别", "涉及企业", "收到时间")
GOOD = (
    "反映兴旺煤矿夜班超定员组织生产",
    "兴旺煤矿夜班下井人数超过规定。",
    "重大事故隐患",
    "来信",
    "群众",
    "兴旺煤矿",
    "2026-02-28",
)
NO_TITLE = ("", "青石岭煤矿主排水泵带病运行。", "瞒报事故", "来信", "群众", "青石岭煤矿", "")
NO_SITE = ("反映无名矿瞒报事故", "无名矿瞒报一起事故。", "瞒报事故", "来信", "群众", "无名矿", "")
URL = "/desk/m/lead/import"


def table(*rows: tuple[str, ...]) -> bytes:
    return "\n".join(",".join(row) for row in (HEADS, *rows)).encode()


def upload(client: Client, county: County, data: bytes, *, who: str = "intake") -> Any:
    client.force_login(county.users[who])
    with standing_at(seeded.START):
        return client.post(URL, {"file": SimpleUploadedFile("线索.csv", data)})


def cells(data: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()


def test_good_rows_are_registered(client: Client, county: County) -> None:
    response = upload(client, county, table(GOOD, GOOD))
    assert response.status_code == 200
    assert "登记 2 件" in response.content.decode()
    leads = Matter.objects.filter(kind="lead").order_by("id")
    assert [lead.number for lead in leads] == ["线索〔2026〕1号", "线索〔2026〕2号"]
    assert {lead.stage for lead in leads} == {"registered"}
    assert {lead.site_id for lead in leads} == {county.sites["xingwang"].pk}
    assert leads[0].facts_row.data["listed_on"] == "2026-02-28"


def test_bad_rows_come_back_and_leave_nothing(client: Client, county: County) -> None:
    response = upload(client, county, table(NO_TITLE, GOOD, NO_SITE))
    assert response.status_code == 422
    page = response.content.decode()
    assert "登记 1 件，退回 2 行" in page
    assert Matter.objects.filter(kind="lead").count() == 1
    assert Matter.objects.get(kind="lead").number == "线索〔2026〕1号"
    url = page.partition('href="/desk/m/lead/import/errors/')[2].partition('"')[0]
    marked = client.get(f"/desk/m/lead/import/errors/{url}")
    assert marked.status_code == 200
    rows = cells(marked.content)
    assert rows[0][0] == "错误说明"
    assert "请填写“标题”。" in rows[1][0]
    assert rows[2][0] == DONE_WORDS
    assert "“涉及企业”没有选到" in rows[3][0]
    client.force_login(county.users["intake2"])
    assert client.get(f"/desk/m/lead/import/errors/{url}").status_code == 404


def test_corrected_file_goes_in_again(client: Client, county: County) -> None:
    page = upload(client, county, table(NO_TITLE)).content.decode()
    url = page.partition('href="/desk/m/lead/import/errors/')[2].partition('"')[0]
    rows = cells(client.get(f"/desk/m/lead/import/errors/{url}").content)
    rows[1][rows[0].index("标题")] = "反映青石岭煤矿主排水泵带病运行"
    again = "\n".join(",".join(str(cell) for cell in row[1:]) for row in rows).encode()
    assert upload(client, county, again).status_code == 200
    assert Matter.objects.get(kind="lead").title == "反映青石岭煤矿主排水泵带病运行"


def test_whole_file_goes_in_again_without_doubling(client: Client, county: County) -> None:
    page = upload(client, county, table(NO_TITLE, GOOD)).content.decode()
    url = page.partition('href="/desk/m/lead/import/errors/')[2].partition('"')[0]
    rows = cells(client.get(f"/desk/m/lead/import/errors/{url}").content)
    rows[1][rows[0].index("标题")] = "反映青石岭煤矿主排水泵带病运行"
    again = "\n".join(",".join(str(cell) for cell in row) for row in rows).encode()
    assert "登记 1 件，跳过已登记的 1 行" in upload(client, county, again).content.decode()
    assert Matter.objects.filter(kind="lead").count() == 2


class Cut(StringIO):
    """A terminal that is closed once the first rows are told."""

    def write(self, text: str) -> int:
        if "已读" in text:
            raise KeyboardInterrupt
        return super().write(text)


def test_broken_off_import_goes_on_where_it_stopped(
    client: Client, county: County, tmp_path: Path
) -> None:
    source = tmp_path / "线索.csv"
    source.write_bytes(table(*[GOOD] * (CHUNK + 3)))
    with standing_at(seeded.START), pytest.raises(KeyboardInterrupt):
        call_command("import", "lead", str(source), stderr=Cut())
    assert Matter.objects.filter(kind="lead").count() == CHUNK
    page = upload(client, county, source.read_bytes()).content.decode()
    assert f"登记 3 件，跳过已登记的 {CHUNK} 行" in page
    assert f"第 2–{CHUNK + 1} 行上次已导入，未重复。" in page
    assert "放进另一个表格再导入" in page
    assert Matter.objects.filter(kind="lead").count() == CHUNK + 3
    told = StringIO()
    with standing_at(seeded.START):
        call_command("import", "lead", str(source), stderr=told)
    assert "已登记 0 件" in told.getvalue()
    assert f"第 2–{CHUNK + 4} 行上次已导入，未重复。" in told.getvalue()


def test_same_file_takes_in_only_what_was_given_back(client: Client, county: County) -> None:
    data = table(GOOD, NO_SITE, GOOD)
    assert upload(client, county, data).status_code == 422
    Site.objects.create(name="无名矿", region=county.regions["north"], kind=Site.Kind.COAL)
    page = upload(client, county, data, who="intake2").content.decode()
    assert "登记 1 件" in page
    assert "第 2、4 行上次已导入，未重复。" in page
    assert Matter.objects.filter(kind="lead").count() == 3


def test_rows_given_back_again_are_marked_as_before(client: Client, county: County) -> None:
    upload(client, county, table(GOOD, NO_TITLE))
    page = upload(client, county, table(GOOD, NO_TITLE)).content.decode()
    url = page.partition('href="/desk/m/lead/import/errors/')[2].partition('"')[0]
    rows = cells(client.get(f"/desk/m/lead/import/errors/{url}").content)
    assert rows[1][0] == DONE_WORDS


def test_equal_rows_are_meant_in_another_file_or_county(
    client: Client, county: County, neighbour: County
) -> None:
    upload(client, county, table(GOOD))
    assert "登记 1 件" in upload(client, county, table(GOOD) + b"\n").content.decode()
    row = (*GOOD[:5], "", GOOD[6])
    upload(client, county, table(row))
    assert "登记 1 件" in upload(client, neighbour, table(row)).content.decode()


def test_trying_a_file_doesn_t_count_as_importing_it(county: County, tmp_path: Path) -> None:
    source = tmp_path / "线索.csv"
    source.write_bytes(table(GOOD))
    with standing_at(seeded.START):
        call_command("import", "lead", str(source), "--dry-run", stderr=StringIO())
        call_command("import", "lead", str(source), stderr=StringIO())
    assert Matter.objects.filter(kind="lead").count() == 1


def test_personal_data_needs_a_look(client: Client, county: County) -> None:
    row = ("反映夜班超员", "矿工张建国反映夜班下井人数超过规定。", *GOOD[2:])
    assert "登记 0 件，退回 1 行" in upload(client, county, table(row)).content.decode()
    lines = table(row).decode().splitlines()
    looked = f"{lines[0]},已核对不含个人信息\n{lines[1]},是".encode()
    assert "登记 1 件" in upload(client, county, looked).content.decode()
    phone = ("反映夜班超员", "请打电话 199 0000 1234 联系。", *GOOD[2:], "是")
    refused = f"{lines[0]},已核对不含个人信息\n{','.join(phone)}".encode()
    assert "登记 0 件，退回 1 行" in upload(client, county, refused).content.decode()


def test_file_without_heads_is_told(client: Client, county: County) -> None:
    response = upload(client, county, "甲,乙\n1,2".encode())
    assert response.status_code == 422
    assert "没有找到表头" in response.content.decode()
    client.force_login(county.users["intake"])
    assert "请先选择填好的表格" in client.post(URL).content.decode()


def test_import_is_for_the_intake(client: Client, county: County) -> None:
    assert upload(client, county, table(GOOD), who="handler").status_code == 403
    assert not Matter.objects.exists()


def test_template_has_every_head(client: Client, county: County) -> None:
    client.force_login(county.users["intake"])
    response = client.get(f"{URL}/template.xlsx")
    heads = next(row for row in cells(response.content) if "标题*" in row)
    assert [str(head).removesuffix("*") for head in heads if head] == list(Form(LEAD).labels)


def test_command_imports_and_gives_back(county: County, tmp_path: Path) -> None:
    source = tmp_path / "线索.csv"
    source.write_bytes(table(GOOD, NO_TITLE))
    with standing_at(seeded.START):
        with pytest.raises(CommandError) as told:
            call_command("import", "lead", str(source), "--dry-run", stderr=StringIO())
        assert told.value.returncode == 1
        assert not Matter.objects.exists()
        with pytest.raises(CommandError):
            call_command("import", "lead", str(source), stderr=StringIO())
    lead = Matter.objects.get(kind="lead")
    assert "请填写“标题”。" in cells((tmp_path / "线索-请更正.xlsx").read_bytes())[2][0]
    line = trail.from_bytes(bytes(Entry.objects.get(matter_id=lead.pk, seq=1).body))
    assert line.actor == "青石县百日攻坚行动办公室 命令行导入"


def test_command_names_who_imported(county: County, tmp_path: Path) -> None:
    source = tmp_path / "线索.csv"
    source.write_bytes(table(GOOD))
    account = county.users["intake"].username
    with standing_at(seeded.START):
        call_command("import", "lead", str(source), "--by", account, stderr=StringIO())
    assert Entry.objects.get(step="register").actor_id == county.users["intake"].pk
    with pytest.raises(CommandError, match="不能登记"):
        call_command("import", "lead", str(source), "--by", county.users["handler"].username)
