"""What a matter's page says of a hold in force: to the unit that it is one, to others why."""

from typing import Any

from bihuan.matters.case import Case
from bihuan.matters.holds import holds_on
from bihuan.matters.reach import sees_the_region
from bihuan.ui.words import day

PLAIN = "本事项保全中：解除之前，数据一律不清理。"


def held_notices(case: Case) -> list[dict[str, Any]]:
    """One notice for each hold; a matter that is a hold says so itself."""
    if case.loop.key == "hold":
        return []
    holds = holds_on(case.matter)
    if not sees_the_region(case.by):
        return [{"tone": "info", "words": PLAIN}] if holds else []
    return [
        {
            "tone": "info",
            "words": f"{day(hold.opened_at)} 起保全，依据"
            f"{hold.facts_row.data.get('held_by_paper', '')}。解除之前，数据一律不清理。",
        }
        for hold in holds
    ]
