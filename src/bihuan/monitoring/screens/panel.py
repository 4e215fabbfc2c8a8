"""One alarm beside the list: its reading, its way so far, who was called, what may be done now."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.urls import reverse

from bihuan.accounts.actors import Actor
from bihuan.language.clock import SHANGHAI
from bihuan.language.wording import exact_length, rough_length
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import to_code
from bihuan.matters.locking import look
from bihuan.matters.models import FAR, Matter
from bihuan.matters.permission import offers
from bihuan.matters.present import at_present
from bihuan.monitoring.screens.burning import stage_label

SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)


def panel_of(matter: Matter, *, by: Actor, moment: datetime) -> dict[str, Any]:
    """What its template needs."""
    code = to_code(matter.pk)
    case = look(matter.pk, by=by, now=moment)
    at_present(case)
    facts = case.facts
    steps = [offer for offer in offers(case) if offer.is_allowed]
    site = matter.site
    return {
        "title": _titled(
            site.short_name or site.name if site else "", str(facts.get("title") or matter.title)
        ),
        "number": matter.number,
        "stage": stage_label(matter.kind, matter.stage),
        "url": reverse("desk:matter", args=[code]),
        "evidence_url": reverse("monitoring:evidence", args=[code])
        if matter.kind == "alarm"
        else "",
        "mine_url": reverse("monitoring:mine", args=[site.pk]) if site and site.code else "",
        "crew_url": reverse("monitoring:crew", args=[site.pk])
        if site and matter.kind == "crew_alarm"
        else "",
        "curve_url": reverse("monitoring:curve", args=[code]) if matter.kind == "alarm" else "",
        "steps": [
            {
                "label": offer.step.label,
                "url": reverse("desk:step", args=[code, offer.step.key]),
                "tone": "primary" if place == 0 else "",
            }
            for place, offer in enumerate(steps[:5])
        ],
        "figures": _figures(matter, facts, moment=moment),
        "flow": _flow(matter, facts, moment=moment),
        "calls": [_call(call, moment=moment) for call in facts.get("calls") or []],
        "amended": facts.get("amended", ""),
    }


def _titled(site: str, title: str) -> str:
    """Some titles begin with the mine already."""
    return title if title.startswith(site) else f"{site}　{title}"


def _figures(matter: Matter, facts: dict[str, Any], *, moment: datetime) -> list[dict[str, Any]]:
    told = _of_crew(facts) if matter.kind == "crew_alarm" else _of_reading(facts)
    started = facts.get("started_at") or facts.get("detected_at") or facts.get("reading_at")
    lasted = facts.get("lasted")
    if not lasted and started:
        lasted = _so_far(moment - datetime.fromisoformat(str(started)))
    is_measured = bool(told)
    told += [
        ("已持续", lasted),
        ("开始", _clock(started, moment=moment)),
        (
            "恢复",
            _clock(facts.get("ended_at"), moment=moment) or ("未恢复" if is_measured else None),
        ),
    ]
    return [
        *({"label": label, "value": str(value), "css": ""} for label, value in told if value),
        *_time_left(matter, moment=moment),
    ]


def _so_far(span: timedelta) -> str:
    """A length that grows: after an hour nobody counts seconds."""
    return exact_length(span - span % (MINUTE if span >= HOUR else SECOND))


def _of_reading(facts: dict[str, Any]) -> list[tuple[str, Any]]:
    if facts.get("state"):  # a switch has neither peak nor limit
        return [("状态", facts["state"])]
    if not facts.get("peak"):
        return []
    return [("峰值", facts["peak"]), ("门限", facts.get("limit") or "未设定")]


def _of_crew(facts: dict[str, Any]) -> list[tuple[str, Any]]:
    """Heads instead of a reading; the count is of one moment or of a whole shift."""
    most = max(facts.get("peak") or 0, facts.get("count") or 0)
    return [(str(facts.get("counting") or "人数"), f"{most} 人"), ("限员", f"{facts['limit']} 人")]


def _time_left(matter: Matter, *, moment: datetime) -> list[dict[str, Any]]:
    """What the clock of this stage still gives."""
    if not matter.is_open or matter.due_at >= FAR:
        return []
    deadline = catalog().loop(matter.kind).stage(matter.stage).deadline
    label = getattr(deadline, "label", "") or "时限"
    if matter.late_from <= moment:
        words, css = f"逾期 {rough_length(moment - matter.due_at)}", "bad"
    else:
        words, css = f"剩 {rough_length(max(matter.due_at - moment, timedelta(0)))}", ""
    return [{"label": label, "value": words, "css": css}]


def _flow(matter: Matter, facts: dict[str, Any], *, moment: datetime) -> list[dict[str, str]]:
    """The way of an alarm in one line, with the moments that are known."""
    if matter.kind != "alarm":
        return []
    loop = catalog().loop(matter.kind)
    ways = [one for one in loop.stages if not one.closed or one.key == "closed"]
    keys = [one.key for one in ways]
    if matter.stage not in keys:
        return []
    here, is_late = keys.index(matter.stage), matter.late_from <= moment
    states = ["done"] * here + ["late" if is_late else "now"] + ["next"] * len(keys)
    told = (facts.get(name) for name in ("started_at", "received_at", "verified_at"))
    clocks = [*(_clock(at, moment=moment) for at in told), *[""] * len(keys)]
    return [
        {"label": one.label, "state": state, "when": clock}
        for one, state, clock in zip(ways, states, clocks, strict=False)
    ]


def _call(call: dict[str, Any], *, moment: datetime) -> dict[str, str]:
    return {
        "who": str(call["called"]),
        "at": _clock(call["called_at"], moment=moment),
        "answer": "已应答" if call.get("answered") else "未应答",
    }


def _clock(told: Any, *, moment: datetime) -> str:
    """A moment: its clock alone on the same day."""
    if not told:
        return ""
    at = datetime.fromisoformat(str(told)).astimezone(SHANGHAI)
    is_today = at.date() == moment.astimezone(SHANGHAI).date()
    return f"{at:%H:%M:%S}" if is_today else f"{at:%m-%d %H:%M:%S}"
