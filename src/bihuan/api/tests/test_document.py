"""The OpenAPI document: valid, public, complete, and kept by every answer."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as openapi_checks
from tests.people import County

from bihuan.api.document import document_of
from bihuan.api.field_schemas import asked_schema, step_schemas
from bihuan.api.tests.conftest import As, caller_of, handed_over, listed
from bihuan.api.tests.test_routes import operations
from bihuan.api.urls import API
from bihuan.config.wsgi import application
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import to_code

EXAMPLES, EXAMPLES_OF_STEP = 28, 10  # about 330 requests in all
STEPS = {  # by whom, on the lead before or after its hand-over
    "classify": ("office", 1),
    "void": ("office", 1),
    "hand_over": ("office", 1),
    "acknowledge": ("receiver", 0),
    "object": ("receiver", 0),
    "record_findings": ("handler", 0),
    "record_progress": ("handler", 0),
    "mark_crime": ("office", 0),
}
FEW = settings(
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
pytestmark = pytest.mark.usefixtures("one_connection")
CHECKS = [
    schemathesis.checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]


def test_document_is_public_and_names_every_operation(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    told = answer.json()
    assert told["openapi"].startswith("3.1")
    named = {one["operationId"] for methods in told["paths"].values() for one in methods.values()}
    assert named == set(operations())


def test_every_schema_is_a_schema_and_every_reference_leads_somewhere() -> None:
    document = document_of(API)
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        jsonschema_rs.meta.validate({**schema, "components": document["components"]})
    references = {ref.removeprefix("#/components/schemas/") for ref in _references(document)}
    assert references <= set(schemas)


def test_each_step_has_a_schema() -> None:
    schemas = document_of(API)["components"]["schemas"]
    for loop in catalog().loops:
        for step in loop.steps:
            asked = schemas[f"{loop.key}.{step.key}"]
            assert {field.key for field in step.asks} - {"confirmed"} == set(
                asked["properties"]
            ) - {"confirmed"}
            assert set(asked["required"]) == {field.key for field in step.asks if field.required}
            assert asked["additionalProperties"] is False


def test_what_is_sealed_is_not_asked() -> None:
    loop = catalog().loop("lead")
    step = loop.step("register")
    sealed = tuple(replace(field, sealed=True) for field in step.asks[:2])
    asked = asked_schema((*sealed, *step.asks[2:]), title="试")
    assert set(asked["properties"]).isdisjoint({field.key for field in sealed})
    whole = step_schemas((replace(loop, steps=(replace(step, asks=sealed),)),))
    assert whole["lead.register"]["properties"] == {}


def test_kinds_give_the_options_of_the_place(county: County, as_: As) -> None:
    told = {kind["key"]: kind for kind in as_("office").read("kinds").json()["items"]}
    register = next(step for step in told["lead"]["steps"] if step["key"] == "register")
    assert "瞒报事故" in register["asks"]["properties"]["type"]["x-labels"].values()
    assert told["lead"]["may_open"]
    section = {kind["key"]: kind for kind in as_("handler").read("kinds").json()["items"]}
    assert not section["lead"]["may_open"]


@pytest.mark.slow
@pytest.mark.parametrize("key", sorted(operations()))
def test_answers_keep_to_the_document(key: str, ready_county: County, as_: As) -> None:
    county = ready_county
    codes = [to_code(handed_over(county, "coal").pk), to_code(listed(county, "noncoal").pk)]
    steps = [step.key for step in catalog().loop("lead").steps]
    ledgers = [ledger.key for ledger in catalog().ledgers]
    tokens = [
        caller_of(county, account).defaults["HTTP_AUTHORIZATION"]
        for account in ("office", "intake", "receiver", "handler", "leader")
    ]
    operation = _operation(document_of(API), key)
    made = st.one_of(
        operation.as_strategy(generation_mode=mode)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    )

    @settings(FEW, max_examples=EXAMPLES)
    @given(
        case=made,
        token=st.sampled_from(tokens),
        names=st.fixed_dictionaries(
            {
                "code": st.sampled_from(codes),
                "step": st.sampled_from(steps),
                "key": st.sampled_from(ledgers),
            }
        ),
        real=st.integers(0, 3),
    )
    def send(case: Any, token: str, names: dict[str, str], real: int) -> None:
        if real:  # most of the time ask about something that is there
            case.path_parameters = {
                name: names.get(name, value) for name, value in (case.path_parameters or {}).items()
            }
        answer = case.call(headers={"Authorization": token})
        case.validate_response(answer, checks=CHECKS)

    send()


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_steps_take_what_their_schema_says(step: str, ready_county: County, as_: As) -> None:
    account, place = STEPS[step]
    leads = [handed_over(ready_county, "coal"), listed(ready_county, "noncoal")]
    if step not in ("acknowledge", "classify"):
        as_("receiver").send(f"matters/{to_code(leads[0].pk)}/steps/acknowledge", {})
    code, token = to_code(leads[place].pk), as_(account).defaults["HTTP_AUTHORIZATION"]
    document = deepcopy(document_of(API))
    reference = {"$ref": f"#/components/schemas/lead.{step}"}
    document["components"]["schemas"]["TakeIn"]["properties"]["answers"] = reference
    operation = _operation(document, "take_step")
    met = set()

    @settings(FEW, max_examples=EXAMPLES_OF_STEP)
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def send(case: Any) -> None:
        case.path_parameters = {"code": code, "step": step}
        case.headers.pop("Idempotency-Key", None)
        answer = case.call(headers={"Authorization": token})
        case.validate_response(answer, checks=CHECKS)
        met.add(answer.status_code)

    send()
    assert met & {200, 422}  # it came as far as the answers
    assert met.isdisjoint({400, 401, 403, 404})


def _operation(document: dict[str, Any], key: str) -> Any:
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    found = (one.ok() for one in schema.get_all_operations())
    return next(one for one in found if one.definition.raw["operationId"] == key)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from _references(part)
    if isinstance(value, list):
        for part in value:
            yield from _references(part)
