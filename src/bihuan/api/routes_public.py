"""Routes for everybody: a tip-off comes in, its receipt code is looked up."""

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status

from bihuan.api.problems import Problem, too_many
from bihuan.api.schemas import ProgressOut, ReceiptIn, TipOffIn, TipOffOut
from bihuan.leads.progress import Progress, look_up
from bihuan.leads.public_counters import count_look_up, count_tip
from bihuan.leads.tips import Filed, TipOff, file_tip
from bihuan.matters.moment import now
from bihuan.matters.refusals import Incomplete
from bihuan.places.models import Region, Unit

router = Router(tags=["公众"])
HOUR_S = 3600
# The form calls these fields by other names than the API does.
FORM_NAMES = {"what": "words", "phrase": "claim_password", "worker": "reporter_kind"}
ENGINE_NAMES = {"type": "kind"}


@router.post("/tip-offs", response={201: TipOffOut}, operation_id="file_tip_off", summary="举报")
def file_tip_off(request: HttpRequest, wanted: TipOffIn) -> Status[Filed]:
    """收下举报，密封内容，给出受理号和只显示一次的查询码。不记录来源地址。"""
    at = now()
    region = _county(wanted.county)
    told = wanted.model_dump(exclude={"site", "county"})
    tip = TipOff(site_id=wanted.site, **told)
    # Too many from one address are taken as well, but wait to be looked at first.
    screened = not count_tip(_address(request), now=at)
    try:
        filed = file_tip(tip, now=at, region_id=region.pk, screened=screened)
    except Incomplete as refusal:
        names = FORM_NAMES | ENGINE_NAMES
        fields = {names.get(key, key): sentence for key, sentence in refusal.fields.items()}
        raise Problem(refusal.status, refusal.sentence, fields=fields) from None
    return Status(201, filed)


@router.post("/receipts", response=ProgressOut, operation_id="look_up", summary="凭查询码查进展")
def look_up_receipt(request: HttpRequest, wanted: ReceiptIn) -> Progress:
    """查询码对应事项的进展；不说由谁办理。"""
    at = now()
    if not count_look_up(_address(request), now=at):
        raise too_many(HOUR_S)
    return look_up(wanted.code, now=at)


def _county(code: str) -> Region:
    """The county that was named, or the one whose office this is."""
    offices = Unit.objects.filter(kind=Unit.Kind.OFFICE, is_active=True)
    if code:
        offices = offices.filter(region__code=code)
    office = offices.select_related("region").order_by("pk").first()
    if office is not None:
        return office.region
    if code:
        sentence = "没有这个县的受理单位，请核对行政区划代码。"
        raise Problem(422, sentence, fields={"county": sentence})
    raise Problem(503, "网上举报尚未开通，请拨打举报电话。")


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
