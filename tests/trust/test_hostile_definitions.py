"""What a mine writes into its own definitions hides nothing of others, and is only text to us."""

from pathlib import Path

import pytest
from django.test import Client

from bihuan.matters.identity import to_code
from bihuan.matters.moment import standing_at
from bihuan.matters.site_proposals import look_around
from bihuan.monitoring.alarms.tables import Episode
from bihuan.monitoring.links.deliveries import hear_deliveries
from bihuan.monitoring.screens.doubts import WATCH
from bihuan.telemetry.tests.inboxes import Inbox, definition, reading
from tests.clauses.mine import MINE, Mine, clock
from tests.people import County

GOOD = f"{MINE}01MN000100000002"
PLACE, TYPE, UNIT = 18, 3, 5  # of the fields of a definition
SCRIPT = "<script>alert(1)</script>"
PRINTED = '#read("/etc/passwd") $x$ <b> \\u{0} ' + "字" * 300
DEFINED = (
    {PLACE: "东\0巷"}, {TYPE: "000100000"}, {TYPE: "00\0"}, {UNIT: "%CH4\0"}, {UNIT: "u" * 50},
    {PLACE: SCRIPT}, {PLACE: PRINTED}, {PLACE: "') OR 1=1 --"},
)  # fmt: skip
TAILS = (
    "01MN0001/../../a",
    "01MN0001000000\0a",
    "01MN0001甲乙丙丁戊己庚辛",
    "<script>alert(1)",
    "01MN0001?a=1&b#c",
)


def sent(folder: Path, point: str, written: dict[int, str]) -> Mine:
    """A mine with an ordinary point and one that it wrote so; both are over their limits."""
    mine = Mine(folder)
    fields = definition(point).split(";")
    for place, text in written.items():
        fields[place] = text
    for n, record in enumerate((";".join(fields), definition(GOOD))):
        Inbox(folder).send("CDDY", n, record, mine=MINE)
    for over in (point, GOOD):
        mine.send("08:05:00" if over == point else "08:05:30", "1.24", point=over)
    mine.arrive(clock(8, 6))
    return mine


def read_all(county: County) -> str:
    """Every page that shows its points, and the evidence of each alarm."""
    client = Client()
    client.force_login(county.users["watch"])
    site = county.sites["qingshiling"].pk
    told = ""
    with standing_at(clock(8, 7)):
        for path in (
            f"mines/{site}/readings/", f"mines/{site}/quality/?on=2026-03-01", "mines/", "alarms/",
            "alarms/ranking/", f"alarms/thresholds/?site={site}&type=0001&on=1",
        ):  # fmt: skip
            answer = client.get(f"/desk/{path}")
            assert answer.status_code == 200, path
            told += answer.content.decode()
        for row in Episode.objects.filter(matter__kind="alarm").order_by("pk"):
            code = to_code(row.matter_id or 0)
            assert client.get(f"/desk/alarms/{code}/curve/").status_code == 200
            sheet = client.get(f"/desk/alarms/{code}/evidence.pdf")
            assert sheet.content.startswith(b"%PDF")
    return told


@pytest.mark.parametrize("written", DEFINED)
def test_what_it_writes_of_a_point_is_text(
    county: County, tmp_path: Path, written: dict[int, str]
) -> None:
    sent(tmp_path / "inbox", f"{MINE}01MN000100000001", written)
    assert Episode.objects.filter(point=GOOD, matter__isnull=False).exists()
    assert Episode.objects.filter(matter__isnull=False).count() == 2
    assert SCRIPT not in read_all(county)
    look_around(now=clock(8, 50), watches=[WATCH])


@pytest.mark.parametrize("tail", TAILS)
def test_however_it_names_a_point_both_alarms_are_there(
    county: County, tmp_path: Path, tail: str
) -> None:
    mine = sent(tmp_path / "inbox", f"{MINE}{tail}", {})
    assert Episode.objects.filter(matter__isnull=False).count() == 2
    assert "<script>alert" not in read_all(county)
    mine.send("08:06:30", "0.20", point=f"{MINE}{tail}")
    mine.arrive(clock(8, 7))
    assert Episode.objects.filter(ended_at__isnull=False, matter__isnull=False).count() == 1


def test_a_site_that_is_no_number_is_no_site(county: County) -> None:
    client = Client()
    client.force_login(county.users["watch"])
    for asked in ("9" * 5000, "9" * 30, "²", "-1"):
        assert client.get(f"/desk/alarms/thresholds/?site={asked}").status_code == 200


@pytest.mark.parametrize(
    "when", ["0001-01-01 00:00:00", "0001-01-03 09:00:00", "1890-01-01 00:00:00"]
)
def test_a_time_that_no_zone_has_stops_nobody(county: County, tmp_path: Path, when: str) -> None:
    """What a system writes where it knows no time; in the name of a file as well."""
    mine, point = Mine(tmp_path / "inbox"), f"{MINE}01MN000100000001"
    mine.define(point)
    mine.define(GOOD)
    digits = "".join(mark for mark in when if mark.isdigit())
    for name, value in (("20260301080000", "1.24"), (digits, "1.30")):
        content = f"{MINE};x~{reading(when, value, point=point)}~||"
        Inbox(mine.folder).put(f"{MINE}_CDSS_{name}.txt", content)
    mine.send("08:05:30", "1.24", point=GOOD)
    mine.arrive(clock(8, 6))
    assert Episode.objects.filter(point=GOOD, matter__isnull=False).exists()
    assert Episode.objects.filter(point=point, matter__isnull=False).exists()
    read_all(county)
    client, site = Client(), county.sites["qingshiling"].pk
    client.force_login(county.users["watch"])
    with standing_at(clock(8, 7)):
        assert client.get(f"/desk/mines/{site}/readings/{point}/?days=730").status_code == 200
    assert hear_deliveries(now=clock(8, 8)) > 0
