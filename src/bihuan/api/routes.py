"""The API put together; outside the bureau's network only the public routes stand."""

from ninja import NinjaAPI, Router

from bihuan.api.bodies import JsonParser
from bihuan.api.handlers import handle_problems
from bihuan.api.routes_files import router as files
from bihuan.api.routes_goaf import router as goaf
from bihuan.api.routes_ledgers import router as ledgers
from bihuan.api.routes_links import router as links
from bihuan.api.routes_matters import router as matters
from bihuan.api.routes_positions import router as positions
from bihuan.api.routes_public import router as public
from bihuan.api.routes_series import router as series
from bihuan.api.routes_telemetry import router as telemetry

DESCRIPTION = (
    "矿安闭环的接口，由声明生成。以令牌（Authorization: Bearer）或已登录的会话调用，"
    "范围、回避与页面上一致。拒绝一律按 RFC 9457 回答，detail 与页面上的话相同。"
)


def made_api(*, public_only: bool = False) -> NinjaAPI:
    """An API with all routes, or with those for everybody only."""
    api = NinjaAPI(
        title="矿安闭环",
        version="1",
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
        parser=JsonParser(),
    )
    handle_problems(api)
    inside: tuple[Router, ...] = (
        *(matters, files, ledgers, telemetry, links, positions, goaf, series),
    )
    if public_only:
        inside = ()
    for router in (public, *inside):
        api.add_router("", router)
    return api
