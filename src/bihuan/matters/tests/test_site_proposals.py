"""What watches find at sites: one proposal a ground, for good, joined by what is found again."""

from dataclasses import replace

import pytest
from django.test import Client
from tests.doors import Door, DoorClosedError, march
from tests.people import County

from bihuan.language.words import Finding
from bihuan.matters.grounds import SiteGround
from bihuan.matters.identity import to_code
from bihuan.matters.models import Facts, Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.refusals import Refused
from bihuan.matters.revisions import ask_correction
from bihuan.matters.site_proposals import _open, look_around, propose
from bihuan.monitoring.activity.stopped import STOPPED_PRODUCING
from bihuan.monitoring.alarms.highs import THREE_HIGHS


def finding(county: County, *, key: str = "a", text: str = "峰值 2.1 %CH4。") -> Finding:
    site = county.sites["qingshiling"]
    return Finding(site=site.pk, key=key, label="高数值报警", text=text, figures=(("峰值", "2.1"),))


def proposals() -> list[Matter]:
    return list(Matter.objects.filter(kind="site_proposal").order_by("id"))


def test_a_ground_found_twice_in_one_look_joins(county: County) -> None:
    again = finding(county, text="峰值 2.4 %CH4。")
    assert len(propose(THREE_HIGHS, [finding(county), again], now=march(1))) == 1
    (one,) = proposals()
    joined = Facts.objects.get(pk=one.pk).data["joined"]
    assert [entry["text"] for entry in joined] == [again.text]


def test_the_same_words_join_once(county: County) -> None:
    for day in (1, 2, 3):
        propose(THREE_HIGHS, [finding(county)], now=march(day))
    (one,) = proposals()
    assert "joined" not in Facts.objects.get(pk=one.pk).data


def test_what_a_person_declined_is_not_opened_again(county: County, door: Door) -> None:
    propose(THREE_HIGHS, [finding(county)], now=march(1))
    (one,) = proposals()
    with pytest.raises(DoorClosedError):
        door.press("publisher", one, "decline", march(1, 10), reason="不成立。")
    door.press("leader", one, "decline", march(1, 10), reason="为计划调校，有记录。")
    assert propose(THREE_HIGHS, [finding(county)], now=march(2)) == []
    assert [matter.stage for matter in proposals()] == ["declined"]


def test_a_watch_that_ceases_closes_what_it_finds_no_more(county: County) -> None:
    ceasing = replace(THREE_HIGHS, ceases=True)
    propose(ceasing, [finding(county), finding(county, key="b")], now=march(1))
    propose(ceasing, [finding(county, key="b")], now=march(2))
    assert [matter.stage for matter in proposals()] == ["ceased", "proposed"]


def test_what_went_away_by_itself_is_proposed_anew_when_it_is_back(county: County) -> None:
    """A film registered for an hour and taken back mustn't hide the operation for good."""
    ceasing = replace(THREE_HIGHS, ceases=True)
    for day, found in ((1, [finding(county)]), (2, []), (3, [finding(county)])):
        propose(ceasing, found, now=march(day))
    assert propose(ceasing, [finding(county)], now=march(4)) == []
    assert [matter.stage for matter in proposals()] == ["ceased", "proposed"]
    assert SiteGround.objects.get().proposal == proposals()[1]


def test_a_key_of_any_length_stops_no_watch(county: County) -> None:
    """Keys are made of figures that firms enter; PostgreSQL refuses more than the column holds."""
    long = [finding(county, key="9" * 100 + end) for end in "abb"]
    assert len(propose(THREE_HIGHS, long, now=march(1))) == 2
    assert propose(THREE_HIGHS, long, now=march(2)) == []
    assert max(len(ground.key) for ground in SiteGround.objects.order_by("pk")) <= 80


def broken(*, now: object) -> list[Finding]:
    """A watch whose records can't be read."""
    raise OSError(f"nothing to look at {now!r}")


def test_a_watch_that_breaks_leaves_the_others_looking(county: County) -> None:
    def sees(*, now: object) -> list[Finding]:
        del now
        return [finding(county)]

    watches = [replace(THREE_HIGHS, look=broken), replace(THREE_HIGHS, look=sees)]
    assert look_around(now=march(1), watches=watches) == 1
    assert str(SiteGround.objects.get()) == "three_highs a"


def test_what_is_found_as_of_an_earlier_moment_is_proposed_now(county: County) -> None:
    stood: list[object] = []

    def sees(*, now: object) -> list[Finding]:
        stood.append(now)
        return [finding(county)]

    look_around(now=march(9), as_of=march(1), watches=[replace(THREE_HIGHS, look=sees)])
    assert stood == [march(1)]
    assert [matter.opened_at for matter in proposals()] == [march(9)]


def test_a_ground_that_another_process_has_just_opened_is_opened_once(county: County) -> None:
    first, is_new = _open(THREE_HIGHS, finding(county), now=march(1))
    again, is_new_again = _open(THREE_HIGHS, finding(county), now=march(1))
    assert (is_new, is_new_again) == (True, False)
    assert first == again
    assert len(proposals()) == 1


def test_what_was_confirmed_carries_every_day_and_its_code_stands(
    county: County, door: Door
) -> None:
    watch = STOPPED_PRODUCING
    for day in (1, 2, 3):
        text = f"3月{day}日停产期间产煤{day}00吨。"
        propose(watch, [finding(county, key=f"7/2026-03-0{day}", text=text)], now=march(day))
    (one,) = proposals()
    first, other = watch.codes[:2]
    door.press("watch", one, "confirm", march(3, 10), code=first.label, reason="核实。")
    (case,) = Matter.objects.filter(parent=one, kind="case_proposal")
    about = Facts.objects.get(pk=case.pk).data["about"].splitlines()
    assert about == [f"3月{day}日停产期间产煤{day}00吨。" for day in (1, 2, 3)]
    told = {"changes": {"code": other.key}, "reason": "选错。", "now": march(3, 11)}
    with pytest.raises(Refused, match="已据以开出后续事项，不能更正"):
        ask_correction(one.pk, by=county.actor("watch"), **told)
    desk = Client()
    desk.force_login(county.users["watch"])
    with standing_at(march(3, 11)):
        page = desk.get(f"/desk/matters/{to_code(one.pk)}/correct").content.decode()
    assert 'name="reason"' in page
    assert 'name="code"' not in page
