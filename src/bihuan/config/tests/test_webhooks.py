"""Group robots as a deployment has them: settings, the start they stop, and how they are told."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from tests.people import County

from bihuan.accounts.models import User
from bihuan.config.condition import condition_of
from bihuan.config.status_page import facts_of
from bihuan.config.tests.processes import PROJECT
from bihuan.config.webhooks import desk_url_from, robots_from
from bihuan.config.wrong import WrongSetting
from bihuan.matters import channels
from bihuan.matters.models import Heartbeat
from bihuan.matters.robots import LABELS, Robot
from bihuan.matters.tests.receiver import KEY, Receiver, receiver

SECRET = "SEC-a-phrase"
URL = f"https://robot.example.org/send?key={KEY}"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def alive(county: County, settings: LazySettings) -> datetime:
    """A live deployment whose clock and worker have just done a round."""
    settings.MODE = "live"
    now = timezone.now()
    for name in ("clock", "worker"):
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})
    return now


@pytest.fixture
def group(settings: LazySettings) -> Iterator[Receiver]:
    """The office's group in 钉钉."""
    with receiver() as server:
        settings.ROBOTS = {"dingtalk": server.robot("dingtalk", secret=SECRET)}
        yield server


def told(channel: str) -> str:
    words = dict(facts_of(condition_of(timezone.now())))
    return str(words[LABELS.get(channel, "邮件")])


def test_nothing_set_is_no_robot() -> None:
    assert robots_from({}) == {}
    assert desk_url_from({}) == ""


def test_each_group_is_read_with_its_secret() -> None:
    found = robots_from(
        {
            "BIHUAN_WECOM_URL": URL,
            "BIHUAN_DINGTALK_URL": URL,
            "BIHUAN_DINGTALK_SECRET": SECRET,
            "BIHUAN_FEISHU_URL": "http://127.0.0.1:8080/hook",
        }
    )
    assert found == {
        "wecom": Robot(channel="wecom", url=URL),
        "dingtalk": Robot(channel="dingtalk", url=URL, secret=SECRET),
        "feishu": Robot(channel="feishu", url="http://127.0.0.1:8080/hook"),
    }


@pytest.mark.parametrize(
    "url",
    [
        f"http://robot.example.org/{KEY}",
        f"http://localhost/{KEY}",
        f"http://127.0.0.1.example.org/{KEY}",
        f"http://127.0.0.1@example.org/{KEY}",
        f"https://name:word@robot.example.org/{KEY}",
        f"ftp://robot.example.org/{KEY}",
        f"file:///{KEY}",
        f"https:///{KEY}",
        f"https://[::1/{KEY}",
        f"https://robot.example.org:port/{KEY}",
        f"https://robot.example.org:0/{KEY}",
        f"https://robot.example.org/{KEY}#part",
        f"https://robot.example.org/ {KEY}",
        f"https://robot.example.org/{KEY}\n",
        f"https://机器人.example.org/{KEY}",
        KEY,
    ],
)
def test_an_address_that_cant_be_one_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(WrongSetting, match="BIHUAN_FEISHU_URL 应是") as refused:
        robots_from({"BIHUAN_FEISHU_URL": url})
    assert KEY not in str(refused.value)


def test_a_secret_needs_its_address_and_plain_characters() -> None:
    with pytest.raises(WrongSetting, match="须同时写 BIHUAN_DINGTALK_URL"):
        robots_from({"BIHUAN_DINGTALK_SECRET": SECRET})
    with pytest.raises(WrongSetting, match="BIHUAN_FEISHU_SECRET 只能用") as refused:
        robots_from({"BIHUAN_FEISHU_URL": URL, "BIHUAN_FEISHU_SECRET": f"{KEY} 口令"})
    assert KEY not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["https://kuangan.example.org/desk/", "kuangan.example.org", "ftp://a", "https://a?b=1"]
)
def test_the_desk_is_named_by_host_alone(url: str) -> None:
    assert desk_url_from({"BIHUAN_DESK_URL": "http://10.0.0.8:8000/"}) == "http://10.0.0.8:8000"
    with pytest.raises(WrongSetting, match="BIHUAN_DESK_URL 应是工作端的网址"):
        desk_url_from({"BIHUAN_DESK_URL": url})


@pytest.mark.once
def test_a_wrong_address_stops_the_start() -> None:
    wrong = {"BIHUAN_WECOM_URL": f"http://robot.example.org/{KEY}"}
    done = subprocess.run(
        [sys.executable, "-m", "bihuan", "serve"],
        check=False,
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**os.environ, **wrong},
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "BIHUAN_WECOM_URL 应是群机器人给的完整地址" in done.stderr
    assert KEY not in done.stderr


def test_each_way_out_is_told(client: Client, alive: datetime, settings: LazySettings) -> None:
    assert [told(key) for key in LABELS] == ["未设定"] * 3
    settings.ROBOTS = {"wecom": Robot(channel="wecom", url=URL)}
    assert told("wecom") == "还没有发过，robot.example.org，最近发出 从未"
    channels.note("wecom", now=alive - MINUTE)
    assert told("wecom").startswith("正常，robot.example.org，最近发出 2")
    channels.note("wecom", now=alive, reason="没有应答（TimeoutError）")
    assert told("wecom").startswith("上次未成，robot.example.org，最近发出 2")
    assert told("wecom").endswith("：没有应答（TimeoutError）")
    client.force_login(User.objects.get(grants__role="system_admin"))
    page = client.get("/desk/admin/status").text
    assert "企业微信群的机器人没有收下上一条：没有应答（TimeoutError）。请核对" in page
    assert KEY not in page
    assert "wecom_failing" in client.get("/health/ready").json()["alarms"]
    channels.note("wecom", now=alive + MINUTE)
    assert "wecom_failing" not in condition_of(alive + MINUTE).alarms
    assert told("wecom").startswith("正常，")


def test_a_robot_that_is_no_longer_set_alarms_nobody(alive: datetime) -> None:
    channels.note("wecom", now=alive, reason="没有应答（TimeoutError）")
    assert "wecom_failing" not in condition_of(alive).alarms


@pytest.mark.once  # the tests own their PostgreSQL, which is an alarm
def test_mail_is_told_and_alarms_by_its_backlog(alive: datetime, settings: LazySettings) -> None:
    settings.MAILERS = {"default": {"OPTIONS": {"host": "mail.example.org"}}}
    channels.note("mail", now=alive, reason="连接被拒绝（ConnectionRefusedError）")
    assert told("mail").startswith("上次未成，mail.example.org，最近发出 从未，最近未成 2")
    assert condition_of(alive).alarms == {}


@pytest.mark.once  # the tests own their PostgreSQL, which is an alarm
def test_a_trial_reaches_every_group_and_is_kept(alive: datetime, group: Receiver) -> None:
    out = StringIO()
    call_command("status", try_channels=True, stdout=out)
    assert group.texts == ["矿安闭环试发：看到这一条，说明群机器人已接通。"]
    assert {"timestamp", "sign"} <= set(group.queries[0])
    assert out.getvalue().startswith("钉钉群  试发已被收下\n")
    assert "钉钉群  正常，127.0.0.1，" in out.getvalue()


def test_a_trial_that_fails_ends_with_its_reason(alive: datetime, group: Receiver) -> None:
    group.answers = [(200, b'{"errcode":300001,"errmsg":"token is not exist"}')]
    out = StringIO()
    with pytest.raises(CommandError, match="钉钉群的机器人没有收下上一条：地址里的令牌无效"):
        call_command("status", try_channels=True, stdout=out)
    assert out.getvalue().startswith("钉钉群  试发未成：地址里的令牌无效（错误码 300001）\n")
    assert KEY not in out.getvalue()
    assert SECRET not in out.getvalue()


@pytest.mark.once  # the tests own their PostgreSQL, which is an alarm
def test_without_robots_nothing_is_tried(alive: datetime) -> None:
    out = StringIO()
    call_command("status", try_channels=True, stdout=out)
    assert out.getvalue().startswith("没有设群机器人。\n")
