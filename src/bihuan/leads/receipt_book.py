"""From a typed receipt code to its receipt; the key of the look-up lies beside the database."""

from pathlib import Path

from django.conf import settings

from bihuan.leads.models import Receipt
from bihuan.leads.receipts import has_all_digits, normalise, receipt_key
from bihuan.leads.secret_file import load_or_create_secret
from bihuan.matters.refusals import Refused

WRONG = "查询码不对，请逐位核对四组数字。确认无误仍查不到的，可能保管期满已经销毁，请拨打举报电话。"


class UnknownReceiptError(Refused):
    """No such code was ever given out, or it was mistyped."""

    status = 404


def receipt_secret() -> bytes:
    """The 32 bytes that receipt codes are looked up with."""
    return load_or_create_secret(Path(settings.HOME) / "secrets" / "receipts")


def receipt_of(code: str) -> Receipt:
    """The receipt behind a code; raises UnknownReceiptError with what to do."""
    key = looked_up_by(code)
    receipt = Receipt.objects.select_related("matter").filter(key=key).first()
    if receipt is None:
        raise unknown()
    return receipt


def looked_up_by(code: str) -> bytes:
    """What a typed code is looked up by; raises UnknownReceiptError for what can't be one.

    Sixteen digits that can't be a code and sixteen that nobody was given are answered alike.
    """
    if not has_all_digits(code):
        raise UnknownReceiptError(
            "查询码应是 16 位数字，请对照抄下的四组数字逐位核对。",
            fields={"code": "应是 16 位数字，请逐位核对"},
        )
    digits = normalise(code)
    if digits is None:
        raise unknown()
    return receipt_key(digits, hmac_key=receipt_secret())


def unknown() -> UnknownReceiptError:
    """The refusal of a code that leads nowhere."""
    return UnknownReceiptError(WRONG, fields={"code": "查询码不对，请逐位核对"})
