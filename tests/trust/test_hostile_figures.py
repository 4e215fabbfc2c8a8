"""Hostile values in what a mine's program sends: refused in a sentence, and nothing of it kept."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from bihuan.api import callers
from bihuan.api.rates import Rate
from bihuan.api.tests.conftest import AT, MINE, Caller, caller_of
from bihuan.matters.moment import standing_at
from bihuan.monitoring.activity.tables import SeriesValue
from bihuan.monitoring.crews.tables import EntryRecord, PositionReport
from bihuan.monitoring.links.tables import DataSource
from bihuan.monitoring.models import GoafReading
from tests.people import County

CHINESE = re.compile("[一-鿿]{4,}")
GOOD = "2026-03-01T09:00:00+08:00"
ENDS = (
    "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00", "0001-01-03T00:00:00+08:00",
    "1899-12-31T23:59:59+08:00", "1999-12-31T23:59:59+08:00", "2200-01-01T00:00:00+08:00",
    "9999-12-31T23:59:59-12:00",
)  # fmt: skip
FIGURES = (
    "9e999999", "9e99999999999", "-9e99999999999", "1e400", "NaN", "sNaN", "Infinity", "-1",
    "9" * 5000, "0x1", "1e-400", "1.00000001",
)  # fmt: skip
KEPT: tuple[Any, ...] = (SeriesValue, EntryRecord, PositionReport, DataSource, GoafReading)


def far_away() -> Iterator[tuple[str, dict[str, Any]]]:
    """Bodies with a moment at an end of the calendar."""
    for end in ENDS:
        person = {"card": "A1", "entered_at": end}
        yield "positions", {"mine": MINE, "at": end, "persons": [{"card": "A1"}]}
        yield "positions", {"mine": MINE, "at": GOOD, "persons": [person]}
        yield "entries", {"mine": MINE, "entries": [{"at": end, "point": "副井", "card": "A1"}]}
        item = {"point": "CO-1", "at": end, "value": "3"}
        yield "goaf-readings", {"mine": MINE, "items": [item]}
        yield "links", {"site": MINE, "system": "water", "since": end, "until": GOOD}


def without_text() -> Iterator[tuple[str, dict[str, Any]]]:
    """Bodies with a character that no database keeps as text."""
    for nul in ("\0", "a\0b", "\\\0"):
        place = {"at": GOOD, "point": nul, "card": "A1"}
        yield "positions", {"mine": MINE, "at": GOOD, "persons": [{"card": "A1", "spot": nul}]}
        yield "entries", {"mine": MINE, "entries": [place]}
        item = {"point": nul, "at": GOOD, "value": "3"}
        yield "goaf-readings", {"mine": MINE, "items": [item]}
        link = {"site": MINE, "system": "water", "since": GOOD, "until": GOOD}
        yield "links", {**link, "object": nul}
        yield "series", {"values": [figure("1", site=nul)]}
        yield "series", {"values": [figure("1"), figure("1", **{nul: "x"})]}


def no_figures() -> Iterator[tuple[str, dict[str, Any]]]:
    """Bodies with what is no figure of a mine."""
    for value in FIGURES:
        for unit in ("", "万吨"):
            yield "series", {"values": [figure(value, unit=unit)]}
    yield "series", {"values": [figure("1", at="0000-01-01")]}
    yield "series", {"values": [figure("1", at="2199-12-31 23:59")]}
    yield "series", {"values": [figure("1", span="9" * 9)]}


def figure(value: str, **more: str) -> dict[str, str]:
    return {"site": MINE, "series": "output_t", "at": "2026-02-01", "value": value, **more}


@pytest.fixture
def firm(county: County, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The program of 青石岭煤业公司; what breaks is answered, as it is outside of tests."""
    monkeypatch.setattr(callers, "_rate", Rate(per_minute=10_000, burst=10_000))
    caller = caller_of(county, "firm")
    caller.raise_request_exception = False
    with standing_at(AT):
        yield caller


@pytest.mark.parametrize("bodies", [far_away, without_text, no_figures])
def test_it_is_refused_in_words_and_nothing_is_kept(firm: Caller, bodies: Any) -> None:
    sent = 0
    for path, body in bodies():
        answer: Any = firm.send(path, body)
        sent += 1
        told = answer.json()
        words = str(told.get("detail") or told.get("refused"))
        assert answer.status_code in (200, 400, 422), (answer.status_code, path, body)
        assert CHINESE.search(words), (path, body, told)
    assert sent > 10
    assert [one.objects.count() for one in KEPT] == [0] * len(KEPT)


def test_a_backslash_before_the_letters_of_one_is_text(firm: Caller) -> None:
    link = {"site": MINE, "system": "water", "since": GOOD, "until": GOOD}
    for text in ("a\\u0000b", "\\\\u0000"):
        answer: Any = firm.send("links", {**link, "object": text})
        assert answer.status_code == 202, answer.content
        assert DataSource.objects.filter(object=text).exists()
