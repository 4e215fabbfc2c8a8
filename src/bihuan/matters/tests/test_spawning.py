"""A step that declares children opens them, and a field of files takes the matter's own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import LazySettings as Settings
from tests.people import NOW, County
from tests.walks.test_lead_walk import open_lead

from bihuan.catalog import CATALOG
from bihuan.language.field import Field, Kind
from bihuan.leads.loop import LEAD
from bihuan.matters.answers import clean_answers
from bihuan.matters.attachments import attach
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import lock, take_step
from bihuan.matters.models import Entry, Matter
from bihuan.matters.refusals import Incomplete
from bihuan.matters.trail import from_bytes
from bihuan.matters.writing import engine_writes

SPAWNING_LEAD = replace(
    LEAD,
    steps=tuple(
        replace(step, spawns=("recheck",)) if step.key == "note" else step for step in LEAD.steps
    ),
)
SPAWNING = replace(
    CATALOG,
    loops=tuple(SPAWNING_LEAD if loop.key == LEAD.key else loop for loop in CATALOG.loops),
)
PHOTO = Field(key="photo", label="照片", kind=Kind.FILES)


@pytest.fixture
def spawning(settings: Settings) -> Iterator[None]:
    """The product with one more declaration: a note opens a re-check."""
    settings.BIHUAN_CATALOG = f"{__name__}.SPAWNING"
    catalog.cache_clear()
    yield
    catalog.cache_clear()


def test_a_declared_child_is_opened_beside(county: County, spawning: None) -> None:
    lead = open_lead(county)
    office = county.actor("office")
    take_step(lead.pk, "note", by=office, now=NOW, answers={"note": "再看一次。"})
    child = Matter.objects.get(parent=lead, kind="recheck")
    assert child.path_ids == lead.path_ids
    line = from_bytes(bytes(Entry.objects.get(matter_id=lead.pk, step="note").body))
    assert line.changes["children"] == [["recheck", child.pk]]


def test_a_matter_names_only_its_own_files(county: County) -> None:
    lead, other = open_lead(county), open_lead(county)
    intake = county.actor("intake")
    mine = attach(lead.pk, "记录".encode(), "记录.txt", by=intake, now=NOW)
    foreign = attach(other.pk, "记录".encode(), "记录.txt", by=intake, now=NOW)
    with engine_writes():
        case = lock(lead.pk, by=intake, now=NOW)
        assert clean_answers((PHOTO,), {"photo": [mine.pk]}, case=case) == {"photo": [mine.pk]}
        with pytest.raises(Incomplete, match="有附件不属于本事项"):
            clean_answers((PHOTO,), {"photo": [mine.pk, foreign.pk]}, case=case)
