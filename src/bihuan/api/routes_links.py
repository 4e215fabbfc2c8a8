"""The route of links: who sent data from when until when."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status
from pydantic import AfterValidator, AwareDatetime, Field

from bihuan.accounts.requests import actor_from
from bihuan.api.callers import CALLERS
from bihuan.api.moments import in_its_zone
from bihuan.api.schemas import Strict
from bihuan.api.shapes import Shape
from bihuan.matters.moment import now
from bihuan.monitoring.links.hearing import Heard, hear_from

router = Router(tags=["监测数据"], auth=CALLERS)
Count = Annotated[int, Field(ge=0, le=10_000_000)]


class CountsIn(Strict):
    """当日读数的个数，由发送系统统计；没有统计的不写。"""

    expected: Count | None = Field(default=None, description="应收")
    received: Count | None = Field(default=None, description="实收")
    missing: Count | None = Field(default=None, description="缺失")
    late: Count | None = Field(default=None, description="迟到")
    frozen: Count | None = Field(default=None, description="异常不变")
    out_of_range: Count | None = Field(default=None, description="越量程")


class LinkIn(Strict):
    """一个系统在一段时间里有数据。"""

    site: str = Field(max_length=20, description="煤矿编码（12 位），或监管对象编号")
    system: str = Field(max_length=20)
    object: str = Field(default="", max_length=60, description="同一系统有几个对象时写明")
    since: Annotated[
        AwareDatetime,
        AfterValidator(in_its_zone),
        Field(strict=False, description="这段数据的第一个时刻"),
    ]
    until: Annotated[
        AwareDatetime,
        AfterValidator(in_its_zone),
        Field(strict=False, description="这段数据的最后一个时刻"),
    ]
    counts: CountsIn | None = None


class LinkOut(Strict):
    """收到后的在线情况。"""

    site: int
    system: str
    first_seen_at: str
    last_seen_at: str


@router.post("/links", response={202: LinkOut}, operation_id="report_link", summary="报送在线情况")
def report_link(request: HttpRequest, told: LinkIn) -> Status[Shape]:
    """报一段有数据的时间；两段之间没有报的就是断线。迟到、重复报送都可以，结果一样。"""
    heard = Heard(system=told.system, object=told.object.strip(), start=told.since, end=told.until)
    counts = told.counts.model_dump(exclude_none=True) if told.counts else None
    source = hear_from(actor_from(request), now=now(), site=told.site, heard=heard, counts=counts)
    return Status(
        202,
        {
            "site": source.site_id,
            "system": source.system,
            "first_seen_at": source.first_seen_at.isoformat(),
            "last_seen_at": source.last_seen_at.isoformat(),
        },
    )
