"""Adoption: what is in force is what the place decided, from a day until a day."""

import datetime as dt

import pytest

from bihuan.regulations.packs import PackRefused, adopt, end_adoption, value_of

from .conftest import NOW, TODAY, Loader, Places, days, pack_text

FROM, UNTIL = dt.date(2026, 4, 1), dt.date(2026, 4, 30)
KEY = "lead.feedback_days"


@pytest.fixture
def loaded(load: Loader) -> None:
    load(a=pack_text("a", feedback_days=days(7)))


@pytest.mark.parametrize(
    ("on", "value"),
    [
        (dt.date(2026, 3, 31), None),
        (FROM, 7),
        (UNTIL, 7),
        (dt.date(2026, 5, 1), None),
    ],
)
@pytest.mark.usefixtures("loaded")
def test_both_boundary_days_are_in_force(places: Places, on: dt.date, value: int | None) -> None:
    adopt(
        "a", region=places.county, from_on=FROM, until_on=UNTIL, by="局长", reason="试行", now=NOW
    )
    held = value_of(KEY, region_path=places.county.path_ids, on=on)
    assert held.value == value
    assert held.is_set == (value is not None)


@pytest.mark.usefixtures("loaded")
def test_a_loaded_pack_is_not_in_force_by_itself(places: Places) -> None:
    held = value_of(KEY, region_path=places.county.path_ids, on=TODAY)
    assert not held.is_set
    assert held.text == "未设定"
    assert "未采用" in held.note


@pytest.mark.usefixtures("loaded")
def test_the_decision_is_kept(places: Places) -> None:
    held = adopt("a", region=places.county, from_on=FROM, by="局长办公会", reason="试行", now=NOW)
    assert (held.decided_by, held.note, held.adopted_at) == ("局长办公会", "试行", NOW)


@pytest.mark.usefixtures("loaded")
def test_adoptions_of_one_pack_do_not_overlap(places: Places) -> None:
    adopt(
        "a", region=places.county, from_on=FROM, until_on=UNTIL, by="局长", reason="试行", now=NOW
    )
    for start, end in ((UNTIL, None), (dt.date(2026, 1, 1), FROM)):
        with pytest.raises(PackRefused, match="已在2026-04-01至2026-04-30采用"):
            adopt(
                "a",
                region=places.county,
                from_on=start,
                until_on=end,
                by="局长",
                reason="再",
                now=NOW,
            )
    after = UNTIL + dt.timedelta(days=1)
    adopt("a", region=places.county, from_on=after, by="局长", reason="续", now=NOW)
    adopt("a", region=places.neighbour, from_on=FROM, by="局长", reason="试行", now=NOW)


@pytest.mark.usefixtures("loaded")
def test_what_is_missing_is_said(places: Places) -> None:
    with pytest.raises(PackRefused, match="请先载入"):
        adopt("b", region=places.county, from_on=FROM, by="局长", reason="试行", now=NOW)
    with pytest.raises(PackRefused, match="理由"):
        adopt("a", region=places.county, from_on=FROM, by="局长", reason=" ", now=NOW)
    with pytest.raises(PackRefused, match="早于起日"):
        adopt(
            "a",
            region=places.county,
            from_on=UNTIL,
            until_on=FROM,
            by="局长",
            reason="试行",
            now=NOW,
        )


@pytest.mark.usefixtures("loaded")
def test_an_adoption_ends_today_or_later_never_in_the_past(places: Places) -> None:
    held = adopt(
        "a", region=places.county, from_on=dt.date(2026, 1, 1), by="局长", reason="试行", now=NOW
    )
    with pytest.raises(PackRefused, match="不能早于2026-03-01"):
        end_adoption(held, until_on=dt.date(2026, 2, 28), by="局长", reason="停", now=NOW)
    end_adoption(held, until_on=TODAY, by="局长", reason="停", now=NOW)
    path = places.county.path_ids
    assert value_of(KEY, region_path=path, on=TODAY).value == 7
    assert not value_of(KEY, region_path=path, on=TODAY + dt.timedelta(days=1)).is_set
    held.refresh_from_db()
    assert held.note.startswith("试行\n")
    assert "局长：至2026-03-01止，停" in held.note
