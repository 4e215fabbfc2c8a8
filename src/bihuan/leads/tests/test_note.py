"""A note is told in the trail, each of them, and never becomes a fact of the lead."""

from tests.people import NOW, County
from tests.walks.test_lead_walk import open_lead, register

from bihuan.leads.loop import LEAD
from bihuan.matters import trail
from bihuan.matters.case import Case
from bihuan.matters.engine import take_step
from bihuan.matters.models import Entry, Facts, Matter
from bihuan.matters.naming import Names
from bihuan.matters.stories import told


def test_every_note_keeps_its_words(county: County) -> None:
    lead = register(county, open_lead(county))
    by = county.actor("office")
    for words in ("已电话催办承办单位。", "承办单位答复明日到矿"):
        take_step(lead.pk, "note", by=by, now=NOW, answers={"note": words})
    bodies = Entry.objects.filter(matter_id=lead.pk).order_by("seq").values_list("body", flat=True)
    facts = Facts.objects.get(pk=lead.pk).data
    matter = Matter.objects.get(pk=lead.pk)
    names = Names.of_case(Case(matter=matter, loop=LEAD, by=by, now=NOW, facts=facts))
    lines = [trail.from_bytes(bytes(body)) for body in bodies]
    sentences = [one.words for one in told(lines, loop=LEAD, names=names)]
    assert sentences[-2:] == ["记事：已电话催办承办单位。", "记事：承办单位答复明日到矿。"]
    assert "已电话催办" not in str(facts)
