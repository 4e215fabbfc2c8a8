"""How an open alarm is told in a line: since when, of what level, where."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bihuan.matters.models import Matter
from bihuan.monitoring.alarms.fields import CAUSES, LEVELS

CREW: Final = "crew_alarm"
ALARMS: Final = ("alarm", CREW)
_BEGAN: Final = ("started_at", "detected_at", "reading_at")
_LEVELS: Final = {option.key: option.label for option in LEVELS}
_CAUSES: Final = {option.key: option.label for option in CAUSES}


def began_at(matter: Matter, facts: Mapping[str, Any]) -> datetime:
    """When the reading began, or the loss was found."""
    told = next((facts[name] for name in _BEGAN if facts.get(name)), None)
    return datetime.fromisoformat(str(told)) if told else matter.opened_at


def level_of(matter: Matter, facts: Mapping[str, Any]) -> str:
    """The cause once somebody coded it, else the level; what is lost of a link."""
    if matter.kind == CREW:
        return "超员"
    if matter.kind != "alarm":
        return "断线" if facts.get("what") == "disconnected" else "异常"
    cause = _CAUSES.get(str(facts.get("cause")), "")
    return cause or _LEVELS.get(str(facts.get("level")), "报警")


def site_of(matter: Matter) -> str:
    """The mine's short name."""
    return str(matter.site.short_name or matter.site.name) if matter.site else ""
