"""Figures about leads, each with its formula, what was counted and what was left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bihuan.language.wording import share_text
from bihuan.language.words import Indicator
from bihuan.matters.models import Matter, Timer

NONE = "无"
LEFT_OUT = {"running": "未到期", "unset": "未设期限", "void": "作废、并案或不予受理"}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A share of records: what counts for it, all it is taken of, and what is left out and why."""

    counted: int
    of: int
    left_out: dict[str, int]

    @property
    def value(self) -> float | None:
        """The share, or None of nothing."""
        return self.counted / self.of if self.of else None

    @property
    def words(self) -> str:
        """The share in percent, or 无."""
        return share_text(self.counted, of=self.of) if self.of else NONE


def on_time_rate(leads: Iterable[Matter], *, at: datetime) -> Figure:
    """On-time closed ÷ (closed + open overdue), by the feedback clock of each lead."""
    found = {matter.pk: matter for matter in leads}
    timers = Timer.objects.filter(matter_id__in=found, key="feedback")
    clocks = {timer.matter_id: timer for timer in timers}
    counted = of = 0
    left_out = dict.fromkeys(LEFT_OUT, 0)
    for matter in found.values():
        timer = clocks.get(matter.pk)
        if matter.stage in ("voided", "merged", "dismissed"):
            left_out["void"] += 1
        elif timer is None or timer.late_from is None:
            left_out["unset"] += 1
        elif not matter.is_open:
            of, counted = of + 1, counted + (not timer.late_at(at))
        elif timer.late_at(at):
            of += 1
        else:
            left_out["running"] += 1
    return Figure(counted=counted, of=of, left_out=left_out)


ON_TIME = Indicator(
    key="lead.on_time",
    label="按期办结率",
    formula="按期办结÷（已办结＋未办结且逾期）",
    unit="%",
    compute=on_time_rate,
    basis=("LX-A1-3-4",),
)
INDICATORS = (ON_TIME,)
