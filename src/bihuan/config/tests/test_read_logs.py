"""The audit administrator reads who opened sealed originals and who exported what."""

import pytest
from django.test import Client
from django.utils import timezone
from tests.people import County

from bihuan.accounts.models import AuditLine
from bihuan.leads.models import Reading
from bihuan.matters.engine import open_matter
from bihuan.matters.models import Matter

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
