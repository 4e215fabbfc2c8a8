"""The public door: form tickets, proof of work and allowances.

Portal forms carry no CSRF cookie: a signed ticket that is good once stands in its place, and no
form acts in anybody's name; `sent_forms` remembers which were taken. An address is used to count,
in memory only, and is never written anywhere.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest

from bihuan.leads.public_counters import count_tip
from bihuan.leads.tickets import (
    TicketState,
    UsedTickets,
    check,
    issue,
    issue_challenge,
    ticket_secret,
    verify_work,
)

WORK_BITS = 16
TICKET_LENGTH_MAX = 100
REFUSALS = {
    TicketState.TOO_EARLY: "提交得太快，请核对一遍内容，过几秒再点提交",
    TicketState.EXPIRED: "本页打开得太久，请再点一次提交",
    TicketState.FORGED: "本页已经失效，请再点一次提交",
}
_used_work = UsedTickets()


@dataclass(frozen=True, kw_only=True)
class FormTicket:
    """What a form carries: its ticket and the work that its browser may do."""

    ticket: str
    challenge: str
    bits: int = WORK_BITS


def new_ticket(now: datetime) -> FormTicket:
    """A fresh ticket with its challenge."""
    challenge = issue_challenge(now=now, key=ticket_secret(), difficulty_bits=WORK_BITS)
    return FormTicket(ticket=issue(now=now, key=ticket_secret()), challenge=challenge)


def same_ticket(ticket: str, *, now: datetime) -> FormTicket:
    """The ticket of a form that comes back to be mended: its wait doesn't begin again."""
    return (
        replace(new_ticket(now), ticket=ticket[:TICKET_LENGTH_MAX]) if ticket else new_ticket(now)
    )


def judge_ticket(ticket: str, *, now: datetime) -> TicketState:
    """Judge a ticket by its age and signature; whether it was used is asked of `sent_forms`."""
    return check(ticket, now=now, key=ticket_secret(), used=UsedTickets())


def tip_is_within_allowance(request: HttpRequest, *, now: datetime) -> bool:
    """Count a tip-off; False sends it to 待甄别, never away."""
    has_worked = _has_worked(request, now=now)
    return count_tip(request, now=now, has_worked=has_worked)


def _has_worked(request: HttpRequest, *, now: datetime) -> bool:
    challenge, nonce = request.POST.get("challenge", ""), request.POST.get("work", "")
    if not nonce:
        return False
    state = verify_work(challenge, nonce, now=now, key=ticket_secret(), used=_used_work)
    return state is TicketState.VALID
