"""How fast the demonstration tells: which hours are due at a real moment, and what is refused."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bihuan.config.demo_pace import SPEED_MAX, Pace, real_time, speed_of, told_speed, whole_hour
from bihuan.config.verbs import run_verb
from bihuan.config.wrong import WrongSetting
from bihuan.language.clock import SHANGHAI

BEGAN = datetime(2026, 11, 23, 9, 20, tzinfo=SHANGHAI)
TOLD = datetime(2026, 11, 3, tzinfo=SHANGHAI)

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("speed", "real_s", "simulated_h"),
    [
        (1440, 0, 0),
        (1440, 2, 0),
        (1440, 3, 1),
        (1440, 60, 24),
        (100_000, 1, 27),
        (3600, 10, 10),
        (2, 3599, 1),
    ],
)
def test_so_many_hours_are_due_after_so_many_seconds(
    speed: int, real_s: int, simulated_h: int
) -> None:
    pace = Pace(told=TOLD, since=BEGAN, speed=speed)
    assert pace.due(BEGAN + timedelta(seconds=real_s)) == TOLD + timedelta(hours=simulated_h)


def test_what_has_caught_up_goes_on_with_the_hours() -> None:
    pace = Pace(told=TOLD, since=BEGAN, speed=1440)
    for minutes, hour in ((30, 9), (39, 9), (40, 10), (100, 11)):
        at = BEGAN + timedelta(minutes=minutes)
        assert pace.due(at) == datetime(2026, 11, 23, hour, tzinfo=SHANGHAI)


def test_without_a_speed_all_that_has_happened_is_due() -> None:
    assert Pace(told=TOLD, since=BEGAN).due(BEGAN) == datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)


@given(
    told_h=some.integers(0, 20_000),
    real_s=some.lists(some.floats(-10_000, 10**7), min_size=2, max_size=2).map(sorted),
    speed=some.integers(1, SPEED_MAX),
)
def test_due_is_a_whole_hour_that_has_been_and_never_goes_back(
    told_h: int, real_s: list[float], speed: int
) -> None:
    told = whole_hour(BEGAN) - timedelta(hours=told_h)
    pace = Pace(told=told, since=BEGAN, speed=speed)
    first, then = (pace.due(BEGAN + timedelta(seconds=seconds)) for seconds in real_s)
    assert told <= first <= then
    assert then in (whole_hour(then), told)
    assert then <= max(told, BEGAN + timedelta(seconds=real_s[1]))


def test_nobody_is_asked_more_often_than_hours_come() -> None:
    pauses = [Pace(told=TOLD, since=BEGAN, speed=speed).pause_s for speed in (1, 1440, 7200, 10**5)]
    assert pauses == [2.0, 2.0, 0.5, 0.05]


def test_real_time_is_told_in_words() -> None:
    told = [real_time(timedelta(days=20), speed=speed) for speed in (1, 10, 100, 1440, 100_000)]
    assert told == ["20 天", "2 天", "5 小时", "20 分钟", "17 秒"]


@pytest.mark.parametrize(
    "text", ["0", "-5", "1.5", "fast", "", "100001", "1" * 30, "１４４０", "²"]
)
def test_a_speed_that_is_none_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(WrongSetting) as refused:
        speed_of(text)
    assert (
        str(refused.value)
        == f"--speed 写 1 到 100000 的整数，如 1440 是每分钟过一天，不能是“{text}”。"
    )


def test_a_speed_is_a_whole_number() -> None:
    assert [speed_of(text) for text in ("1", " 1440 ", "100000")] == [1, 1440, 100_000]


def test_the_process_is_told_by_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIHUAN_SPEED", raising=False)
    assert told_speed() == 1
    monkeypatch.setenv("BIHUAN_SPEED", "1440")
    assert told_speed() == 1440


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--speed", "60"], "--speed 只能和 --demo 一起用"),
        (["--demo", "--speed", "0"], "写 1 到 100000 的整数"),
        (["--demo", "--speed", "60", "--inbox", "elsewhere"], "不能和 --inbox"),
        (["--demo", "--speed", "60", "--only", "portal"], "--only portal 一起用"),
    ],
)
def test_serve_refuses_before_it_touches_anything(
    options: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_verb("serve", options) == 2
    assert why in capsys.readouterr().err
