"""Numbers: one counter row per series, organ, sector and year; a number is never used twice."""

from django.db import connection

from bihuan.language.loop import Series
from bihuan.matters.case import Case

ACCEPTANCE = Series(key="acceptance", pattern="{year}{organ}{serial:06d}")
# An outer portal gives numbers of its own row: the inner counter is out of its reach.
ACCEPTANCE_OUTSIDE = Series(key="acceptance_outside", pattern="{year}{organ}W{serial:06d}")
_TAKE = """
INSERT INTO matters_counter (series, organ, sector, year, value) VALUES (%s, %s, %s, %s, 1)
ON CONFLICT (series, organ, sector, year) DO UPDATE SET value = matters_counter.value + 1
RETURNING value
"""


def take_number(series: Series, *, organ: str, sector: str, year: int) -> str:
    """Take the next number. Call it last in the transaction: its row stays locked until the end."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [series.key, organ, sector, year])
        (serial,) = cursor.fetchone()
    return series.pattern.format(year=year, serial=serial, sector=sector, organ=organ)


def number_for(case: Case) -> str:
    """The running number of a matter: one series per county and year of issue."""
    if case.loop.number is None:
        raise ValueError(f"loop {case.loop.key!r} declares no number")
    return take_number(case.loop.number, organ=organ_of(case), sector="", year=case.today.year)


def acceptance_number(case: Case) -> str:
    """受理号: given at once at intake, before anything is known."""
    return take_number(ACCEPTANCE, organ=organ_of(case), sector="", year=case.today.year)


def organ_of(case: Case) -> str:
    """The county that numbers it; matters placed higher are numbered there."""
    matter = case.matter
    return str(matter.l3 or matter.l2 or matter.l1 or 0)
