"""Guards of alarms: what must be true before a step."""

from datetime import datetime, timedelta

from bihuan.matters.case import Case
from bihuan.monitoring.alarms.fields import CALIBRATION, REAL

FALSE_ALARMS = (CALIBRATION, "test")
SEVERE = 2  # from power-off on (`readings.RANKS`)


def reading_is_back(case: Case) -> bool:
    """The value is back within its limit; who closes earlier closes over what burns."""
    return bool(case.facts.get("ended_at")) or bool(case.facts.get("ground_withdrawn"))


def feedback_is_given(case: Case) -> bool:
    """SX-49-1: no close without feedback, even when the reading is back to normal."""
    return bool(case.facts.get("feedback"))


def measures_stand_where_needed(case: Case) -> bool:
    """Calibration and tests need their reason only; everything else a measure."""
    return case.facts.get("cause") in FALSE_ALARMS or bool(case.facts.get("measures"))


def inquiry_is_concluded_where_real(case: Case) -> bool:
    """AY-21-4: a real over-limit is closed only with cause, responsibility, measure and result.

    Also one that was found real and is said to be another thing now: its inquiry says so. One
    that was revoked concludes nothing: the cause is coded anew.
    """
    inquiries = case.children_of("inquiry")
    if any(child.is_open for child in inquiries):
        return False
    return not is_not_inquired(case) or case.facts.get("cause") != REAL


def is_not_found_real(case: Case) -> bool:
    """What was coded as a real over-limit is no calibration until it is coded anew."""
    return case.facts.get("cause") != REAL


def is_not_inquired(case: Case) -> bool:
    """AY-21-4: an inquiry, open or concluded, says that it was real; a revoked one says nothing."""
    return all(child.stage == "dropped" for child in case.children_of("inquiry"))


def checks_are_finished(case: Case) -> bool:
    """SX-50-3: the check that methane at two percent opened has its result."""
    return not any(child.is_open for child in case.children_of("high_check"))


def other_children_are_settled(case: Case) -> bool:
    """Nothing that was opened beside it is left lying."""
    return not any(
        child.is_open and child.kind in ("site_check", "analysis_task") for child in case.children
    )


def answered_after_it_began(case: Case) -> bool:
    """Nobody answers before the reading, nor in the future."""
    return _within(case, "answered_at")


def called_after_it_began(case: Case) -> bool:
    """Nobody is called before the reading, nor in the future."""
    return _within(case, "called_at")


def _within(case: Case, key: str) -> bool:
    given = case.answers.get(key)
    if not given:
        return True
    moment = datetime.fromisoformat(str(given))
    # Forms give whole minutes; a reading has seconds.
    began = datetime.fromisoformat(str(case.facts["started_at"])).replace(second=0)
    return began <= moment <= case.now + timedelta(minutes=1)


def is_received(case: Case) -> bool:
    """Somebody at the mine has answered; until then nobody may put it aside."""
    return case.matter.stage != "warned"


def is_no_severe_alarm_that_lasts(case: Case) -> bool:
    """What cut the power, methane at two percent, a stopped fan, smoke: not put aside burning."""
    return int(case.facts.get("severity") or 1) < SEVERE or reading_is_back(case)


def shelving_ends_in_bounds(case: Case) -> bool:
    """搁置 ends later than now and within what the bureau allows."""
    until = datetime.fromisoformat(str(case.answers["shelved_until"]))
    allowed = case.value("alarm.shelve_minutes_max")
    longest = timedelta(minutes=allowed.amount) if allowed.is_set else None
    return case.now < until and (longest is None or until <= case.now + longest)


def shelving_sentence(case: Case) -> str:
    """How long an alarm may be shelved."""
    allowed = case.value("alarm.shelve_minutes_max")
    most = f"，最长 {allowed.amount} 分钟" if allowed.is_set else ""
    return f"“搁置到”应晚于现在{most}。"


def is_not_shelved(case: Case) -> bool:
    """Whether it isn't shelved now."""
    return not is_shelved(case)


def is_shelved(case: Case) -> bool:
    """Whether it is shelved and the end hasn't come."""
    until = case.facts.get("shelved_until")
    return bool(until) and datetime.fromisoformat(str(until)) > case.now


def ground_is_withdrawn(case: Case) -> bool:
    """Late data took the ground away: no reading says so any more."""
    return bool(case.facts.get("ground_withdrawn"))


def is_not_marked_major(case: Case) -> bool:
    """The mark is set once."""
    return not case.facts.get("suspected_major")


def inquiry_is_whole(case: Case) -> bool:
    """AY-21-4: cause, responsibility, measure and result all stand."""
    return not _missing(case)


def inquiry_sentence(case: Case) -> str:
    """Which of the four is missing."""
    return f"还缺{'、'.join(_missing(case))}，请填写后再办结。"


_WHOLE = {
    "inquiry_cause": "原因",
    "responsibility": "责任",
    "inquiry_measures": "整改措施",
    "outcome": "处理结果",
}


def _missing(case: Case) -> list[str]:
    return [label for key, label in _WHOLE.items() if not case.facts.get(key)]
