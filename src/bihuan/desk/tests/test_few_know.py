"""A reporter says that few people know: office and publisher are warned before they publish."""

import pytest
from django.test import Client
from tests.doors import Door, march
from tests.people import County

from bihuan.desk.tests.test_public_preview import page_of, result_of
from bihuan.leads.publications import FEW_KNOW_CAUTION, FEW_KNOW_OF_SUMMARY
from bihuan.matters.identity import to_code
from bihuan.matters.models import Entry, Facts, Matter
from bihuan.matters.moment import standing_at

LABEL = "知道这件事的人很少"


def lead_of(county: County, **answers: object) -> Matter:
    door = Door(county)
    return door.reported(door.hand_over(march(1), **answers), march(1))


def test_the_forms_of_every_publication_warn(client: Client, county: County) -> None:
    door = Door(county)
    lead = lead_of(county, few_know="是", reporter_reachable="是")
    door.press("office", lead, "accept_report", march(2))
    kinds = ("publication_problem", "publication_progress")
    for child in door.children(lead, *kinds):
        assert FEW_KNOW_CAUTION in page_of(client, county, "office", child, "submit")
        door.press("office", child, "submit", march(2), text="群众反映夜班人数超过规定。")
        page = page_of(client, county, "publisher", child, "release")
        assert FEW_KNOW_CAUTION in page
        assert LABEL in page.partition(FEW_KNOW_CAUTION)[2]
        assert FEW_KNOW_CAUTION not in page_of(client, county, "office", child, "defer")
    assert {child.kind for child in door.children(lead, *kinds)} == set(kinds)


def test_the_result_warns_and_the_case_of_a_reward(client: Client, county: County) -> None:
    door = Door(county)
    lead = lead_of(county, few_know="是", reporter_reachable="是")
    lead = door.close(lead, march(2))
    (result,) = door.children(lead, "publication_result")
    (reward,) = door.children(lead, "reward")
    assert FEW_KNOW_CAUTION in page_of(client, county, "office", result, "submit")
    given = {"rule_cited": "奖励办法第五条", "proposed_amount": "3000"}
    door.press("office", reward, "propose", march(2), **given)
    door.press("leader", reward, "decide", march(2), amount="3000", decision="同意。")
    paid = {"paid_on": "2026-03-02", "voucher": "凭证8号"}
    door.press("cashier", reward, "pay", march(2), **paid)
    door.press("office", reward, "publish_case", march(2))
    (case,) = door.children(reward, "publication_reward")
    assert FEW_KNOW_CAUTION in page_of(client, county, "office", case, "submit")


def test_nothing_is_said_where_nobody_asked(client: Client, county: County) -> None:
    assert FEW_KNOW_CAUTION not in page_of(client, county, "office", result_of(county), "submit")


@pytest.mark.parametrize(("who", "is_told"), [("office", True), ("handler", False)])
def test_the_receiving_unit_is_not_told(
    client: Client, county: County, who: str, is_told: bool
) -> None:
    lead = lead_of(county, few_know="是")
    client.force_login(county.users[who])
    with standing_at(march(3)):
        page = client.get(f"/desk/matters/{to_code(lead.pk)}/").content.decode()
    assert (LABEL in page) is is_told


def test_the_second_matter_of_a_split_keeps_it(county: County) -> None:
    door = Door(county)
    lead = door.register(door.open("intake", march(1), few_know="是"), march(1))
    given = {
        "split_title": "反映兴旺煤矿安全培训走过场",
        "split_summary": "兴旺煤矿培训签到由一人代签。",
        "split_type": "重大事故隐患",
    }
    door.press("office", lead, "split", march(1), **given)
    other = Matter.objects.filter(kind="lead").exclude(pk=lead.pk).get()
    assert Facts.objects.get(matter=other).data["few_know"] is True


@pytest.mark.parametrize(("few_know", "is_warned"), [("是", True), (None, False)])
def test_who_writes_title_and_summary_is_warned(
    client: Client, county: County, few_know: str | None, is_warned: bool
) -> None:
    lead = Door(county).open("intake", march(1), **({"few_know": few_know} if few_know else {}))
    page = page_of(client, county, "intake", lead, "register")
    assert (FEW_KNOW_OF_SUMMARY in page) is is_warned


def test_a_merged_lead_passes_it_on_and_the_unit_is_not_told(
    client: Client, county: County
) -> None:
    door = Door(county)
    other = door.hand_over(march(1))
    into = {"merged_into": other.number, "reason": "反映同一件事。"}
    for times in range(2):  # the second has nothing to add
        lead = door.register(door.open("intake", march(1), few_know="是"), march(1))
        door.press("office", lead, "merge", march(1), **into)
        assert Facts.objects.get(matter=other).data["few_know"] is True
        corrected = Entry.objects.filter(matter_id=other.pk, step="correct").count()
        assert corrected == 1, times
    address = f"/desk/matters/{to_code(other.pk)}/"
    for who, is_told in (("office", True), ("handler", False)):
        client.force_login(county.users[who])
        with standing_at(march(3)):
            program = client.get(f"/api/v1{address[5:-1]}").json()
            for said in (client.get(address).text, str(program)):
                assert (LABEL in said) is is_told
    plain = door.register(door.open("intake", march(1)), march(1))
    third = door.hand_over(march(1))
    door.press("office", plain, "merge", march(1), merged_into=third.number, reason="同一件事。")
    assert "few_know" not in Facts.objects.get(matter=third).data
