"""One step for many: asked once, taken one by one, partly refused without stopping the rest."""

from typing import Any

import pytest
from django.test import Client
from tests.people import County

from bihuan.desk.tests import seeded
from bihuan.matters.identity import to_code
from bihuan.matters.models import Entry, Matter
from bihuan.matters.moment import standing_at

BULK = "/desk/m/lead/bulk/"


def post(client: Client, county: County, account: str, step: str, *leads: Any, **more: Any) -> Any:
    client.force_login(county.users[account])
    selected = [to_code(lead.pk) for lead in leads]
    with standing_at(seeded.START + seeded.DAY):
        return client.post(BULK, {"step": step, "selected": selected, **more})


def test_receiver_acknowledges_all_ticked(client: Client, county: County) -> None:
    leads = [seeded.handed_over(county) for _ in range(3)]
    response = post(client, county, "receiver", "acknowledge", *leads)
    assert response.status_code == 200
    assert "3 件已办“签收”" in response.content.decode()
    for lead in leads:
        assert Matter.objects.get(pk=lead.pk).stage == "checking"
        assert Entry.objects.filter(matter_id=lead.pk, step="acknowledge").count() == 1


def test_same_answers_go_to_each_and_refusals_are_told(client: Client, county: County) -> None:
    ready = seeded.registered(county)
    gone = seeded.handed_over(county)
    answers = {
        "filled": "yes",
        "unit": county.units["coal"].pk,
        "locality": county.regions["north"].pk,
    }
    response = post(client, county, "office", "classify", ready, gone, **answers)
    page = response.content.decode()
    assert response.status_code == 200
    assert "1 件已办“归类”" in page
    assert "1 件没有办" in page
    assert "当前环节是“交办”，不能“归类”。" in page
    assert Matter.objects.get(pk=ready.pk).stage == "listed"
    assert Matter.objects.get(pk=gone.pk).stage == "assigned"


def test_answers_are_asked_first(client: Client, county: County) -> None:
    lead = seeded.registered(county)
    response = post(client, county, "office", "classify", lead)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'name="unit"' in page
    assert "青石县煤矿安全股" in page
    assert f'value="{to_code(lead.pk)}"' in page
    assert Matter.objects.get(pk=lead.pk).stage == "registered"


def test_lacking_answers_come_back_with_what_was_chosen(client: Client, county: County) -> None:
    lead = seeded.registered(county)
    unit = county.units["coal"].pk
    response = post(client, county, "office", "classify", lead, filled="yes", unit=unit)
    page = response.content.decode()
    assert response.status_code == 422
    assert "请选择“属地”。" in page
    assert f'value="{unit}" selected' in page or f'value="{unit}" checked' in page
    assert Matter.objects.get(pk=lead.pk).stage == "registered"


def test_neighbours_matters_are_not_there(
    client: Client, county: County, neighbour: County
) -> None:
    lead = seeded.handed_over(county)
    response = post(client, neighbour, "receiver", "acknowledge", lead)
    assert response.status_code == 302
    assert Matter.objects.get(pk=lead.pk).stage == "assigned"


@pytest.mark.parametrize("step", ["close", "nothing", ""])
def test_only_declared_bulk_steps(client: Client, county: County, step: str) -> None:
    lead = seeded.handed_over(county)
    assert post(client, county, "office", step, lead).status_code == 404


def test_all_refused_is_a_conflict(client: Client, county: County) -> None:
    lead = seeded.handed_over(county)
    response = post(client, county, "handler", "acknowledge", lead)
    assert response.status_code == 409
    assert "须由签收人办理" in response.content.decode()


def test_what_only_looks_like_a_name_is_confirmed_in_a_box_of_its_own(
    client: Client, county: County
) -> None:
    lead = seeded.registered(county)
    places = {"unit": county.units["coal"].pk, "locality": county.regions["north"].pk}
    post(client, county, "office", "classify", lead, filled="yes", **places)
    letter = {
        "filled": "yes",
        "letter_source": "public",
        "letter_on": "2026-03-02",
        "materials": "矿工张建国提供的照片",
    }
    letter |= {"unit": places["unit"]}
    refused = post(client, county, "office", "hand_over", lead, **letter)
    assert refused.status_code == 422
    assert "“附件材料”不含个人信息" in refused.content.decode()
    taken = post(client, county, "office", "hand_over", lead, **letter, confirmed="materials")
    assert taken.status_code == 200
    assert Matter.objects.get(pk=lead.pk).stage == "assigned"
