"""Video of training classrooms linked to the provincial department (AY-07-8)."""

from bihuan.language.field import Field, Kind
from bihuan.language.wording import share_text
from bihuan.language.words import Ledger
from bihuan.matters.models import Record
from bihuan.monitoring.boards import (
    Board,
    Chip,
    Figure,
    Head,
    Row,
    Scope,
    Shown,
    record_link,
    site_of,
)
from bihuan.monitoring.equipment.wording import is_true, latest

CLASSROOM = "training_classroom"
DUE = "equipment.classroom_linked_by"

LEDGER = Ledger(
    key=CLASSROOM,
    label="培训教室视频联网",
    title="room",
    subject="site",
    write_by=("office", "inspector", "watch", "firm"),
    fields=(
        Field(key="site", label="培训机构或企业", kind=Kind.SITE, required=True),
        Field(key="room", label="教室", required=True, max_length=60),
        Field(key="is_linked", label="已与省厅联网", kind=Kind.YES_NO, required=True),
        Field(key="linked_on", label="联网日期", kind=Kind.DAY, hint="已联网的填写"),
    ),
    basis=("AY-07-8",),
)


def look(scope: Scope) -> Shown:
    """Rooms, linked or not; after the day of the goal a plain reminder, never an overdue one."""
    rooms = latest(scope.records(CLASSROOM), "room")
    rows = [_row(room, scope=scope) for room in rooms]
    linked = sum(is_true(room, "is_linked") for room in rooms)
    share = share_text(linked, of=len(rooms)) if rooms else "无"
    note = f"{linked} / {len(rooms)} 间"
    return Shown(rows=rows, figures=[Figure(label="已联网教室占比", value=share, note=note)])


def _row(room: Record, *, scope: Scope) -> Row:
    site = site_of(room)
    due = scope.value(DUE, site=site)
    state = Chip("已联网", "done")
    if not is_true(room, "is_linked"):
        passed = due.is_set and scope.today > due.date
        state = Chip("目标未达成" if passed else "未联网")
    return Row(
        id=room.pk,
        name=f"{site.name} {room.title}",
        cells={
            "room": record_link(room, sub=site.name),
            "linked_on": str(room.facts.get("linked_on") or ""),
            "goal": due.text,
            "state": state,
        },
    )


BOARD = Board(
    key="classrooms",
    label="培训教室联网",
    heads=(
        Head(key="room", label="教室", kind="title"),
        Head(key="state", label="联网情况", kind="chip"),
        Head(key="linked_on", label="联网日期", kind="date"),
        Head(key="goal", label="目标日期", kind="date"),
    ),
    look=look,
    state="state",
    ledgers=(CLASSROOM,),
    basis=("AY-07-8",),
)
