"""What a step asks under seal becomes neither a fact nor a line of the trail."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import LazySettings as Settings
from tests.people import NOW, County
from tests.walks.test_lead_walk import open_lead

from bihuan.catalog import CATALOG
from bihuan.language.field import Field, Kind
from bihuan.leads.loop import LEAD
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import take_step
from bihuan.matters.models import Entry, Facts

WORDS = "七里坡第三棵核桃树下"
UNDER_SEAL = Field(key="under_seal", label="密封内容", kind=Kind.LONG_TEXT, sealed=True)
ASKING_LEAD = replace(
    LEAD,
    steps=tuple(
        replace(step, asks=(*step.asks, UNDER_SEAL)) if step.key == "note" else step
        for step in LEAD.steps
    ),
)
ASKING = replace(
    CATALOG,
    loops=tuple(ASKING_LEAD if loop.key == LEAD.key else loop for loop in CATALOG.loops),
)


@pytest.fixture
def asking(settings: Settings) -> Iterator[None]:
    """The product with one more question: a note asks for something under seal."""
    settings.BIHUAN_CATALOG = f"{__name__}.ASKING"
    catalog.cache_clear()
    yield
    catalog.cache_clear()


def test_what_is_sealed_in_a_step_becomes_no_fact(county: County, asking: None) -> None:
    lead = open_lead(county)
    answers = {"note": "再看一次。", "under_seal": WORDS}
    take_step(lead.pk, "note", by=county.actor("office"), now=NOW, answers=answers)
    assert WORDS not in str(Facts.objects.get(pk=lead.pk).data)
    bodies = Entry.objects.filter(matter_id=lead.pk).values_list("body", flat=True)
    assert WORDS.encode() not in b"".join(map(bytes, bodies))
