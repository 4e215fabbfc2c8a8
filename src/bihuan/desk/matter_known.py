"""What is known when a step is taken: of the matter, and of the one that it stands beside."""

from typing import Any

from bihuan.desk.matter_facts import facts_of, summary_of
from bihuan.matters.case import Case
from bihuan.matters.naming import Names
from bihuan.matters.reach import visible


def known_of(case: Case) -> list[dict[str, Any]]:
    """A card with the facts of the matter, and one of the matter above where the actor sees it."""
    above = case.parent
    if above is not None and not visible(case.by).filter(pk=above.matter.pk).exists():
        above = None
    cards = [_card(one) for one in (case, above) if one is not None]
    return [card for card in cards if card["facts"] or card["summary"]]


def summary_label_of(case: Case) -> str:
    """What the text that stands for the matter is called."""
    asked = case.loop.fields.get(case.loop.summary)
    return asked.label if asked else "摘要"


def _card(case: Case) -> dict[str, Any]:
    names = Names.of_case(case)
    names.read([case.facts])
    return {
        "label": f"{case.loop.label}内容",
        "number": case.matter.number,
        "summary_label": summary_label_of(case),
        "summary": summary_of(case),
        "facts": facts_of(case, names=names),
    }
