"""The demonstration: settled once, through the engine, on any date, with somebody in every role."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from string import Formatter
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker
from tests.people import County

from bihuan.accounts.actors import actor_of
from bihuan.accounts.models import Grant, User
from bihuan.accounts.passwords import password_faults
from bihuan.accounts.roles import ADMINISTRATORS, ROLES
from bihuan.config.demo_data import demo_data
from bihuan.config.demonstration import settle_demonstration, sign_ins
from bihuan.config.shot_pages import NO_PICTURE, planned
from bihuan.disclosure.models import Snapshot
from bihuan.documents.personal_data import find_personal_data
from bihuan.language.clock import SHANGHAI
from bihuan.leads.loop import LEAD
from bihuan.leads.models import Envelope, KeyHolder
from bihuan.leads.roster import published_channels
from bihuan.matters.answers import UNCERTAIN
from bihuan.matters.coverage import coverage
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Entry, Facts, Matter, RungFired, Seal
from bihuan.matters.verify import verify
from bihuan.places.models import Appointment, Region, Site
from bihuan.regulations.packs import load_packs
from bihuan.reports.models import ReportVersion

# Early in the morning of a year whose holiday notice isn't loaded, shortly after New Year.
NOW = datetime(2027, 2, 10, 3, 20, tzinfo=SHANGHAI)
KINDS_OF_ANSWERS = ("lead", "proposal", "recheck", "reward", "transfer_police")


@pytest.fixture(scope="module")
def sentence(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """What settling said; the whole module looks at the one settled county."""
    home = override_settings(MODE="demo", HOME=tmp_path_factory.mktemp("demonstration"))
    with django_db_blocker.unblock(), home, transaction.atomic():
        load_packs(settings.DATA / "packs", now=NOW)
        yield settle_demonstration(now=NOW)
        transaction.set_rollback(True)


def _stories() -> dict[str, Any]:
    return dict(demo_data("stories")["stories"])


def _steps_of(story: dict[str, Any]) -> list[list[Any]]:
    parts = demo_data("stories")["parts"]
    shared = [step for part in story.get("parts", ()) for step in parts[part]]
    return [*shared, *story.get("steps", ())]


@pytest.mark.parametrize("name", _stories())
def test_every_story_names_steps_and_roles_that_exist(name: str) -> None:
    for _when, role, path, *_extra in _steps_of(_stories()[name]):
        *above, key = path.split(".")
        kinds = [kind for kind in above if kind != "twin"]
        step = catalog().loop(kinds[0] if kinds else "lead").step(key)
        assert ("public" if role == "reporter" else role) in (*step.by, "leader")


@pytest.mark.parametrize("kind", KINDS_OF_ANSWERS)
def test_answers_are_asked_by_the_step(kind: str) -> None:
    for key, answers in demo_data("answers")[kind].items():
        asked = {field.key for field in catalog().loop(kind).step(key).asks}
        assert set(answers) <= asked


def test_texts_hold_no_personal_data() -> None:
    mines = [row[0] for row in demo_data("places")["mines"]["list"]]
    topics = demo_data("topics")
    for number, topic in enumerate((*topics["coal"].values(), *topics["noncoal"].values())):
        mine = mines[number % len(mines)]
        texts = [topic[part].format(mine=mine) for part in ("title", "summary", "found", "cleared")]
        for text in (*texts, *topic["progress"]):
            assert find_personal_data(text) == [], text


def test_topics_fill_only_what_is_known() -> None:
    for kind in ("coal", "noncoal"):
        for topic in demo_data("topics")[kind].values():
            named = {name for _text, name, *_rest in Formatter().parse(topic["summary"]) if name}
            assert named <= {"mine"}


def test_the_printed_password_keeps_the_rules() -> None:
    people = demo_data("people")
    for account in people["people"]:
        assert password_faults(people["password"], username=account) == []


def test_a_live_deployment_is_left_alone(db: None, settings: LazySettings) -> None:
    settings.MODE = "live"
    assert "演示用的数据目录" in settle_demonstration(now=NOW)
    assert not User.objects.exists()


def test_a_county_that_works_is_left_alone(county: County, settings: LazySettings) -> None:
    settings.MODE = "demo"
    assert county.users
    before = User.objects.count()
    assert "已有账号" in settle_demonstration(now=NOW)
    assert User.objects.count() == before


@pytest.mark.slow
@pytest.mark.usefixtures("sentence")
class TestSettled:
    """One settling, looked at from every side."""

    def test_every_stage_of_the_lead_has_a_matter(self, sentence: str) -> None:
        assert "演示县已装好" in sentence
        leads = Matter.objects.filter(kind="lead")
        stages = set(leads.values_list("stage", flat=True))
        assert {stage.key for stage in LEAD.stages} == stages
        assert leads.count() >= 135

    def test_the_small_loops_stand_where_a_visitor_expects_them(self) -> None:
        ends = set(Matter.objects.exclude(kind="lead").values_list("kind", "stage"))
        assert {
            ("reward", "deciding"),
            ("reward", "approved"),
            ("reward", "claimed"),
            ("reward", "paid"),
            ("reward", "waived"),
            ("recheck", "checking"),
            ("recheck", "confirmed"),
            ("recheck", "false"),
            ("proposal", "proposed"),
            ("proposal", "confirmed"),
            ("proposal", "declined"),
            ("transfer_police", "receipted"),
            ("transfer_discipline", "receipted"),
            ("publication_problem", "withdrawn"),
            ("publication_result", "drafting"),
            ("publication_result", "deferred"),
            ("publication_result", "released"),
        } <= ends

    def test_the_trail_agrees_with_everything(self) -> None:
        report = verify()
        assert report.faults == []
        assert report.seals == Seal.objects.count() >= 149

    def test_no_matter_lacks_a_trail(self) -> None:
        told = set(Entry.objects.filter(seq=1).values_list("matter_id", flat=True))
        assert set(Matter.objects.values_list("pk", flat=True)) <= told

    def test_nothing_happened_ahead_of_now_or_out_of_order(self) -> None:
        assert not Entry.objects.filter(recorded_at__gt=NOW).exists()
        last: dict[int, datetime] = {}
        rows = Entry.objects.order_by("matter_id", "seq").values_list("matter_id", "recorded_at")
        for matter_id, at in rows:
            assert last.get(matter_id, at) <= at
            last[matter_id] = at

    def test_the_clock_acted_day_by_day(self) -> None:
        acts = set(RungFired.objects.values_list("act", flat=True))
        assert {"remind", "notify", "propose"} <= acts

    def test_every_role_has_a_sign_in_that_opens(self) -> None:
        printed = sign_ins().splitlines()
        password = demo_data("people")["password"]
        for role in ROLES:
            line = next(one for one in printed if one.strip().startswith(role.label))
            user = User.objects.get(username=line.split()[1])
            assert user.grants.filter(role=role.key).exists()
            assert check_password(password, user.password)
        kept = Grant.objects.filter(role__in=ADMINISTRATORS).values_list("user_id", flat=True)
        assert len(set(kept)) == 3

    def test_an_acting_head_signed_with_his_paper(self) -> None:
        acting = Appointment.objects.get(is_acting=True)
        assert acting.paper
        signed = Facts.objects.filter(data__signature__acting_paper=acting.paper)
        assert signed.exists()

    def test_keys_stand_and_tips_are_sealed(self) -> None:
        assert KeyHolder.objects.filter(is_active=True).count() == 2
        sealed = set(Envelope.objects.values_list("purpose", flat=True))
        assert sealed == set(KeyHolder.objects.values_list("purpose", flat=True))

    def test_no_fact_holds_personal_data(self) -> None:
        for data in Facts.objects.values_list("data", flat=True):
            for key in ("title", "summary", "verified_facts", "text", "progress", "reason"):
                marks = find_personal_data(str(data.get(key) or ""))
                assert [mark for mark in marks if mark.kind not in UNCERTAIN] == []

    def test_a_reporter_stands_in_no_clear_row(self) -> None:
        tips = demo_data("topics")["tips"]
        told = [tip[key] for tip in tips for key in ("words", "name", "phone") if key in tip]
        for data in Facts.objects.values_list("data", flat=True):
            plain = str(data)
            assert not [words for words in told if words in plain]

    def test_the_public_has_something_to_read(self) -> None:
        assert Snapshot.objects.filter(withdrawn_at=None).count() > 100
        assert Snapshot.objects.exclude(withdrawn_at=None).exists()
        county = Region.objects.get(code=demo_data("places")["county"])
        assert len(published_channels(NOW.date(), region=county)) == 4

    def test_mines_can_be_found_by_initials(self) -> None:
        assert Site.objects.get(name="青石岭煤矿").initials == "qslmk"
        assert Site.objects.count() == 30

    def test_most_mines_have_a_notice_and_some_have_none(self) -> None:
        by = actor_of(User.objects.get(username="office"), on=NOW.date())
        found = coverage("reward_notice", by=by, on=NOW.date())
        assert len(found.missing) < 8 < sum(one.is_done for one in found.standings)
        assert found.missing

    def test_daily_lists_were_fixed_by_somebody_but_yesterdays_waits(self) -> None:
        fixed = ReportVersion.objects.filter(report="lead-list", issued_by__isnull=False)
        days = set(fixed.values_list("day", flat=True))
        today = NOW.date()
        weeks = {today - timedelta(days=ago) for ago in range(2, 100)}
        assert len(weeks - days) <= 3
        assert today - timedelta(days=1) not in days

    def test_every_page_is_pictured_or_says_why_not(self, settings: LazySettings) -> None:
        settings.MODE = "demo"
        plan = planned()
        assert plan.unplanned == ()
        pictured = {shot.route for shot in plan.shots}
        assert not pictured & set(NO_PICTURE), "a page that is pictured needs no reason"
        assert {"status", "desk:home", "portal:tip_off"} <= pictured

    def test_the_second_start_does_nothing(self) -> None:
        before = (Entry.objects.count(), User.objects.count())
        assert "没有改动" in settle_demonstration(now=NOW)
        assert (Entry.objects.count(), User.objects.count()) == before
