"""Search: what is found, by whom, and what asks nothing of the database."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead, publish, register

from bihuan.accounts.actors import PUBLIC
from bihuan.disclosure.models import Snapshot
from bihuan.language.clock import SHANGHAI
from bihuan.matters import search
from bihuan.matters.engine import lock
from bihuan.matters.models import Matter
from bihuan.matters.search import find, index, normalise, term_tokens, tokens_of
from bihuan.matters.writing import engine_writes

NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead handed over, titled 反映兴旺煤矿夜班超定员组织生产."""
    return hand_over(county, register(county, open_lead(county, now=NOW), now=NOW), now=NOW)


@pytest.mark.parametrize(
    "term", ["兴旺", "夜", "３０２掘进", "线索 2026", "超定员组织生产", "兴旺煤矿夜班"]
)
def test_words_of_number_title_summary_and_site_are_found(
    county: County, lead: Matter, term: str
) -> None:
    assert lead.pk in find(term, by=county.actor("office"), kind="lead")


@pytest.mark.parametrize("term", ["白云", "组织超定员", "产生", "兴旺 白云"])
def test_words_that_do_not_stand_there_are_not_found(
    county: County, lead: Matter, term: str
) -> None:
    assert find(term, by=county.actor("office"), kind="lead") == []


def test_one_kind_may_be_asked_for(county: County, lead: Matter) -> None:
    office = county.actor("office")
    found = find("兴旺", by=office)
    kinds = dict(Matter.objects.filter(pk__in=found).values_list("pk", "kind"))
    assert set(kinds.values()) > {"lead"}
    assert find("兴旺", by=office, kind="lead") == [lead.pk]
    assert find("兴旺", by=office, limit=1) == [max(found)]


def test_own_hits_are_found_behind_many_of_elsewhere(
    county: County, neighbour: County, lead: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("PROBE", "PROBE_SQLITE"):
        monkeypatch.setattr(search, limit, 1)
    later = NOW + timedelta(days=1)
    elsewhere = register(neighbour, open_lead(neighbour, now=later), now=later)
    assert find("兴旺", by=neighbour.actor("office"), kind="lead") == [elsewhere.pk]
    assert find("兴旺", by=county.actor("office"), kind="lead") == [lead.pk]


def test_numbers_are_told_apart_by_longer_tokens() -> None:
    assert term_tokens("1101") == {"110", "101"}
    assert term_tokens("1101综采") == {"110", "101", "1综", "综采"}
    assert term_tokens("2号面") == {"2号", "号面"}
    assert "110" in tokens_of("反映1101综采面")
    assert "110" not in tokens_of("11 10 01")


def test_newest_come_first(county: County, lead: Matter) -> None:
    later = register(county, open_lead(county, now=NOW), now=NOW + timedelta(days=1))
    assert find("兴旺", by=county.actor("office"), kind="lead") == [later.pk, lead.pk]


def test_who_sees_nothing_finds_nothing(county: County, neighbour: County, lead: Matter) -> None:
    office = county.actor("office")
    assert find("兴旺", by=neighbour.actor("office")) == []
    with CaptureQueriesContext(connection) as asked:
        assert find("兴旺", by=PUBLIC) == []
        assert find("，。", by=office) == []
    assert len(asked) == 0


def test_an_unchanged_matter_is_not_written_anew(county: County, lead: Matter) -> None:
    with engine_writes():
        case = lock(lead.pk, by=county.actor("office"), now=NOW)
        with CaptureQueriesContext(connection) as asked:
            index(case)
    assert not [one for one in asked if not one["sql"].startswith(("SELECT", "DECLARE"))]


@given(st.text(max_size=30), st.text(max_size=10), st.text(max_size=10))
def test_a_text_has_the_tokens_of_every_term_within_it(term: str, front: str, back: str) -> None:
    text = normalise(front + term + back)
    within = normalise(term)
    if within in text:
        assert term_tokens(within) <= tokens_of(text)


def test_a_publication_is_found_by_its_number(county: County, lead: Matter) -> None:
    child = Matter.objects.get(parent=lead, kind="publication_problem")
    publish(county, child, now=NOW)
    number = Snapshot.objects.get(matter=child).number
    assert number == "公开〔2026〕1号"
    assert find(number, by=county.actor("office")) == [child.pk]
