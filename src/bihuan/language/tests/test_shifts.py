"""Hours of shifts on one line."""

import pytest

from bihuan.language.shifts import shift_hours


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("早班8:00-16:00，中班 16：00至24:00", ["早班 08:00-16:00", "中班 16:00-24:00"]),
        ("夜班 24:00-08:00、", ["夜班 00:00-08:00"]),
        ("8点班8:00-8:00", ["8点班 08:00-08:00"]),
        ("早1 8:00-16:00、早2 10:00-18:00", ["早1 08:00-16:00", "早2 10:00-18:00"]),
        ("早班：08:00——16:00。", ["早班 08:00-16:00"]),
        ("夜班20:00-次日08:00", ["夜班 20:00-08:00"]),
        ("早2：8:00-16:00", ["早2 08:00-16:00"]),
        ("白班 08:00 — 20:00；夜班 20:00～8:00", ["白班 08:00-20:00", "夜班 20:00-08:00"]),
    ],
)
def test_a_line_is_read_as_people_write_it(line: str, words: list[str]) -> None:
    assert [one.words for one in shift_hours(line)] == words


@pytest.mark.parametrize(
    "line", ["", "、", "08:00-16:00", "早班 8点", "早班 08:60-16:00", "早班 24:01-08:00", "早" * 21]
)
def test_what_names_no_hours_is_no_line(line: str) -> None:
    with pytest.raises(ValueError, match=r"needs|no time"):
        shift_hours(line)
