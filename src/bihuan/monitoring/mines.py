"""What a mine is on a day: how it mines, whether it works, how much it may produce."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard
from bihuan.language.parameter import Option
from bihuan.language.words import Ledger
from bihuan.matters.records import RecordCase, valid_on
from bihuan.places.models import Site

MINE_PROFILE: Final = "mine_profile"
UNDERGROUND, OPEN_PIT = "underground", "open_pit"
PRODUCING, BUILDING, STOPPED = "producing", "building", "stopped"
MINE_KINDS = (Site.Kind.COAL, Site.Kind.NONCOAL)
METHODS = (
    Option(key=UNDERGROUND, label="井工"),
    Option(key=OPEN_PIT, label="露天"),
)
STATUSES = (
    Option(key=PRODUCING, label="正常生产"),
    Option(key=BUILDING, label="正常建设"),
    Option(key=STOPPED, label="停产停建"),
    Option(key="suspended", label="长期停产停建"),
    Option(key="closing", label="拟关闭退出"),
    Option(key="closed", label="已关闭"),
)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A mine on a day; empty words and None where nothing is registered."""

    method: str = ""
    status: str = ""
    capacity: int | None = None  # approved, in 10 000 t a year

    @property
    def is_open_pit(self) -> bool:
        """Whether it is registered as open-pit; an unregistered mine isn't taken for one."""
        return self.method == OPEN_PIT


NOTHING_KNOWN: Final = Profile()


def profiles_on(on: date) -> dict[int, Profile]:
    """What is registered about every mine on a day, by site id; the latest begun record holds."""
    rows = valid_on(on).filter(ledger=MINE_PROFILE).order_by("valid_from", "id")
    found = {}
    for site_id, facts in rows.values_list("site_id", "facts"):
        if site_id is not None:
            found[site_id] = Profile(
                method=facts.get("method", ""),
                status=facts.get("status", ""),
                capacity=facts.get("capacity"),
            )
    return found


def profile_of(site_id: int, *, on: date) -> Profile:
    """What is registered about one mine on a day."""
    rows = valid_on(on).filter(ledger=MINE_PROFILE, site_id=site_id)
    facts = rows.order_by("valid_from", "id").values_list("facts", flat=True).last()
    if facts is None:
        return NOTHING_KNOWN
    return Profile(
        method=facts.get("method", ""),
        status=facts.get("status", ""),
        capacity=facts.get("capacity"),
    )


def site_is_mine(case: RecordCase) -> bool:
    """Whether the site named is a coal mine or a non-coal mine."""
    found = Site.objects.filter(pk=case.answers.get("site") or 0, kind__in=MINE_KINDS)
    return found.exists()


def days_are_in_order(case: RecordCase) -> bool:
    """The last day isn't before the first."""
    first, last = case.answers.get("valid_from"), case.answers.get("valid_until")
    return not first or not last or first <= last


def capacity_is_positive(case: RecordCase) -> bool:
    """A capacity of nothing is left empty."""
    capacity = case.answers.get("capacity")
    return capacity is None or int(capacity) > 0


FROM_DAY = Field(key="valid_from", label="自", kind=Kind.DAY, required=True)
UNTIL_DAY = Field(key="valid_until", label="至", kind=Kind.DAY, hint="不填表示一直有效")
DAYS_IN_ORDER = Guard(holds=days_are_in_order, otherwise="“至”早于“自”，请改后再保存。")
A_MINE = Guard(holds=site_is_mine, otherwise="这里只登记煤矿和非煤矿山，请另选矿山。")

PROFILE = Ledger(
    key=MINE_PROFILE,
    label="矿井基本情况",
    title="site",
    subject="site",
    write_by=("office", "inspector", "watch"),
    fields=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="method", label="开采方式", kind=Kind.CHOICE, options=METHODS, required=True),
        Field(key="status", label="生产建设状态", kind=Kind.CHOICE, options=STATUSES),
        Field(
            key="capacity",
            label="核定（设计）生产能力",
            kind=Kind.INTEGER,
            unit="万吨/年",
            hint="没有核定的不填",
        ),
        FROM_DAY,
        UNTIL_DAY,
        Field(key="paper", label="依据文件", max_length=120),
    ),
    guards=(
        A_MINE,
        DAYS_IN_ORDER,
        Guard(holds=capacity_is_positive, otherwise="生产能力应大于0；没有核定的请不填。"),
    ),
    basis=("LX-S1-8",),
)
