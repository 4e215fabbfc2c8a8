"""A form ticket works once, not too early, not too late; work must be real."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.leads import tickets
from bihuan.leads.tickets import TicketState, UsedTickets

KEY = b"k" * 32
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def judged(
    ticket: str, *, after: float, used: UsedTickets | None = None, key: bytes = KEY
) -> TicketState:
    used = UsedTickets() if used is None else used
    return tickets.check(ticket, now=NOON + timedelta(seconds=after), key=key, used=used)


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (-60, TicketState.TOO_EARLY),
        (0, TicketState.TOO_EARLY),
        (7.999, TicketState.TOO_EARLY),
        (8, TicketState.VALID),
        (24 * 3600 - 1, TicketState.VALID),
        (24 * 3600, TicketState.EXPIRED),
    ],
)
def test_a_ticket_has_its_time(after: float, state: TicketState) -> None:
    assert judged(tickets.issue(now=NOON, key=KEY), after=after) == state


def test_a_ticket_works_once_and_an_early_try_does_not_use_it_up() -> None:
    ticket, used = tickets.issue(now=NOON, key=KEY), UsedTickets()
    assert judged(ticket, after=1, used=used) == TicketState.TOO_EARLY
    assert judged(ticket, after=9, used=used) == TicketState.VALID
    assert judged(ticket, after=10, used=used) == TicketState.REPLAYED


def test_no_two_tickets_are_alike() -> None:
    assert tickets.issue(now=NOON, key=KEY) != tickets.issue(now=NOON, key=KEY)


@given(st.integers(0, 36), st.integers(1, 255))
def test_an_altered_ticket_is_forged(place: int, flip: int) -> None:
    ticket = tickets.issue(now=NOON, key=KEY)
    raw = bytearray(base64.urlsafe_b64decode(ticket + "=="))
    raw[place] ^= flip
    altered = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    assert judged(altered, after=9) == TicketState.FORGED


@given(st.text(max_size=60))
def test_junk_is_forged(text: str) -> None:
    assert judged(text, after=9) == TicketState.FORGED


def test_another_key_or_kind_is_forged() -> None:
    ticket = tickets.issue(now=NOON, key=KEY)
    assert judged(ticket, after=9, key=b"x" * 32) == TicketState.FORGED
    work = tickets.issue_challenge(now=NOON, key=KEY, difficulty_bits=1)
    assert judged(work, after=9) == TicketState.FORGED


def test_used_tickets_are_forgotten_when_they_could_not_come_back() -> None:
    used = UsedTickets()
    assert judged(tickets.issue(now=NOON, key=KEY), after=9, used=used) == TicketState.VALID
    assert len(used) == 1
    tomorrow = NOON + timedelta(hours=24, seconds=1)
    later = tickets.issue(now=tomorrow, key=KEY)
    assert judged(later, after=24 * 3600 + 10, used=used) == TicketState.VALID
    assert len(used) == 1


@given(st.lists(st.integers(0, 3600), min_size=12, max_size=60))
def test_a_flood_never_lets_a_ticket_in_twice(seconds: list[int]) -> None:
    used = UsedTickets(capacity=10)
    made = [tickets.issue(now=NOON + timedelta(seconds=at), key=KEY) for at in seconds]
    first = [judged(ticket, after=4000, used=used) for ticket in made]
    assert set(first) <= {TicketState.VALID, TicketState.EXPIRED}
    assert len(used) <= 10
    again = {judged(ticket, after=4001, used=used) for ticket in made}
    assert again <= {TicketState.REPLAYED, TicketState.EXPIRED}
    fresh = tickets.issue(now=NOON + timedelta(seconds=3990), key=KEY)
    assert judged(fresh, after=4002, used=used) == TicketState.VALID


def solved(challenge: str, difficulty_bits: int, *, exactly: bool = False) -> str:
    for nonce in map(str, count()):
        digest = hashlib.sha256(f"{challenge}.{nonce}".encode()).digest()
        bits = f"{int.from_bytes(digest):0256b}"
        if bits.startswith("0" * difficulty_bits + "1" * exactly):
            return nonce
    raise AssertionError


def worked(
    challenge: str,
    nonce: str,
    *,
    after: timedelta = timedelta(seconds=2),
    used: UsedTickets | None = None,
) -> TicketState:
    used = UsedTickets() if used is None else used
    return tickets.verify_work(challenge, nonce, now=NOON + after, key=KEY, used=used)


@pytest.mark.parametrize("difficulty_bits", [1, 7, 8, 11])
def test_real_work_counts_once(difficulty_bits: int) -> None:
    challenge = tickets.issue_challenge(now=NOON, key=KEY, difficulty_bits=difficulty_bits)
    nonce, used = solved(challenge, difficulty_bits), UsedTickets()
    assert worked(challenge, nonce, used=used) == TicketState.VALID
    assert worked(challenge, nonce, used=used) == TicketState.REPLAYED


def test_work_below_its_bits_does_not_count() -> None:
    challenge = tickets.issue_challenge(now=NOON, key=KEY, difficulty_bits=32)
    assert worked(challenge, solved(challenge, 4)) == TicketState.FORGED


def test_work_one_bit_short_does_not_count() -> None:
    challenge = tickets.issue_challenge(now=NOON, key=KEY, difficulty_bits=9)
    assert worked(challenge, solved(challenge, 8, exactly=True)) == TicketState.FORGED


def test_work_grows_old() -> None:
    challenge = tickets.issue_challenge(now=NOON, key=KEY, difficulty_bits=1)
    assert worked(challenge, solved(challenge, 1), after=timedelta(hours=1)) == TicketState.EXPIRED


def test_work_for_no_challenge_or_with_an_endless_nonce_is_forged() -> None:
    challenge = tickets.issue_challenge(now=NOON, key=KEY, difficulty_bits=1)
    endless = "0" * 33
    while int.from_bytes(hashlib.sha256(f"{challenge}.{endless}".encode()).digest()) >> 255:
        endless += "0"
    assert worked(challenge, endless) == TicketState.FORGED
    assert worked("junk", "1") == TicketState.FORGED
    assert worked(tickets.issue(now=NOON, key=KEY), "1") == TicketState.FORGED


@pytest.mark.parametrize("difficulty_bits", [0, 33])
def test_difficulty_has_bounds(difficulty_bits: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        tickets.issue_challenge(now=NOON, key=KEY, difficulty_bits=difficulty_bits)
