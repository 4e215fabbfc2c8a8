"""Reading the holiday files: what the shipped years say and which files are refused."""

from datetime import date
from pathlib import Path

import pytest

from bihuan.language.calendar import WorkCalendar, YearCalendar, read_calendars, read_year

SHIPPED = Path(__file__).parents[4] / "data" / "calendars"
YEAR = """
year = 2026
notice = "国办发明电〔2025〕7号"
[[holiday]]
name = "元旦"
from = {first}
to = {last}
workdays = [{workday}]
"""


def written(folder: Path, **values: str) -> Path:
    path = folder / "2026.toml"
    defaults = {"first": "2026-01-01", "last": "2026-01-03", "workday": "2026-01-04"}
    path.write_text(YEAR.format(**(defaults | values)), encoding="utf-8")
    return path


def test_shipped_2026_follows_its_notice() -> None:
    year = read_year(SHIPPED / "2026.toml")
    assert (year.year, year.notice) == (2026, "国办发明电〔2025〕7号")
    assert len(year.holidays) == 3 + 9 + 3 + 5 + 3 + 3 + 7
    assert {(day.month, day.day) for day in year.workdays} == {
        (1, 4),
        (2, 14),
        (2, 28),
        (5, 9),
        (9, 20),
        (10, 10),
    }
    assert date(2026, 2, 15) in year.holidays
    assert date(2026, 2, 23) in year.holidays
    assert date(2026, 2, 24) not in year.holidays


def test_shipped_2025_follows_its_notice() -> None:
    year = read_year(SHIPPED / "2025.toml")
    assert (year.year, year.notice) == (2025, "国办发明电〔2024〕12号")
    assert len(year.holidays) == 1 + 8 + 3 + 5 + 3 + 8
    assert {(day.month, day.day) for day in year.workdays} == {
        (1, 26),
        (2, 8),
        (4, 27),
        (9, 28),
        (10, 11),
    }


def test_folder_is_read_whole() -> None:
    calendar = read_calendars(SHIPPED)
    assert [year.year for year in calendar.years] == [2025, 2026]
    assert calendar.is_loaded(date(2026, 12, 31))
    assert not calendar.is_loaded(date(2027, 1, 1))


def test_days_know_their_festival_and_notice() -> None:
    calendar = read_calendars(SHIPPED)
    assert calendar.festival_on(date(2026, 10, 1)) == "国庆节"
    assert calendar.festival_on(date(2026, 10, 10)) == ""
    assert calendar.festival_on(date(2026, 10, 12)) == ""
    assert calendar.notice_for(date(2026, 10, 10)) == "国办发明电〔2025〕7号"
    assert calendar.notice_for(date(2026, 10, 12)) == ""


def test_holiday_without_a_name_is_still_a_holiday() -> None:
    day = date(2026, 7, 1)
    year = YearCalendar(year=2026, notice="某通知", holidays=frozenset({day}), workdays=frozenset())
    assert WorkCalendar((year,)).festival_on(day) == "法定节假日"


def test_calendars_can_be_keys() -> None:
    assert len({read_calendars(SHIPPED), read_calendars(SHIPPED)}) == 1


def test_notice_may_reach_into_the_december_before(tmp_path: Path) -> None:
    path = written(tmp_path, first="2025-12-31", workday="2025-12-28")
    assert date(2025, 12, 31) in read_year(path).holidays


def test_later_notice_wins_about_a_december_day() -> None:
    day = date(2026, 12, 27)
    older = YearCalendar(year=2026, notice="旧", holidays=frozenset({day}), workdays=frozenset())
    newer = YearCalendar(year=2027, notice="新", holidays=frozenset(), workdays=frozenset({day}))
    for years in ((older, newer), (newer, older)):
        assert WorkCalendar(years).is_workday(day)
        assert WorkCalendar(years).notice_for(day) == "新"


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"last": "2025-12-30"}, "ends before it begins"),
        ({"workday": "2026-01-05"}, "is not a weekend"),
        ({"workday": "2026-01-03"}, "both holiday and workday"),
        ({"workday": "2027-01-03"}, "does not belong to 2026"),
        ({"workday": '"1月4日"'}, "is not a date"),
        ({"first": "2026-01-01T08:00:00"}, "is not a date"),
        ({"first": "一月一日"}, "Invalid value"),
    ],
)
def test_faulty_file_is_refused_by_name(tmp_path: Path, values: dict[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=rf"'2026\.toml'.*{fault}"):
        read_year(written(tmp_path, **values))


def test_missing_entry_is_named(tmp_path: Path) -> None:
    path = tmp_path / "2027.toml"
    path.write_text("year = 2027\nholiday = []\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"'2027\.toml' lacks 'notice'"):
        read_year(path)


def test_year_is_loaded_once() -> None:
    year = read_year(SHIPPED / "2026.toml")
    with pytest.raises(ValueError, match="2026 is loaded twice"):
        WorkCalendar((year, year))
