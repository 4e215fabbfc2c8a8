"""The OpenAPI document: ninja's, with what each step asks and the problems of each route."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI

from bihuan.api.field_schemas import step_schemas
from bihuan.api.once import HEADER, KEY_MAX, KEY_MIN
from bihuan.api.problems import MEDIA_TYPE, TITLES
from bihuan.api.schemas import ProblemOut
from bihuan.matters.declarations import catalog

ALWAYS = (404, 429, 503)
WITH_BODY = (400, 409, 413, 415, 422, 507)
WITH_QUERY = (422,)
WITH_CALLER = (401, 403)
AGAIN = "同一个值 24 小时内只办理一次，再发得到同样的回答"
AGAIN_TO_ALL = (
    "随机取，每次举报另取；同一个值 24 小时内只收下一次，"
    "十分钟内再发同样的内容得到同样的受理号和查询码"
)
ONCE = {
    "/api/v1/matters": (1, AGAIN),
    "/api/v1/matters/{code}/steps/{step}": (1, AGAIN),
    "/api/v1/tip-offs": (KEY_MIN, AGAIN_TO_ALL),
}


@lru_cache(maxsize=2)
def document_of(api: NinjaAPI) -> dict[str, Any]:
    """The whole document as plain JSON values."""
    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    schemas = made["components"]["schemas"]
    schemas["Problem"] = ProblemOut.model_json_schema()
    steps = step_schemas(catalog().loops)
    schemas |= steps
    _offer(schemas, "OpenIn", [name for name in steps if name.endswith(".open")])
    _offer(schemas, "TakeIn", [name for name in steps if not name.endswith(".open")])
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            _add_problems(operation)
            if method == "post" and path in ONCE:
                operation["parameters"] = [
                    *operation.get("parameters", []),
                    _once_header(*ONCE[path]),
                ]
    return made


def answer_document(api: NinjaAPI, _request: HttpRequest) -> HttpResponse:
    """The document, for everybody."""
    return JsonResponse(document_of(api), json_dumps_params={"ensure_ascii": False})


def _offer(schemas: dict[str, Any], name: str, steps: list[str]) -> None:
    if name in schemas:
        answers = schemas[name]["properties"]["answers"]
        answers["anyOf"] = [{"$ref": f"#/components/schemas/{step}"} for step in steps]
        answers.pop("additionalProperties", None)


def _add_problems(operation: dict[str, Any]) -> None:
    statuses = {*ALWAYS}
    statuses |= set(WITH_BODY) if "requestBody" in operation else set()
    statuses |= set(WITH_QUERY) if operation.get("parameters") else set()
    statuses |= set(WITH_CALLER) if "security" in operation else set()
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses = {str(status): details for status, details in operation["responses"].items()}
    for status in sorted(statuses):
        responses[str(status)] = {"description": TITLES[status], "content": content}
    operation["responses"] = responses


def _once_header(shortest: int, words: str) -> dict[str, Any]:
    return {
        "in": "header",
        "name": HEADER,
        "required": False,
        "schema": {
            "type": "string",
            "minLength": shortest,
            "maxLength": KEY_MAX,
            "pattern": "^[!-~]*$",
        },
        "description": words,
    }
