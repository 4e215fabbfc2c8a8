"""依据 of a proposal: the figures it was opened with, its chart, and what was added later."""

from datetime import datetime
from typing import Any

from bihuan.matters.case import Case
from bihuan.matters.site_proposals import KIND
from bihuan.ui.band_chart import band_chart
from bihuan.ui.words import moment


def evidence_of(case: Case) -> dict[str, Any] | None:
    """Figures, chart and later evidence of a proposal about a site; None for any other matter."""
    above = case.parent if case.loop.parent == "*" else case
    if above is None or above.matter.kind != KIND:
        return None
    facts = above.facts
    figures = [{"label": name, "value": value} for name, value in facts.get("figures") or []]
    joined = [
        {"at": moment(datetime.fromisoformat(one["at"])), "text": one["text"]}
        for one in facts.get("joined") or []
    ]
    chart = facts.get("chart")
    if not (figures or joined or chart):
        return None
    title = str(facts.get("title") or case.matter.title)
    return {"figures": figures, "chart": _drawn(chart, title=title), "joined": joined}


def _drawn(chart: Any, *, title: str) -> Any:
    points = (chart or {}).get("points") or []
    if not points:
        return None
    lowest, highest = chart.get("band") or (None, None)
    return band_chart(
        [(str(label), value) for label, value in points],
        title=title,
        unit=str(chart.get("unit") or ""),
        lowest=lowest,
        highest=highest,
    )
