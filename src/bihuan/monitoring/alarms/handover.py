"""交接班: who goes hands the open alarms over, who comes signs for them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from bihuan.accounts.actors import Actor
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Listing, Loop, NoDeadline, Stage, Step
from bihuan.language.words import Ledger
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Facts, Matter
from bihuan.matters.reach import visible
from bihuan.monitoring.alarms.standing import ALARMS, CREW, began_at, level_of, site_of

LISTED_MAX: Final = 200
_OVER = NoDeadline("已交接")
ROSTER = "duty_roster"


def open_alarms(by: Actor, now: datetime, _opened_at: datetime | None) -> list[dict[str, Any]]:
    """What isn't closed within the actor's reach, crews over their limit as well."""
    return _listed(_open_within(by), now=now)


def alarms_since(by: Actor, now: datetime, opened_at: datetime | None) -> list[dict[str, Any]]:
    """What was opened after handing over, so that none falls between; closed ones too."""
    if opened_at is None:
        return []
    # The rows are few and the reach is wide: the newer ones are looked for first.
    since = Matter.objects.filter(kind__in=ALARMS, opened_at__gt=opened_at)
    return _listed(visible(by).filter(pk__in=since.values("pk")), now=now)


def list_open_alarms(case: Case) -> None:
    """What is open now, as the one who goes sees it; kept as it was when it was handed over."""
    held = case.by.held[0] if case.by.held else None
    if held is not None:
        case.place_in(held.region_id)
        case.hand_to(held.unit_id)
    count = _open_within(case.by).count()
    case.set(OPEN_ALARMS.key, open_alarms(case.by, case.now, None))
    case.set("open_count", count)
    case.set("title", f"{case.today:%Y-%m-%d} 交接班，未销报警 {count} 件")


def note_what_came_since(case: Case) -> None:
    """Alarms opened between handing over and signing are named."""
    case.set(CAME_SINCE.key, alarms_since(case.by, case.now, case.matter.opened_at))


def _open_within(by: Actor) -> Any:
    return visible(by).filter(kind__in=ALARMS, is_open=True)


def _listed(found: Any, *, now: datetime) -> list[dict[str, Any]]:
    matters = list(found.order_by("id").select_related("site")[:LISTED_MAX])
    ids = [matter.pk for matter in matters]
    facts = dict(Facts.objects.filter(pk__in=ids).values_list("matter_id", "data"))
    rows = [_row(one, facts.get(one.pk, {}), now=now) for one in matters]
    more = found.count() - len(rows) if len(rows) == LISTED_MAX else 0
    return [*rows, {"title": f"另有 {more} 件没有列出，见台账"}] if more else rows


def _row(matter: Matter, facts: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    began = began_at(matter, facts).astimezone(SHANGHAI)
    day = "%m-%d %H:%M" if began.year == now.astimezone(SHANGHAI).year else "%Y-%m-%d %H:%M"
    place = (site_of(matter), facts.get("place") or facts.get("face"), facts.get("sensor"))
    return {
        "id": matter.pk,
        "title": _joined("　", (matter.number, _joined(" ", place))) or matter.title,
        "sub": _joined("，", (level_of(matter, facts), _over(matter, facts), f"自 {began:{day}}")),
        "state": catalog().loop(matter.kind).stage(matter.stage).label,
    }


def _over(matter: Matter, facts: dict[str, Any]) -> str:
    """How many persons over the limit of a face; an alarm's level says enough."""
    if matter.kind != CREW:
        return ""
    return f"{facts.get('count')} 人，限员 {facts.get('limit')} 人"


def _joined(mark: str, words: Iterable[Any]) -> str:
    return mark.join(str(word) for word in words if word)


OPEN_ALARMS: Final = Listing(
    key="open_alarms", label="交班时未销的报警", find=open_alarms, none="没有未销的报警。"
)
CAME_SINCE: Final = Listing(
    key="came_since",
    label="交班后新来的报警",
    find=alarms_since,
    none="交班后没有新来的报警。",
    step="sign_over",
)
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
    lists=(OPEN_ALARMS, CAME_SINCE),
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
        Field(
            key="shift",
            label="班次",
            required=True,
            max_length=20,
            hint="例如：白班，与参数“值班班次起止时间”同名",
        ),
        Field(key="phone", label="值班电话", max_length=30),
    ),
)
