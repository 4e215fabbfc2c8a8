"""The reward notice at each mine: due days as history, coverage, in time or later, reopening."""

from datetime import UTC, date, datetime

import pytest
from tests.people import ON, County

from bihuan.leads.ledgers import NOTICE
from bihuan.matters.coverage import Coverage, Standing, coverage
from bihuan.matters.models import Record
from bihuan.matters.record_files import keep_file
from bihuan.matters.records import write_record
from bihuan.matters.refusals import Incomplete, Refused
from bihuan.places.models import Site

NOW = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
PNG = bytes.fromhex(  # one grey dot
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a4944415478"
    "9c636000000002000148afa4710000000049454e44ae426082"
)


def notice(
    county: County, site: str, day: str, *, state: str = "posted", place: str = "shaft"
) -> Record:
    by = county.actor("inspector")
    photo = [keep_file(PNG, name="牌.png", by=by, now=NOW).pk] if state == "posted" else None
    facts = {
        "site": county.sites[site].pk,
        "place": place,
        "state": state,
        "valid_from": day,
        "photo": photo,
    }
    return write_record(NOTICE, by=by, now=NOW, facts=facts)


def now_covered(county: County, account: str = "office") -> Coverage:
    return coverage("reward_notice", by=county.actor(account), on=ON)


def standing(county: County, site: str) -> Standing:
    found = now_covered(county).standings
    return next(one for one in found if one.site == county.sites[site])


@pytest.mark.clause("SX-52-2")
@pytest.mark.parametrize(
    ("day", "words"), [("2022-04-30", "按期张贴"), ("2022-05-01", "期限后张贴")]
)
def test_coal_mines_have_the_end_of_april(county: County, day: str, words: str) -> None:
    bare = standing(county, "xingwang")
    assert bare.due_on == date(2022, 4, 30)
    assert "2022-05-24" in bare.due_note
    assert "早于" in bare.due_note
    assert bare.words == "未张贴"
    notice(county, "xingwang", day)
    assert standing(county, "xingwang").words == words
    assert "天" not in standing(county, "xingwang").words


@pytest.mark.clause("SX-52-3")
@pytest.mark.parametrize(
    ("day", "words"), [("2022-05-30", "按期张贴"), ("2022-05-31", "期限后张贴")]
)
def test_other_mines_have_the_end_of_may(county: County, day: str, words: str) -> None:
    assert standing(county, "baiyun").due_on == date(2022, 5, 30)
    assert standing(county, "xingwang").due_on == date(2022, 4, 30)
    assert standing(county, "baiyun").words == "未张贴"
    notice(county, "baiyun", day, place="yard")
    assert standing(county, "baiyun").words == words


@pytest.mark.parametrize("place", ["入井井口", "工业广场"])
def test_either_place_fulfils_it(county: County, place: str) -> None:
    notice(county, "xingwang", "2026-02-01", place=place)
    assert standing(county, "xingwang").is_done


def test_coverage_is_split_and_lists_the_missing(county: County) -> None:
    notice(county, "xingwang", "2026-02-01")
    found = now_covered(county)
    assert [(total.label, total.words) for total in found.totals] == [
        ("煤矿", "1/2"),
        ("非煤矿山", "0/1"),
    ]
    assert [one.site.name for one in found.missing] == ["青石岭煤矿", "白云石料矿"]


def test_missing_at_a_visit_reopens_the_duty(county: County) -> None:
    notice(county, "xingwang", "2022-04-30")
    notice(county, "xingwang", "2026-02-10", state="missing")
    reopened = standing(county, "xingwang")
    assert not reopened.is_done
    assert reopened.words == "检查未见，须重新张贴"
    notice(county, "xingwang", "2026-02-20")
    assert standing(county, "xingwang").words == "期限后张贴"


def test_a_second_photo_keeps_the_first_in_time(county: County) -> None:
    notice(county, "xingwang", "2022-04-30")
    notice(county, "xingwang", "2022-06-01", place="yard")
    assert standing(county, "xingwang").words == "按期张贴"


def test_population_is_dated(county: County) -> None:
    Site.objects.filter(pk=county.sites["xingwang"].pk).update(closed_on=date(2026, 1, 1))
    Site.objects.filter(pk=county.sites["baiyun"].pk).update(opened_on=date(2026, 6, 1))
    assert [one.site.name for one in now_covered(county).standings] == ["青石岭煤矿"]


def test_firm_sees_its_own_mine_only(county: County, neighbour: County) -> None:
    assert [one.site.name for one in now_covered(county, "firm").standings] == ["青石岭煤矿"]
    assert len(now_covered(neighbour, "office").standings) == 3
    assert now_covered(county, "handler").standings == ()


def test_posted_without_photo_and_future_days_are_refused(county: County) -> None:
    by = county.actor("inspector")
    facts = {"site": county.sites["xingwang"].pk, "place": "shaft", "state": "posted"}
    with pytest.raises(Refused, match="照片"):
        write_record(NOTICE, by=by, now=NOW, facts={**facts, "valid_from": "2026-02-01"})
    with pytest.raises(Incomplete, match="照片"):
        write_record(NOTICE, by=by, now=NOW, facts=facts)
    with pytest.raises(Refused, match="晚于今天"):
        write_record(
            NOTICE, by=by, now=NOW, facts={**facts, "state": "missing", "valid_from": "2026-03-02"}
        )
