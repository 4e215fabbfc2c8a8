"""保全 (legal hold): while one is in force, nothing of the matter or of what is joined to it goes.

Built into every loop that offers the step: one person places it with reason and paper, another
lifts it. It covers the whole family: the matter at the top, its children, and matters that were
joined into it (并案) or that it was joined into.
"""

from collections.abc import Iterator

from django.db.models import QuerySet

from bihuan.database.prepared import prepared
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard, Loop, NoDeadline, Stage, Step
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Facts, Matter
from bihuan.matters.reach import may_see

HOLD_KIND = "hold"
IN_FORCE = "in_force"
HOLD_STEP = "hold"
PLACE_BY = ("office", "leader")
JOINED_MAX = 20  # a chain of joinings is short; a ring would be a fault

HOLD_REASON = Field(
    key="hold_reason",
    label="保全事由",
    kind=Kind.LONG_TEXT,
    required=True,
    personal=True,
    max_length=400,
    keeps=False,
    hint="复议、诉讼、审计、纪检监察等，写明由谁提出；承办单位看不到事由",
)
HOLD_PAPER = Field(
    key="hold_paper",
    label="依据文书",
    required=True,
    max_length=120,
    keeps=False,
    hint="文书名称和文号，例如：行政复议受理通知书（青政复〔2026〕3号）",
)


def place_hold(case: Case) -> None:
    """A hold stands beside the matter; its reason isn't told in the matter's own trail."""
    case.spawn(
        HOLD_KIND,
        held_for=str(case.answers["hold_reason"]),
        held_by_paper=str(case.answers["hold_paper"]),
    )


def keep_from_units(case: Case) -> None:
    """The unit that handled a matter isn't told who asks for it, nor what is sealed in it."""
    case.hand_to(None)


def above_is_in_sight(case: Case) -> bool:
    """Whoever may not see a matter decides nothing about its data."""
    return may_see(case.above.matter, by=case.by)


IN_SIGHT = Guard(holds=above_is_in_sight, otherwise="没有这一事项，或您无权查看。")


def hold_step(*, source: tuple[str, ...]) -> Step:
    """The step by which a hold is placed on a matter of a loop."""
    return Step(
        key=HOLD_STEP,
        label="保全",
        source=source,
        by=PLACE_BY,
        asks=(HOLD_REASON, HOLD_PAPER),
        effects=(place_hold,),
        story="{who}登记保全：解除之前，本事项的数据一律不清理。",
        hint="保全期间，密封件、附件和查询码到期也不销毁；由另一人解除",
    )


HOLD = Loop(
    key=HOLD_KIND,
    label="保全",
    parent="*",
    opens_with=(
        Field(key="held_for", label="保全事由", kind=Kind.LONG_TEXT, required=True),
        Field(key="held_by_paper", label="依据文书", required=True, max_length=120),
    ),
    on_open=(keep_from_units,),
    title="held_by_paper",
    summary="held_for",
    stages=(
        Stage(
            key=IN_FORCE,
            label="保全中",
            holder="leader",
            deadline=NoDeadline("保全到解除为止，不设期限"),
        ),
        Stage(
            key="lifted",
            label="已解除",
            holder="leader",
            closed=True,
            deadline=NoDeadline("已解除"),
        ),
    ),
    steps=(
        Step(
            key="lift",
            label="解除保全",
            source=(IN_FORCE,),
            target="lifted",
            by=PLACE_BY,
            other_than=("open",),
            guards=(IN_SIGHT,),
            asks=(
                Field(
                    key="lift_reason",
                    label="解除理由",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    personal=True,
                    max_length=400,
                ),
                Field(
                    key="lift_paper",
                    label="解除依据",
                    required=True,
                    max_length=120,
                    hint="文书名称和文号，例如：复议终止通知书",
                ),
            ),
            story="{who}解除保全，依据{lift_paper}：{lift_reason}",
        ),
    ),
)


def holds_on(matter: Matter) -> list[Matter]:
    """Holds in force that protect this matter, the oldest first; holds are few in a county."""
    in_force = list(_in_force(matter.l3 or 0))
    if not in_force:
        return []
    mine = {one.pk for one in joined(matter)}
    return [
        hold for hold in in_force if hold.parent and mine & {one.pk for one in joined(hold.parent)}
    ]


@prepared
def _in_force(county_id: int) -> QuerySet[Matter]:
    found = Matter.objects.filter(stage=IN_FORCE, kind=HOLD_KIND, l3=county_id)
    return found.select_related("parent", "facts_row").order_by("id")


def joined(matter: Matter) -> Iterator[Matter]:
    """The matter at the top of this one's family, and every one it was joined into."""
    found: Matter | None = matter
    while found is not None and found.parent_id:
        found = Matter.objects.filter(pk=found.parent_id).first()
    for _turn in range(JOINED_MAX):
        if found is None:
            return
        yield found
        found = _into(found)


def hold_words(hold: Matter) -> str:
    """Since when and by what paper a hold stands."""
    facts = hold.facts_row.data
    return f"保全中，依据{facts.get('held_by_paper', '')}"


def _into(matter: Matter) -> Matter | None:
    named = [key for key, one in catalog().loop(matter.kind).fields.items() if _is_joining(one)]
    data = Facts.objects.filter(pk=matter.pk).values_list("data", flat=True).first() or {}
    into = next((data[key] for key in named if data.get(key)), None)
    return Matter.objects.filter(pk=int(into)).first() if into else None


def _is_joining(field: Field) -> bool:
    return field.kind is Kind.MATTER
