"""Matters through the API: list, one, open, take a step, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.people import NOW, County

from bihuan.api.shapes import matter_shape
from bihuan.api.tests.conftest import As, Caller, caller_of, handed_over, listed
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import to_code
from bihuan.matters.inbox import ROW
from bihuan.matters.models import Entry, Matter
from bihuan.matters.moment import standing_at

FINDINGS = {
    "finding": "属实",
    "verified_facts": "现场核查，夜班下井二十六人，超过限员。",
    "measures": ["停产整顿并挂牌督办"],
}


def ids(answer: object) -> list[str]:
    return [row["id"] for row in answer.json()["items"]]


def test_one_matter_tells_all(lead: Matter, as_: As, county: County) -> None:
    told = as_("receiver").read(f"matters/{to_code(lead.pk)}").json()
    assert told["number"] == "线索〔2026〕1号"
    assert [line["words"] for line in told["trail"]] == [
        "百日攻坚行动办公室 陈接件登记举报线索，受理号 " + lead.acceptance_number + "。",
        "百日攻坚行动办公室 陈接件登记，编号为线索〔2026〕1号，列入3月1日问题线索清单。",
        "百日攻坚行动办公室 陈督办归类：拟交青石县煤矿安全股承办，属地北川镇。",
        told["trail"][3]["words"],
    ]
    assert "交办青石县煤矿安全股，限3月8日前反馈" in told["trail"][3]["words"]
    (clock,) = [timer for timer in told["timers"] if timer["state"] == "running"]
    assert clock["late"] is False
    assert "交办" in clock["explanation"]
    allowed = {step["key"]: step["schema_name"] for step in told["allowed"]}
    assert allowed["acknowledge"] == "lead.acknowledge"
    assert "hand_over" not in allowed
    refused = {step["key"]: step["reason"] for step in told["refused"]}
    assert "须由" in refused["reassign"]
    words = {fact["key"]: fact["words"] for fact in told["facts"]}
    assert words["site"] == "兴旺煤矿"
    assert words["type"] == "重大事故隐患"
    assert told["seq"] == 4
    assert told["children"] == []  # opened before the section had it: not in its reach
    (child,) = as_("office").read(f"matters/{to_code(lead.pk)}").json()["children"]
    assert child["kind"] == "publication_problem"


def test_what_is_sealed_stays_out_even_if_a_story_names_it(lead: Matter, county: County) -> None:
    loop = catalog().loop("lead")
    steps = tuple(
        replace(step, asks=tuple(replace(field, sealed=True) for field in step.asks))
        if step.key == "object"
        else step
        for step in loop.steps
    )
    facts = {"objection": "不属本股室职责", "finding": "属实"}
    case = Case(
        matter=lead,
        loop=replace(loop, steps=steps),
        by=county.actor("office"),
        now=NOW,
        facts=facts,
    )
    row = Matter.objects.filter(pk=lead.pk).values(*ROW).get()
    assert [fact["key"] for fact in matter_shape(case, row)["facts"]] == ["finding"]


def test_list_is_narrowed(lead: Matter, as_: As, county: County) -> None:
    office, code = as_("office"), to_code(lead.pk)
    assert ids(office.read("matters?kind=lead&stage=assigned")) == [code]
    assert ids(office.read("matters?kind=lead&stage=checking")) == []
    assert ids(office.read(f"matters?kind=lead&site={county.sites['xingwang'].pk}")) == [code]
    assert ids(office.read(f"matters?kind=lead&site={county.sites['baiyun'].pk}")) == []
    assert ids(office.read("matters?kind=lead&q=兴旺煤矿")) == [code]
    assert ids(office.read("matters?kind=lead&q=白云")) == []
    assert ids(office.read("matters?kind=lead&overdue=true")) == []
    with standing_at(NOW + timedelta(days=9)):
        assert ids(office.read("matters?kind=lead&overdue=true")) == [code]
        assert ids(office.read("matters?kind=lead&overdue=false")) == []


def test_pages_follow_each_other(county: County, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bihuan.matters.inbox.PAGE", 2)
    made = [to_code(listed(county, "coal", title=f"反映第{n}件").pk) for n in range(5)]
    office, seen, address = as_("office"), [], "/api/v1/matters?kind=lead"
    while address:
        page = office.get(address).json()
        seen += [row["id"] for row in page["items"]]
        address = page["next"]
    assert seen == made[::-1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kind=unknown", "kind"),
        ("kind=lead&stage=unknown", "stage"),
        ("site=x", "site"),
        ("overdue=perhaps", "overdue"),
        ("after=0000", "after"),
    ],
)
def test_wrong_narrowing_is_told(as_: As, query: str, field: str) -> None:
    answer = as_("office").read(f"matters?{query}")
    assert answer.status_code == 422
    assert field in answer.json()["fields"]


def test_open_and_step(as_: As, county: County) -> None:
    intake = as_("intake")
    opened = intake.send("matters", {"kind": "lead", "answers": {"source": "举报电话"}})
    assert opened.status_code == 201
    told = opened.json()
    assert told["acceptance_number"]
    assert Matter.objects.get(acceptance_number=told["acceptance_number"]).l3 == county.region.pk
    short = intake.send(f"matters/{told['id']}/steps/register", {"answers": {"title": "某"}})
    assert short.status_code == 422
    assert short.json()["fields"]["summary"] == "请填写“线索摘要”。"


def test_double_step_is_refused(lead: Matter, as_: As) -> None:
    receiver, path = as_("receiver"), f"matters/{to_code(lead.pk)}/steps/acknowledge"
    assert receiver.send(path, {"seen_seq": 4}).status_code == 200
    again = receiver.send(path, {"seen_seq": 4})
    assert again.status_code == 409
    assert "刚才已经办过" in again.json()["detail"]


def test_sent_twice_acts_once(lead: Matter, as_: As, county: County) -> None:
    receiver, path = as_("receiver"), f"matters/{to_code(lead.pk)}/steps/acknowledge"
    once = {"Idempotency-Key": "k-1"}
    first = receiver.send(path, {}, **once)
    second = receiver.send(path, {}, **once)
    assert (first.status_code, first.json()) == (200, second.json())
    assert second.status_code == 200
    assert Entry.objects.filter(matter_id=lead.pk, step="acknowledge").count() == 1
    other = receiver.send(path, {"seen_seq": 1}, **once)
    assert other.status_code == 422
    mine = as_("handler").send(f"matters/{to_code(lead.pk)}/steps/record_progress", {}, **once)
    assert mine.status_code == 422
    assert "progress" in mine.json()["fields"]


def test_opening_twice_opens_one(as_: As) -> None:
    intake, body = as_("intake"), {"kind": "lead", "answers": {"source": "举报电话"}}
    answers = [intake.send("matters", body, **{"Idempotency-Key": "a"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert Matter.objects.filter(kind="lead").count() == 1
    with standing_at(NOW + timedelta(days=2)):
        assert intake.send("matters", body, **{"Idempotency-Key": "a"}).status_code == 201
    assert Matter.objects.filter(kind="lead").count() == 2


def test_refusal_is_not_kept(lead: Matter, as_: As) -> None:
    handler, path = as_("handler"), f"matters/{to_code(lead.pk)}/steps/record_findings"
    once = {"Idempotency-Key": "k-2"}
    assert handler.send(path, {"answers": FINDINGS}, **once).status_code == 409
    as_("receiver").send(f"matters/{to_code(lead.pk)}/steps/acknowledge", {})
    assert handler.send(path, {"answers": FINDINGS}, **once).status_code == 200


@pytest.mark.clause("LX-A7-2")
def test_section_only_feeds_back(county: County, as_: As) -> None:
    mine = handed_over(county, "coal")
    theirs = handed_over(county, "noncoal", title="反映白云石料矿无证")
    fresh = as_("office").send("matters", {"kind": "lead", "answers": {"source": "来信"}}).json()
    for account in ("receiver", "handler", "head"):
        caller = as_(account)
        created = caller.send("matters", {"kind": "lead", "answers": {"source": "来信"}})
        assert created.status_code == 403
        assert ids(caller.read("matters?kind=lead")) == [to_code(mine.pk)]
        for hidden in (to_code(theirs.pk), fresh["id"]):
            assert caller.read(f"matters/{hidden}").status_code == 404
            sent = caller.send(f"matters/{hidden}/steps/void", {"answers": {"reason": "误录"}})
            assert sent.status_code == 404
    handler, path = as_("handler"), f"matters/{to_code(mine.pk)}/steps"
    place = {"unit": county.units["noncoal"].pk, "locality": county.regions["south"].pk}
    for step, answers in (
        ("register", {"title": "改", "summary": "改", "type": "major_hazard", "source": "改"}),
        ("classify", place),
        ("void", {"reason": "误录"}),
        ("hand_over", {"letter_source": "public"}),
        ("reassign", {"unit": place["unit"], "letter_source": "public", "reason": "改"}),
        ("close", {}),
    ):
        assert handler.send(f"{path}/{step}", {"answers": answers}).status_code == 403
    foreign = {"answers": {**FINDINGS, "title": "另写"}}
    as_("receiver").send(f"{path}/acknowledge", {})
    assert handler.send(f"{path}/record_findings", foreign).status_code == 422
    assert handler.send(f"{path}/record_findings", {"answers": FINDINGS}).status_code == 200
    draft = listed(county, "noncoal", title="反映错录的一件")
    voided = as_("office").send(
        f"matters/{to_code(draft.pk)}/steps/void", {"answers": {"reason": "误录"}}
    )
    assert voided.status_code == 200


def test_recused_person_finds_nothing(county: County, lead: Matter, as_: As) -> None:
    office = as_("office")
    path = f"matters/{to_code(lead.pk)}"
    assert office.read(path).status_code == 200
    about = as_("intake").send("matters", {"kind": "lead", "answers": {"source": "来访"}}).json()
    answers = {
        "title": "反映工作人员吃拿卡要",
        "summary": "反映该工作人员收受财物。",
        "type": "重大事故隐患",
        "source": "来访",
        "accused_person": county.users["office"].person_id,
    }
    registered = as_("intake").send(f"matters/{about['id']}/steps/register", {"answers": answers})
    assert registered.status_code == 200
    assert office.read(f"matters/{about['id']}").status_code == 404
    assert about["id"] not in ids(office.read("matters?kind=lead"))
    assert about["id"] not in ids(office.read("matters?kind=lead&q=吃拿卡要"))


def test_neighbour_finds_nothing(lead: Matter, county: County, neighbour: County) -> None:
    office: Caller = caller_of(neighbour, "office")
    assert ids(office.read("matters?kind=lead")) == []
    assert office.read(f"matters/{to_code(lead.pk)}").status_code == 404


def test_a_unit_is_told_as_little_as_on_its_pages(county: County, lead: Matter, as_: As) -> None:
    """How a lead came in, and by what kind of person, stays with the office."""

    def keys(account: str) -> set[str]:
        told = as_(account).read(f"matters/{to_code(lead.pk)}").json()
        return {one["key"] for one in told["facts"]}

    assert "received_at" in keys("office")
    assert not {"received_at", "channel", "reporter_kind"} & keys("receiver")
    assert {"title", "summary", "type"} <= keys("receiver")
