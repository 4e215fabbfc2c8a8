"""An address has so many requests an hour; nobody can read the counters back."""

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.leads.allowance import Allowance

NOON = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


def taken(
    allowance: Allowance,
    client: str = "192.0.2.7",
    *,
    times: int = 10,
    now: datetime = NOON,
    has_worked: bool = False,
) -> int:
    return sum(allowance.take(client, now=now, has_worked=has_worked) for _ in range(times))


def test_so_many_an_hour_for_each() -> None:
    allowance = Allowance(per_hour=3)
    assert taken(allowance) == 3
    assert taken(allowance, "192.0.2.8") == 3
    assert taken(allowance, now=NOON + timedelta(minutes=29)) == 0
    assert taken(allowance, now=NOON + timedelta(minutes=30)) == 3


def test_proved_work_raises_it_and_never_lowers_it() -> None:
    allowance = Allowance(per_hour=3, per_hour_with_work=5)
    assert taken(allowance) == 3
    assert taken(allowance, has_worked=True) == 2
    assert taken(Allowance(per_hour=3), has_worked=True) == 3


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        (" 192.0.2.7 ", "192.0.2.7", True),
        ("unknown", "unknown", True),
        ("unknown", "", False),
    ],
)
def test_an_address_is_counted_by_subscriber(one: str, other: str, is_same: bool) -> None:
    allowance = Allowance(per_hour=1)
    assert taken(allowance, one) == 1
    assert taken(allowance, other) == (0 if is_same else 1)


def test_memory_is_bounded_and_a_flood_resets_nothing() -> None:
    allowance = Allowance(per_hour=2, clients_max=50)
    assert taken(allowance, "192.0.2.7") == 2
    assert sum(allowance.take(f"198.51.100.{n}", now=NOON) for n in range(200)) == 49
    assert len(allowance) == 50
    assert taken(allowance, "192.0.2.7") == 0
    assert taken(allowance, "198.51.100.0") == 1


def test_each_day_has_a_key_of_its_own_and_none_holds_an_address() -> None:
    allowance = Allowance(per_hour=1)
    names = []
    for days in range(2):
        allowance.take("192.0.2.7", now=NOON + timedelta(days=days))
        names += list(vars(allowance)["_counts"])
    assert len(set(names)) == 2
    assert b"192.0.2.7" not in b"".join(names)


def test_the_same_hour_of_the_next_day_starts_anew() -> None:
    allowance = Allowance(per_hour=3)
    assert taken(allowance) == 3
    assert taken(allowance, now=NOON + timedelta(days=1)) == 3
    assert len(allowance) == 1
