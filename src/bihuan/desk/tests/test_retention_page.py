"""保管与清理 and 保全 through the pages: what people see and press."""

from pathlib import Path

import pytest
from django.conf import LazySettings as Settings
from django.test import Client
from tests.people import County

from bihuan.desk.tests import seeded
from bihuan.leads.tests.retained import HOLD, LATER, set_period
from bihuan.matters.attachments import attach
from bihuan.matters.disposing import find_due, remove_destroyed
from bihuan.matters.engine import take_step
from bihuan.matters.identity import to_code
from bihuan.matters.models import Attachment, Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.tests.test_write_record import PNG
from bihuan.matters.verify import verify

PAGE = "/desk/retention"
AT = LATER + 60 * seeded.DAY


@pytest.fixture
def closed(county: County) -> Matter:
    """A lead that went its whole way, with what runs beside it."""
    return seeded.closed(county)


@pytest.fixture
def dismissed(county: County) -> Matter:
    """A lead with a file, not admitted and so closed at once."""
    lead, by = seeded.received(county), county.actor("intake")
    attach(lead.pk, PNG, "现场.png", by=by, now=seeded.START)
    why = {"reason": "不属于受理范围"}
    return take_step(lead.pk, "dismiss", by=by, now=seeded.START, answers=why)


def go(client: Client, county: County, account: str, url: str, **sent: str) -> str:
    client.force_login(county.users[account])
    with standing_at(AT):
        answer = client.post(url, sent, follow=True) if sent else client.get(url)
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    return answer.content.decode()


def step(matter: Matter, key: str) -> str:
    return f"/desk/matters/{to_code(matter.pk)}/steps/{key}/"


def test_unset_periods_are_shown_as_kept_for_good(client: Client, county: County) -> None:
    page = go(client, county, "custodian", PAGE)
    assert page.count("未设定，一直保管") == 4
    assert "没有保全中的事项" in page


def test_others_find_no_page(client: Client, county: County) -> None:
    for account in ("intake", "handler", "publisher", "firm"):
        client.force_login(county.users[account])
        assert client.get(PAGE).status_code == 404
        assert PAGE not in client.get("/desk/").content.decode()


def test_found_decided_in_bulk_and_confirmed_by_another(
    client: Client, county: County, dismissed: Matter, settings: Settings
) -> None:
    set_period(county, "file_days")
    kept = Attachment.objects.get(matter=dismissed)
    assert find_due(now=AT) == 1
    disposal = Matter.objects.get(kind="disposal")
    page = go(client, county, "custodian", PAGE)
    assert "30天（本单位设定）" in page
    chosen = {"step": "decide", "selected": to_code(disposal.pk), "filled": "yes"}
    told = go(
        client, county, "custodian", "/desk/m/disposal/bulk/", **chosen, disposal_reason="保管期满"
    )
    assert "1 件已办“决定销毁”" in told
    go(client, county, "leader", step(disposal, "confirm_destruction"), seen_seq="2")
    assert Matter.objects.get(pk=disposal.pk).stage == "destroyed"
    remove_destroyed(now=AT)
    assert not list((Path(settings.HOME) / "files").rglob(kept.digest))
    url = f"/desk/matters/{to_code(dismissed.pk)}/"
    assert "按期销毁，留有摘要值" in go(client, county, "office", url)
    assert client.get(f"{url}files/{kept.pk}").status_code == 404
    story = go(client, county, "leader", f"/desk/matters/{to_code(disposal.pk)}/")
    assert "确认，" in story
    assert "已销毁，只留下摘要值、时间和经办人" in story


def test_equal_bytes_of_another_matter_stay(
    county: County, dismissed: Matter, settings: Settings
) -> None:
    """A file lies in the folder once, however many name it."""
    set_period(county, "file_days")
    other = seeded.handed_over(county)
    twin = attach(other.pk, PNG, "另一处.png", by=county.actor("receiver"), now=seeded.START)
    find_due(now=AT)
    disposal = Matter.objects.get(kind="disposal")
    with standing_at(AT):
        for account, key, answers in (
            ("custodian", "decide", {"disposal_reason": "保管期满"}),
            ("leader", "confirm_destruction", {}),
        ):
            take(county, account, disposal, key, answers)
    remove_destroyed(now=AT)
    assert list((Path(settings.HOME) / "files").rglob(twin.digest))
    assert not [one for one in verify(files=True).faults if "file" in one and "gone" in one]


def take(county: County, account: str, matter: Matter, key: str, answers: dict[str, str]) -> None:
    take_step(matter.pk, key, by=county.actor(account), now=AT, answers=answers)


def test_what_still_runs_beside_a_matter_keeps_its_data(county: County, closed: Matter) -> None:
    """A reward that isn't settled needs the receipt and the identity."""
    set_period(county)
    beside = Matter.objects.filter(parent=closed, is_open=True)
    assert beside.exists()
    assert find_due(now=AT) == 0


def test_a_hold_shows_its_paper_to_the_office_and_not_to_the_unit(
    client: Client, county: County, closed: Matter
) -> None:
    go(client, county, "office", step(closed, "hold"), **HOLD)
    url = f"/desk/matters/{to_code(closed.pk)}/"
    office = go(client, county, "office", url)
    assert "起保全，依据青政复〔2026〕3号" in office
    assert "登记保全：解除之前" in office
    handler = go(client, county, "handler", url)
    assert "本事项保全中" in handler
    assert "青政复" not in handler
    assert "行政复议" not in handler
    page = go(client, county, "leader", PAGE)
    assert "青政复〔2026〕3号" in page
    assert "行政复议，由县司法局提出" in page


def test_what_is_due_and_held_is_listed_with_the_reason(
    client: Client, county: County, dismissed: Matter
) -> None:
    set_period(county, "file_days")
    find_due(now=AT)
    go(client, county, "office", step(dismissed, "hold"), **HOLD)
    assert "保全中，依据青政复〔2026〕3号" in go(client, county, "custodian", PAGE)
    disposal = Matter.objects.get(kind="disposal")
    refused = go(client, county, "custodian", f"/desk/matters/{to_code(disposal.pk)}/")
    assert "不能清理，请等解除保全后再办" in refused


def test_next_door_sees_nothing_of_it(
    client: Client, county: County, neighbour: County, closed: Matter
) -> None:
    go(client, county, "office", step(closed, "hold"), **HOLD)
    assert "青政复" not in go(client, neighbour, "leader", PAGE)
