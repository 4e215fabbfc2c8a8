"""Steps of a lead from receipt to hand-over: the office's intake desk."""

from bihuan.language.loop import Guard, Step
from bihuan.leads import effects, fields, guards

OFFICE = ("office",)
INTAKE = ("intake", "office")
_UNIT_AND_LOCALITY = Guard(
    holds=guards.unit_and_locality_are_set,
    otherwise="还没有承办单位或属地，请先归类，再列入交办清单。",
    basis=("LX-A1-2-2",),
)

INTAKE_STEPS = (
    Step(
        key="admit",
        label="受理",
        source=("screening",),
        target="received",
        by=INTAKE,
        story="{who}甄别后受理，列入{listed_on}问题线索清单（补记）。",
        hint="受理后补入收到当日的清单",
    ),
    Step(
        key="register",
        label="编号立账",
        source=("received",),
        target="registered",
        by=INTAKE,
        asks=(
            fields.TITLE,
            fields.SUMMARY,
            fields.TYPE,
            fields.SOURCE,
            fields.REPORTER_KIND,
            fields.SITE,
            fields.PLACE,
            fields.HAPPENED,
            fields.ACCUSED_UNIT,
            fields.ACCUSED_PERSON,
        ),
        effects=(effects.register,),
        story="{who}登记编号{number}，列入{listed_on}问题线索清单。",
        to_public="已登记编号",
        hint="写线索摘要，取得编号",
        basis=("LX-A1-2-1", "AY-36-1", "LX-W2-1", "LX-A7-1", "LX-A7-2"),
    ),
    Step(
        key="dismiss",
        label="不予受理",
        source=("received", "screening"),
        target="dismissed",
        by=INTAKE,
        asks=(fields.REASON,),
        effects=(effects.void_number,),
        story="{who}不予受理，理由：{reason}",
        to_public="不属于受理范围",
    ),
    Step(
        key="classify",
        label="归类",
        source=("registered", "listed"),
        target="listed",
        by=OFFICE,
        asks=(fields.UNIT, fields.LOCALITY),
        effects=(effects.classify,),
        story="{who}归类：拟交{unit}承办，属地{locality}。",
        hint="定承办单位和属地",
        bulk=True,
        basis=("LX-A1-2-2",),
    ),
    Step(
        key="void",
        label="作废编号",
        source=("registered", "listed"),
        target="voided",
        by=OFFICE,
        asks=(fields.REASON,),
        effects=(effects.void_number,),
        story="{who}作废编号{number}，理由：{reason}",
        basis=("LX-A1-2-1", "LX-A7-2"),
    ),
    Step(
        key="hand_over",
        label="交办",
        source=("registered", "listed"),
        target="assigned",
        by=OFFICE,
        asks=(
            fields.LETTER_SOURCE,
            fields.SUPERVISOR,
            fields.SUPERVISOR_PHONE,
            fields.MATERIALS,
        ),
        guards=(_UNIT_AND_LOCALITY,),
        effects=(effects.hand_over,),
        paper="handover_letter",
        story="{who}以{handover_letter_number}交办{unit}，限{feedback_due}前反馈。",
        to_public="已交办承办单位",
        bulk=True,
        hint="生成交办（移送）书一式两份",
        basis=("LX-A1-3-1", "LX-A3-1", "LX-A3-5", "AY-03-2", "SX-28-2", "LX-A1-0-1"),
    ),
)
