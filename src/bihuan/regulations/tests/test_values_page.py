"""The values page: origins shown, a change needs a reason and is written down, the county's own."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.people import County

from bihuan.accounts.models import AuditLine
from bihuan.regulations.models import Adoption, Setting
from bihuan.regulations.packs import value_of

pytestmark = pytest.mark.urls("bihuan.regulations.tests.addresses")
KEY = "lead.feedback_days"
URL = f"/desk/admin/values/{KEY}"
TODAY = timezone.localdate()


def desk(county: County, account: str = "system") -> Client:
    client = Client()
    client.force_login(county.users[account])
    return client


def change(county: County, **more: str) -> dict[str, str]:
    form = {"act": "set", "value": "12", "valid_from": TODAY.isoformat(), "reason": "局务会决定"}
    return {**form, **more}


def standing(county: County) -> str:
    return value_of(KEY, region_path=county.region.path_ids, on=TODAY).text


def test_all_four_origins_are_told_apart(county: County) -> None:
    client = desk(county)
    assert client.post(URL, change(county)).status_code == 303
    page = client.get("/desk/admin/values/").content.decode()
    for word in ("原文", "系统默认", "本单位设定", "未设定"):
        assert f">{word}</span>" in page


def test_a_value_is_set_and_given_back_with_reasons_on_record(county: County) -> None:
    client, before = desk(county), standing(county)
    assert client.post(URL, change(county, reason="")).status_code == 422
    assert client.post(URL, change(county)).status_code == 303
    assert standing(county) == "12天"
    line = AuditLine.objects.latest("id")
    assert (line.action, line.by, line.reason) == ("value", county.users["system"], "局务会决定")
    assert (line.before["值"], line.after["值"]) == (before, "12天")
    assert client.post(URL, change(county, act="return")).status_code == 303
    assert standing(county) == before


@pytest.mark.parametrize("typed", ["-1", "一周", "1.5", ""])
def test_a_wrong_shape_is_refused_with_its_sentence(county: County, typed: str) -> None:
    answer = desk(county).post(URL, change(county, value=typed))
    assert answer.status_code == 422
    assert "整数天数" in answer.content.decode()
    assert not Setting.objects.exists()


def test_yesterday_is_refused(county: County) -> None:
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    answer = desk(county).post(URL, change(county, valid_from=yesterday))
    assert answer.status_code == 422
    assert "生效日不能早于今天" in answer.content.decode()


@pytest.mark.parametrize("account", ["office", "security", "audit", "firm"])
def test_only_the_system_administrator_comes_here(county: County, account: str) -> None:
    client = desk(county, account)
    assert client.get("/desk/admin/values/").status_code == 403
    assert client.post(URL, change(county)).status_code == 403
    assert not Setting.objects.exists()


def test_the_county_next_door_is_not_there(county: County, neighbour: County) -> None:
    client, theirs = desk(county), neighbour.region.pk
    for page in ("", KEY, "adopt"):
        assert client.get(f"/desk/admin/values/{page}?region={theirs}").status_code == 404
    adoption = Adoption.objects.filter(region=neighbour.region).first()
    assert adoption is not None
    assert client.get(f"/desk/admin/values/packs/{adoption.pk}/end").status_code == 404


def test_a_pack_is_ended_and_adopted_again(county: County) -> None:
    client = desk(county)
    adoption = Adoption.objects.get(region=county.region, pack_key="anyang-2024-2026")
    form = {"until_on": TODAY.isoformat(), "reason": "方案到期"}
    end = f"/desk/admin/values/packs/{adoption.pk}/end"
    assert client.post(end, {**form, "until_on": "2020-01-02"}).status_code == 422
    assert client.post(end, form).status_code == 303
    again = {"pack": "anyang-2024-2026", "from_on": TODAY.isoformat(), "reason": "延续"}
    assert client.post("/desk/admin/values/adopt", again).status_code == 422
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    answer = client.post("/desk/admin/values/adopt", {**again, "from_on": tomorrow})
    assert answer.status_code == 303
    assert AuditLine.objects.filter(action="pack").count() == 2
