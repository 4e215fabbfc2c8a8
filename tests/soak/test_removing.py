"""Removing a protection: what counts as missed, as unseen and as broken; the copy is restored."""

from pathlib import Path

import pytest

from tests.soak.removing import Protection, missed, removed

pytestmark = pytest.mark.once
WRITTEN = "def total(first, second):\n    return first + second\n"
TEST = "from bihuan.sums import total\n\n\ndef test_total():\n    assert total(1, 2) == 3\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project of one function and its test."""
    copy = tmp_path / "0" / "copy"
    for name, text in (
        ("src/bihuan/__init__.py", ""),
        ("src/bihuan/config/__init__.py", ""),
        ("src/bihuan/config/settings.py", 'SECRET_KEY = "small"\n'),
        ("src/bihuan/sums.py", WRITTEN),
        ("tests/test_sums.py", TEST),
    ):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text(text, "utf-8")
    return copy


def without(*, new: str, old: str = "return first + second") -> Protection:
    return Protection(
        key="sum",
        promise="sums are right",
        path="sums.py",
        old=old,
        new=new,
        tests=("tests/test_sums.py",),
    )


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("return first - second", ""),
        ("return second + first", "can be removed unseen: tests/test_sums.py"),
        ("return first + third", "broke instead of failing, NameError"),
        ("return first +", "broke instead of failing, exit code 2"),
    ],
)
def test_only_a_failed_test_is_a_miss(small: Path, new: str, told: str) -> None:
    with removed(without(new=new), copy=small):
        fault = missed(without(new=new), copy=small)
    assert told in fault
    assert bool(told) is bool(fault)
    assert (small / "src/bihuan/sums.py").read_text("utf-8") == WRITTEN


@pytest.mark.parametrize("old", ["nowhere", "first"])
def test_a_text_that_doesnt_stand_once_is_told(small: Path, old: str) -> None:
    with pytest.raises(ValueError, match="times in"), removed(without(new="", old=old), copy=small):
        pass
