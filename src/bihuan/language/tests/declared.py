"""A small whole catalog of invented declarations, so that one fault at a time can be put in."""

from typing import Any

from bihuan.language.catalog import Catalog
from bihuan.language.field import Field
from bihuan.language.loop import (
    Child,
    Deadline,
    Guard,
    Loop,
    NoDeadline,
    Series,
    Stage,
    Step,
    Unset,
    Window,
)
from bihuan.language.retention import Retention
from bihuan.language.words import (
    Comparison,
    Duty,
    Indicator,
    Ledger,
    Limit,
    Paper,
    Period,
    Population,
    Publication,
    Report,
    Rule,
)

PARAMETERS = (
    "repair.days",
    "repair.ladder",
    "repair.object_days",
    "repair.kinds",
    "notice.days",
    "repair.keep_days",
)
CLAUSES = tuple(f"LX-A1-{number}" for number in range(1, 17))


def always(_case: Any) -> bool:
    return True


def nothing(*_about: Any, **_named: Any) -> Any:
    return {}


REASON = Field(key="reason", label="理由", required=True)
CLOCK = Deadline(
    key="repair",
    label="整改",
    param="repair.days",
    event="交办",
    ladder="repair.ladder",
    basis=("LX-A1-1",),
)
STAGES = (
    Stage(key="found", label="待登记", holder="office", deadline=Unset("notice.days")),
    Stage(key="sent", label="整改中", holder="section", deadline=CLOCK),
    Stage(key="done", label="已销号", holder="office", deadline=NoDeadline("已了结"), closed=True),
)
SEND = Step(
    key="send",
    label="交办",
    source=("found",),
    target="sent",
    by=("office",),
    asks=(Field(key="kind", label="类别", options_param="repair.kinds", basis=("LX-A1-2",)),),
    guards=(Guard(holds=always, otherwise="请先核对。", basis=("LX-A1-3",)),),
    checks=(Guard(holds=always, otherwise="请填写。", basis=("LX-A1-4",)),),
    within=Window(
        param="repair.object_days",
        since="found_on",
        label="异议期",
        event="登记",
        basis=("LX-A1-5",),
    ),
    paper="order",
    spawns=("notice",),
    basis=("LX-A1-6",),
)
FINISH = Step(key="finish", label="销号", source=("sent",), target="done", by=("section",))
REOPEN = Step(
    key="reopen", label="重办", source=("done",), target="sent", by=("office",), asks=(REASON,)
)
NOTE = Step(key="note", label="记录", source=("*",), by=("office", "section"))
LOOP = Loop(
    key="repair",
    label="隐患整改",
    stages=STAGES,
    steps=(SEND, FINISH, REOPEN, NOTE),
    opens_with=(Field(key="title", label="标题"),),
    children=(Child(kind="notice", blocks_close=True),),
    category="kind",
    tracks=("found", "sent", "done"),
    basis=("LX-A1-7",),
)
NOTICE = Loop(
    key="notice",
    label="公示",
    parent="repair",
    stages=(
        Stage(key="open", label="公示中", holder="office", deadline=NoDeadline("一次办结")),
        Stage(key="shut", label="已结束", holder="office", deadline=NoDeadline("x"), closed=True),
    ),
    steps=(Step(key="end", label="结束", source=("open",), target="shut", by=("office",)),),
)
MINES = Population(key="mines", label="煤矿", member="site", members=nothing, basis=("LX-A1-8",))
BOOK = Ledger(
    key="book",
    label="台账",
    fields=(),
    write_by=("office",),
    title="title",
    expected="mines",
    basis=("LX-A1-9",),
)
DUTY = Duty(
    key="monthly",
    label="月报",
    population="mines",
    period=Period.MONTHLY,
    proof_ledger="book",
    proof=always,
    basis=("LX-A1-10",),
)
RULE = Rule(
    key="late",
    label="建议重办",
    kind="repair",
    grounds=nothing,
    on=("repair",),
    confirms="reopen",
    decide_by=("office",),
    basis=("LX-A1-11",),
)
PAPER = Paper(
    key="order",
    label="交办书",
    series=Series(key="order", pattern="{serial}号"),
    copies=("存档",),
    fill=nothing,
    basis=("LX-A1-12",),
)
PUBLICATION = Publication(
    key="result", label="结果公示", loop="notice", snapshot=nothing, basis=("LX-A1-13",)
)
LIMIT = Limit(
    key="methane",
    label="瓦斯",
    op=Comparison.AT_LEAST,
    param="repair.days",
    release_param="repair.days",
    unit="%",
    basis=("LX-A1-14",),
)
RATE = Indicator(
    key="rate", label="按期率", formula="按期／应办", unit="%", compute=nothing, basis=("LX-A1-15",)
)
REPORT = Report(
    key="daily",
    label="日报",
    columns=(),
    rows=nothing,
    read_by=("office",),
    issue_by=("office",),
    basis=("LX-A1-16",),
)
FILES = Retention(
    key="files",
    label="附件",
    kind="repair",
    param="repair.keep_days",
    what="随附文件",
    leaves="名称",
    told="附件已于{day}销毁。",
    narrows=nothing,
    holdings=nothing,
    erase=nothing,
    standing=nothing,
)


def catalog_with(**parts: Any) -> Catalog:
    """The whole catalog, with the given parts instead of its own."""
    whole: dict[str, Any] = {
        "roles": frozenset({"office", "section"}),
        "loops": (LOOP, NOTICE),
        "ledgers": (BOOK,),
        "duties": (DUTY,),
        "limits": (LIMIT,),
        "indicators": (RATE,),
        "rules": (RULE,),
        "reports": (REPORT,),
        "populations": (MINES,),
        "papers": (PAPER,),
        "publications": (PUBLICATION,),
        "retentions": (FILES,),
    }
    return Catalog(**(whole | parts))
