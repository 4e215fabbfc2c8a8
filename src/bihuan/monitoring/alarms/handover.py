"""交接班: who goes hands the open alarms over, who comes signs for them."""

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Loop, NoDeadline, Stage, Step
from bihuan.language.words import Ledger
from bihuan.matters.case import Case
from bihuan.matters.models import Matter
from bihuan.matters.reach import visible

LISTED_MAX = 200
_OVER = NoDeadline("已交接")
ROSTER = "duty_roster"


def list_open_alarms(case: Case) -> None:
    """What is open now, as the one who goes sees it; kept as it was when it was handed over."""
    held = case.by.held[0] if case.by.held else None
    if held is not None:
        case.place_in(held.region_id)
        case.hand_to(held.unit_id)
    found = visible(case.by).filter(kind="alarm", is_open=True).order_by("id")
    rows = found.values_list("number", "title", "stage")[: LISTED_MAX + 1]
    told = [f"{number} {title}" for number, title, _stage in rows[:LISTED_MAX]]
    case.set("open_alarms", "\n".join(told) or "没有未销的报警。")
    case.set("open_count", found.count())
    case.set("title", f"{case.today:%Y-%m-%d} 交接班，未销报警 {found.count()} 件")


def note_what_came_since(case: Case) -> None:
    """Alarms opened between handing over and signing are named, so that none falls between."""
    since = Matter.objects.filter(kind="alarm", opened_at__gt=case.matter.opened_at)
    fresh = visible(case.by).filter(pk__in=since.values("pk")).order_by("id")
    told = [f"{one.number} {one.title}" for one in fresh[:LISTED_MAX]]
    if told:
        case.set("came_since", "\n".join(told))


SHIFT_HANDOVER = Loop(
    key="shift_handover",
    label="交接班",
    open_by=("watch",),
    opens_with=(
        Field(
            key="notes",
            label="交班事项",
            kind=Kind.LONG_TEXT,
            required=True,
            max_length=2000,
            personal=True,
        ),
    ),
    on_open=(list_open_alarms,),
    summary="notes",
    stages=(
        Stage(
            key="handing",
            label="待接班签字",
            holder="watch",
            deadline=NoDeadline("原文未规定接班时限"),
        ),
        Stage(key="signed", label="已交接", holder="watch", closed=True, deadline=_OVER),
    ),
    steps=(
        Step(
            key="sign_over",
            label="接班签字",
            source=("handing",),
            target="signed",
            by=("watch",),
            other_than=("open",),
            asks=(Field(key="taken_words", label="接班意见", max_length=200),),
            effects=(note_what_came_since,),
            story="{who}接班签字，未销报警{open_count}件逐件点清。",
        ),
    ),
)
DUTY_ROSTER = Ledger(
    key=ROSTER,
    label="值班表",
    title="person",
    subject="person",
    write_by=("watch", "office"),
    fields=(
        Field(key="person", label="值班人", kind=Kind.PERSON, required=True),
        Field(key="valid_from", label="自", kind=Kind.DAY, required=True),
        Field(key="valid_until", label="至", kind=Kind.DAY, required=True),
        Field(key="shift", label="班次", required=True, max_length=20, hint="例如：白班"),
        Field(key="phone", label="值班电话", max_length=30),
    ),
)
