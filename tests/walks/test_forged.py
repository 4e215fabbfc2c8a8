"""Forged ids, filters, fields, kinds and page keys: refused in words or empty, nothing changed."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from bihuan.desk.files import NO_SCRIPT
from bihuan.matters.identity import to_code
from bihuan.matters.models import Attachment, Entry, Matter
from bihuan.matters.moment import standing_at
from tests.people import County
from tests.walks.route_world import AT, World, counts, fresh_allowances, settle_world, texts_of

ODD_DAYS = ("0001-01-01", "1900-01-01", "2199-12-31", "9999-12-31")
ODD_KEYS = ("", "0", "~", "x" * 5000, "\0", "-1", "9" * 40, "0000000000000", "%00", "٣", "²")
ODD_KEYS += ODD_DAYS
LISTS = (
    "/desk/m/lead/?after={key}",
    "/desk/m/lead/?tab=all&sort=new&after={key}&unit={key}&township={key}&site={key}&due_from={key}&due_to={key}",
    "/desk/m/lead/?q={key}&tab={key}&cols={key}&sort={key}&category={key}&source={key}&kept={key}",
    "/desk/m/lead/export.csv?after={key}&unit={key}&opened_from={key}&opened_to={key}&fact_channel={key}",
    "/desk/inbox?after={key}&kind={key}&unit={key}",
    "/desk/search?q={key}",
    "/desk/notices?after={key}",
    "/desk/statistics/lead/?from={key}&to={key}",
    "/desk/ledgers/reward_notice/?after={key}&q={key}&state={key}",
    "/desk/ledgers/reward_notice/export.xlsx?q={key}&state={key}",
    "/desk/watch/?on={key}",
    "/desk/reports/lead-list/?on={key}&version={key}",
    "/desk/reports/lead-list/export.xlsx?on={key}&version={key}",
    "/desk/matters/{code}/?after={key}",
    "/published?q={key}&kind={key}&page={key}&after={key}&town={key}&year={key}&township={key}",
    "/published.csv?q={key}&kind={key}&township={key}",
)
ADMIN_LISTS = (
    ("audit", "/desk/admin/sign-ins/?before={key}"),
    ("audit", "/desk/admin/changes/?before={key}&only={key}"),
    ("audit", "/desk/readings?after={key}"),
    ("system", "/desk/admin/places/units/?from={key}"),
    ("system", "/desk/admin/values/?region={key}"),
    ("system", "/desk/admin/values/lead.feedback_days?region={key}"),
)


@pytest.fixture
def world(county: County, neighbour: County, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Two counties with one of everything."""
    fresh_allowances(monkeypatch)
    settled = settle_world(county, neighbour)
    with standing_at(AT):
        yield settled


def register(world: World, **forged: Any) -> Any:
    """A registration of a fresh lead of the county through the API."""
    opening = {"kind": "lead", "answers": {"source": "举报电话", "channel": "phone"}}
    program = world.program("intake")
    lead = program.post("/api/v1/matters", opening, content_type="application/json").json()
    answers = {
        "title": "反映兴旺煤矿超员",
        "summary": "兴旺煤矿夜班下井人数超过规定。",
        "type": "重大事故隐患",
        "source": "举报电话",
        **forged,
    }
    path = f"/api/v1/matters/{lead['id']}/steps/register"
    answer = program.post(path, {"answers": answers}, content_type="application/json")
    return answer, lead["id"]


def test_ids_of_the_neighbour_are_refused_in_answers(world: World) -> None:
    for key in ("site", "accused_unit", "accused_person", "locality", "unit"):
        refuse_foreign(world, key)


def refuse_foreign(world: World, key: str) -> None:
    """An id of next door in one answer: refused with a sentence, the matter stays where it is."""
    there = world.neighbour
    forged = {
        "site": there.sites["xingwang"].pk,
        "accused_unit": there.units["coal"].pk,
        "accused_person": there.users["handler"].person_id,
        "unit": there.units["coal"].pk,
        "locality": there.regions["north"].pk,
    }[key]
    if key in ("unit", "locality"):
        answer, code = register(world)
        assert answer.status_code == 200
        home = world.county
        right = {"unit": home.units["coal"].pk, "locality": home.regions["north"].pk}
        before = counts()
        answer = world.program("office").post(
            f"/api/v1/matters/{code}/steps/classify",
            {"answers": {**right, key: forged}},
            content_type="application/json",
        )
    else:
        before = counts()
        before["matters.Matter"] += 1  # the fresh lead itself
        answer, code = register(world, **{key: forged})
        assert world.program("intake").get(f"/api/v1/matters/{code}").json()["seq"] == 1
    assert answer.status_code == 422, answer.content.decode()
    assert key in answer.json()["fields"]
    assert there.name not in answer.content.decode()
    assert counts()["matters.Matter"] == before["matters.Matter"]
    assert world.program("neighbour:office").get(f"/api/v1/matters/{code}").status_code == 404


def test_typed_ids_show_no_foreign_names(world: World) -> None:
    """A form sent back names only what its place may name."""
    stranger = world.neighbour.users["handler"].person
    stranger.name = "闻人不识"
    stranger.save()
    site = world.neighbour.sites["baiyun"]
    site.name = "白水石料厂"
    site.save()
    _answer, code = register(world, title="")
    sent = {"title": "", "site": str(site.pk), "accused_person": str(stranger.pk)}
    page = world.desk("intake").post(f"/desk/matters/{code}/steps/register/", sent)
    assert page.status_code == 422
    for name in (stranger.name, site.name):
        assert name not in page.content.decode()


def test_filters_by_the_neighbours_ids_find_nothing(world: World) -> None:
    here = world.county
    for account in ("office", "neighbour:office"):
        client = world.desk(account)
        for query in (
            f"unit={here.units['coal'].pk}",
            f"township={here.regions['north'].pk}",
            "site=兴旺煤矿",
        ):
            text = texts_of(client.get(f"/desk/m/lead/?tab=all&{query}"))
            found = to_code(world.lead.pk) in text
            assert found is (account == "office"), (account, query)
    for query in (f"site={here.sites['xingwang'].pk}", "q=七里坡", "kind=lead"):
        for account, expected in (("office", True), ("neighbour:office", False)):
            items = world.program(account).get(f"/api/v1/matters?{query}").json()["items"]
            assert bool(items) is expected, (account, query)


def test_what_belongs_to_another_matter_isnt_served_under_ones_own(world: World) -> None:
    """File, paper and envelope ids of one matter under the address of another."""
    office, closed, tip = world.desk("office"), to_code(world.closed.pk), world.args["tip"]
    other = Attachment.objects.get(matter=world.closed)
    assert office.get(f"/desk/matters/{closed}/files/{other.pk}").status_code == 200
    for path in (
        f"/desk/matters/{tip}/files/{other.pk}",
        f"/desk/matters/{tip}/files/{other.pk}/view",
        f"/desk/matters/{closed}/papers/{world.args['paper']}.docx",
        f"/desk/matters/{tip}/papers/{world.args['paper']}.exe",
        f"/desk/matters/{tip}/files/{world.args['kept']}",
        f"/desk/ledgers/reward_notice/{world.args['record']}/files/{other.pk}/",
        f"/desk/ledgers/intake_channel/{world.args['record']}/",
    ):
        assert office.get(path).status_code == 404, path
    opened = world.opened("office", "account")
    assert opened.get(f"/desk/matters/{closed}/original/{world.args['view']}").status_code == 404
    held = world.args["held"]
    assert opened.get(f"/desk/matters/{tip}/original/{held}").status_code in (403, 404)
    keeper = world.opened("custodian", "identity")
    path = f"/desk/matters/{tip}/identity/{held}"
    assert keeper.post(path, {"reason": "核发奖励核对"}).status_code == 200


def test_files_named_in_answers_must_be_the_matters_own(world: World) -> None:
    other = Attachment.objects.get(matter=world.closed)
    before = Entry.objects.count()
    answer = world.program("office").post(
        f"/api/v1/matters/{world.args['lead']}/steps/note",
        {"answers": {"note": "已去过。", "files": [other.pk]}},
        content_type="application/json",
    )
    assert answer.status_code == 422
    assert Entry.objects.count() == before


def test_hidden_fields_change_nothing(world: World) -> None:
    """Fields that a step doesn't ask: the API refuses them, the form doesn't hear them."""
    lead = Matter.objects.get(pk=world.lead.pk)
    extra = {"stage": "closed", "unit": "1", "number": "线索〔2026〕99号", "is_open": "0"}
    path = f"matters/{world.args['lead']}/steps/note"
    answer = world.program("office").post(
        f"/api/v1/{path}",
        {"answers": {"note": "已去过。", **extra}},
        content_type="application/json",
    )
    assert answer.status_code == 422
    assert "这一步没有" in answer.json()["detail"]
    sent = {"note": "已经去过。", **extra, "by": "1", "now": "2020-01-01"}
    assert world.desk("office").post(f"/desk/{path}/", sent).status_code == 303
    after = Matter.objects.get(pk=lead.pk)
    kept = ("stage", "unit_id", "number", "is_open", "l1", "l2", "l3", "l4", "opened_at")
    assert [getattr(after, key) for key in kept] == [getattr(lead, key) for key in kept]
    assert after.last_seq == lead.last_seq + 1


def test_what_isnt_declared_isnt_found(world: World) -> None:
    office, program = world.desk("office"), world.program("office")
    for path in (
        "/desk/m/none/", "/desk/m/none/new/", "/desk/m/none/import", "/desk/m/none/export.csv",
        "/desk/m/lead/export.exe", "/desk/statistics/none/", "/desk/ledgers/none/",
        "/desk/duties/none/", "/desk/reports/none/", "/desk/m/transfer_police/new/",
        "/desk/m/lead/import/errors/forged", "/desk/none", "/desk/matters/none/",
        f"/desk/matters/{world.args['lead']}/steps/none/",
        f"/desk/matters/{world.args['lead'].upper()}x/",
    ):  # fmt: skip
        answer = office.get(path)
        assert answer.status_code == 404, path
    for query in ("kind=none", "stage=none", "after=none", "site=abc", "overdue=perhaps"):
        assert program.get(f"/api/v1/matters?{query}").status_code == 422, query
    for path in ("ledgers/none", "matters/none", "none", "matters/0000000000000"):
        assert program.get(f"/api/v1/{path}").status_code == 404, path
    opening = {"kind": "none", "answers": {}}
    assert program.post("/api/v1/matters", opening, "application/json").status_code == 422
    with_region = {"kind": "lead", "answers": {}, "region": world.neighbour.region.pk}
    answer = world.program("intake").post("/api/v1/matters", with_region, "application/json")
    assert answer.status_code == 422


def test_odd_page_keys_and_filters_break_nothing(world: World) -> None:
    wrong = []
    asked = [("office", path) for path in LISTS] + list(ADMIN_LISTS)
    for key in ODD_KEYS:
        for account, path in asked:
            address = path.replace("{key}", quote(key)).replace("{code}", world.args["lead"])
            answer = world.desk(account).get(address)
            texts_of(answer)
            if answer.status_code not in (200, 302, 404, 422):
                wrong.append(f"{answer.status_code} {address[:300]}")
        for path in ("matters?q={key}&after={key}", "ledgers/reward_notice?after={key}"):
            answer = world.program("office").get(f"/api/v1/{path}".replace("{key}", quote(key)))
            if answer.status_code not in (200, 422):
                wrong.append(f"{answer.status_code} {path} {key[:40]!r}")
    assert not wrong, "\n".join(wrong)


def test_a_page_key_of_another_county_shows_only_ones_own(world: World) -> None:
    key = world.args["lead"]
    for path in ("/desk/m/lead/", "/desk/inbox", "/desk/ledgers/reward_notice/"):
        text = texts_of(world.desk("neighbour:office").get(f"{path}?tab=all&after={key}"))
        assert "七里坡" not in text
    answer = world.program("neighbour:office").get(f"/api/v1/matters?after={key}")
    assert answer.json()["items"] == []


def test_a_session_of_next_door_takes_no_bulk_step_here(world: World) -> None:
    before = counts()
    sent = {"step": "hand_over", "selected": world.args["tip"], "letter_source": "public",
            "filled": "1"}  # fmt: skip
    answer = world.desk("neighbour:office").post("/desk/m/lead/bulk/", sent)
    assert answer.status_code in (302, 404, 409)
    assert counts() == before


def test_files_are_served_where_no_script_runs(world: World) -> None:
    answer = world.desk("handler").get(
        f"/desk/matters/{world.args['lead']}/files/{world.args['file']}"
    )
    assert answer["Content-Security-Policy"] == NO_SCRIPT
    assert answer["Content-Disposition"].startswith("attachment")
    assert Client().get("/static/../secrets/django").status_code == 404
