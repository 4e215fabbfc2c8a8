"""Titles, sites and units are found by the initials of their pinyin, on both databases alike."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.people import NOW, County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.desk.filtering import Asked, filtered
from bihuan.desk.pickers import Pickers
from bihuan.leads.loop import LEAD
from bihuan.matters import search
from bihuan.matters.models import Matter, SearchText
from bihuan.matters.search import TYPED, find, normalise, term_tokens, tokens_of, with_initials
from bihuan.matters.search_again import add_initials
from bihuan.places.initials import VARIANTS_MAX, initials_of, initials_within
from bihuan.places.models import Site, Unit


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead handed over, titled 反映兴旺煤矿夜班超定员组织生产."""
    return hand_over(county, register(county, open_lead(county, now=NOW), now=NOW), now=NOW)


@pytest.mark.parametrize("term", ["xwmk", "XWMK", "ｘｗｍｋ", "fyxwmkyb", "cdy", "兴旺 cdyzzsc"])
def test_a_title_is_found_by_initials(county: County, lead: Matter, term: str) -> None:
    assert find(term, by=county.actor("office"), kind="lead") == [lead.pk]
    assert find(term, by=county.actor("receiver"), kind="lead") == [lead.pk]


@pytest.mark.parametrize("term", ["xwmq", "mkxw", "xw", "m", "cdyzzscx"])
def test_other_letters_are_not(county: County, lead: Matter, term: str) -> None:
    assert find(term, by=county.actor("office"), kind="lead") == []


def test_initials_stay_within_the_scope(county: County, neighbour: County, lead: Matter) -> None:
    assert find("xwmk", by=neighbour.actor("office")) == []
    assert find("xwmk", by=county.actor("receiver2")) == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("青石岭煤矿", "qslmk"),
        ("长兴煤矿", "zxmk cxmk"),
        ("乐平煤矿（二号井）", "lpmkehj ypmkehj"),
        ("Ａ２井", "a2j"),
        ("𠮷，。", ""),
        ("", ""),
    ],
)
def test_every_reading_of_a_name_is_kept(name: str, typed: str) -> None:
    assert initials_of(name) == typed


def test_a_long_name_has_no_more_readings_than_are_kept() -> None:
    assert len(initials_of("长重乐行解").split()) == VARIANTS_MAX


def test_a_text_has_each_other_reading_with_what_stands_around_it() -> None:
    typed = initials_within("反映长兴煤矿夜班超员 1101综采面 abc")
    assert typed.split() == ["fyzxmkybcy", "fycxmkybc", "1101zcm"]


@given(st.text(max_size=20))
def test_any_text_has_initials_without_error(text: str) -> None:
    for word in [*initials_of(text).split(), *initials_within(text).split()]:
        assert word.isascii()
        assert word.isalnum()
        assert term_tokens(word) <= tokens_of(f"{TYPED}{word}") or len(word) < 3


@given(st.text(max_size=20))
def test_the_mark_stands_in_no_text(text: str) -> None:
    told = normalise(text)
    assert TYPED not in told
    assert tokens_of(told) <= tokens_of(with_initials(told, title="长兴煤矿", site=""))


def test_names_bring_their_initials_however_they_are_written(county: County) -> None:
    town = county.regions["north"]
    site = Site.objects.create(name="长兴煤矿", region=town, kind=Site.Kind.COAL)
    Site.objects.bulk_create([Site(name="白石岭煤矿", region=town, kind=Site.Kind.COAL)])
    assert Site.objects.get(pk=site.pk).initials == "zxmk cxmk"
    assert Site.objects.get(name="白石岭煤矿").initials == "bslmk"
    site.name = "兴旺二矿"
    site.save()
    assert Site.objects.get(pk=site.pk).initials == "xwek"
    assert Unit.objects.get(pk=county.units["coal"].pk).initials.endswith("mkaqg")


def test_the_search_page_the_filter_and_the_form_know_them(county: County, lead: Matter) -> None:
    client = Client()
    client.force_login(county.users["office"])
    page = client.get("/desk/search?q=MKAQG").text
    assert "<h2>单位</h2><small>1 条</small>" in page
    assert "煤矿安全股" in page
    site = county.sites["xingwang"]
    assert site.name in client.get(f"/desk/search?q={site.initials.split()[0]}").text
    short = site.initials.split()[0]
    for typed, found in ((short, [lead.pk]), ("zzz", []), (site.name, [lead.pk])):
        asked = filtered(Asked({"tab": "all", "site": typed}), by=county.actor("office"), loop=LEAD)
        assert [one.pk for one in asked] == found


def test_a_form_takes_a_site_by_whole_initials_when_only_one_has_them(county: County) -> None:
    asked = LEAD.fields["site"]
    at = Pickers(region=county.region, on=NOW.date())
    site = county.sites["xingwang"]
    typed = site.initials.split()[0]
    assert at.resolved({"site": typed.upper()}, (asked,)) == {"site": site.pk}
    assert at.resolved({"site": typed[:-1]}, (asked,)) != {"site": site.pk}
    twin = Site.objects.create(name="西湾煤矿", region=county.regions["north"], kind="coal")
    assert twin.initials == typed
    assert at.resolved({"site": typed}, (asked,)) == {"site": typed}


def test_an_index_from_before_gets_initials_once(county: County, lead: Matter) -> None:
    row = SearchText.objects.get(pk=lead.pk)
    _forget_initials(lead.pk)
    office = county.actor("office")
    assert find("xwmk", by=office, kind="lead") == []
    said: list[str] = []
    assert add_initials(said.append) == 1
    assert add_initials(said.append) == 0
    assert find("xwmk", by=office, kind="lead") == [lead.pk]
    assert SearchText.objects.get(pk=lead.pk).text == row.text


def _forget_initials(matter_id: int) -> None:
    """The row as it was written before initials were kept."""
    row = SearchText.objects.get(pk=matter_id)
    old = row.text.partition(TYPED)[0]
    search.replace(matter_id, (row.text, row.scope), (old, row.scope))
