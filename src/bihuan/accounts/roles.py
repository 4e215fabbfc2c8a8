"""Roles: what each may do, in a sentence, and how far it sees; the matrix page is made from it."""

from dataclasses import dataclass
from enum import StrEnum


class Reach(StrEnum):
    """How far a role sees."""

    REGION = "region"  # every matter of the granted region
    KINDS = "kinds"  # matters of the role's own kinds in the granted region
    UNIT = "unit"  # matters handed to the granted unit
    NONE = "none"  # no matter at all


@dataclass(frozen=True, kw_only=True)
class Role:
    """One role: label, sentence and reach; what it may do is read from the declarations."""

    key: str
    label: str
    sentence: str
    reach: Reach
    kinds: tuple[str, ...] = ()  # of matters, where the reach is KINDS


# Kinds of matters of early warning: whoever keeps watch sees these and no others.
WATCHED = (
    "alarm",
    "inquiry",
    "high_check",
    "data_check",
    "warning",
    "warning_call",
    "withdrawal",
    "goaf_anomaly",
    "gas_assessment",
    "site_proposal",
    "site_check",
    "analysis_task",
    "case_proposal",
    "coded_finding",
    "shift_handover",
    "crew_alarm",
    "large_shift",
)
ROLES: tuple[Role, ...] = (
    Role(
        key="intake",
        label="接件员",
        sentence="接收来电、来信、来访和网上举报，写线索摘要，登记编号。",
        reach=Reach.REGION,
    ),
    Role(
        key="office",
        label="行动办",
        sentence="归类、交办、督办、研究异议、审结和发起公开。",
        reach=Reach.REGION,
    ),
    Role(
        key="receiver",
        label="签收人",
        sentence="代表本单位签收交办书，可在两日内提出异议。",
        reach=Reach.UNIT,
    ),
    Role(
        key="handler",
        label="承办人",
        sentence="核查本单位承办的线索，填写核查情况，报送反馈报告。",
        reach=Reach.UNIT,
    ),
    Role(
        key="head",
        label="单位主要负责人",
        sentence="审核本单位的反馈报告并签字。",
        reach=Reach.UNIT,
    ),
    Role(
        key="leader",
        label="局领导",
        sentence="决定提级核查、延期和奖励。",
        reach=Reach.REGION,
    ),
    Role(
        key="publisher",
        label="公开审核人",
        sentence="复核公开稿并发布或撤下。",
        reach=Reach.REGION,
    ),
    Role(
        key="cashier",
        label="奖励发放人",
        sentence="凭查询码和口令核发奖金，不知道举报人是谁。",
        reach=Reach.REGION,
    ),
    Role(
        key="inspector",
        label="监督检查员",
        sentence="登记井口奖励牌等现场情况。",
        reach=Reach.NONE,
    ),
    Role(
        key="watch",
        label="监测值班员",
        sentence="值守监测报警和预警：叫应、核实、定性、交接班，看不到举报线索。",
        reach=Reach.KINDS,
        kinds=WATCHED,
    ),
    Role(
        key="dispatcher",
        label="煤矿调度员",
        sentence="代表本矿应答报警和预警，报原因、措施和核查情况。",
        reach=Reach.UNIT,
    ),
    Role(
        key="custodian",
        label="举报信息保管人",
        sentence="保管举报人身份的密钥，逐次调阅并留痕。",
        reach=Reach.REGION,
    ),
    Role(
        key="firm",
        label="企业账号",
        sentence="报送本企业的台账，看不到举报线索。",
        reach=Reach.NONE,
    ),
    Role(
        key="system_admin",
        label="系统管理员",
        sentence="建账号、备份、看运行状况，不办事项。",
        reach=Reach.NONE,
    ),
    Role(
        key="security_admin",
        label="安全管理员",
        sentence="授予和收回角色，解锁账号。",
        reach=Reach.NONE,
    ),
    Role(
        key="audit_admin",
        label="审计管理员",
        sentence="查看登录、调阅和授权记录，不能更改。",
        reach=Reach.NONE,
    ),
)
BY_KEY = {role.key: role for role in ROLES}
ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin"})
EVERYBODY = frozenset({"public", "clock"})  # actors without an account
ROLE_KEYS = frozenset(BY_KEY) | EVERYBODY
