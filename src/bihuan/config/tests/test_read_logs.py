"""The audit administrator reads who opened sealed originals and who exported what."""

import pytest
from django.test import Client
from django.utils import timezone
from tests.people import County
from tests.walks.route_world import AT, World, fresh_allowances, settle_world

from bihuan.accounts.models import AuditLine
from bihuan.leads.models import Reading
from bihuan.matters.engine import open_matter
from bihuan.matters.models import Matter, Recusal
from bihuan.matters.moment import standing_at
from bihuan.matters.viewings import Viewing, record_viewing
from bihuan.matters.writing import add, engine_writes

LOGS = "/desk/admin/logs/"
EXPORT = "/desk/m/lead/export.csv?tab=all&q=欧阳举贤"


def opened(county: County) -> Matter:
    """A lead of the county."""
    answers = {"source": "举报电话", "channel": "phone", "reporter_kind": "public"}
    return open_matter(
        "lead",
        answers=answers,
        region_id=county.region.pk,
        by=county.actor("intake"),
        now=timezone.now(),
    )


def page(county: County, path: str, *, account: str = "audit") -> str:
    """What that account reads there."""
    client = Client()
    client.force_login(county.users[account])
    return client.get(path).text


def test_an_export_is_written_down_without_what_was_searched(county: County) -> None:
    office = Client()
    office.force_login(county.users["office"])
    assert office.get(EXPORT).status_code == 200
    line = AuditLine.objects.get(action="export")
    assert (line.by, line.subject) == (county.users["office"], "举报线索（csv）")
    assert line.after == {"筛选项": "q、tab"}
    text = page(county, f"{LOGS}exports/")
    assert county.users["office"].display_name in text
    assert "举报线索（csv）" in text
    assert "欧阳举贤" not in text


@pytest.mark.parametrize("account", ["", "inspector"])
def test_what_was_refused_is_no_export(county: County, account: str) -> None:
    client = Client()
    if account:
        client.force_login(county.users[account])
    assert client.get(EXPORT).status_code in (302, 404)
    assert not AuditLine.objects.filter(action="export").exists()


def test_a_reading_is_shown_with_its_reason(county: County) -> None:
    lead = opened(county)
    Reading.objects.create(
        who=county.users["custodian"],
        matter=lead,
        purpose="identity",
        part="who",
        reason="核发奖励，需核对领取人",
        at=timezone.now(),
    )
    text = page(county, f"{LOGS}readings/")
    for words in (
        lead.acceptance_number,
        county.users["custodian"].display_name,
        "举报人身份",
        "核发奖励，需核对领取人",
    ):
        assert words in text


def test_both_logs_are_listed_and_paged(county: County) -> None:
    text = page(county, LOGS)
    assert "调阅密封件" in text
    assert "导出" in text
    for number in range(51):
        AuditLine.objects.create(
            at=timezone.now(),
            action="export",
            by_name="苏办公",
            subject=f"第{number}张表",
            region=county.region,
        )
    text = page(county, f"{LOGS}exports/")
    assert "第50张表" in text
    assert "第0张表" not in text
    oldest = AuditLine.objects.earliest("pk").pk
    assert "第0张表" in page(county, f"{LOGS}exports/?before={oldest + 1}")


def test_neighbours_and_other_roles_read_nothing(county: County, neighbour: County) -> None:
    office = Client()
    office.force_login(county.users["office"])
    office.get(EXPORT)
    assert "举报线索（csv）" not in page(neighbour, f"{LOGS}exports/")
    assert "举报线索（csv）" not in page(county, f"{LOGS}exports/", account="system")


DOORS = {
    "page": "/desk/matters/{lead}/",
    "form": "/desk/matters/{lead}/steps/note/",
    "file": "/desk/matters/{lead}/files/{file}",
    "picture": "/desk/matters/{lead}/files/{file}/view",
    "paper": "/desk/matters/{lead}/papers/{paper}.docx",
    "export": "/desk/m/lead/export.csv?tab=all",
    "program": "/api/v1/matters/{lead}",
}


@pytest.fixture
def world(county: County, neighbour: County, monkeypatch: pytest.MonkeyPatch) -> World:
    """Two counties with a lead, its file and its letter."""
    fresh_allowances(monkeypatch)
    return settle_world(county, neighbour)


def test_every_door_to_a_lead_is_written_down(world: World) -> None:
    told = {"form": "page", "picture": "file", "program": "api"}
    for name, path in DOORS.items():
        before = set(Viewing.objects.values_list("pk", flat=True))
        address = path.format(**world.args)
        account = "office" if name != "picture" else "leader"
        if name == "form":
            account = "handler"
        with standing_at(AT):
            response = world.desk(account).get(address)
            assert response.status_code == 200, name
            list(response)
        fresh = Viewing.objects.exclude(pk__in=before).filter(matter=world.lead)
        assert [one.door for one in fresh] == [told.get(name, name)], name
        assert fresh.get().who == world.county.users[account]


def test_what_was_refused_is_no_viewing(world: World) -> None:
    before = Viewing.objects.count()
    for account in ("neighbour:office", "receiver2", "inspector", ""):
        for path in DOORS.values():
            with standing_at(AT):
                response = world.desk(account).get(path.format(**world.args))
                list(response)
    found = Viewing.objects.order_by("id")[before:]
    assert not [one for one in found if one.matter_id == world.lead.pk]


def test_a_reporter_who_looks_up_leaves_no_line(world: World) -> None:
    before = Viewing.objects.count()
    client = Client()
    digits = world.filed.receipt.replace("-", "").replace(" ", "")
    with standing_at(AT):
        response = client.post("/receipt", {"code": digits})
    assert response.status_code in (200, 303)
    assert Viewing.objects.count() == before


def viewed(world: World, account: str, *, door: str = "page") -> None:
    """That account has read the lead."""
    record_viewing(world.lead, door, by=world.county.actor(account), now=AT)


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ("", True),
        ("who=高局", True),
        ("who=陈", False),
        ("matter={number}", True),
        ("matter=线索〔1999〕", False),
        ("since=2026-03-03&until=2026-03-03", True),
        ("since=2026-03-04", False),
        ("until=2026-03-02", False),
        ("since=昨天&until=0001-01-01", True),
        ("matter=%00&who=%00", True),
    ],
)
def test_the_log_is_narrowed_and_exported_alike(world: World, asked: str, is_found: bool) -> None:
    viewed(world, "leader", door="paper")
    query = asked.format(number=world.lead.number)
    shown = page(world.county, f"{LOGS}viewings/?{query}")
    assert ("高局长" in shown) is is_found
    audit = world.desk("audit")
    rows = audit.get(f"{LOGS}viewings/export.csv?{query}")
    text = b"".join(rows.streaming_content).decode()  # type: ignore[attr-defined]
    assert ("高局长" in text and "文书" in text) is is_found
    assert AuditLine.objects.filter(action="export", subject__contains="查看敏感事项").exists()


def test_an_export_of_a_log_that_is_not_there(world: World) -> None:
    for path in ("none/export.csv", "viewings/export.pdf"):
        assert world.desk("audit").get(f"{LOGS}{path}").status_code == 404
    book = world.desk("audit").get(f"{LOGS}readings/export.xlsx")
    assert b"".join(book.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


def test_the_neighbour_and_the_recused_auditor_read_nothing(world: World) -> None:
    viewed(world, "leader")
    Reading.objects.create(
        who=world.county.users["custodian"],
        matter=world.lead,
        purpose="identity",
        part="who",
        reason="核发奖励，需核对领取人",
        at=AT,
    )
    assert "高局长" not in page(world.neighbour, f"{LOGS}viewings/")
    assert "高局长" in page(world.county, f"{LOGS}viewings/")
    auditor = world.county.users["audit"]
    with engine_writes():
        add(Recusal(matter=world.lead, person_id=auditor.person_id, reason="反映对象"))
    assert "高局长" not in page(world.county, f"{LOGS}viewings/")
    assert "需核对领取人" not in page(world.county, f"{LOGS}readings/")


def test_who_answers_for_confidentiality_reads_it_beside_the_matter(world: World) -> None:
    viewed(world, "handler", door="file")
    path = DOORS["page"].format(**world.args)
    with standing_at(AT):
        assert "李承办" in world.desk("leader").get(f"{path}viewers").text
        assert f"{path}viewers" in world.desk("leader").get(path).text
        for account in ("office", "handler"):
            assert world.desk(account).get(f"{path}viewers").status_code == 404
            assert f"{path}viewers" not in world.desk(account).get(path).text
