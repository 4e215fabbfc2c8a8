"""What waits for the engine: in order, bounded, nothing dropped."""

from threading import Event, Thread

import pytest

from bihuan.telemetry.intake.arriving import Arrivals, Arrived, arrived_at
from bihuan.telemetry.notation import stamp_of

pytestmark = pytest.mark.once
PATIENCE_S = 20.0


def arrived(name: str, *, size: int = 10) -> Arrived:
    """A file of a channel that has nothing to acknowledge."""
    return Arrived(
        name=name,
        path="",
        content=bytes(size),
        channel="http",
        received_at=0,
        acknowledge=Event().set,
    )


def names(taken: list[Arrived]) -> list[str]:
    return [one.name for one in taken]


def test_all_that_is_there_is_taken_in_order() -> None:
    waiting = Arrivals()
    for name in "abc":
        assert waiting.offer(arrived(name))
    assert len(waiting) == 3
    assert names(waiting.take(wait_s=0)) == ["a", "b", "c"]
    assert waiting.take(wait_s=0) == []
    assert waiting.waiting_bytes == 0


def test_no_more_than_asked_for_is_taken() -> None:
    waiting = Arrivals()
    for name in "abc":
        waiting.offer(arrived(name))
    assert names(waiting.take(wait_s=0, bytes_max=20)) == ["a", "b"]
    assert names(waiting.take(wait_s=0, bytes_max=5)) == ["c"]


def test_without_room_a_file_stays_with_its_channel() -> None:
    waiting = Arrivals(room_bytes=20)
    assert waiting.offer(arrived("a"))
    assert waiting.offer(arrived("b"))
    assert not waiting.offer(arrived("c"), wait_s=0)
    waiting.take(wait_s=0, bytes_max=10)
    assert waiting.offer(arrived("c"), wait_s=0)
    assert names(waiting.take(wait_s=0)) == ["b", "c"]


def test_a_file_larger_than_the_room_comes_through_alone() -> None:
    waiting = Arrivals(room_bytes=20)
    assert waiting.offer(arrived("large", size=100), wait_s=0)
    assert not waiting.offer(arrived("a"), wait_s=0)
    assert names(waiting.take(wait_s=0, bytes_max=1)) == ["large"]


def test_who_waits_for_room_goes_on_when_there_is_some() -> None:
    waiting = Arrivals(room_bytes=30)
    given = [f"{number:03}" for number in range(200)]

    def giving() -> None:
        for name in given:
            assert waiting.offer(arrived(name), wait_s=PATIENCE_S)
        waiting.close()

    giver = Thread(target=giving)
    giver.start()
    taken: list[str] = []
    while not (waiting.is_closed and not len(waiting)):
        taken += names(waiting.take(wait_s=PATIENCE_S))
    giver.join()
    assert taken == given


def test_closing_ends_all_waiting_and_leaves_what_is_here() -> None:
    waiting = Arrivals(room_bytes=10)
    waiting.offer(arrived("a"))
    answers: list[bool] = []
    giver = Thread(target=lambda: answers.append(waiting.offer(arrived("b"))))
    giver.start()
    waiting.close()
    giver.join(PATIENCE_S)
    assert answers == [False]
    assert names(waiting.take(wait_s=PATIENCE_S)) == ["a"]
    assert waiting.take(wait_s=PATIENCE_S) == []


def test_moments_are_those_of_the_files() -> None:
    assert stamp_of(arrived_at(1_772_323_200.9)) == "2026-03-01 08:00:00"
