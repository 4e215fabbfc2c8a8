"""What the answers of a step don't meet is told at once, not one thing after the other."""

from urllib.parse import quote

from django.test import Client
from tests.doors import Door, march
from tests.people import County

from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at

RECOGNISABLE = "从内容认不出举报人的"


def waiting_for_release(county: County) -> Matter:
    """The case of a paid reward, drafted."""
    door = Door(county)
    lead = door.hand_over(march(1), reporter_reachable="是")
    lead = door.close(door.reported(lead, march(1)), march(1))
    (reward,) = door.children(lead, "reward")
    asked = {"rule_cited": "矿山安全举报奖励办法第五条", "proposed_amount": "3000"}
    door.press("office", reward, "propose", march(2), **asked)
    door.press("leader", reward, "decide", march(2), amount="3000", decision="同意。")
    door.press("cashier", reward, "pay", march(3), paid_on="2026-03-03", voucher="凭证8号")
    door.press("office", reward, "publish_case", march(4))
    (case,) = door.children(reward, "publication_reward")
    return door.press("office", case, "submit", march(4), text="举报一起重大事故隐患，已兑现奖励。")


def release(client: Client, county: County, case: Matter, **answers: str) -> str:
    client.force_login(county.users["publisher"])
    given = {"published_on": "2026-03-05", "medium": "县融媒体中心"}
    with standing_at(march(5)):
        url = f"/desk/matters/{quote(to_code(case.pk))}/steps/release/"
        return str(client.post(url, {**given, **answers}).content.decode())


def test_every_check_that_is_not_met_is_told(client: Client, county: County) -> None:
    case = waiting_for_release(county)
    no = {"personal_data_checked": "no", "transfer_checked": "no", "unrecognisable": "no"}
    page = release(client, county, case, **no)
    ticked, unrecognisable = page.count("选“是”"), page.count(RECOGNISABLE)
    assert (ticked, unrecognisable) == (2, 1)
    half = {"personal_data_checked": "yes", "transfer_checked": "yes", "unrecognisable": "no"}
    page = release(client, county, case, **half)
    assert (page.count("选“是”"), page.count(RECOGNISABLE)) == (1, 1)
    assert Matter.objects.get(pk=case.pk).stage == "releasing"
    yes = dict.fromkeys(no, "yes")
    release(client, county, case, **yes)
    assert Matter.objects.get(pk=case.pk).stage == "released"
