"""Routes for everybody: a tip-off comes in, its receipt code is looked up."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status

from bihuan.api.once import HEADER, KEY_MAX, KEY_MIN
from bihuan.api.problems import Problem, too_many
from bihuan.api.schemas import ProgressOut, ReceiptIn, TipOffIn, TipOffOut
from bihuan.exchange.outside import Given
from bihuan.exchange.public_face import file_ready, look_up, offices
from bihuan.leads import sent_forms
from bihuan.leads.progress import Progress
from bihuan.leads.public_counters import TooManyWrongCodes, count_tip, counting_wrong_codes
from bihuan.leads.sent_forms import AlreadySent, KeptReceipt
from bihuan.leads.tips import TipOff, made_ready
from bihuan.matters.moment import now
from bihuan.matters.refusals import Incomplete
from bihuan.places.models import Region

router = Router(tags=["公众"])
HOUR_S = 3600
VARIETY_MIN = 8  # different characters of a key; hexadecimal digits drawn at random have 12
UNFIT_KEY = (
    f"{HEADER} 头应是 {KEY_MIN} 到 {KEY_MAX} 个字符的随机英文、数字，"
    f"至少有 {VARIETY_MIN} 种不同的字符，每次举报另取。"
)
TAKEN = (
    f"这个 {HEADER} 的举报已经收到，不重复登记；查询码只在十分钟内对同样的内容再次给出。"
    "要举报别的事，请换一个。"
)
# The form calls these fields by other names than the API does.
FORM_NAMES = {"what": "words", "phrase": "claim_password", "worker": "reporter_kind"}
ENGINE_NAMES = {"type": "kind"}


@router.post("/tip-offs", response={201: TipOffOut}, operation_id="file_tip_off", summary="举报")
def file_tip_off(request: HttpRequest, wanted: TipOffIn) -> Status[TipOffOut]:
    """收下举报，密封内容，给出受理号和只显示一次的查询码。不记录来源地址。"""
    at = now()
    region = _county(wanted.county)
    told = wanted.model_dump(exclude={"site", "county"})
    tip = TipOff(site_id=wanted.site, **told)
    ticket = _ticket(request)
    content = wanted.model_dump_json().encode()  # what was said, however it was spaced
    if ticket and sent_forms.was_sent(ticket):
        return Status(201, _again(ticket, now=at, content=content))
    # Too many from one address are taken as well, but wait to be looked at first.
    screened = not count_tip(request, now=at)
    try:
        ready = made_ready(tip)  # what takes long, before the turn to write is taken
        act = partial(file_ready, ready, now=at, region_id=region.pk, screened=screened)
        if not ticket:
            return Status(201, _given(act()))
        return Status(201, _taken_once(ticket, act, now=at, content=content))
    except AlreadySent:
        return Status(201, _again(ticket, now=at, content=content))
    except Incomplete as refusal:
        names = FORM_NAMES | ENGINE_NAMES
        fields = {names.get(key, key): sentence for key, sentence in refusal.fields.items()}
        raise Problem(refusal.status, refusal.sentence, fields=fields) from None


@router.post("/receipts", response=ProgressOut, operation_id="look_up", summary="凭查询码查进展")
def look_up_receipt(request: HttpRequest, wanted: ReceiptIn) -> Progress:
    """查询码对应事项的进展；不说由谁办理。"""
    at = now()
    try:
        with counting_wrong_codes(request, now=at):
            return look_up(wanted.code, now=at)
    except TooManyWrongCodes as refusal:
        raise too_many(HOUR_S) from refusal


def _ticket(request: HttpRequest) -> str:
    """What the sender's own key stands for, as long as every other ticket; empty without one.

    The key opens the receipt again, so that it has to be long enough not to be met by chance.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return ""
    is_readable = KEY_MIN <= len(key) <= KEY_MAX and key.isascii() and key.isprintable()
    if not is_readable or len(set(key)) < VARIETY_MIN:
        raise Problem(400, UNFIT_KEY)
    return hashlib.sha256(b"bihuan api tip-off " + key.encode()).hexdigest()


def _taken_once(
    ticket: str, act: Callable[[], Given], *, now: datetime, content: bytes
) -> TipOffOut:
    with sent_forms.taken_once(ticket, now=now) as form:
        filed = act()
        given = KeptReceipt(number=filed.acceptance_number, code=filed.receipt, at=now)
        sent_forms.keep_receipt(form, given, ticket=ticket, content=content)
    return _given(filed)


def _given(filed: Given) -> TipOffOut:
    return TipOffOut(acceptance_number=filed.acceptance_number, receipt=filed.receipt)


def _again(ticket: str, *, now: datetime, content: bytes) -> TipOffOut:
    """The receipt as it was given, to whoever sends the same content under the same key."""
    given = sent_forms.receipt_again(ticket, now=now, content=content)
    if given is None:
        raise Problem(409, TAKEN)
    return TipOffOut(acceptance_number=given.number, receipt=given.code)


def _county(code: str) -> Region:
    """The county that was named, or the one whose office this is."""
    found = offices(code)
    if found:
        return found[0]
    if code:
        sentence = "没有这个县的受理单位，请核对行政区划代码。"
        raise Problem(422, sentence, fields={"county": sentence})
    raise Problem(503, "网上举报尚未开通，请拨打举报电话。")
