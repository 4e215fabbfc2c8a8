"""The engine's tables: read by everybody, written only inside the engine's context."""

from collections.abc import Callable
from datetime import date

import pytest
from tests.people import NOW, County
from tests.walks.test_lead_walk import open_lead

from bihuan.matters.models import Matter, NumberVoid, Seal, Timer
from bihuan.matters.writing import (
    WrittenOutsideEngineError,
    add,
    change,
    engine_is_writing,
    engine_writes,
    keep,
)


def void(number: str) -> NumberVoid:
    return NumberVoid(series="lead", number=number, reason="重号", voided_at=NOW)


def relabel(row: NumberVoid) -> None:
    row.reason = "作废"
    NumberVoid.objects.bulk_update([row], ["reason"])


WRITES: dict[str, Callable[[NumberVoid], object]] = {
    "create": lambda _row: NumberVoid.objects.create(
        series="lead", number="2号", reason="重号", voided_at=NOW
    ),
    "bulk_create": lambda _row: NumberVoid.objects.bulk_create([void("3号"), void("4号")]),
    "bulk_update": relabel,
    "update": lambda _row: NumberVoid.objects.update(reason="作废"),
    "delete": lambda _row: NumberVoid.objects.all().delete(),
    "keep": lambda _row: keep(void("5号")),
    "change": lambda row: change(row, "reason"),
    "add": lambda _row: add(void("6号")),
}


@pytest.fixture
def row(db: None) -> NumberVoid:
    """One row of a guarded table."""
    with engine_writes():
        return NumberVoid.objects.create(series="lead", number="1号", reason="重号", voided_at=NOW)


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_nobody_else_writes_them(row: NumberVoid, write: Callable[[NumberVoid], object]) -> None:
    held = list(NumberVoid.objects.values())
    assert not engine_is_writing()
    with pytest.raises(WrittenOutsideEngineError, match="outside the engine"):
        write(row)
    assert list(NumberVoid.objects.values()) == held


@pytest.mark.parametrize(
    ("name", "numbers", "reason"),
    [
        ("create", ["1号", "2号"], "重号"),
        ("bulk_create", ["1号", "3号", "4号"], "重号"),
        ("bulk_update", ["1号"], "作废"),
        ("update", ["1号"], "作废"),
        ("delete", [], ""),
        ("keep", ["1号", "5号"], "重号"),
        ("add", ["1号", "6号"], "重号"),
    ],
)
def test_the_engine_writes_them(
    row: NumberVoid, name: str, numbers: list[str], reason: str
) -> None:
    with engine_writes():
        assert engine_is_writing()
        WRITES[name](row)
    found = NumberVoid.objects.order_by("number")
    assert [one.number for one in found] == numbers
    assert {one.reason for one in found} <= {reason}


def test_a_fault_undoes_what_the_engine_wrote(row: NumberVoid) -> None:
    def write() -> None:
        with engine_writes():
            NumberVoid.objects.update(reason="作废")
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        write()
    assert not engine_is_writing()
    assert NumberVoid.objects.get().reason == "重号"


def test_kept_is_what_changed_and_nothing_else(row: NumberVoid) -> None:
    held = NumberVoid.objects.get()
    with engine_writes():
        NumberVoid.objects.update(reason="另一处改过")
        held.number = "9号"
        change(held, "number")
    found = NumberVoid.objects.get()
    assert (found.number, found.reason) == ("9号", "另一处改过")


def test_rows_name_themselves_without_content(county: County) -> None:
    lead = open_lead(county)
    timer = Timer(matter=lead, key="register")
    assert str(Matter(title="无号")) == "无号"
    assert str(lead) == lead.acceptance_number
    assert str(timer) == f"register of {lead.pk}"
    assert str(lead.facts_row) == f"facts of {lead.pk}"
    assert str(Seal(day=date(2026, 3, 1))) == "seal of 2026-03-01"
    assert str(void("1号")) == "1号"
