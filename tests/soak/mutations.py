"""Single tamperings: `verify` names the matter or the seal of each, and is clean once undone.

What `verify` doesn't promise, and what therefore isn't tried here:
- a consistent forgery (chain, head, columns, facts) of what no seal holds yet: today's entries;
- the newest seals cut off together: only `verify --against` an outside copy misses them;
- when a day was sealed (`sealed_at`) and the number of its leaves (`leaf_count`);
- rows that the trail tells of but `verify` doesn't compare: clocks and their rungs, the matter's
  `due_at`, `late_from` and `moved_at`, recusals, attachments and the bytes of files, papers, the
  facts and titles of ledgers' records, counters since the last seal, voided numbers, search;
- what isn't in the trail at all: outbox, accounts and grants, places, packs, envelopes, receipts.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from bihuan.config.soak_suites import SUITES
from bihuan.language.clock import SHANGHAI
from bihuan.matters.seals import seal_until
from bihuan.matters.ticking import tick
from bihuan.matters.verify import verify
from tests.people import County
from tests.soak import ground
from tests.soak.tampering import past_triggers, tamper

START = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
DAYS = 10


def rounds(numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], dict[str, object]]]:
    """Each round is a hundred tamperings of one small deployment, undone one by one."""
    _fill(ground.settle())
    clean = verify()
    if clean.faults or clean.seals < DAYS:
        raise RuntimeError(f"the deployment isn't clean to begin with: {clean!r}")
    for number in numbers:
        draw = ground.drawn(seed, "mutations", number)
        faults: list[str] = []
        kinds: Counter[str] = Counter()
        for place in range(SUITES["mutations"].each):
            with transaction.atomic():
                past_triggers()
                done = tamper(draw)
                kinds[done.what.split("(")[0].strip()] += 1
                told = _told()
                transaction.set_rollback(True)
            if not any(name in fault for fault in told for name in done.names):
                faults.append(
                    f"tampering {place}, {done.what}: {done.names[0]!r} not in {told[:3]}"
                )
            if after := verify().faults:
                faults.append(f"tampering {place}, {done.what}: undone, yet {after[:3]}")
        yield number, faults, {"kinds": len(kinds)}


def _told() -> list[str]:
    try:
        return verify().faults
    except Exception as error:  # noqa: BLE001
        return [f"verify fell over: {error!r}"]


def _fill(county: County) -> None:
    """Ten days of leads, two a day, some acknowledged, reported or late; each day sealed."""
    for day in range(DAYS):
        at = START + timedelta(days=day)
        lead = ground.handed_over(county, at, title=f"反映兴旺煤矿第{day + 1}号问题")
        if day % 2:
            later = at + timedelta(hours=1)
            ground.press(county, "receiver", lead, "acknowledge", later)
            given = {"finding": "属实", "verified_facts": ground.TEXT, "measures": ["顶格处罚"]}
            ground.press(county, "handler", lead, "record_findings", later, **given)
        ground.opened(county, at + timedelta(hours=2))
        night = (at + timedelta(days=1)).replace(hour=0, minute=5)
        tick(now=night)
        seal_until(at.date(), now=night)
    # The night's own rungs belong to the next day: it is sealed as well.
    tick(now=START + timedelta(days=DAYS + 1))
    seal_until((START + timedelta(days=DAYS + 1)).date(), now=START + timedelta(days=DAYS + 2))
