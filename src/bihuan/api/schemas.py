"""Shapes of what comes in and goes out; what a step asks is made from its declaration."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Code = Annotated[str, Field(description="事项编码，13 位", examples=["0d3k5m7n9p1q2"])]
Figure = Annotated[str, Field(max_length=40)]
Id = Annotated[int, Field(ge=1, le=2**53)]


class Strict(Schema):
    """A body in which nothing unknown is taken."""

    model_config = ConfigDict(extra="forbid", strict=True)


class TipOffIn(Strict):
    """举报：只有 kind、site、reporter_kind、few_know 以明文保存，其余一律密封。"""

    words: str = Field(max_length=5000, description="发生了什么，至少 10 个字")
    place: str = Field(default="", max_length=200)
    happened: str = Field(default="", max_length=60)
    kind: str = Field(default="", max_length=60, description="举报类型")
    site: Id | None = None
    reporter_kind: Literal["", "public", "worker"] = ""
    name: str = Field(default="", max_length=40)
    phone: str = Field(default="", max_length=20)
    wants_reply: bool = False
    few_know: bool = Field(
        default=False, description="知道这件事的人很少，公开前先考虑会不会暴露举报人"
    )
    claim_password: str = Field(default="", max_length=100, description="领奖口令，至少 8 个字符")
    county: str = Field(
        default="", max_length=6, description="县级行政区划代码；不填为本机构所在县"
    )


class TipOffOut(Schema):
    """受理号和查询码；查询码只在这里出现一次。"""

    acceptance_number: str
    receipt: str


class ReceiptIn(Strict):
    """查询码。"""

    code: str = Field(max_length=60, description="16 位数字，空格可有可无")


class ProgressStepOut(Schema):
    """进展一行。"""

    on: date
    words: str


class MessageOut(Schema):
    """一条往来。"""

    at: datetime
    from_office: bool
    text: str


class ProgressOut(Schema):
    """查询码的持有人能看到的进展。"""

    acceptance_number: str
    received_at: datetime
    words: str
    is_open: bool
    steps: list[ProgressStepOut]
    messages: list[MessageOut]
    reward: str
    can_claim: bool


class NamedOut(Schema):
    """一个单位或监管对象。"""

    id: int
    name: str


class MatterRowOut(Schema):
    """事项清单的一行。"""

    id: Code
    kind: str
    kind_label: str
    number: str
    acceptance_number: str
    title: str
    stage: str
    stage_label: str
    unit: NamedOut | None
    site: NamedOut | None
    category: str
    source: str
    severity: int
    opened_at: datetime
    closed_at: datetime | None
    is_open: bool
    due_at: datetime | None
    overdue: bool


class MattersAsked(Schema):
    """怎样筛选事项清单。"""

    kind: str = Field(default="", max_length=24)
    stage: str = Field(default="", max_length=24)
    site: Id | None = None
    overdue: bool | None = None
    q: str = Field(default="", max_length=60)
    after: str = Field(default="", max_length=13)


class LedgerAsked(Schema):
    """看哪些记录。"""

    void: bool = False
    after: str = Field(default="", max_length=13)


class MattersOut(Schema):
    """一页事项，最近登记在前；next 是下一页的地址。"""

    items: list[MatterRowOut]
    next: str | None


class FactOut(Schema):
    """一项事实。"""

    key: str
    label: str
    value: Any
    words: str


class StoryOut(Schema):
    """办理留痕的一行。"""

    seq: int
    at: datetime
    step: str
    who: str
    words: str


class TimerOut(Schema):
    """一个期限。"""

    key: str
    label: str
    state: Literal["running", "done", "cancelled", "paused"]
    started_at: datetime
    due_at: datetime | None
    late_from: datetime | None
    late: bool
    done_at: datetime | None
    explanation: str


class StepOut(Schema):
    """此刻可办的一个动作；schema 指明它要填什么。"""

    key: str
    label: str
    schema_name: str = Field(description="openapi.json 中 components/schemas 的名称")


class RefusedStepOut(Schema):
    """此刻不能办的一个动作和原因。"""

    key: str
    label: str
    reason: str


class ChildOut(Schema):
    """关联事项。"""

    id: Code
    kind: str
    kind_label: str
    stage: str
    is_open: bool


class MatterOut(MatterRowOut):
    """一件事项的全部。"""

    seq: int = Field(description="留痕条数；办理时作为 seen_seq 送回，可防止重复办理")
    facts: list[FactOut]
    trail: list[StoryOut]
    timers: list[TimerOut]
    children: list[ChildOut]
    allowed: list[StepOut]
    refused: list[RefusedStepOut]


class OpenIn(Strict):
    """登记一件事项。"""

    kind: str = Field(max_length=24)
    answers: dict[str, Any] = Field(default_factory=dict)
    region: Id | None = Field(default=None, description="所属行政区；在几个县任职时才需要")


class TakeIn(Strict):
    """办理一个动作；answers 按该动作的 schema 填写。"""

    answers: dict[str, Any] = Field(default_factory=dict)
    seen_seq: Annotated[int, Field(ge=0, le=2**31)] | None = None


class TakenOut(Schema):
    """办理后的情况。"""

    id: Code
    kind: str
    number: str
    acceptance_number: str
    stage: str
    stage_label: str
    is_open: bool
    seq: int


class FileOut(Schema):
    """收下的附件。"""

    id: int
    name: str
    mime: str
    size: int


class RecordOut(Schema):
    """台账的一条记录。"""

    id: Code
    title: str
    region: NamedOut
    site: NamedOut | None
    unit: NamedOut | None
    valid_from: date | None
    valid_until: date | None
    is_void: bool
    version: int
    facts: dict[str, Any]


class LedgerOut(Schema):
    """一页台账记录，最近登记在前。"""

    key: str
    label: str
    items: list[RecordOut]
    next: str | None


class StageOut(Schema):
    """环节。"""

    key: str
    label: str
    holder: str
    closed: bool
    deadlines: list[str]


class DeclaredStepOut(Schema):
    """办理动作的声明。"""

    key: str
    label: str
    source: list[str]
    target: str
    by: list[str]
    asks: dict[str, Any] = Field(description="要填的内容，JSON Schema")


class KindOut(Schema):
    """一类事项的声明。"""

    key: str
    label: str
    parent: str
    may_open: bool
    opens_with: dict[str, Any] = Field(description="登记时要填的内容，JSON Schema")
    stages: list[StageOut]
    steps: list[DeclaredStepOut]


class KindsOut(Schema):
    """各类事项的声明。"""

    items: list[KindOut]


class ReadingsOut(Schema):
    """收下的一个监测数据文件。"""

    name: str
    bytes: int
    digest: str = Field(description="文件内容的 SHA-256，十六进制")


class SeriesValueIn(Schema):
    """一个数据。"""

    site: str = Field(max_length=80, description="12位煤矿编码，或登记的全称")
    series: str = Field(max_length=40, description="数据项的键或名称，如 output_t、产量")
    at: str = Field(max_length=40, description="2026-03-01、2026-03-01 08:00，月度写 2026-03")
    span: str = Field(default="", max_length=10, description="时、日、月或分钟数")
    value: Figure | int | float | None = Field(default=None, description="数值；空为没有或收回")
    unit: str = Field(default="", max_length=10)


class SeriesIn(Schema):
    """一批数据。"""

    values: list[SeriesValueIn] = Field(max_length=5000)


class SeriesTakenOut(Schema):
    """收下了多少：各项相加等于送来的个数。"""

    new: int
    same: int
    altered: int
    removed: int
    empty: int


class ProblemOut(Schema):
    """RFC 9457：detail 与页面上的话一致，fields 逐项说明。"""

    type: str
    title: str
    status: int
    detail: str
    fields: dict[str, str] = Field(default_factory=dict)
    confirmable: list[str] = Field(default_factory=list)
