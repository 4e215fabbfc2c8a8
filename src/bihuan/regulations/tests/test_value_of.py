"""Values by place and day: nearest adoption, two packs, unset, and one query."""

import datetime as dt

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bihuan.language.pack import Origin
from bihuan.places.models import Region
from bihuan.regulations.models import Adoption, Revision
from bihuan.regulations.packs import adopt, rulebook, set_value, value_of, values_table

from .conftest import NOW, TODAY, Loader, Places, days, pack_text

KEY = "lead.feedback_days"


def take(pack_key: str, region: Region, *, from_on: dt.date = TODAY) -> None:
    adopt(pack_key, region=region, from_on=from_on, by="局长", reason="试行", now=NOW)


def held_at(region: Region, *, key: str = KEY, on: dt.date = TODAY) -> tuple[object, str]:
    value = value_of(key, region_path=region.path_ids, on=on)
    return value.value, str(value.origin)


def test_a_rule_holds_below_its_place_and_never_beside_or_above(
    load: Loader, places: Places
) -> None:
    load(a=pack_text("a", feedback_days=days(7)))
    take("a", places.county)
    assert held_at(places.township) == (7, "source")
    assert held_at(places.county) == (7, "source")
    for elsewhere in (places.neighbour, places.city, places.province):
        assert held_at(elsewhere) == (None, "unset")
    assert not value_of(KEY, region_path=(), on=TODAY).is_set


def test_the_nearest_adoption_wins(load: Loader, places: Places) -> None:
    load(
        **{key: pack_text(key, feedback_days=days(n)) for key, n in (("a", 7), ("b", 5), ("c", 3))}
    )
    take("a", places.province)
    take("b", places.county)
    assert [held_at(each)[0] for each in (places.city, places.county, places.township)] == [7, 5, 5]
    take("c", places.township)
    assert held_at(places.township)[0] == 3
    assert held_at(places.neighbour)[0] == 7


def test_of_two_packs_at_one_place_the_later_adoption_wins_and_names_the_other(
    load: Loader, places: Places
) -> None:
    load(
        a=pack_text("a", title="甲方案", feedback_days=days(7)),
        b=pack_text("b", title="乙方案", feedback_days=days(5)),
    )
    take("b", places.county, from_on=TODAY)
    take("a", places.county, from_on=dt.date(2026, 2, 1))
    value = value_of(KEY, region_path=places.county.path_ids, on=TODAY)
    assert (value.value, value.version) == (5, "b@1")
    assert "原注。" in value.note
    assert "《甲方案》为7天（原文）" in value.note
    assert held_at(places.county, on=dt.date(2026, 2, 28))[0] == 7


def test_a_pack_without_number_or_with_our_default_does_not_displace_the_document(
    load: Loader, places: Places
) -> None:
    load(
        a=pack_text("a", feedback_days=days(7), check_days=days(None)),
        b=pack_text("b", feedback_days=days(None)),
        c=pack_text("c", feedback_days=days(9, origin="default")),
    )
    take("a", places.county, from_on=dt.date(2026, 1, 1))
    take("b", places.county, from_on=dt.date(2026, 2, 1))
    take("c", places.county, from_on=dt.date(2026, 2, 2))
    assert held_at(places.county) == (7, "source")
    take("b", places.township)
    assert held_at(places.township) == (7, "source")
    take("c", places.neighbour, from_on=dt.date(2026, 2, 1))
    take("b", places.neighbour, from_on=TODAY)
    assert held_at(places.neighbour) == (9, "default")
    unset = value_of("lead.check_days", region_path=places.county.path_ids, on=TODAY)
    assert (unset.value, unset.origin, unset.version) == (None, Origin.UNSET, "a@1")
    assert unset.note == "原注。"


def test_an_unknown_key_is_unset(load: Loader, places: Places) -> None:
    load(a=pack_text("a", feedback_days=days(7)))
    assert held_at(places.county, key="lead.nothing") == (None, "unset")


def test_one_query_and_none_within_a_rulebook(load: Loader, places: Places) -> None:
    load(a=pack_text("a", feedback_days=days(7)))
    take("a", places.county)
    path = places.county.path_ids
    value_of(KEY, region_path=path, on=TODAY)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        value_of(KEY, region_path=path, on=TODAY)
    assert len(asked) == 1
    book = rulebook()
    with CaptureQueriesContext(connection) as asked:
        assert book.value_of(KEY, region_path=path, on=TODAY).value == 7
    assert len(asked) == 0


def test_a_change_by_another_process_is_seen(load: Loader, places: Places) -> None:
    load(a=pack_text("a", feedback_days=days(7)))
    assert held_at(places.county)[0] is None
    Adoption.objects.create(
        pack_key="a",
        region=places.county,
        from_on=TODAY,
        decided_by="局长",
        note="试行",
        adopted_at=NOW,
    )
    assert held_at(places.county)[0] is None
    Revision.objects.update(stamp="0123456789abcdef")
    assert held_at(places.county)[0] == 7


def test_a_rolled_back_change_is_not_remembered(load: Loader, places: Places) -> None:
    load(a=pack_text("a", feedback_days=days(7)), b=pack_text("b", feedback_days=days(5)))
    with transaction.atomic():
        take("a", places.county)
        assert held_at(places.county)[0] == 7
        transaction.set_rollback(True)
    assert held_at(places.county)[0] is None
    take("b", places.county)
    assert held_at(places.county)[0] == 5


def test_the_table_shows_every_key_and_what_is_not_set(load: Loader, places: Places) -> None:
    choices = "choices = [1, 2]"
    load(
        a=pack_text("a", feedback_days=days(7), handover_days=days(1, more=choices)),
        b=pack_text("b", reward_pay_days=days(30, origin="default")),
    )
    take("a", places.county)
    set_value(
        "lead.handover_days", region=places.county, value=2, reason="两日一交办", by=None, now=NOW
    )
    rows = {row.value.key: row for row in values_table(places.county, on=TODAY)}
    assert list(rows) == ["lead.feedback_days", "lead.handover_days", "lead.reward_pay_days"]
    assert rows["lead.feedback_days"].value.text == "7天"
    handover = rows["lead.handover_days"]
    assert (handover.value.value, handover.from_pack.value, handover.choices) == (2, 1, (1, 2))
    assert handover.value.origin.label == "本单位设定"
    reward = rows["lead.reward_pay_days"].value
    assert (reward.text, reward.label) == ("未设定", "reward_pay_days")
