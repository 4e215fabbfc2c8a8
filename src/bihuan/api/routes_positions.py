"""Routes of persons underground: who is where, who went in where; a mine sends its own."""

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status

from bihuan.accounts.requests import actor_from
from bihuan.api.callers import BearerToken
from bihuan.api.once import answer_once
from bihuan.api.problems import Problem
from bihuan.api.schemas_positions import EntriesIn, EntriesOut, PositionsIn, PositionsOut
from bihuan.api.shapes import Shape
from bihuan.matters.moment import now
from bihuan.monitoring.crews.entries import store_entries
from bihuan.monitoring.crews.presences import Position
from bihuan.monitoring.crews.storing import store_report
from bihuan.places.models import Site
from bihuan.telemetry.crews.entering import Entry

router = Router(tags=["监测数据"], auth=BearerToken())
ROLE = "firm"


@router.post(
    "/positions",
    response={201: PositionsOut},
    operation_id="send_positions",
    summary="上报井下人员位置",
)
def send_positions(request: HttpRequest, told: PositionsIn) -> Status[Shape]:
    """某一时刻井下全部人员；只能报本企业的矿。同一内容重发不重复计算，超员当即告警。"""
    by, at = actor_from(request), now()
    site = _own_mine(told.mine, firms={held.unit_id for held in by.held if held.role == ROLE})
    positions = [
        Position(
            card=one.card,
            area=one.area,
            entered_at=one.entered_at,
            area_entered_at=one.area_entered_at,
            spot=one.spot,
        )
        for one in told.persons
    ]

    def act() -> Shape:
        stored = store_report(site, at=told.at, positions=positions, channel="api", now=at)
        return {
            "total": stored.total,
            "unplaced": stored.unplaced,
            "repeated": stored.is_repeated,
            "alarms": len(stored.alarms),
        }

    return answer_once(request, user_id=by.user_id, now=at, act=act, status=201)


@router.post(
    "/entries",
    response={201: EntriesOut},
    operation_id="send_entries",
    summary="上报入井记录",
)
def send_entries(request: HttpRequest, told: EntriesIn) -> Status[Shape]:
    """各入井口的入井记录；person 是本矿工号，不要报身份证号。重发不重复计算。"""
    by, at = actor_from(request), now()
    site = _own_mine(told.mine, firms={held.unit_id for held in by.held if held.role == ROLE})
    entries = [Entry(one.at, one.point, one.card, one.person) for one in told.entries]

    def act() -> Shape:
        fresh = store_entries(site, entries, now=at)
        return {"stored": fresh, "repeated": len(entries) - fresh}

    return answer_once(request, user_id=by.user_id, now=at, act=act, status=201)


def _own_mine(code: str, *, firms: set[int]) -> Site:
    if not firms:
        sentence = "这个令牌的账号没有企业角色，不能上报人员位置。请用企业账号建立的令牌。"
        raise Problem(403, sentence)
    found = Site.objects.filter(code=code, firm_id__in=firms).exclude(code="").first()
    if found is None:
        sentence = (
            f"煤矿编码 {code} 不在这个令牌的企业名下，没有收下。请核对；"
            "企业的矿和编码由系统管理员在“监管对象”里登记。"
        )
        raise Problem(403, sentence)
    return found
