"""The route of figures: output, power and the other series that a mine or an official sends."""

from django.http import HttpRequest
from ninja import Router

from bihuan.accounts.requests import actor_from
from bihuan.api.callers import CALLERS
from bihuan.api.problems import Problem
from bihuan.api.schemas import SeriesIn, SeriesTakenOut, SeriesValueIn
from bihuan.matters.moment import now
from bihuan.monitoring.activity.importing import Finder
from bihuan.monitoring.activity.intake import Given, take
from bihuan.monitoring.activity.rows import (
    AT,
    KIND,
    SITE,
    SPAN,
    UNIT,
    VALUE,
    BadRow,
    NoSite,
    given_of,
)
from bihuan.monitoring.activity.scope import OF_FIRM, SENDERS

router = Router(tags=["监测数据"], auth=CALLERS)


@router.post(
    "/series",
    response=SeriesTakenOut,
    operation_id="send_series",
    summary="上报产量、用电量等数据",
)
def send_series(request: HttpRequest, wanted: SeriesIn) -> dict[str, int]:
    """一批全收或全不收；重发不会重复，改过的值新旧都留。企业账号只能报本企业的矿。"""
    by, at = actor_from(request), now()
    if not by.roles & {*SENDERS, *OF_FIRM}:
        raise Problem(403, "这个账号不能上报数据，请用企业账号，或行动办、监测值班员的账号。")
    find, given, faults = Finder(by=by), list[Given](), dict[str, str]()
    for place, one in enumerate(wanted.values):
        try:
            given.append(given_of(_row(one), site_of=find, now=at))
        except NoSite as foreign:
            raise Problem(403, f"{foreign}企业账号只能报本企业的矿。") from None
        except BadRow as bad:
            faults[f"values.{place}"] = str(bad)
    if faults:
        first = next(iter(faults.values()))
        raise Problem(422, f"有 {len(faults)} 个数据不对，这一批没有收下。{first}", fields=faults)
    taken = take(given, source=f"接口 {by.name}", now=at)
    return {
        "new": taken.new,
        "same": taken.same,
        "altered": taken.altered,
        "removed": taken.removed,
        "empty": taken.empty,
    }


def _row(one: SeriesValueIn) -> dict[str, str]:
    value = "" if one.value is None else str(one.value)
    return {
        SITE: one.site,
        KIND: one.series,
        AT: one.at,
        SPAN: one.span,
        VALUE: value,
        UNIT: one.unit,
    }
