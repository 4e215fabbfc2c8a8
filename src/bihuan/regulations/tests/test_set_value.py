"""Local values: set with a reason, for a place and below, only ever added."""

import datetime as dt

import pytest

from bihuan.accounts.models import User
from bihuan.language.pack import Origin
from bihuan.places.models import Region
from bihuan.regulations.models import Setting
from bihuan.regulations.packs import PackRefused, adopt, set_value, value_of

from .conftest import NOW, TODAY, Loader, Places, days, pack_text

KEY = "lead.feedback_days"
TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.fixture
def loaded(load: Loader, places: Places) -> Places:
    counting = 'kind = "counting"\norigin = "default"\nnote = "原文未规定。"\nvalue = "calendar"'
    types = 'kind = "list"\norigin = "source"\nbasis = ["LX-A7-4"]\nvalue = ["x", "y"]'
    load(
        a=pack_text(
            "a",
            feedback_days=days(7),
            check_days=days(None),
            handover_days=days(1, more="choices = [1, 2]"),
            counting=counting,
            types=types,
        )
    )
    adopt("a", region=places.county, from_on=TODAY, by="局长", reason="试行", now=NOW)
    return places


def put(
    region: Region,
    value: object,
    *,
    key: str = KEY,
    valid_from: dt.date | None = None,
    now: dt.datetime = NOW,
) -> Setting:
    return set_value(
        key, region=region, value=value, reason="会议纪要", by=None, now=now, valid_from=valid_from
    )


def amount(region: Region, *, key: str = KEY, on: dt.date = TODAY) -> object:
    return value_of(key, region_path=region.path_ids, on=on).value


def test_a_local_value_wins_and_says_what_the_pack_gives(loaded: Places) -> None:
    user = User.objects.create_user("an", person=None, password=None)
    setting = set_value(KEY, region=loaded.county, value=5, reason="会议纪要", by=user, now=NOW)
    value = value_of(KEY, region_path=loaded.township.path_ids, on=TODAY)
    assert (value.value, value.origin, value.version) == (5, Origin.LOCAL, f"setting@{setting.pk}")
    assert value.basis == ("LX-A1-3-4",)
    assert value.note == "会议纪要；依据包为7天（原文）"
    assert (setting.set_by, setting.set_at) == (user, NOW)


def test_it_holds_for_its_place_only(loaded: Places) -> None:
    put(loaded.neighbour, 3)
    assert amount(loaded.county) == 7
    assert amount(loaded.neighbour) == 3


def test_the_nearest_local_value_wins(loaded: Places) -> None:
    put(loaded.township, 4)
    put(loaded.city, 9)
    assert amount(loaded.township) == 4
    assert amount(loaded.county) == 9


def test_an_unset_number_can_be_set_and_0_is_a_value(loaded: Places) -> None:
    put(loaded.county, 0, key="lead.check_days")
    value = value_of("lead.check_days", region_path=loaded.county.path_ids, on=TODAY)
    assert value.is_set
    assert (value.amount, value.note) == (0, "会议纪要")


def test_it_counts_from_its_day_and_rows_are_only_added(loaded: Places) -> None:
    put(loaded.county, 5, valid_from=TOMORROW)
    put(loaded.county, 6, valid_from=TOMORROW)
    assert amount(loaded.county) == 7
    assert amount(loaded.county, on=TOMORROW) == 6
    assert Setting.objects.count() == 2
    with pytest.raises(PackRefused, match="不能早于今天"):
        put(loaded.county, 5, valid_from=TODAY - dt.timedelta(days=1))


def test_no_value_goes_back_to_the_pack(loaded: Places) -> None:
    put(loaded.county, 5)
    put(loaded.county, None, valid_from=TOMORROW)
    assert amount(loaded.county) == 5
    assert amount(loaded.county, on=TOMORROW) == 7


def test_lists_and_counting_can_be_set(loaded: Places) -> None:
    put(loaded.county, "working", key="lead.counting")
    put(loaded.county, [{"key": "z", "label": "其他"}], key="lead.types")
    path = loaded.county.path_ids
    assert value_of("lead.counting", region_path=path, on=TODAY).text == "工作日"
    assert value_of("lead.types", region_path=path, on=TODAY).options[0].label == "其他"


def test_handing_over_every_two_days_is_the_only_other_choice(loaded: Places) -> None:
    put(loaded.county, 2, key="lead.handover_days")
    assert amount(loaded.county, key="lead.handover_days") == 2
    with pytest.raises(PackRefused, match="只能设为1、2"):
        put(loaded.county, 3, key="lead.handover_days")


def test_what_is_wrong_is_said(loaded: Places) -> None:
    with pytest.raises(PackRefused, match="整数天数"):
        put(loaded.county, "七")
    with pytest.raises(PackRefused, match="核对参数名称"):
        put(loaded.county, 7, key="lead.nothing")
    with pytest.raises(PackRefused, match="理由"):
        set_value(KEY, region=loaded.county, value=7, reason="", by=None, now=NOW)
    assert not Setting.objects.exists()
