"""The route of goaf readings: values of a mine's goaf points at their moments."""

from django.http import HttpRequest
from ninja import Router

from bihuan.accounts.requests import actor_from
from bihuan.api.callers import CALLERS
from bihuan.api.problems import Problem
from bihuan.api.schemas_goaf import GoafReadingsIn, GoafReadingsOut
from bihuan.api.shapes import Shape
from bihuan.matters.moment import now
from bihuan.monitoring.warnings.goaf_readings import Reading, may_send, take_readings
from bihuan.places.models import Site

router = Router(tags=["监测数据"], auth=CALLERS)


@router.post(
    "/goaf-readings",
    response=GoafReadingsOut,
    operation_id="send_goaf_readings",
    summary="上报采空区测点读数",
)
def send_goaf_readings(request: HttpRequest, sent: GoafReadingsIn) -> Shape:
    """一座矿的采空区读数；超过该测点限值的开一件查因事项，重发不会重复计算。"""
    by = actor_from(request)
    site = Site.objects.select_related("region").filter(code=sent.mine).first()
    if site is None or not may_send(site, by=by):
        raise Problem(404, "没有这座矿，或不在您报送的范围内，请核对 mine。")
    readings = [Reading(point=one.point, at=one.at, value=one.value) for one in sent.items]
    return vars(take_readings(site, readings, by=by, now=now()))
