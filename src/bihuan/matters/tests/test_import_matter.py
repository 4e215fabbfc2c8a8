"""Bringing in a matter that began elsewhere: where it stood, since when, and in silence."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.people import County

from bihuan.language.clock import SHANGHAI
from bihuan.matters.history import Past, import_matter
from bihuan.matters.models import Entry, Matter, Outbox, Timer
from bihuan.matters.moment import standing_at
from bihuan.matters.refusals import Incomplete, NotYours, Refused
from bihuan.matters.ticking import tick
from bihuan.matters.verify import verify

THEN = datetime(2026, 2, 2, 9, tzinfo=SHANGHAI)
NOW = datetime(2026, 3, 20, 9, tzinfo=SHANGHAI)
FACTS = {"title": "反映兴旺煤矿超定员", "type": "重大事故隐患", "source": "举报电话"}
MARKS = {"received_at": THEN.isoformat(), "handed_over_on": "2026-02-02"}


def bring(
    county: County, *, by: str = "office", facts: Mapping[str, Any] | None = None, **parts: Any
) -> Matter:
    past = {
        "stage": "assigned",
        "happened_at": THEN,
        "unit_id": county.units["coal"].pk,
        "region_id": county.regions["north"].pk,
        "facts": {**FACTS, "confirmed": ["title"], **(facts or {})},
        "marks": MARKS,
    }
    numbered = parts.pop("numbered", True)
    with standing_at(NOW):
        actor = county.actor(by)
        return import_matter("lead", Past(**(past | parts)), by=actor, numbered=numbered)


def test_it_stands_where_it_stood(county: County) -> None:
    lead = bring(county, facts={"site": county.sites["xingwang"].pk})
    lead.refresh_from_db()
    assert (lead.stage, lead.unit, lead.title) == ("assigned", county.units["coal"], FACTS["title"])
    assert (lead.site, lead.l4) == (county.sites["xingwang"], county.regions["north"].pk)
    assert (lead.opened_at, lead.number) == (THEN, "线索〔2026〕1号")
    assert lead.facts_row.data["imported"] is True
    entry = Entry.objects.get(matter_id=lead.pk)
    assert (entry.happened_at, entry.recorded_at) == (THEN, NOW)
    assert verify().faults == []


def test_its_clock_runs_from_then_and_tells_nobody(county: County) -> None:
    lead = bring(county)
    timer = Timer.objects.get(matter=lead, key="feedback")
    assert timer.due_at == datetime(2026, 2, 10, tzinfo=SHANGHAI)
    told = Outbox.objects.filter(matter=lead).count()
    assert tick(now=NOW, quiet=True).rungs > 0
    assert Outbox.objects.filter(matter=lead).count() == told
    assert timer.late_at(NOW)


def test_a_history_without_a_confirmed_title_is_taken_when_it_names_nobody(
    county: County,
) -> None:
    past = Past(
        stage="assigned",
        happened_at=THEN,
        unit_id=county.units["coal"].pk,
        region_id=county.regions["north"].pk,
        facts={"source": "举报电话"},
        marks=MARKS,
    )
    with standing_at(NOW):
        lead = import_matter("lead", past, by=county.actor("office"))
    assert lead.source == "举报电话"
    assert str(Entry.objects.get(matter_id=lead.pk)) == f"{lead.pk}.1 open"


def test_one_without_a_number_gets_none(county: County) -> None:
    assert bring(county, numbered=False).number == ""


def test_only_who_registers_brings_in(county: County) -> None:
    with pytest.raises(NotYours, match="导入举报线索须由登记人员办理"):
        bring(county, by="handler")


def test_what_lies_ahead_has_not_happened(county: County) -> None:
    with pytest.raises(Refused, match="发生时间晚于现在"):
        bring(county, happened_at=NOW + timedelta(seconds=1))


def test_a_wrong_fact_is_named_and_nothing_is_kept(county: County) -> None:
    with pytest.raises(Incomplete) as refused:
        bring(county, facts={"site": 999_999})
    assert set(refused.value.fields) == {"site"}
    assert not Matter.objects.exists()
