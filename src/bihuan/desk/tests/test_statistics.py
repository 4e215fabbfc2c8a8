"""Figures: equal to a plain recount, within reach, each leading to the list behind it."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.people import County

from bihuan.desk import counting, figures
from bihuan.desk.counting import Counted
from bihuan.desk.tests import seeded
from bihuan.leads.loop import LEAD
from bihuan.matters import tallies
from bihuan.matters.engine import take_step
from bihuan.matters.moment import standing_at

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
STATISTICS = "/desk/statistics/lead/?from=2026-01-01&to=2026-12-31"


def page_of(client: Client, county: County, account: str = "office") -> str:
    client.force_login(county.users[account])
    with standing_at(seeded.LATER):
        response = client.get(STATISTICS)
    assert response.status_code == 200
    return response.content.decode()


def counted_of(county: County, account: str = "office") -> list[Counted]:
    found = figures.opened_between(
        county.actor(account), LEAD, first=seeded.START.date(), last=seeded.LATER.date()
    )
    return figures.counted(found, loop=LEAD, at=seeded.LATER)


def test_nothing_of_a_request_is_kept_with_the_figures(
    client: Client, county: County, settings: LazySettings
) -> None:
    settings.TALLIES_KEPT_S = 60
    page_of(client, county)
    found = tallies.kept(
        county.actor("office"),
        ("statistics", "lead", date(2026, 1, 1), seeded.LATER.date()),
        partial(pytest.fail, "the figures weren't kept"),
        times=4,
    )
    tallies.forget(county.actor("office"))
    assert not {"request", "csrf_token", "csrf_input"} & set(found)


def test_only_what_went_the_whole_way_is_called_closed(client: Client, county: County) -> None:
    seeded.closed(county)
    lead = seeded.registered(county)
    reason = {"reason": "重复编号。"}
    take_step(lead.pk, "void", by=county.actor("office"), now=seeded.START, answers=reason)
    page = page_of(client, county)
    figure = page.partition("<span>已办结</span>")[2].partition("</a>")[0]
    assert "<b>1<small>件</small></b>" in figure
    assert "另有作废、并案等 1 件" in figure
    with standing_at(seeded.LATER):
        rows = client.get("/desk/m/lead/?tab=closed").content.decode()
    assert rows.count("<b>已办结</b>") == 1
    assert rows.count("<b>已结束</b>") == 1


def test_rate_is_on_time_closed_over_closed_and_overdue(client: Client, county: County) -> None:
    seeded.closed(county)
    seeded.closed(county)
    seeded.closed(county, report_after=10 * seeded.DAY)  # seven days were given
    seeded.handed_over(county)  # overdue at LATER
    seeded.handed_over(county, now=seeded.LATER - seeded.DAY)  # in time
    seeded.received(county, now=seeded.LATER)  # its days to be handed over have just begun
    rate = counting.rate_of(counted_of(county))
    assert (rate.on_time, rate.closed_late, rate.open_late) == (2, 1, 1)
    assert rate.open_in_time == 2
    assert rate.words == "50.0%"
    page = page_of(client, county)
    assert "按期率 ＝ 按期办结 ÷（办结 ＋ 在办逾期） ＝ 2 ÷（3 ＋ 1）＝ 50.0%" in page
    assert "不计入：在办未到期 2 件" in page


def test_figures_lead_to_the_lists_behind_them(client: Client, county: County) -> None:
    seeded.closed(county)
    seeded.closed(county, report_after=10 * seeded.DAY)
    seeded.handed_over(county)
    page = page_of(client, county)
    links = re.findall(r'<a class="kpi[^"]*" href="([^"]+)"><span>([^<]+)</span><b>(\d+)', page)
    assert {label for _url, label, _count in links} >= {"登记", "在办", "在办逾期", "逾期办结"}
    for url, label, count in links:
        if label == "按期率":
            continue
        with standing_at(seeded.LATER):
            behind = client.get(url.replace("&amp;", "&")).content.decode()
        assert behind.count('data-tick="bulk"') == int(count), label


def test_neighbour_and_other_section_count_nothing(county: County, neighbour: County) -> None:
    seeded.handed_over(county)
    assert len(counted_of(county)) == 1
    assert len(counted_of(county, "receiver")) == 1
    assert counted_of(county, "receiver2") == []
    assert counted_of(neighbour) == []


def test_time_in_a_stage_is_read_from_the_trail(county: County) -> None:
    lead = seeded.handed_over(county)
    at = seeded.START + timedelta(hours=5)
    seeded.take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=at)
    stays = {s.stage: s for s in counting.stays_of(figures.moves_of(counted_of(county)))}
    assert stays["assigned"].median == timedelta(hours=5)
    assert "checking" not in stays  # it still stands there


def test_few_queries(client: Client, county: County, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        seeded.closed(county)
    client.force_login(county.users["office"])
    with standing_at(seeded.LATER), django_assert_max_num_queries(30):
        client.get(STATISTICS)


def test_period_bounds_are_days(client: Client, county: County) -> None:
    seeded.received(county)
    client.force_login(county.users["office"])
    with standing_at(seeded.LATER):
        inside = client.get("/desk/statistics/lead/?from=2026-03-01&to=2026-03-01")
        outside = client.get("/desk/statistics/lead/?from=2026-03-02&to=nonsense")
    assert "登记的 1 件" in inside.content.decode()
    assert "登记的 0 件" in outside.content.decode()


matters = st.builds(
    Counted,
    id=st.integers(1, 10**9),
    stage=st.sampled_from(["a", "b"]),
    opened_at=st.just(NOON),
    unit_id=st.sampled_from([None, 1, 2]),
    is_open=st.booleans(),
    is_overdue=st.booleans(),
    is_complete=st.booleans(),
    has_clock=st.booleans(),
    was_late=st.booleans(),
)


@given(st.lists(matters, max_size=30))
def test_rate_equals_a_plain_recount(found: list[Counted]) -> None:
    rate = counting.rate_of(found)
    overdue = [m for m in found if m.is_open and m.is_overdue]
    closed = [m for m in found if not m.is_open and m.is_complete and m.has_clock]
    on_time = [m for m in closed if not m.was_late]
    assert rate.counted == len(closed) + len(overdue)
    assert rate.on_time == len(on_time)
    assert rate.value == (len(on_time) / rate.counted if rate.counted else None)
    left_out = rate.open_in_time + rate.without_clock + rate.incomplete
    assert rate.counted + left_out == len(found)


@given(st.lists(matters, max_size=30))
def test_rates_by_place_add_up(found: list[Counted]) -> None:
    parts = [rate for _unit, rate in counting.rates_by(found, _unit_of)]
    assert sum(rate.counted for rate in parts) == counting.rate_of(found).counted
    assert [rate.value for rate in parts] == sorted((r.value for r in parts), reverse=True)
    assert sum(count for _unit, count in counting.counts_by(found, _unit_of)) == len(found)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
def test_nine_in_ten_stays_are_within_the_ninth_decile(seconds: list[int]) -> None:
    moves = []
    for number, length in enumerate(seconds):
        moves += [(number, NOON, "a"), (number, NOON + timedelta(seconds=length), "b")]
    [stay] = counting.stays_of(moves)
    within = sum(timedelta(seconds=length) <= stay.ninth_decile for length in seconds)
    assert within * 10 >= len(seconds) * 9
    assert timedelta(seconds=min(seconds)) <= stay.median <= timedelta(seconds=max(seconds))
    assert stay.count == len(seconds)


@pytest.mark.parametrize(
    ("on_time", "late", "words"),
    [(999, 1, "99.9%"), (1999, 1, "99.9%"), (2, 1, "66.7%"), (2, 0, "100.0%"), (0, 0, "—")],
)
def test_only_all_of_them_make_a_hundred(on_time: int, late: int, words: str) -> None:
    rate = counting.Rate(
        on_time=on_time,
        closed_late=late,
        open_late=0,
        open_in_time=0,
        without_clock=0,
        incomplete=0,
    )
    assert rate.words == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=40), "40 分钟"),
        (timedelta(hours=9), "9 小时"),
        (timedelta(hours=47.5), "47.5 小时"),
        (timedelta(days=3.5), "3.5 天"),
    ],
)
def test_lengths_are_said_as_people_say_them(length: timedelta, words: str) -> None:
    assert counting.length_words(length) == words


def _unit_of(matter: Counted) -> int | None:
    return matter.unit_id
