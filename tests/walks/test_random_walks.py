"""Random walks over every loop: whoever presses whatever, the trail and the clocks stay whole."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Step
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import open_matter, take_step
from bihuan.matters.models import Entry, Facts, Matter, Timer
from bihuan.matters.permission import offers
from bihuan.matters.reach import may_see
from bihuan.matters.refusals import Refused
from bihuan.matters.ticking import tick
from bihuan.matters.verify import verify
from tests.people import STAFF, County

START = datetime(2026, 3, 1, 8, tzinfo=SHANGHAI)
PRESSES = 120
TEXT = "现场核查，夜班下井人数超过规定，已责令改正。"


def answer(field: Field, county: County, draw: random.Random, now: datetime, case: Case) -> Any:
    """A plausible answer, sometimes none, sometimes nonsense."""
    if draw.random() < 0.05:
        return draw.choice((None, "", "乱写", -1, ["?"]))
    if not field.required and draw.random() < 0.4:
        return None
    units = [county.units[key].pk for key in ("coal", "noncoal", "natural", "town", "firm")]
    options = case.value(field.options_param).options if field.options_param else field.options
    simple: dict[Kind, Any] = {
        Kind.INTEGER: draw.randint(0, 9),
        Kind.AMOUNT: f"{draw.randint(1, 9)}000",
        Kind.NUMBER: f"{draw.randint(0, 99)}.5",
        Kind.DAY: (now + timedelta(days=draw.randint(-2, 9))).date().isoformat(),
        Kind.MOMENT: now.isoformat(),
        Kind.YES_NO: draw.choice(("是", "否")),
        Kind.UNIT: draw.choice(units),
        Kind.REGION: county.regions[draw.choice(("south", "north"))].pk,
        Kind.SITE: draw.choice(list(county.sites.values())).pk,
        Kind.PERSON: county.users["handler"].person_id,
        Kind.FILES: [],
        Kind.MATTER: "线索〔2026〕1号",
        Kind.CHOICE: draw.choice(options).key if options else "其他",
        Kind.CHOICES: [draw.choice(options).key] if options else [],
    }
    return simple.get(field.kind, TEXT[: field.max_length or len(TEXT)])


def somebody(
    county: County, draw: random.Random, matter: Matter, now: datetime
) -> tuple[Case, Step]:
    """Mostly somebody with a step that he may take, sometimes anybody with any step."""
    loop = catalog().loop(matter.kind)
    facts = Facts.objects.get(pk=matter.pk).data
    staff = draw.sample(list(STAFF), len(STAFF))
    for account in staff:
        by = county.actor(account)
        case = Case(matter=matter, loop=loop, by=by, now=now, facts=dict(facts))
        mine = [offer.step for offer in offers(case) if offer.is_allowed]
        if draw.random() < 0.1:
            return case, draw.choice(loop.steps)
        if mine and may_see(matter, by=by):
            return case, draw.choice(mine)
    return case, draw.choice(loop.steps)


def press(county: County, draw: random.Random, matter: Matter, now: datetime) -> bool:
    """Somebody presses something; returns whether it was taken, and nothing moved if not."""
    case, step = somebody(county, draw, matter, now)
    answers = {field.key: answer(field, county, draw, now, case) for field in step.asks}
    try:
        take_step(matter.pk, step.key, by=case.by, now=now, answers=answers)
    except Refused as refused:
        sentence = refused.sentence
    else:
        assert Matter.objects.get(pk=matter.pk).last_seq > matter.last_seq
        return True
    assert sentence
    assert Matter.objects.get(pk=matter.pk).last_seq == matter.last_seq
    return False


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_pressed_the_trail_stays_whole(county: County, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - a walk, not a secret
    for n in range(3):
        open_matter(
            "lead",
            by=county.actor("intake"),
            now=START + timedelta(minutes=n),
            answers={
                "source": "举报电话",
                "reporter_kind": "public",
                "reporter_reachable": "是",
                "site": county.sites["qingshiling"].pk,
            },
            region_id=county.region.pk,
        )
    now, taken = START + timedelta(hours=1), 0
    for _ in range(PRESSES):
        now += timedelta(hours=draw.randint(0, 12))
        if draw.random() < 0.15:
            tick(now=now)
        matter = draw.choice(list(Matter.objects.order_by("id")))
        taken += press(county, draw, matter, now)
    assert taken
    check_whole(now)


def check_whole(now: datetime) -> None:
    """The invariants of every deployment."""
    assert verify().faults == []
    for matter in Matter.objects.all():
        loop = catalog().loop(matter.kind)
        stage = loop.stage(matter.stage)
        assert matter.is_open is not stage.closed
        assert (matter.closed_at is None) is matter.is_open
        assert Entry.objects.filter(matter_id=matter.pk).count() == matter.last_seq
        running = Timer.objects.filter(matter=matter, state=Timer.State.RUNNING)
        if stage.closed:
            assert not running.exists()
    for timer in Timer.objects.filter(state=Timer.State.RUNNING):
        assert timer.late_from is not None
        assert timer.next_at is None or timer.next_at > now - timedelta(days=30)
    numbers = list(Matter.objects.exclude(number="").values_list("number", flat=True))
    assert len(numbers) == len(set(numbers))
