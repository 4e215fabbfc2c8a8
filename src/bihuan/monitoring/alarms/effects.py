"""Effects of the steps of alarms: what changes besides stage and facts."""

import json
from datetime import datetime
from typing import Final

from bihuan.language.clock import SHANGHAI
from bihuan.matters.case import Case
from bihuan.monitoring.alarms import guards
from bihuan.monitoring.alarms.fields import ANSWERED, CALLED, CALLED_AT, CAUSE, REAL

_CALL: Final = (CALLED.key, CALLED_AT.key, ANSWERED.key)


def note_call(case: Case) -> None:
    """Every call stands in the list, answered or not."""
    calls = list(case.facts.get("calls") or [])
    case.set("calls", [*calls, {key: case.answers.get(key) for key in _CALL}])
    if not case.answers.get("answered"):
        case.notify("watch", "叫应无人应答，请叫下一人")


def correct_call(case: Case) -> None:
    """The facts are those of the last call: it stands in the list as it was corrected."""
    calls = list(case.facts.get("calls") or [])
    if calls and case.answers.keys() & set(_CALL):
        case.set("calls", [*calls[:-1], {key: case.facts.get(key) for key in _CALL}])


def note_receipt(case: Case) -> None:
    """接报: who took it in, and how many minutes after the reading."""
    case.set("received_at", case.now.astimezone(SHANGHAI).isoformat(timespec="seconds"))
    case.set("receiver", f"{case.by.unit_name} {case.by.name}".strip())


def note_verification(case: Case) -> None:
    """核实: when it was done."""
    case.set("verified_at", case.now.astimezone(SHANGHAI).isoformat(timespec="seconds"))


def open_inquiry_if_real(case: Case) -> None:
    """AY-21-4: a real over-limit is inquired into as an accident would be, once.

    Where the inquiry was revoked and it is found real again, anew.
    """
    if case.facts.get("cause") == REAL and guards.is_not_inquired(case):
        case.spawn("inquiry")


def open_inquiry_if_corrected_to_real(case: Case) -> None:
    """AY-21-4: the same where a cause is corrected, also agreed to after the alarm was closed."""
    if CAUSE.key in case.answers:
        open_inquiry_if_real(case)


def start_check(case: Case) -> None:
    """SX-50-3: whoever marks it as a suspected major hazard opens the check at once."""
    case.set("suspected_major", True)
    if not case.children_of("high_check"):
        case.spawn("high_check", due_since=case.today.isoformat())


def shelve(case: Case) -> None:
    """搁置 has an end and a reason; the screen shows both and nothing is hidden."""
    case.set("shelved_reason", case.answers["reason"])


def unshelve(case: Case) -> None:
    """The alarm burns again."""
    case.set("shelved_until", None)
    case.set("shelved_reason", None)


def take_over_readings(case: Case) -> None:
    """What the readings say by now replaces what they said; the trail keeps both."""
    for key, value in json.loads(str(case.answers["read"])).items():
        case.set(key, value)
    if case.answers.get("told") and case.matter.stage != "warned":
        case.notify("watch", "读数有更正，请看已作的处理是否仍然成立")
    if guards.is_shelved(case) and not guards.is_no_severe_alarm_that_lasts(case):
        unshelve(case)
        case.notify("watch", "读数升到不得搁置的等级，搁置已取消，请处理")


def open_high_check(case: Case) -> None:
    """SX-50-3: methane at two percent opens a check at once."""
    if case.facts.get("level") == "two_percent" and not case.children_of("high_check"):
        case.spawn("high_check", due_since=case.today.isoformat())


def minutes_between(earlier: str | None, later: str | None) -> int | None:
    """Whole minutes between two kept moments, None where one isn't known."""
    if not earlier or not later:
        return None
    span = datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
    return int(span.total_seconds() // 60)


def close_check_as_false(case: Case) -> None:
    """A check that a calibration or a withdrawn reading opened ends with the same reason."""
    for child in case.children_of("high_check"):
        if child.is_open:
            case.then(child.pk, "finish_false", reason=case.answers["reason"])
