"""到期清理: software finds what is due, one person decides, another confirms, and it is destroyed.

A disposal is a small loop beside a closed matter, one for each class of data. Its own trail is
the tombstone: what was destroyed, when, by whom and on what basis, and nothing of the content.
"""

import json
from datetime import date, datetime

from django.db import connection

from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard, Loop, NoDeadline, Stage, Step
from bihuan.language.retention import Holding, Retention, kept_until
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.holds import HOLD_KIND, IN_SIGHT, hold_words, holds_on, joined, keep_from_units
from bihuan.matters.locking import lock
from bihuan.matters.models import Matter, OpenDisposal, Tombstone
from bihuan.matters.refusals import Refused
from bihuan.regulations.values import value_of

DISPOSAL_KIND = "disposal"
FOUND, DECIDED, DESTROYED = "found", "decided", "destroyed"
BESIDE = frozenset({HOLD_KIND, DISPOSAL_KIND, "proposal"})  # open ones that need no data
_CLOSED = NoDeadline("已办结")
_DECIDERS = ("custodian", "leader")


def retention_of(case: Case) -> Retention:
    """The class of data that this disposal is about."""
    known = catalog().retention(str(case.facts["retention"]))
    if known is None:
        raise Refused("这一类数据不再有保管期限，不能清理。请由系统撤销这项清理。")
    return known


def due_since(matter: Matter, retention: Retention, *, on: date) -> date | None:
    """The last day of keeping when it is over; None while the data must or may be kept."""
    if matter.is_open or matter.closed_at is None or matter.kind != retention.kind:
        return None
    value = value_of(retention.param, region_path=matter.path_ids, on=on)
    if not value.is_set:
        return None
    last = kept_until(matter.closed_at.astimezone(SHANGHAI).date(), days=value.amount)
    return last if on > last and not _runs(matter) else None


def amount_words(holdings: tuple[Holding, ...]) -> str:
    """How much would be destroyed, as both deciders read it."""
    size = sum(one.size for one in holdings)
    return f"{len(holdings)} 件，共 {size:,} 字节"


def it_is_still_due(case: Case) -> bool:
    """The period may have been lengthened, or the matter taken up again."""
    retention = catalog().retention(str(case.facts["retention"]))
    if retention is None:
        return False
    return due_since(case.above.matter, retention, on=case.today) is not None


def nothing_is_held(case: Case) -> bool:
    """No hold protects the matter."""
    return not holds_on(case.above.matter)


def held_sentence(case: Case) -> str:
    """Which hold stands in the way, and what to do."""
    words = "；".join(hold_words(one) for one in holds_on(case.above.matter))
    return f"本事项{words}，不能清理，请等解除保全后再办。"


def amount_is_as_decided(case: Case) -> bool:
    """What came in since the decision isn't destroyed unseen."""
    retention = catalog().retention(str(case.facts["retention"]))
    now_there = retention.holdings(case.above.matter.pk) if retention else ()
    return str(case.facts.get("amount")) == amount_words(now_there)


def keep_day_is_ahead(case: Case) -> bool:
    """Kept until a day to come, else it would be proposed again at once."""
    return str(case.answers["keep_until"]) > case.today.isoformat()


def count_again(case: Case) -> None:
    """What is decided on is what lies there now."""
    holdings = retention_of(case).holdings(case.above.matter.pk)
    case.set("amount", amount_words(holdings))


def keep_on(case: Case) -> None:
    """Not proposed again before that day."""
    until = date.fromisoformat(str(case.answers["keep_until"]))
    OpenDisposal.objects.filter(disposal=case.matter).update(kept_until=until)


def forget_proposal(case: Case) -> None:
    """Later data of the class opens a new disposal."""
    OpenDisposal.objects.filter(disposal=case.matter).delete()


def destroy(case: Case) -> None:
    """Take the class of data out of the matter's rows; files go after the commit.

    The matter above is locked first, and what protects it is looked at once more: a hold that
    is placed in the same moment wins.
    """
    about = lock(case.above.matter.pk, by=case.by, now=case.now).matter
    if not nothing_is_held(case):
        raise Refused(held_sentence(case))
    bury(case, about, retention_of(case).holdings(about.pk))
    forget_proposal(case)


def destroy_again(case: Case) -> None:
    """A backup brought back what had been destroyed: the listed things go again."""
    listed = set(json.loads(str(case.answers["again"])))
    about = lock(case.above.matter.pk, by=case.by, now=case.now).matter
    holdings = retention_of(case).holdings(about.pk)
    bury(case, about, tuple(one for one in holdings if one.what in listed))


def bury(case: Case, about: Matter, holdings: tuple[Holding, ...]) -> None:
    """Erase these, and set a tombstone for each: in the trail, and as a row to look up."""
    retention = retention_of(case)
    _overwrite_what_is_deleted()
    retention.erase(about.pk, tuple(one.what for one in holdings), now=case.now)
    for one in holdings:
        stone = Tombstone.objects.create(
            matter=about,
            disposal=case.matter,
            retention=retention.key,
            what=one.what,
            digest=one.digest,
            size=one.size,
            file=one.file,
            destroyed_at=case.now,
        )
        case.destroyed.append(stone.told)


def destroyed_files(matter: Matter) -> dict[int, datetime]:
    """Attachments of a matter of which only name and digest are left, and since when."""
    stones = Tombstone.objects.filter(matter=matter).exclude(file="")
    gone = stones.values_list("what", "destroyed_at")
    return {
        int(what.removeprefix("file ")): at
        for what, at in gone
        if what.removeprefix("file ").isdigit()
    }


def _runs(matter: Matter) -> bool:
    """Whether something beside it, or what it was joined into, still goes on."""
    beside = Matter.objects.filter(parent=matter, is_open=True).exclude(kind__in=BESIDE)
    return beside.exists() or any(one.is_open for one in joined(matter))


def _overwrite_what_is_deleted() -> None:
    """SQLite then writes zeros where the bytes stood instead of only forgetting them."""
    if connection.vendor == "sqlite":  # pragma: no branch - the measured run is on SQLite
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


_DUE = Guard(
    holds=it_is_still_due,
    otherwise="保管期限现在没有届满，或事项又在办理，不能清理。",
)
_FREE = Guard(holds=nothing_is_held, otherwise=held_sentence)
_AS_DECIDED = Guard(
    holds=amount_is_as_decided,
    otherwise="决定之后又有新的内容，请退回，由保管人重新核对后再确认。",
)
_REASON = Field(
    key="disposal_reason",
    label="理由",
    kind=Kind.LONG_TEXT,
    required=True,
    personal=True,
    max_length=400,
)
DISPOSAL = Loop(
    key=DISPOSAL_KIND,
    label="到期清理",
    parent="*",
    open_by=("clock",),
    opens_with=(
        Field(key="subject", label="清理内容", required=True, max_length=200),
        Field(key="retention", label="数据类别", required=True),
        Field(key="amount", label="数量", required=True),
        Field(key="kept_until", label="保管期限届满日", kind=Kind.DAY, required=True),
        Field(key="period", label="保管期限", required=True, max_length=200),
        Field(key="period_version", label="参数版本", max_length=60),
        Field(key="leaves", label="销毁后留下", required=True, max_length=200),
    ),
    on_open=(keep_from_units,),
    title="subject",
    summary="period",
    stages=(
        Stage(
            key=FOUND,
            label="待决定",
            holder="custodian",
            deadline=NoDeadline("没有规定决定清理的时限"),
        ),
        Stage(
            key=DECIDED,
            label="待确认",
            holder="leader",
            deadline=NoDeadline("没有规定确认清理的时限"),
        ),
        Stage(key=DESTROYED, label="已销毁", holder="leader", closed=True, deadline=_CLOSED),
        Stage(key="kept", label="暂不销毁", holder="leader", closed=True, deadline=_CLOSED),
        Stage(key="ceased", label="不再到期", holder="leader", closed=True, deadline=_CLOSED),
    ),
    steps=(
        Step(
            key="decide",
            label="决定销毁",
            source=(FOUND,),
            target=DECIDED,
            by=("custodian",),
            asks=(_REASON,),
            guards=(IN_SIGHT, _DUE, _FREE),
            effects=(count_again,),
            story="{who}决定销毁{subject}（{amount}）：{disposal_reason}",
            bulk=True,
            hint="决定后由局领导确认，确认后不能恢复",
        ),
        Step(
            key="confirm_destruction",
            label="确认销毁",
            source=(DECIDED,),
            target=DESTROYED,
            by=("leader",),
            other_than=("decide",),
            guards=(IN_SIGHT, _DUE, _FREE, _AS_DECIDED),
            effects=(destroy,),
            story="{who}确认，{subject}已销毁，只留下摘要值、时间和经办人。",
            bulk=True,
            hint="确认后立即销毁，不能恢复",
        ),
        Step(
            key="return_decision",
            label="退回",
            source=(DECIDED,),
            target=FOUND,
            by=("leader",),
            asks=(_REASON,),
            story="{who}退回：{disposal_reason}",
        ),
        Step(
            key="keep_on",
            label="暂不销毁",
            source=(FOUND, DECIDED),
            target="kept",
            by=_DECIDERS,
            asks=(
                _REASON,
                Field(key="keep_until", label="保留至", kind=Kind.DAY, required=True),
            ),
            checks=(
                Guard(
                    holds=keep_day_is_ahead,
                    otherwise="“保留至”须晚于今天，到那一天会再提出。",
                    field="keep_until",
                ),
            ),
            effects=(keep_on,),
            story="{who}决定保留至{keep_until}：{disposal_reason}",
        ),
        Step(
            key="cease",
            label="不再到期",
            source=(FOUND, DECIDED),
            target="ceased",
            by=("clock",),
            effects=(forget_proposal,),
            story="保管期限已改或事项又在办理，不再提出清理。",
        ),
        Step(
            key="destroy_again",
            label="恢复备份后再次销毁",
            source=(FOUND,),
            target=DESTROYED,
            by=("clock",),
            asks=(
                Field(
                    key="again",
                    label="销毁清单",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    max_length=20_000,
                ),
            ),
            effects=(destroy_again,),
            story="备份带回了已销毁的内容，按销毁清单再次销毁{subject}。",
        ),
    ),
)
