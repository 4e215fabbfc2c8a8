"""The deployment's condition: on its page, by its verb, for machines; and who may read it."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from tests.people import County

from bihuan.accounts.models import AuditLine, SignIn, User
from bihuan.config.condition import condition_of, note_offset
from bihuan.config.timekeeping import NoTime, newest_on_file, offset_of
from bihuan.matters.engine import open_matter
from bihuan.matters.models import Entry, Heartbeat, Outbox
from bihuan.matters.moment import standing_at

PAGE = "/desk/admin/status"
HERE = {"host": "127.0.0.1:8000"}
SINCE_1900_S = 2_208_988_800


@pytest.fixture
def alive(county: County, settings: LazySettings) -> datetime:
    """A live deployment whose clock and worker have just done a round."""
    settings.MODE = "live"
    now = timezone.now()
    for name in ("clock", "worker"):
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})
    return now


@contextmanager
def time_server(*, ahead_s: float = 0.0, spoils: str = "") -> Iterator[str]:
    """An SNTP server on this machine, right, wrong or lying."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        door.settimeout(10)

        def answer() -> None:
            asked, whom = door.recvfrom(512)
            moment = time.time() + ahead_s
            stamp = (int(moment) + SINCE_1900_S, int(moment % 1 * 2**32))
            mark = (1, 2) if spoils == "mark" else struct.unpack(">2I", asked[40:48])
            head = 0xE4 if spoils == "unsynchronised" else 0x24
            stratum = 0 if spoils == "stratum" else 2
            words = (0, 0, 0, *stamp, *mark, *stamp, *stamp)
            told = struct.pack(">BBbb11I", head, stratum, 0, 0, *words)
            door.sendto(told[:20] if spoils == "short" else told, whom)

        served = threading.Thread(target=answer)
        served.start()
        yield f"127.0.0.1:{door.getsockname()[1]}"
        served.join()


@pytest.mark.once  # the tests own their PostgreSQL, which is an alarm
def test_administrators_see_the_last_round_and_the_figures(client: Client, alive: datetime) -> None:
    client.force_login(administrator())
    page = client.get(PAGE, secure=True).text
    for words in ("时钟上次巡检", "后台上一轮", "待发提醒", "数据库", "磁盘剩余", "没有设对时源"):
        assert words in page
    assert "请" not in page.split("<main")[1].split("</main>")[0]


def test_others_see_nothing_of_it(client: Client, county: County, alive: datetime) -> None:
    assert client.get(PAGE).status_code == 302
    client.force_login(county.users["office"])
    assert client.get(PAGE).status_code == 403


def test_a_clock_behind_the_newest_row_is_an_alarm_everywhere(
    client: Client, alive: datetime
) -> None:
    SignIn.objects.create(at=alive + timedelta(hours=3), outcome=SignIn.Outcome.WRONG)
    client.force_login(administrator())
    for path in (PAGE, "/desk/admin/"):
        assert "服务器时钟比最近一条记录慢 3 小时" in client.get(path).text
    assert "clock_behind" in client.get("/health/ready").json()["alarms"]
    figures = client.get("/metrics", headers=HERE).text
    assert figure(figures, "clock_behind_seconds") > 3 * 3600 - 60
    with pytest.raises(CommandError, match="慢 3 小时") as refused:
        call_command("status")
    assert refused.value.returncode == 1


def test_a_demonstration_may_run_ahead(alive: datetime, settings: LazySettings) -> None:
    SignIn.objects.create(at=alive + timedelta(hours=3), outcome=SignIn.Outcome.WRONG)
    settings.MODE = "demo"
    assert "clock_behind" not in condition_of(alive).alarms


def test_a_minute_is_tolerated_and_no_more(alive: datetime) -> None:
    newest = SignIn.objects.create(at=alive, outcome=SignIn.Outcome.WRONG).at
    for seconds, is_alarm in ((60, False), (61, True)):
        found = condition_of(newest - timedelta(seconds=seconds))
        assert ("clock_behind" in found.alarms) is is_alarm


def test_the_newest_moment_comes_from_every_kind_of_row(county: County, alive: datetime) -> None:
    opening = {"source": "举报电话", "channel": "phone", "reporter_kind": "public"}
    for day, write in enumerate(
        (
            lambda at: SignIn.objects.create(at=at, outcome=SignIn.Outcome.WRONG),
            lambda at: AuditLine.objects.create(at=at, action="unit", by_name="x", subject="x"),
            lambda at: open_matter(
                "lead",
                answers=opening,
                region_id=county.region.pk,
                by=county.actor("intake"),
                now=at,
            ),
            lambda at: Outbox.objects.create(
                user=county.users["office"],
                channel="desk",
                event="x",
                text="x",
                key="x",
                created_at=at,
            ),
        ),
        start=1,
    ):
        at = alive + timedelta(days=day)
        write(at)
        assert newest_on_file() == at
    assert Entry.objects.exists()


def test_a_stopped_clock_is_not_ready(client: Client, alive: datetime) -> None:
    assert client.get("/health/ready").status_code == 200
    Heartbeat.objects.filter(name="clock").update(beat_at=alive - timedelta(minutes=6))
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["lacking"] == ["clock"]
    client.force_login(administrator())
    assert "时钟巡检已停" in client.get(PAGE).text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", HERE, 200),
        ("127.0.0.1", {"host": "localhost"}, 200),
        ("127.0.0.1", {"host": "testserver"}, 403),
        ("127.0.0.1", {**HERE, "X-Forwarded-For": "203.0.113.9"}, 403),
        ("127.0.0.1", {**HERE, "X-Forwarded-Proto": "https"}, 403),
        ("203.0.113.9", HERE, 403),
        ("203.0.113.9", {**HERE, "Authorization": "Bearer right-token"}, 200),
        ("203.0.113.9", {**HERE, "Authorization": "Bearer wrong-token"}, 403),
        ("203.0.113.9", {**HERE, "Authorization": "Bearer "}, 403),
    ],
)
def test_metrics_are_for_this_machine_or_the_token(
    alive: datetime, settings: LazySettings, address: str, headers: dict[str, str], status: int
) -> None:
    settings.METRICS_TOKEN = "right-token"
    answer = Client(REMOTE_ADDR=address).get("/metrics", headers=headers)
    assert answer.status_code == status
    assert ("bihuan_clock_age_seconds" in answer.text) is (status == 200)


def test_without_a_token_none_opens_it(alive: datetime) -> None:
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for stated in ("Bearer ", "Bearer", ""):
        headers = {**HERE, "Authorization": stated}
        assert stranger.get("/metrics", headers=headers).status_code == 403


@pytest.mark.once  # the tests own their PostgreSQL, which is an alarm
def test_figures_count_and_name_nobody(client: Client, county: County, alive: datetime) -> None:
    Outbox.objects.create(
        user=county.users["office"], channel="mail", event="x", text="欧阳举贤", key="x",
        created_at=alive, next_at=alive,
    )  # fmt: skip
    Outbox.objects.create(
        user=county.users["office"], channel="mail", event="x", text="x", key="y",
        created_at=alive, state=Outbox.State.FAILED,
    )  # fmt: skip
    text = client.get("/metrics", headers=HERE).text
    assert figure(text, "outbox_waiting") == 1
    assert figure(text, "outbox_failed") == 1
    assert figure(text, "database_bytes") > 10_000
    assert figure(text, "clock_age_seconds") < 60
    assert figure(text, "alarms") == 0
    assert "欧阳" not in text


@pytest.mark.parametrize(("ahead_s", "way"), [(0.0, ""), (300.0, "慢"), (-300.0, "快")])
def test_the_time_source_is_compared_with(
    client: Client, alive: datetime, settings: LazySettings, ahead_s: float, way: str
) -> None:
    client.force_login(administrator())
    with time_server(ahead_s=ahead_s) as source:
        settings.TIME_SOURCE = source
        assert "还没有问过对时源" in client.get(PAGE).text
        note_offset(now=alive)
    assert "与对时源相差 " in client.get(PAGE).text
    figures = client.get("/metrics", headers=HERE).text
    assert figure(figures, "clock_offset_seconds") == pytest.approx(ahead_s, abs=1.0)
    found = condition_of(timezone.now())
    assert found.offset_s == pytest.approx(ahead_s, abs=1.0)
    sentence = found.alarms.get("clock_off", "")
    assert (f"比对时源{way} " in sentence) if way else not sentence


@pytest.mark.parametrize("spoils", ["mark", "unsynchronised", "stratum", "short"])
def test_an_answer_that_proves_nothing_is_not_believed(spoils: str) -> None:
    with time_server(ahead_s=300, spoils=spoils) as source, pytest.raises(NoTime):
        offset_of(source)


def test_a_silent_source_is_said_and_asked_again_later(
    client: Client, alive: datetime, settings: LazySettings
) -> None:
    settings.TIME_SOURCE = "127.0.0.1:1"
    note_offset(now=alive)
    client.force_login(administrator())
    assert "对时源没有回答" in client.get(PAGE).text
    assert "clock_offset" not in client.get("/metrics", headers=HERE).text
    assert "time_source_silent" in condition_of(alive).alarms
    with time_server() as source:
        settings.TIME_SOURCE = source
        note_offset(now=alive + timedelta(minutes=14))
        assert "time_source_silent" in condition_of(alive).alarms
        note_offset(now=alive + timedelta(minutes=15))
    assert "time_source_silent" not in condition_of(alive).alarms


def test_nothing_is_asked_where_no_source_is_set(alive: datetime) -> None:
    note_offset(now=alive)
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"clock", "worker"}


def test_a_round_of_the_worker_does_every_part(alive: datetime, one_connection: None) -> None:
    with standing_at(alive + timedelta(minutes=1)):
        call_command("work", once=True)
    beats = ("clock", "worker", "retention", "watches", "large_shifts", "links")
    assert {row.name: row.beat_at for row in Heartbeat.objects.all()} == dict.fromkeys(
        beats, alive + timedelta(minutes=1)
    )


def administrator() -> User:
    """The system administrator."""
    return User.objects.get(grants__role="system_admin")


def figure(text: str, name: str) -> float:
    """One figure of the metrics."""
    return float(text.split(f"\nbihuan_{name} ", 1)[1].split("\n", 1)[0])
