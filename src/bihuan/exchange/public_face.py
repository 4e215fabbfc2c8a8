"""What portal and public API ask for: answered here, or on an outer machine from what waits."""

from collections.abc import Sequence
from datetime import datetime

from bihuan.exchange import outside
from bihuan.exchange.models import Notice
from bihuan.exchange.outside import Given, OutsideAddition
from bihuan.exchange.peers import is_outside
from bihuan.leads import claims, messages, progress, tips
from bihuan.leads.evidence import IncomingFile
from bihuan.leads.messages import Addition
from bihuan.leads.progress import Progress
from bihuan.leads.tips import ReadyTip
from bihuan.places.models import Region, Unit


def is_ready(region: Region, *, now: datetime) -> bool:
    """Whether tip-offs can be taken: somebody holds a key for each envelope."""
    return outside.is_ready() if is_outside() else tips.is_ready(region, now=now)


def file_ready(ready: ReadyTip, *, now: datetime, region_id: int, screened: bool = False) -> Given:
    """Take a tip-off in: open its lead, or outside let it wait under seal."""
    if is_outside():
        return outside.file_ready(ready, now=now, screened=screened)
    filed = tips.file_ready(ready, now=now, region_id=region_id, screened=screened)
    return Given(acceptance_number=filed.acceptance_number, receipt=filed.receipt)


def look_up(code: str, *, now: datetime) -> Progress:
    """How far the matter of a code is; raises UnknownReceiptError."""
    return outside.look_up(code) if is_outside() else progress.look_up(code, now=now)


def addition_of(
    code: str, text: str, *, files: Sequence[IncomingFile] = ()
) -> Addition | OutsideAddition:
    """Prepare what a reporter adds."""
    if is_outside():
        return outside.addition_of(code, text, files=files)
    return messages.addition_of(code, text, files=files)


def add_prepared(addition: Addition | OutsideAddition, *, now: datetime) -> None:
    """Take a prepared addition."""
    if isinstance(addition, OutsideAddition):
        outside.add_prepared(addition, now=now)
    else:
        messages.add_prepared(addition, now=now)


def claim(code: str, password: str, *, now: datetime) -> str:
    """Claim a reward; what to tell of it."""
    if is_outside():
        outside.claim(code, password, now=now)
        return "已收到领取申请，口令加密送去核对。请过几天凭查询码查看结果。"
    claims.claim(code, password, now=now)
    return "已登记领取。到受理单位领取时，请再出示查询码和口令，不需要证件。"


def offices(code: str = "") -> list[Region]:
    """Counties whose tip-offs are taken here; with a code, that county alone."""
    if is_outside():
        ids = [notice.told["county"] for notice in Notice.objects.order_by("-pk")[:1]]
        found = Region.objects.filter(pk__in=ids)
        return list(found.filter(code=code) if code else found)
    units = Unit.objects.filter(kind=Unit.Kind.OFFICE, is_active=True)
    if code:
        units = units.filter(region__code=code)
    return [unit.region for unit in units.select_related("region").order_by("pk")[:1]]
