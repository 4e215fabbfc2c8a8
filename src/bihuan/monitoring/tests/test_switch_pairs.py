"""Pairs of switches: two doors open at once, voltage behind a breaker; in whatever order they come.

One open door is no alarm, nor is a breaker that cut the power, nor anything without a relation.
"""

import random
from pathlib import Path

import pytest
from django.test import Client
from tests.clauses.mine import MINE, Mine, alarms, clock
from tests.doors import Door
from tests.people import County

from bihuan.matters.identity import to_code
from bihuan.matters.models import Facts, Matter
from bihuan.matters.moment import standing_at
from bihuan.monitoring.alarms import pairs
from bihuan.monitoring.alarms.following import follow
from bihuan.monitoring.alarms.tables import Episode, Followed
from bihuan.telemetry.tests.inboxes import Inbox, definition

OUTER = f"{MINE}01KG100200000001"
INNER = f"{MINE}01KG100200000002"
THIRD = f"{MINE}01KG100200000003"
BREAKER = f"{MINE}01KG100900000001"
FEEDER = f"{MINE}01KG101100000001"
SUPPLY = f"{MINE}01KG101500000001"


@pytest.fixture
def mine(county: County, tmp_path: Path) -> Mine:
    """A sender that has told nothing yet."""
    del county
    folder = tmp_path / "inbox"
    folder.mkdir()
    return Mine(folder)


@pytest.fixture
def doors(mine: Mine) -> Mine:
    """Two doors of a pair, told by the second one, and one of no pair."""
    mine.define_switch(OUTER, location="一号风门")
    mine.define_switch(INNER, location="二号风门", relations=f"G-{OUTER}-一号风门")
    mine.define_switch(THIRD, location="三号风门")
    return mine


def facts(matter: Matter) -> dict[str, object]:
    return dict(Facts.objects.get(pk=matter.pk).data)


def spans() -> list[tuple[str, str]]:
    """Start and end of what stands, of the day."""
    rows = Episode.objects.filter(kind="switch_pair", state="standing").order_by("started_at")
    return [
        (f"{row.started_at:%H:%M:%S}", f"{row.ended_at:%H:%M:%S}" if row.ended_at else "")
        for row in rows
    ]


def test_both_doors_of_a_pair_are_an_alarm_from_the_second_to_the_first(
    county: County, doors: Mine
) -> None:
    doors.send_states("08:00:00", {OUTER: "1", INNER: "0", THIRD: "1"})
    doors.arrive(clock(8, 0, 1))
    assert alarms() == []
    doors.send_states("08:01:00", {OUTER: "1", INNER: "1", THIRD: "1"})
    doors.arrive(clock(8, 1, 1))
    (alarm,) = alarms()
    known = facts(alarm)
    assert (known["level"], known["state"]) == ("doors_open", "两道风门都开着")
    assert known["started_at"] == "2026-03-01T08:01:00+08:00"
    assert (known["place"], alarm.severity) == ("一号风门、二号风门", 1)
    client = Client()
    client.force_login(county.users["watch"])
    with standing_at(clock(8, 2)):
        page = client.get("/desk/alarms/").content.decode()
    assert "风门同时打开" in page
    assert "一号风门、二号风门 风门　两道风门都开着" in page
    sheet = client.get(f"/desk/alarms/{to_code(alarm.pk)}/evidence.pdf")
    assert sheet.content.startswith(b"%PDF")
    doors.send_states("08:02:00", {OUTER: "0", INNER: "1"})
    doors.arrive(clock(8, 2, 1))
    known = facts(alarms()[0])
    assert known["ended_at"] == "2026-03-01T08:02:00+08:00"
    assert (known["state"], known["lasted"]) == ("两道风门都开着，已恢复", "1分钟")
    doors.send_states("08:03:00", {OUTER: "1", INNER: "1"})
    doors.arrive(clock(8, 3, 1))
    assert spans() == [("00:01:00", "00:02:00"), ("00:03:00", "")]
    assert len(alarms()) == 2


@pytest.mark.parametrize("first", [OUTER, INNER])
def test_either_may_be_the_first_and_only_one_is_no_alarm(doors: Mine, first: str) -> None:
    second = INNER if first == OUTER else OUTER
    doors.send("08:00:00", "1", point=first)
    doors.send("08:00:30", "1", point=THIRD)
    doors.send("08:01:00", "0", point=first)
    doors.send("08:01:00", "0", point=second)
    doors.arrive(clock(8, 1, 1))
    assert alarms() == []
    doors.send("08:02:00", "1", point=first)
    doors.send("08:02:30", "1", point=second)
    doors.arrive(clock(8, 3))
    assert spans() == [("00:02:30", "")]


def test_one_that_shuts_as_the_other_opens_is_no_alarm(doors: Mine) -> None:
    doors.send_states("08:00:00", {OUTER: "1", INNER: "0"})
    doors.send_states("08:01:00", {OUTER: "0", INNER: "1"})
    doors.arrive(clock(8, 1, 1))
    assert alarms() == []


@pytest.mark.parametrize("letter", ["B", "K", "H", "Z", "D", "T"])
def test_other_relations_make_no_pair(mine: Mine, letter: str) -> None:
    mine.define_switch(OUTER, relations=f"{letter}-{INNER}-二号风门")
    mine.define_switch(INNER)
    mine.send_states("08:00:00", {OUTER: "1", INNER: "1"})
    mine.arrive(clock(8, 0, 1))
    assert alarms() == []


def test_one_relation_of_several_is_found(mine: Mine) -> None:
    told = f"K-{BREAKER}-断电器:B-{THIRD}-联锁◇G-{INNER}-二号:D-{FEEDER}"
    mine.define_switch(OUTER, relations=told)
    mine.define_switch(INNER)
    mine.send_states("08:00:00", {OUTER: "1", INNER: "1"})
    mine.arrive(clock(8, 0, 1))
    assert len(alarms()) == 1


def files(doors: Mine) -> None:
    """Doors that open and shut, so that they are open at once three times."""
    states = ["00", "10", "11", "01", "11", "10", "00", "01", "00", "11", "11", "00"]
    for minute, (outer, inner) in enumerate(states):
        doors.send_states(f"08:{minute:02}:00", {OUTER: outer, INNER: inner})


def held_back(mine: Mine) -> list[tuple[str, bytes]]:
    """Every file of the folder, taken out of it."""
    paths = sorted(mine.folder.glob("*.txt"))
    found = [(path.name, path.read_bytes()) for path in paths]
    for path in paths:
        path.unlink()
    return found


EXPECTED = [("00:02:00", "00:03:00"), ("00:04:00", "00:05:00"), ("00:09:00", "00:11:00")]


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_order_the_same_stands(doors: Mine, seed: int) -> None:
    """Definitions and readings come shuffled, a file at a time."""
    files(doors)
    found = held_back(doors)
    if seed:
        random.Random(seed).shuffle(found)  # noqa: S311
    for number, (name, data) in enumerate(found):
        (doors.folder / name).write_bytes(data)
        doors.arrive(clock(8, 20, number))
    assert spans() == EXPECTED
    told = [facts(one) for one in alarms() if not facts(one).get("ground_withdrawn")]
    assert sorted(str(one["started_at"])[11:16] for one in told) == ["08:02", "08:04", "08:09"]
    assert all(one["ended_at"] for one in told)


def open_at_once(states: list[dict[str, str]], pair: tuple[str, str]) -> list[tuple[int, int]]:
    """First and last minute of each time at which both are open; the last one shuts all."""
    found = []
    for minute, told in enumerate(states):
        if all(told[one] == "1" for one in pair):
            begin = found.pop()[0] if found and found[-1][1] == minute else minute
            found.append((begin, minute + 1))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_three_doors_in_two_pairs_whatever_the_order(mine: Mine, seed: int) -> None:
    """Drawn states, files shuffled and sent twice: what each pair did, told minute by minute."""
    rnd = random.Random(seed)  # noqa: S311
    three = (OUTER, INNER, THIRD)
    mine.define_switch(OUTER, relations=f"G-{INNER}-二号风门")
    mine.define_switch(INNER)
    mine.define_switch(THIRD, relations=f"G-{INNER}-二号风门")
    states = [{one: rnd.choice("011") for one in three} for _minute in range(14)]
    states.append(dict.fromkeys(three, "0"))
    for minute, told in enumerate(states):
        mine.send_states(f"08:{minute:02}:00", told)
    found = held_back(mine)
    found = rnd.sample(found + found[::3], len(found) + len(found[::3]))
    for number in range(0, len(found), 3):
        for name, data in found[number : number + 3]:
            (mine.folder / name).write_bytes(data)
        mine.arrive(clock(8, 20, number))
    for pair in ((OUTER, INNER), (INNER, THIRD)):
        rows = Episode.objects.filter(point=pair[0], other_point=pair[1], state="standing")
        told = [
            (row.started_at.minute, row.ended_at.minute)
            for row in rows.order_by("started_at")
            if row.ended_at
        ]
        assert told == open_at_once(states, pair) != []
        assert all(row.matter is not None for row in rows)


def test_a_mine_whose_pairs_can_not_be_asked_stops_nobody(
    doors: Mine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The questions break once; the next change of a half asks them again."""
    monkeypatch.setattr(pairs, "KINDS", (None,))
    doors.send_states("08:01:00", {OUTER: "1", INNER: "1"})
    doors.arrive(clock(8, 1, 1))
    assert "pairs_not_taken_over" in caplog.text
    assert alarms() == []
    monkeypatch.undo()
    doors.send_states("08:02:00", {OUTER: "0", INNER: "1"})
    doors.arrive(clock(8, 2, 1))
    assert spans() == [("00:01:00", "00:02:00")]


def test_a_second_round_and_an_older_mark_double_nothing(doors: Mine) -> None:
    files(doors)
    doors.arrive(clock(8, 15))
    assert spans() == EXPECTED
    before = [(one.pk, one.last_seq) for one in alarms()]
    follow(now=clock(8, 15))
    Followed.objects.update(commit=0, episode=0)
    follow(now=clock(8, 15))
    assert spans() == EXPECTED
    assert [(one.pk, one.last_seq) for one in alarms()] == before


def test_a_late_reading_moves_the_alarm_and_who_acted_is_told(door: Door, doors: Mine) -> None:
    doors.send_states("08:00:00", {OUTER: "1", INNER: "0"})
    doors.send_states("08:05:00", {OUTER: "1", INNER: "1"})
    doors.send_states("08:20:00", {OUTER: "0", INNER: "0"})
    doors.send_states("08:30:00", {OUTER: "0", INNER: "0"})
    doors.arrive(clock(8, 31))
    (alarm,) = alarms()
    told = {"answered_by": "调度室", "answered_at": "2026-03-01 08:32"}
    door.press("watch", alarm, "receive", clock(8, 33), **told)
    doors.send("08:10:00", "0", point=OUTER)
    doors.arrive(clock(8, 40))
    assert spans() == [("00:05:00", "00:10:00")]
    known = facts(alarms()[0])
    words = "解除由“2026-03-01 08:20:00”更正为“2026-03-01 08:10:00”"
    assert (known["amended"], known["lasted"]) == (words, "5分钟")


def test_a_ground_that_vanishes_is_closed_by_a_person(door: Door, doors: Mine) -> None:
    doors.send_states("08:05:00", {OUTER: "1", INNER: "1"})
    doors.send_states("08:10:00", {OUTER: "0", INNER: "1"})
    doors.arrive(clock(8, 11))
    (alarm,) = alarms()
    doors.folder.joinpath("later").mkdir()
    doors.send("08:05:00", "0", point=OUTER)
    for path in list(doors.folder.glob(f"{MINE}_CDSS_20260301080500.txt")):
        path.rename(doors.folder / "later" / f"{MINE}_CDSS_202603010805009.txt")
    doors.arrive(clock(8, 30))
    assert spans() == []
    assert facts(alarms()[0])["ground_withdrawn"] is True
    told = {"reason": "读数已由煤矿更正，经核对不成立。"}
    assert door.press("watch", alarm, "close_withdrawn", clock(8, 40), **told).stage == "withdrawn"


def related_later(mine: Mine, *, minute: int, relations: str) -> None:
    """What the first door says in a later CDDY."""
    told = {"kind": "KG", "unit": "", "upper": "", "relations": relations}
    record = definition(OUTER, at="2026-03-01 08:00:00", **told)
    Inbox(mine.folder).send("CDDY", f"08:{minute:02}:30", record, mine=MINE)


@pytest.mark.parametrize("is_before", [True, False])
def test_a_relation_holds_from_when_it_was_told(mine: Mine, *, is_before: bool) -> None:
    """Whether it comes before the readings or after them."""
    mine.define_switch(OUTER)
    mine.define_switch(INNER)
    if is_before:
        related_later(mine, minute=3, relations=f"G-{INNER}-二号风门")
        mine.arrive(clock(8, 4))
    files(mine)
    mine.arrive(clock(8, 20))
    if not is_before:
        assert spans() == []
        related_later(mine, minute=3, relations=f"G-{INNER}-二号风门")
        mine.arrive(clock(8, 21))
    assert spans() == EXPECTED[1:]
    related_later(mine, minute=8, relations="")
    mine.arrive(clock(8, 22))
    assert spans() == EXPECTED[1:2]
    assert sorted(bool(facts(one).get("ground_withdrawn")) for one in alarms()) == [False, True]


@pytest.fixture
def feed(mine: Mine) -> Mine:
    """A breaker that says its feeder."""
    mine.define_switch(BREAKER, location="北翼配电点", relations=f"D-{FEEDER}-馈电器")
    mine.define_switch(FEEDER, location="北翼配电点")
    return mine


def test_voltage_behind_a_breaker_that_cut_the_power(feed: Mine) -> None:
    feed.send_states("08:00:00", {BREAKER: "1", FEEDER: "1"})
    feed.send_states("08:01:00", {BREAKER: "0", FEEDER: "0"})
    feed.send_states("08:02:00", {BREAKER: "1", FEEDER: "1"})
    feed.arrive(clock(8, 2, 1))
    assert alarms() == []
    feed.send_states("08:03:00", {BREAKER: "0", FEEDER: "1"})
    feed.arrive(clock(8, 3, 1))
    (alarm,) = alarms()
    known = facts(alarm)
    assert (known["level"], known["state"]) == (
        "feed_abnormal",
        "断电器已断电，馈电器仍有电压",
    )
    assert (known["place"], known["sensor"]) == ("北翼配电点", "断电器、馈电器")
    assert (alarm.severity, alarm.title) == (2, "北翼配电点 馈电异常")
    feed.send_states("08:04:00", {BREAKER: "0", FEEDER: "0"})
    feed.arrive(clock(8, 4, 1))
    assert spans() == [("00:03:00", "00:04:00")]


@pytest.mark.parametrize(
    ("breaker", "feeder", "point"),
    [("", "", FEEDER), (f"G-{FEEDER}", "", FEEDER), (f"D-{SUPPLY}-馈电", "", SUPPLY)],
)
def test_without_a_relation_or_a_known_meaning_nothing_is_said(
    mine: Mine, breaker: str, feeder: str, point: str
) -> None:
    """1015 says opened or shut, not whether there is voltage."""
    mine.define_switch(BREAKER, relations=breaker)
    mine.define_switch(point, relations=feeder)
    mine.send_states("08:03:00", {BREAKER: "0", point: "1"})
    mine.arrive(clock(8, 3, 1))
    assert alarms() == []


def test_the_feeder_may_say_its_breaker(mine: Mine) -> None:
    mine.define_switch(BREAKER)
    mine.define_switch(FEEDER, relations=f"D-{BREAKER}-断电器")
    mine.send_states("08:03:00", {BREAKER: "0", FEEDER: "1"})
    mine.arrive(clock(8, 3, 1))
    assert len(alarms()) == 1
