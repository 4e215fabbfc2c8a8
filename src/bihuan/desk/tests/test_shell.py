"""The shell: empty for strangers, derived from roles, counted in few queries."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.desk.shell import count_words, open_counts, shell
from bihuan.matters.inbox import COUNT_CAP


def request_of(county: County, account: str, path: str = "/desk/") -> Any:
    request = RequestFactory().get(path)
    request.user = county.users[account]
    return request


def labels(nav: Any) -> list[str]:
    return [item["label"] for group in nav for item in group["items"]]


def test_stranger_gets_nothing(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()
    assert shell(request) == {}
    assert shell(rf.get("/")) == {}


def test_costs_nothing_until_asked_and_little_then(
    county: County, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    request = request_of(county, "office")
    with django_assert_num_queries(0):
        kept = shell(request)
    with django_assert_max_num_queries(4):
        assert kept["desk"]["person"]["name"] == "陈督办"
        assert list(kept["nav"])
    with django_assert_num_queries(0):
        assert shell(request)["desk"]["unit"] == "青石县百日攻坚行动办公室"


def test_navigation_follows_the_role(county: County) -> None:
    office = labels(shell(request_of(county, "office"))["nav"])
    firm = labels(shell(request_of(county, "firm"))["nav"])
    assert {"工作台", "举报线索", "移送公安机关"} <= set(office)
    assert "举报线索" not in firm
    assert "举报奖励" in labels(shell(request_of(county, "cashier"))["nav"])


def test_counts_are_scoped_and_late_is_hot(county: County, neighbour: County) -> None:
    hand_over(county, register(county, open_lead(county)))
    assert open_counts(county.actor("office"))["lead"] == (1, 1)  # of March, long late by now
    assert open_counts(neighbour.actor("office"))["lead"] == (0, 0)
    assert open_counts(county.actor("receiver2"))["lead"] == (0, 0)
    assert open_counts(county.actor("receiver"))["lead"] == (1, 1)
    nav = shell(request_of(county, "office", "/desk/m/lead/"))["nav"]
    lead = next(item for group in nav for item in group["items"] if item["label"] == "举报线索")
    assert lead["count"] == "1"
    assert lead["hot"]
    assert lead["current"]


def test_keys_are_letters_given_once(county: County) -> None:
    nav = shell(request_of(county, "office"))["nav"]
    keys = [item["key"] for group in nav for item in group["items"] if item["key"]]
    assert len(keys) == len(set(keys))
    assert keys[0] == "h"
    assert all(key.isalpha() and len(key) == 1 for key in keys)


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0"), (1386, "1,386"), (COUNT_CAP - 1, "9,999"), (COUNT_CAP, "1万+")]
)
def test_counts_are_capped(count: int, words: str) -> None:
    assert count_words(count) == words
