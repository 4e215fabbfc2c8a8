"""States of switch points: which are alarms by themselves, and how they are said."""

from typing import Final

from bihuan.monitoring.alarms.tables import Episode
from bihuan.telemetry.live.identity import STANDING, Standing
from bihuan.telemetry.store.glance import Described

LEDGER_KIND: Final = "pack:switch"
SWITCH, HALF, PAIR = "switch", "switch_half", "switch_pair"
KINDS: Final = frozenset({SWITCH, HALF})
# Levels that are told to people, with their grade: 2 weighs as a power-off.
GRADES: Final = {
    "fan_stopped": 2,
    "main_fan_stopped": 2,
    "smoke": 2,
    "feed_abnormal": 2,  # power where it was cut
    "doors_open": 1,
}
LABELS: Final = {
    "fan_stopped": "局部通风机停风",
    "main_fan_stopped": "主通风机停机",
    "smoke": "烟雾报警",
    "feed_abnormal": "馈电异常",
    "doors_open": "风门同时打开",
}
# Halves of pairs: one open door, one breaker off or a feeder with voltage is no alarm.
HALVES: Final = {"door_open": "风门开", "power_cut": "断电器断电", "feeder_live": "馈电器有电压"}
# Which of the two words of CDDY says the state, and what is said where a mine told none.
_WORDS: Final = {
    "fan_stopped": ("off_words", "停"),
    "main_fan_stopped": ("off_words", "停"),
    "smoke": ("on_words", "有烟"),
    "feed_abnormal": ("", "断电器已断电，馈电器仍有电压"),
    "doors_open": ("", "两道风门都开着"),
}


def kind_of(level: str) -> str:
    """The kind of an episode of a switch at the desk."""
    return HALF if level in HALVES else SWITCH


def is_told(row: Episode, said: Standing) -> bool:
    """Whether a row of a switch says this already; only how many readings there were grew."""
    return (
        row.kind in KINDS
        and row.ended_at is None
        and (said.ended_at, said.state) == (None, row.state)
        and said.is_calibrated == row.is_calibrated
    )


def state_words(rows: list[Episode], described: Described | None) -> str:
    """The state in the mine's own words (开描述, 停描述), and whether it is over."""
    top = rows[0]
    key, plain = _WORDS[top.level]
    told = described.fields.get(key, "").strip() if described and key else ""
    over = ""
    if not any(row.state == STANDING for row in rows):
        over = "，读数已撤回"
    elif all(row.ended_at for row in rows):
        over = "，已恢复"
    return f"{told or plain}{over}"
