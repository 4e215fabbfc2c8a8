"""Claiming a reward without a name: the receipt code and the claim password, used once."""

from datetime import datetime

from django.db import transaction

from bihuan.accounts.actors import PUBLIC
from bihuan.database.turns import turn_to_write
from bihuan.leads.allowance import Allowance
from bihuan.leads.models import Receipt
from bihuan.leads.receipt_book import receipt_of
from bihuan.leads.receipts import verify_claim_password
from bihuan.matters.engine import take_step
from bihuan.matters.models import Matter
from bihuan.matters.refusals import Incomplete, Refused

TRIES_PER_HOUR = 5
WRONG = "口令不对，请核对大小写；口令忘记后无法找回"
_tries = Allowance(per_hour=TRIES_PER_HOUR)


def claim(code: str, password: str, *, now: datetime) -> Matter:
    """Let the reward go on to 待发放; raises UnknownReceiptError, Incomplete, Refused."""
    return claim_of(receipt_of(code), password, now=now)


def claim_of(receipt: Receipt, password: str, *, now: datetime) -> Matter:
    """The same for a receipt that was found already."""
    count_try(bytes(receipt.key), now=now)
    _reward_of(receipt)
    if not verify_claim_password(password, hashed=receipt.claim_hash):
        raise Incomplete(f"{WRONG}。", fields={"password": WRONG})
    with turn_to_write(), transaction.atomic():
        receipt = Receipt.objects.select_for_update().get(pk=receipt.pk)
        reward = take_step(_reward_of(receipt).pk, "claim", by=PUBLIC, now=now)
        receipt.claim_used_at = now
        receipt.save(update_fields=["claim_used_at"])
    return reward


def count_try(key: bytes, *, now: datetime) -> None:
    """Count a password that is tried on a receipt; Refused when there were too many."""
    if not _tries.take(key.hex(), now=now):
        raise Refused("口令已多次输错，请一小时后再试。")


def is_claimant(reward_id: int, code: str, password: str, *, now: datetime) -> bool:
    """Whether who stands at the counter holds code and password of this reward."""
    receipt = receipt_of(code)
    count_try(bytes(receipt.key), now=now)
    is_his = Matter.objects.filter(pk=reward_id, parent_id=receipt.matter_id).exists()
    return (
        is_his
        and bool(receipt.claim_hash)
        and verify_claim_password(password, hashed=receipt.claim_hash)
    )


def _reward_of(receipt: Receipt) -> Matter:
    if not receipt.claim_hash:
        raise Refused("这件举报没有设领奖口令。留了姓名电话的，工作人员会直接联系。")
    if receipt.claim_used_at is not None:
        raise Refused("已经申请领取过，口令只能使用一次。请凭查询码查看发放情况。")
    found = Matter.objects.filter(
        parent_id=receipt.matter_id, kind="reward", stage="approved"
    ).first()
    if found is None:
        raise Refused("奖励还没有决定，现在不能领取。请过些时候再凭查询码查看。")
    return found
