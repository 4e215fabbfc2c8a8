"""Ledgers and the duty of leads: channels, who takes them, and the reward notice at each mine."""

from typing import Any

from bihuan.accounts.models import User
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard
from bihuan.language.parameter import Option
from bihuan.language.words import Duty, Ledger, Period
from bihuan.leads.fields import CHANNELS
from bihuan.leads.populations import MINE_KINDS
from bihuan.matters.records import FROM_LEDGER, RecordCase, valid_on
from bihuan.places.models import Site

CHANNEL, ROSTER, NOTICE = "intake_channel", "intake_roster", "reward_notice"
OPEN, CLOSED = "open", "closed"
POSTED, MISSING = "posted", "missing"
_CHANNEL_STATES = (Option(key=OPEN, label="开通"), Option(key=CLOSED, label="已关闭"))
_NOTICE_STATES = (Option(key=POSTED, label="已张贴"), Option(key=MISSING, label="检查未见"))


def roster_is_manned_where_published(case: RecordCase) -> bool:
    """LX-A1-1-1: a published open channel has at least one account on its roster that day."""
    answers = case.answers
    if not answers.get("is_published") or answers.get("state") == CLOSED:
        return True
    rows = valid_on(case.today).filter(ledger=ROSTER, facts__channel=str(case.record.pk))
    return rows.filter(person_id__isnull=False).exists()


def person_has_account(case: RecordCase) -> bool:
    """Somebody on the roster must be able to sign in and register what comes in."""
    return User.objects.filter(person_id=case.answers.get("person") or 0, is_active=True).exists()


def dates_are_in_order(case: RecordCase) -> bool:
    """The last day isn't before the first."""
    first, last = case.answers.get("valid_from"), case.answers.get("valid_until")
    return not first or not last or first <= last


def photo_day_is_not_ahead(case: RecordCase) -> bool:
    """A photo can't be of a day to come."""
    return str(case.answers["valid_from"]) <= case.today.isoformat()


def photo_is_attached_where_posted(case: RecordCase) -> bool:
    """SX-52-1: a posted notice is proved by a photo."""
    return case.answers.get("state") != POSTED or bool(case.answers.get("photo"))


def site_is_mine(case: RecordCase) -> bool:
    """Only mines owe a notice."""
    site = _site_named(case)
    return site is not None and site.kind in MINE_KINDS


def notice_is_posted(facts: dict[str, Any]) -> bool:
    """Whether a record proves the duty: posted, at either place, with a photo."""
    return facts.get("state") == POSTED and bool(facts.get("photo"))


def notice_due_key(site: Any) -> str:
    """The parameter that holds the due day of a mine's notice."""
    return "notice.due_coal" if site.kind == Site.Kind.COAL else "notice.due_noncoal"


INTAKE_CHANNEL = Ledger(
    key=CHANNEL,
    label="举报渠道",
    title="name",
    write_by=("office",),
    is_open_list=True,
    fields=(
        Field(
            key="name",
            label="渠道名称",
            required=True,
            max_length=40,
            hint="例如：举报电话、电子信箱、来访接待处",
        ),
        Field(key="media", label="受理方式", kind=Kind.CHOICE, options=CHANNELS, required=True),
        Field(key="address", label="号码或地址", required=True, max_length=120),
        Field(key="hours", label="受理时间", max_length=40, hint="例如：24小时"),
        Field(key="state", label="状态", kind=Kind.CHOICE, options=_CHANNEL_STATES, required=True),
        Field(
            key="is_published",
            label="对外公布",
            kind=Kind.YES_NO,
            hint="须先在接件排班里为本渠道排上至少一人",
        ),
    ),
    guards=(
        Guard(
            holds=roster_is_manned_where_published,
            otherwise="本渠道今天没有排上接件人员，请先在“接件排班”登记专人，再对外公布。",
            basis=("LX-A1-1-1",),
        ),
    ),
    basis=("LX-W2-1", "LX-A1-1-1"),
)
INTAKE_ROSTER = Ledger(
    key=ROSTER,
    label="接件排班",
    title="channel",
    subject="person",
    write_by=("office",),
    fields=(
        Field(
            key="channel",
            label="渠道",
            kind=Kind.CHOICE,
            required=True,
            options_param=f"{FROM_LEDGER}{CHANNEL}",
        ),
        Field(key="person", label="接件人员", kind=Kind.PERSON, required=True),
        Field(key="valid_from", label="自", kind=Kind.DAY, required=True),
        Field(key="valid_until", label="至", kind=Kind.DAY, hint="不填表示一直有效"),
    ),
    guards=(
        Guard(
            holds=person_has_account,
            otherwise="这名人员没有可用的账号，无法登记举报，请先由系统管理员开通账号。",
            basis=("LX-A1-1-1",),
        ),
        Guard(holds=dates_are_in_order, otherwise="“至”早于“自”，请改后再保存。"),
    ),
    basis=("LX-A1-1-1",),
)
REWARD_NOTICE = Ledger(
    key=NOTICE,
    label="井口举报奖励公告牌",
    title="site",
    subject="site",
    expected="mines",
    slots=("photo",),
    write_by=("office", "inspector", "firm"),
    fields=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(
            key="place",
            label="张贴处",
            kind=Kind.CHOICE,
            required=True,
            options_param="notice.places",
            hint="任一处张贴即为完成",
        ),
        Field(key="state", label="情况", kind=Kind.CHOICE, options=_NOTICE_STATES, required=True),
        Field(key="valid_from", label="照片（检查）日期", kind=Kind.DAY, required=True),
        Field(
            key="photo",
            label="现场照片",
            kind=Kind.FILES,
            hint="已张贴的须有照片，照片上能看清公告牌和位置",
        ),
        Field(key="note", label="说明", kind=Kind.LONG_TEXT, max_length=300, personal=True),
    ),
    guards=(
        Guard(holds=site_is_mine, otherwise="公告牌只登记煤矿和非煤矿山，请另选矿山。"),
        Guard(
            holds=photo_is_attached_where_posted,
            otherwise="“已张贴”须附现场照片，请上传照片后再保存。",
            basis=("SX-52-1",),
        ),
        Guard(holds=photo_day_is_not_ahead, otherwise="照片（检查）日期不能晚于今天，请核对。"),
    ),
    basis=("SX-52-1",),
)
NOTICE_DUTY = Duty(
    key="reward_notice",
    label="张贴举报奖励公告牌",
    population="mines",
    period=Period.ONCE,
    proof_ledger=NOTICE,
    proof=notice_is_posted,
    due_param=notice_due_key,
    split_by="kind",
    basis=("SX-52-1", "SX-52-2", "SX-52-3"),
)
LEDGERS = (INTAKE_CHANNEL, INTAKE_ROSTER, REWARD_NOTICE)
DUTIES = (NOTICE_DUTY,)


def _site_named(case: RecordCase) -> Site | None:
    return Site.objects.filter(pk=case.answers.get("site") or 0).first()
