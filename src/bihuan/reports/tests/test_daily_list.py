"""The daily list: which leads, sixteen columns, versions, and what nobody may read in it."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from tests.people import NOW, County
from tests.walks.test_lead_walk import publish

from bihuan.language.clock import SHANGHAI
from bihuan.leads.models import Envelope
from bihuan.leads.sources import sources_used
from bihuan.leads.tables import DAILY_COLUMNS
from bihuan.matters.engine import take_step
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.reach import visible
from bihuan.matters.refusals import Incomplete, NotYours, Refused
from bihuan.regulations.packs import set_value
from bihuan.reports.issuing import issue, table_of
from bihuan.reports.models import ReportVersion

from .conftest import NEXT_DAY, START, Opener, cells_of, find, hand_over, register

DAY = date(2026, 3, 1)
PAGE = "/desk/reports/lead-list/"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def command(tmp_path: Path, on: str, *, at: datetime = NEXT_DAY) -> list[list[str]]:
    out = tmp_path / "list.xlsx"
    with standing_at(at):
        call_command("report", "lead-list", "--on", on, "--out", str(out), "--region", "990121")
    return cells_of(out.read_bytes())


def row_of(rows: list[list[str]], place: int = 0) -> dict[str, str]:
    return dict(zip(rows[2], rows[3 + place], strict=True))


@pytest.mark.clause("LX-A1-1-2")
def test_day_is_from_midnight_to_midnight(county: County, lead: Opener, tmp_path: Path) -> None:
    first = lead(moment("2026-03-01T00:00:00"))
    last = lead(moment("2026-03-01T23:59:59"))
    later = lead(moment("2026-03-02T00:00:00"))
    rows = command(tmp_path, "2026-03-01")
    assert [row[4] for row in rows[3:5]] == ["重大事故隐患", "重大事故隐患"]
    assert len(ReportVersion.objects.get().rows) == 2
    kept = {row["matter_id"] for row in ReportVersion.objects.get().rows}
    assert kept == {str(first.pk), str(last.pk)}
    command(tmp_path, "2026-03-02", at=NEXT_DAY + timedelta(days=1))
    (row,) = ReportVersion.objects.get(day="2026-03-02").rows
    assert row["matter_id"] == str(later.pk)
    assert "当日无线索" in command(tmp_path, "2026-02-28")[3][0]


def test_empty_day_says_so_on_screen(client: Client, county: County) -> None:
    client.force_login(county.users["office"])
    with standing_at(NEXT_DAY):
        assert "当日无线索" in client.get(PAGE, {"on": "2026-02-20"}).content.decode()


@pytest.mark.clause("LX-A1-1-2", "LX-A7-4")
def test_list_waits_for_the_type_of_each(client: Client, county: County, lead: Opener) -> None:
    waiting = lead(registered=False)
    client.force_login(county.users["office"])
    with standing_at(NEXT_DAY):
        page = client.get(PAGE, {"on": "2026-03-01"}).content.decode()
        assert '<span class="chip todo">待登记</span>' in page
        refused = client.post(f"{PAGE}issue/", {"on": "2026-03-01"})
        assert refused.status_code == 409
        assert "还有 1 条线索待登记" in refused.content.decode()
        with pytest.raises(Incomplete, match="举报类型"):
            take_step(
                waiting.pk,
                "register",
                by=county.actor("intake"),
                now=NEXT_DAY,
                answers={"title": "反映", "summary": "反映超员。", "source": "举报电话"},
            )
        register(county, waiting, at=NEXT_DAY)
        issued = client.post(f"{PAGE}issue/", {"on": "2026-03-01"})
    assert issued.status_code == 303
    assert issued["Location"].endswith("version=1")


def test_day_in_course_is_not_fixed(county: County, lead: Opener) -> None:
    lead()
    with pytest.raises(Refused, match="24:00"):
        issue(
            "lead-list",
            region=county.region,
            on=DAY,
            by=county.actor("office"),
            now=moment("2026-03-01T23:59:59"),
        )
    midnight = moment("2026-03-02T00:00:00")
    office = county.actor("office")
    assert issue("lead-list", region=county.region, on=DAY, by=office, now=midnight).version == 1


def test_tip_admitted_later_is_a_visible_amendment(
    client: Client, county: County, lead: Opener
) -> None:
    lead(START + timedelta(hours=2))
    screened = lead(registered=False, stage="screening")
    office = county.actor("office")
    first = issue("lead-list", region=county.region, on=DAY, by=office, now=NEXT_DAY)
    assert len(first.rows) == 1
    take_step(screened.pk, "admit", by=county.actor("intake"), now=NEXT_DAY)
    register(county, screened, at=NEXT_DAY)
    second = issue("lead-list", region=county.region, on=DAY, by=office, now=NEXT_DAY)
    assert [row["matter_id"] for row in second.rows][1] == str(screened.pk)
    assert "补记（2026-03-02甄别后受理）" in second.rows[1]["cells"]["remark"]
    assert {key for key, _column in second.changed} == {second.rows[1]["key"]}
    client.force_login(county.users["office"])
    with standing_at(NEXT_DAY):
        old = client.get(PAGE, {"on": "2026-03-01", "version": "1"}).content.decode()
        new = client.get(PAGE, {"on": "2026-03-01", "version": "2"}).content.decode()
    assert "补记" not in old.split("<main")[1]
    assert "有改动" in new


@pytest.mark.clause("LX-A7-1")
def test_sixteen_columns_in_order_and_the_reporter_masked(
    county: County, lead: Opener, tmp_path: Path
) -> None:
    sealed, unnamed = lead(), lead(START + timedelta(minutes=5))
    Envelope.objects.create(
        matter=sealed, purpose="identity", part="who", inline=b"\0", created_at=timezone.now()
    )
    hand_over(county, sealed)
    rows = command(tmp_path, "2026-03-01")
    assert rows[2] == [column.label for column in DAILY_COLUMNS]
    assert len(rows[2]) == 16
    assert rows[2][9] == "交办日期(7日内反馈)"
    assert rows[2][13] == "查处进展情况"
    first, second = row_of(rows), row_of(rows, 1)
    assert (first["举报人信息"], second["举报人信息"]) == ("已密封", "匿名")
    assert first["交办文书文号"] == "（煤）移〔2026〕1号"
    assert first["交办日期(7日内反馈)"] == "2026-03-01\n限2026-03-08"
    assert first["属地政府"] == "北川镇人民政府"
    assert (second["交办文书文号"], second["交办日期(7日内反馈)"]) == ("", "")
    assert unnamed.number


@pytest.mark.clause("LX-A7-3")
def test_source_is_free_text_and_filters(
    client: Client, county: County, lead: Opener, tmp_path: Path
) -> None:
    new = lead(source="村口意见簿")
    lead(source="举报电话")
    assert row_of(command(tmp_path, "2026-03-01"))["举报来源"] == "村口意见簿"
    office = county.actor("office")
    found = visible(office).filter(kind="lead", source="村口意见簿")
    assert [matter.pk for matter in found] == [new.pk]
    assert sources_used(by=office) == ["举报电话", "村口意见簿"]
    client.force_login(county.users["office"])
    with standing_at(NEXT_DAY):
        page = client.get("/desk/m/lead/", {"source": "村口意见簿", "tab": "all"}).content.decode()
    assert "线索〔2026〕1号" in page
    assert "线索〔2026〕2号" not in page
    with pytest.raises(Incomplete, match="举报来源"):
        lead(source=" ")


@pytest.mark.clause("LX-A7-4")
def test_two_wordings_are_one_type_and_a_fourth_can_be_added(
    county: County, lead: Opener, tmp_path: Path
) -> None:
    lead(kind="非法定生产经营活动")
    lead(kind="非法生产经营建设")
    office = county.actor("office")
    both = visible(office).filter(kind="lead", category="illegal")
    assert both.count() == 2
    rows = command(tmp_path, "2026-03-01")
    assert [row[4] for row in rows[3:5]] == ["非法定生产经营活动"] * 2
    with pytest.raises(Incomplete, match="举报类型"):
        lead(kind="违规动火")
    kinds = [
        {"key": "illegal", "label": "非法定生产经营活动", "aliases": ["非法生产经营建设"]},
        {"key": "major_hazard", "label": "重大事故隐患"},
        {"key": "concealed", "label": "瞒报事故"},
        {"key": "hot_work", "label": "违规动火"},
    ]
    set_value(
        "lead.types",
        region=county.region,
        value=kinds,
        reason="增补一类",
        by=county.users["office_head"],
        now=NOW,
    )
    fourth = lead(kind="违规动火")
    assert fourth.category == "hot_work"


@pytest.mark.clause("LX-A7-5")
def test_result_cell_follows_the_fields_of_the_lead(
    county: County, lead: Opener, tmp_path: Path
) -> None:
    matter, fine = lead(), "行政处罚：50,000 元"
    hand_over(county, matter)
    find(county, matter, at=START + timedelta(hours=1), result_penalty="50000")
    assert row_of(command(tmp_path, "2026-03-01"))["办理结果"] == f"停产整顿：已采取；{fine}"
    find(
        county,
        matter,
        at=NEXT_DAY,
        result_penalty="50000",
        result_nature="超能力生产",
        result_criminal="1",
    )
    joined = f"违法性质：超能力生产；停产整顿：已采取；{fine}；刑事责任追究：1人"
    assert row_of(command(tmp_path, "2026-03-01"))["办理结果"] == joined
    kept = list(ReportVersion.objects.order_by("version"))
    assert [one.version for one in kept] == [1, 2]
    assert {column for _key, column in kept[1].changed} == {"result"}
    assert kept[0].rows[0]["cells"]["result"] == f"停产整顿：已采取；{fine}"


def test_published_progress_stands_in_its_column(
    county: County, lead: Opener, tmp_path: Path
) -> None:
    """Who publishes 查处进展 has told it: nobody records it a second time for the list."""
    matter = lead()
    hand_over(county, matter)
    find(county, matter, at=START + timedelta(hours=1), measures=["停产整顿并挂牌督办"])
    shown = row_of(command(tmp_path, "2026-03-01"))
    assert shown["办理结果"] == "停产整顿：已采取"
    assert shown["查处进展情况"] == ""
    later = START + timedelta(hours=2)
    for account, step in (
        ("handler", "request_signature"),
        ("head", "sign"),
        ("handler", "report_back"),
        ("office", "accept_report"),
    ):
        take_step(matter.pk, step, by=county.actor(account), now=later)
    child = Matter.objects.get(parent=matter, kind="publication_progress")
    publish(county, child, now=later)
    told = str(Matter.objects.get(pk=child.pk).facts_row.data["text"])
    assert row_of(command(tmp_path, "2026-03-01"))["查处进展情况"] == f"2026-03-01 公开：{told}"


def test_nothing_new_is_no_new_version(county: County, lead: Opener, tmp_path: Path) -> None:
    lead()
    assert command(tmp_path, "2026-03-01") == command(tmp_path, "2026-03-01")
    assert ReportVersion.objects.count() == 1


@pytest.mark.clause("LX-A7-6")
def test_remark_names_each_transfer(county: County, lead: Opener, tmp_path: Path) -> None:
    matter = lead()
    hand_over(county, matter)
    find(county, matter, at=START)
    for mark in ("mark_crime", "mark_dereliction"):
        take_step(
            matter.pk, mark, by=county.actor("office"), now=START, answers={"reason": "涉嫌。"}
        )
    waiting = row_of(command(tmp_path, "2026-03-01"))["备注"]
    assert waiting.split("\n") == ["待移送公安机关", "待移送纪检监察机关"]
    for kind, day in (("transfer_police", "2026-03-02"), ("transfer_discipline", "2026-03-01")):
        take_step(
            Matter.objects.get(parent=matter, kind=kind).pk,
            "transfer",
            by=county.actor("office"),
            now=NEXT_DAY,
            answers={"transferred_on": day, "transfer_paper": "移送函"},
        )
    done = row_of(command(tmp_path, "2026-03-01"))["备注"]
    assert done.split("\n") == ["移送公安机关 2026-03-02", "移送纪检监察机关 2026-03-01"]


def test_section_sees_only_rows_handed_to_it(client: Client, county: County, lead: Opener) -> None:
    mine, other, classified = lead(), lead(), lead()
    hand_over(county, mine)
    hand_over(county, other, unit="noncoal")
    take_step(
        classified.pk,
        "classify",
        by=county.actor("office"),
        now=START,
        answers={"unit": county.units["coal"].pk, "locality": county.regions["north"].pk},
    )
    table = table_of(
        "lead-list", region=county.region, on=DAY, by=county.actor("handler"), now=NEXT_DAY
    )
    assert [row.matter_id for row in table.rows] == [mine.pk]
    client.force_login(county.users["handler"])
    with standing_at(NEXT_DAY):
        page = client.get(PAGE, {"on": "2026-03-01"})
        assert page.content.decode().count("302掘进工作面") == 1
        exported = client.get(f"{PAGE}export.xlsx", {"on": "2026-03-01"})
        assert len([row for row in cells_of(exported.content) if "302掘进" in row[3]]) == 1
        assert client.post(f"{PAGE}issue/", {"on": "2026-03-01"}).status_code == 403
    with pytest.raises(NotYours):
        issue("lead-list", region=county.region, on=DAY, by=county.actor("head"), now=NEXT_DAY)


@pytest.mark.parametrize("account", ["firm", "system", "cashier"])
def test_others_find_no_list(client: Client, county: County, account: str) -> None:
    assert client.get(PAGE).status_code == 302
    client.force_login(county.users[account])
    assert client.get(PAGE).status_code == 404


def test_neighbours_leads_are_elsewhere(county: County, neighbour: County, lead: Opener) -> None:
    lead()
    office = neighbour.actor("office")
    table = table_of("lead-list", region=neighbour.region, on=DAY, by=office, now=NEXT_DAY)
    assert table.rows == []
    issue("lead-list", region=county.region, on=DAY, by=county.actor("office"), now=NEXT_DAY)
    snooping = table_of(
        "lead-list", region=county.region, on=DAY, by=office, now=NEXT_DAY, version=1
    )
    assert snooping.rows == []


def test_day_of_many_leads_takes_few_queries(
    client: Client, county: County, lead: Opener, django_assert_max_num_queries: object
) -> None:
    for _ in range(6):
        hand_over(county, lead())
    client.force_login(county.users["office"])
    with standing_at(NEXT_DAY), django_assert_max_num_queries(30):  # type: ignore[operator]
        assert client.get(PAGE, {"on": "2026-03-01"}).status_code == 200
