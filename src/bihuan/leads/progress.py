"""What the holder of a receipt code may know: progress words and dates, never who handles it."""

from dataclasses import dataclass
from datetime import date, datetime

from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop
from bihuan.leads.models import Message, Receipt
from bihuan.leads.receipt_book import receipt_of
from bihuan.matters import trail
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Entry, Matter, Tombstone

# Decisions after which the stages are gone through again; the reporter sees that.
NEW_ROUND = ("escalate", "reopen", "separate")
REWARD_WORDS = {
    "proposed": "查证属实，奖励正在研究",
    "deciding": "查证属实，奖励正在研究",
    "approved": "奖励已决定，等待领取",
    "claimed": "已申请领取，等待发放",
    "paid": "奖励已兑现",
    "waived": "奖励不予兑现，可向受理单位询问",
}


@dataclass(frozen=True, kw_only=True)
class ProgressStep:
    """One dated line of the progress."""

    on: date
    words: str


@dataclass(frozen=True, kw_only=True)
class ProgressMessage:
    """One message: a question of the office, or the remark that the reporter added something."""

    at: datetime
    from_office: bool
    text: str
    is_destroyed: bool


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The answer to a receipt code; `matter_id` is for looking up what was published about it."""

    matter_id: int
    acceptance_number: str
    received_at: datetime
    words: str
    is_open: bool
    steps: tuple[ProgressStep, ...]
    messages: tuple[ProgressMessage, ...]
    reward: str
    can_claim: bool
    destroyed: tuple[str, ...]


def look_up(code: str, *, now: datetime) -> Progress:
    """How far the matter of a code is at that moment; raises UnknownReceiptError."""
    return progress_of(receipt_of(code), now=now)


def progress_of(receipt: Receipt, *, now: datetime) -> Progress:
    """The same for a receipt that was found already."""
    matter = receipt.matter
    loop = catalog().loop(matter.kind)
    reward = Matter.objects.filter(parent=matter, kind="reward").order_by("-id").first()
    return Progress(
        matter_id=matter.pk,
        acceptance_number=matter.acceptance_number,
        received_at=receipt.created_at,
        words=loop.stage(matter.stage).public or "正在办理",
        is_open=matter.is_open,
        steps=_steps(matter, loop=loop, now=now),
        messages=_messages(matter),
        reward=REWARD_WORDS.get(reward.stage, "") if reward else "",
        can_claim=_can_claim(receipt, reward),
        destroyed=_destroyed(matter),
    )


def _steps(matter: Matter, *, loop: Loop, now: datetime) -> tuple[ProgressStep, ...]:
    """Each public stage once, on the day it was first reached, and the news in between.

    What goes back and forth inside the offices is theirs: a stage that was told isn't told again
    before a new round begins.
    """
    said: dict[ProgressStep, None] = {}
    known: set[str] = set()
    stage = ""
    told = {step.key: step.to_public for step in loop.steps}
    rows = Entry.objects.filter(matter_id=matter.pk, happened_at__lte=now).order_by("seq")
    for step, body in rows.values_list("step", "body"):
        line = trail.from_bytes(bytes(body))
        moved, stage = line.stage_to != stage, line.stage_to
        if step in NEW_ROUND:
            known.clear()
        words, public = told.get(step, ""), loop.stage(stage).public
        if moved:
            words = "" if public in known else words or public
            known.add(public)
        if words:
            on = line.happened_at.astimezone(SHANGHAI).date()
            said[ProgressStep(on=on, words=words)] = None
    return tuple(said)


def _messages(matter: Matter) -> tuple[ProgressMessage, ...]:
    found = Message.objects.filter(matter=matter).select_related("envelope").order_by("id")
    return tuple(
        ProgressMessage(
            at=message.at,
            from_office=message.direction == Message.Direction.FROM_OFFICE,
            text=message.text,
            is_destroyed=_is_destroyed(message),
        )
        for message in found
    )


def _is_destroyed(message: Message) -> bool:
    sealed = message.envelope
    return not message.text if sealed is None else sealed.destroyed_at is not None


def _destroyed(matter: Matter) -> tuple[str, ...]:
    """What of his own is gone, with the day; he should know what can't be opened any more."""
    found = Tombstone.objects.filter(matter=matter).order_by("id")
    days = dict(found.values_list("retention", "destroyed_at"))
    words = {word.key: word.told for word in catalog().retentions}
    told = [(words.get(key, ""), at.astimezone(SHANGHAI).date()) for key, at in days.items()]
    return tuple(sentence.format(day=day) for sentence, day in told if sentence)


def _can_claim(receipt: Receipt, reward: Matter | None) -> bool:
    has_password = bool(receipt.claim_hash) and receipt.claim_used_at is None
    return bool(reward and reward.stage == "approved" and has_password)
