"""What the demonstration's people do about alarms; every second one is left to the visitor."""

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from bihuan.accounts.actors import Actor, actor_of
from bihuan.accounts.models import User
from bihuan.config.demo_data import demo_data
from bihuan.language.clock import SHANGHAI
from bihuan.matters.engine import take_step
from bihuan.matters.models import Entry, Facts, Matter
from bihuan.matters.refusals import Refused

PLANS: Final = {"alarm": "steps", "crew_alarm": "crew_steps"}
log = logging.getLogger(__name__)
_BY_SENSOR = {"一氧化碳": "blasting", "环境温度": "fault", "局部通风机": "power_cut"}


def handle_alarms(*, now: datetime) -> int:
    """Take whatever step is due on every alarm that isn't left to visitors; how many were taken."""
    told = demo_data("living")
    patience = timedelta(seconds=told["left_to_visitors_s"])
    taken = 0
    for alarm in Matter.objects.filter(kind__in=PLANS, is_open=True).order_by("id"):
        is_visitors = _turn(alarm) % 2 == 1 and now - alarm.opened_at < patience
        if not is_visitors:
            taken += _handle(alarm, told, now=now)
    return taken


def _turn(alarm: Matter) -> int:
    digits = "".join(mark for mark in alarm.number.rpartition("〕")[2] if mark.isdigit())
    return int(digits or alarm.pk)


def _handle(alarm: Matter, told: dict[str, Any], *, now: datetime) -> int:
    done = set(Entry.objects.filter(matter_id=alarm.pk).values_list("step", flat=True))
    facts = Facts.objects.get(pk=alarm.pk).data
    cause = _cause(facts)
    words = {"cause": cause, **told["causes"][cause]}
    plan = told[PLANS[alarm.kind]]
    for planned in plan:
        due = alarm.opened_at + timedelta(seconds=planned["after_s"])
        if planned["step"] not in done and now >= due:
            return _take(
                alarm.pk, planned["step"], _filled(planned["answers"], words, now), now=now
            )
    all_done = all(planned["step"] in done for planned in plan)
    return _finish(alarm, told, now=now) if all_done and facts.get("ended_at") else 0


def _cause(facts: dict[str, Any]) -> str:
    if facts.get("calibrated"):
        return "calibration"
    return _BY_SENSOR.get(str(facts.get("sensor")), "real_over_limit")


def _filled(answers: dict[str, str], words: dict[str, str], now: datetime) -> dict[str, str]:
    filled = {key: text.format(**words) if "{" in text else text for key, text in answers.items()}
    at = f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    if "answered" in filled:
        filled["called_at"] = at
    if "answered_by" in filled:
        filled["answered_at"] = at
    return filled


def _finish(alarm: Matter, told: dict[str, Any], *, now: datetime) -> int:
    for child in Matter.objects.filter(parent=alarm, is_open=True).order_by("id"):
        if child.kind == "inquiry":
            _take(child.pk, "record", told["inquiry"], now=now)
            _take(child.pk, "conclude", {}, now=now)
        if child.kind == "high_check":
            _take(child.pk, "finish", told["check"], now=now)
    return _take(alarm.pk, "close", told["closing"].get(alarm.kind, {}), now=now)


def _take(matter_id: int, step: str, answers: dict[str, str], *, now: datetime) -> int:
    by = _keeper(now)
    if by is None:
        return 0
    try:
        take_step(matter_id, step, by=by, now=now, answers=answers)
    except Refused as refused:  # a visitor was quicker, or something is missing
        log.info("demonstration_step_refused step=%s why=%s", step, type(refused).__name__)
        return 0
    return 1


def _keeper(now: datetime) -> Actor | None:
    user = User.objects.filter(username="watch").first()
    return actor_of(user, on=now.astimezone(SHANGHAI).date()) if user else None
