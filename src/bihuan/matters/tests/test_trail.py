"""The bytes of an entry: read back as written, refused when they aren't an entry."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.matters.trail import (
    GENESIS,
    HASH_SIZE,
    HEAD,
    Line,
    digest,
    from_bytes,
    previous_of,
    recorded_day,
    step_and_changes,
    to_bytes,
)

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


def line(**parts: Any) -> Line:
    plain = {
        "matter_id": 7,
        "seq": 1,
        "happened_at": NOON,
        "recorded_at": NOON,
        "actor_id": 3,
        "actor": "行动办 陈督办",
        "acting_for": "",
        "step": "open",
        "stage_from": "",
        "stage_to": "listed",
        "basis": "",
        "changes": {},
    }
    return Line(**(plain | parts))  # type: ignore[arg-type]


@given(MOMENTS, MOMENTS, TEXTS, st.dictionaries(TEXTS, TEXTS | st.integers() | st.none()))
def test_an_entry_is_read_back_as_it_was_written(
    happened: datetime, recorded: datetime, text: str, changes: dict[str, Any]
) -> None:
    written = line(happened_at=happened, recorded_at=recorded, basis=text, changes=changes)
    body = to_bytes(written, previous=GENESIS)
    assert from_bytes(body) == written
    assert previous_of(body) == GENESIS


def test_an_entry_holds_the_hash_of_the_one_before() -> None:
    first = to_bytes(line(), previous=GENESIS)
    second = to_bytes(line(seq=2), previous=digest(first))
    assert previous_of(second) == digest(first)
    assert len(digest(second)) == HASH_SIZE


def test_an_entry_belongs_to_the_day_of_shanghai() -> None:
    late = datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC)
    assert recorded_day(to_bytes(line(recorded_at=late), previous=GENESIS)) == (
        datetime(2026, 3, 1).toordinal()  # noqa: DTZ001
    )
    midnight = datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert recorded_day(to_bytes(line(recorded_at=midnight), previous=GENESIS)) == (
        datetime(2026, 3, 2).toordinal()  # noqa: DTZ001
    )


BODY = to_bytes(line(), previous=GENESIS)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "not the bytes of an entry"),
        (BODY[: HEAD.size - 1], "not the bytes of an entry"),
        (b"\x09" + BODY[1:], "unknown entry format 9"),
        (BODY[:-1], "cut short"),
        (BODY + b"\0", "not the bytes of an entry"),
        (BODY[: HEAD.size + HASH_SIZE], "unpack"),
        (HEAD.pack(1, 7, 1, 2**62, 0, 3) + BODY[HEAD.size :], "not the bytes of an entry"),
        (BODY.replace("督".encode(), b"\xff\xff\xff"), "not the bytes of an entry"),
    ],
)
def test_other_bytes_are_no_entry(body: bytes, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        from_bytes(body)


@pytest.mark.parametrize("size", [0, HEAD.size, HEAD.size + HASH_SIZE + 2, len(BODY) - 1])
def test_steps_are_not_read_from_other_bytes(size: int) -> None:
    assert step_and_changes(BODY) == ("open", "{}")
    with pytest.raises(ValueError, match=r"not the bytes of an entry|cut short"):
        step_and_changes(BODY[:size])
