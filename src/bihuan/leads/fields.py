"""Fields of leads, declared once for forms, API, list columns, import and export."""

from bihuan.language.field import Field, Kind
from bihuan.language.parameter import Option

YES_PARTLY_NO = (
    Option(key="true", label="属实"),
    Option(key="partly", label="部分属实"),
    Option(key="untrue", label="不属实"),
)
REPORTER_KINDS = (
    Option(key="public", label="群众"),
    Option(key="worker", label="从业人员", aliases=("内部员工", "职工")),
    Option(key="anonymous", label="匿名"),
    Option(key="inspection", label="督查发现"),
)
CHANNELS = (
    Option(key="web", label="网上举报"),
    Option(key="phone", label="来电"),
    Option(key="mail", label="电子信箱"),
    Option(key="letter", label="来信"),
    Option(key="visit", label="来访"),
    Option(key="forwarded", label="转办"),
    Option(key="inspection", label="督查发现"),
)
SECTION_KINDS = ("section", "department", "government", "party", "licensing")

TITLE = Field(
    key="title",
    label="标题",
    required=True,
    max_length=80,
    personal=True,
    hint="一句话写明反映什么，例如：反映某煤矿夜班超定员组织生产",
)
SUMMARY = Field(
    key="summary",
    label="线索摘要",
    kind=Kind.LONG_TEXT,
    required=True,
    max_length=1000,
    personal=True,
    hint="用办理人员的话写，不写姓名、电话、证件号和能认出举报人的内容",
    basis=("LX-A7-1",),
)
SOURCE = Field(
    key="source",
    label="举报来源",
    required=True,
    max_length=60,
    hint="按渠道填写，例如：举报电话、电子信箱、来访、市局转办",
    basis=("LX-A7-3",),
)
CHANNEL = Field(key="channel", label="受理渠道", kind=Kind.CHOICE, options=CHANNELS)
TYPE = Field(
    key="type",
    label="举报类型",
    kind=Kind.CHOICE,
    required=True,
    options_param="lead.types",
    basis=("LX-A7-4", "AY-36-4"),
)
TYPE_IF_KNOWN = Field(key="type", label="举报类型", kind=Kind.CHOICE, options_param="lead.types")
REPORTER_KIND = Field(
    key="reporter_kind",
    label="举报人类别",
    kind=Kind.CHOICE,
    options=REPORTER_KINDS,
    basis=("AY-36-4", "SX-53-2"),
)
RECEIVED_AT = Field(key="received_at", label="收到时间", kind=Kind.MOMENT)
SITE = Field(key="site", label="涉及企业", kind=Kind.SITE)
PLACE = Field(key="place", label="具体位置", max_length=120, personal=True)
HAPPENED = Field(key="happened", label="发生时间", max_length=60)
ACCUSED_UNIT = Field(
    key="accused_unit",
    label="反映对象是监管单位的",
    kind=Kind.UNIT,
    hint="反映某股室或部门时选填，该单位将看不到本事项（回避）",
)
ACCUSED_PERSON = Field(
    key="accused_person",
    label="反映对象是工作人员的",
    kind=Kind.PERSON,
    hint="反映某名工作人员时选填，其本人将看不到本事项（回避）",
)
TOLD_WORDS = Field(
    key="told_words",
    label="举报人原话",
    kind=Kind.LONG_TEXT,
    max_length=5000,
    sealed=True,
    hint="来电、来访、来信怎么说就怎么记；提交后密封，不进入台账、检索和导出，每次调阅都留痕",
)
TOLD_NAME = Field(
    key="told_name",
    label="举报人姓名",
    max_length=40,
    sealed=True,
    hint="举报人愿意留下的才填写，密封后只有举报信息保管人能调阅",
)
TOLD_PHONE = Field(
    key="told_phone",
    label="举报人电话",
    max_length=40,
    sealed=True,
    hint="同上，用于核实情况、答复和领奖",
)
REACHABLE = Field(key="reporter_reachable", label="能联系到举报人", kind=Kind.YES_NO)
FEW_KNOW = Field(
    key="few_know",
    label="知道这件事的人很少",
    kind=Kind.YES_NO,
    hint="举报人这样说的选“是”：公开前会提醒，先考虑内容会不会暴露举报人",
    basis=("LX-A1-4-1", "SX-54-3"),
)
INTO = Field(
    key="merged_into",
    label="并入的线索",
    kind=Kind.MATTER,
    required=True,
    hint="填写线索编号，例如：线索〔2026〕12号",
)
SPLIT_TITLE = Field(
    key="split_title",
    label="拆出事项的标题",
    hint="标题会公开，不写“另反映”“还反映”，免得看出两件是同一人举报的",
    required=True,
    max_length=80,
    personal=True,
    keeps=False,
)
SPLIT_SUMMARY = Field(
    key="split_summary",
    label="拆出事项的线索摘要",
    kind=Kind.LONG_TEXT,
    required=True,
    max_length=1000,
    personal=True,
    keeps=False,
)
SPLIT_TYPE = Field(
    key="split_type",
    label="拆出事项的举报类型",
    kind=Kind.CHOICE,
    required=True,
    options_param="lead.types",
    keeps=False,
)
UNIT = Field(
    key="unit",
    label="承办单位",
    kind=Kind.UNIT,
    required=True,
    unit_kinds=SECTION_KINDS,
    keeps=False,
    hint="交办到股室、部门或党委政府，不能交给被反映的企业",
    basis=("LX-A1-2-2", "LX-A3-1"),
)
LOCALITY = Field(
    key="locality", label="属地", kind=Kind.REGION, required=True, basis=("LX-A1-2-2",)
)
SUPERVISOR = Field(key="supervisor", label="督办人", max_length=20)
SUPERVISOR_PHONE = Field(key="supervisor_phone", label="督办人联系方式", max_length=30)
LETTER_SOURCE = Field(
    key="letter_source",
    label="交办书所写来源",
    kind=Kind.CHOICE,
    required=True,
    options_param="lead.letter_sources",
)
MATERIALS = Field(
    key="materials",
    label="附件材料",
    kind=Kind.LONG_TEXT,
    max_length=500,
    personal=True,
    hint="一行一件，只列线索摘要和可以交给承办单位的材料；举报照片先在“举报原文”里存为附件，"
    "承办单位才看得到",
)
LETTER_ON = Field(key="letter_on", label="交办日期", kind=Kind.DAY, required=True, keeps=False)
REASON = Field(
    key="reason", label="理由", kind=Kind.LONG_TEXT, required=True, personal=True, keeps=False
)
OBJECTION = Field(
    key="objection", label="异议理由", kind=Kind.LONG_TEXT, required=True, personal=True
)
PROGRESS = Field(
    key="progress",
    label="查处进展",
    kind=Kind.LONG_TEXT,
    required=True,
    personal=True,
    basis=("LX-A1-4-1",),
)
NOTE = Field(
    key="note",
    label="记事",
    kind=Kind.LONG_TEXT,
    required=True,
    personal=True,
    keeps=False,
)
FINDING = Field(
    key="finding", label="是否属实", kind=Kind.CHOICE, required=True, options=YES_PARTLY_NO
)
VERIFIED_FACTS = Field(
    key="verified_facts",
    label="核查情况",
    kind=Kind.LONG_TEXT,
    required=True,
    personal=True,
    hint="写明查了什么、查到什么，属实、部分属实还是不属实",
)
MEASURES = Field(
    key="measures",
    label="采取的措施",
    kind=Kind.CHOICES,
    options_param="lead.measures",
    basis=("LX-A3-2",),
)
NO_MEASURE_REASON = Field(
    key="no_measure_reason", label="不采取措施的理由", kind=Kind.LONG_TEXT, personal=True
)
REPLY = Field(key="reply", label="答复情况", kind=Kind.LONG_TEXT, max_length=500, personal=True)
ACCOUNTABILITY = Field(
    key="accountability",
    label="追责情况",
    kind=Kind.LONG_TEXT,
    required=True,
    personal=True,
    hint="写明追责结果；不涉及的写“不涉及”并说明理由，例如：不涉及，举报不属实",
    basis=("AY-36-1",),
)
DEPARTMENTS = Field(
    key="departments",
    label="参加部门",
    kind=Kind.LONG_TEXT,
    required=True,
    hint="一行一个部门",
    basis=("AY-03-2",),
)
VISITED_ON = Field(key="visited_on", label="联合检查日期", kind=Kind.DAY, required=True)
UNTIL_ON = Field(
    key="until_on", label="延期至", kind=Kind.DAY, required=True, basis=("LX-A1-3-4", "LX-A3-3")
)
ESCALATION_REASON = Field(
    key="escalation_reason",
    label="提级核查情形",
    kind=Kind.CHOICE,
    options_param="lead.escalation_reasons",
    free=True,
)
