"""Single tamperings: `verify` names the matter or the seal of each, and is clean once undone.

What `verify` doesn't promise, and what therefore isn't tried here:
- a consistent forgery (chain, head, columns, facts) of what no seal holds yet: today's entries;
- the newest seals cut off together: only `verify --against` an outside copy misses them;
- when a day was sealed (`sealed_at`);
- the bytes of files, which `verify --files` hashes (tested beside it), and which file was made of
  a paper (`pdf_digest`, `docx_digest`): it is made when somebody first asks for it;
- in trails begun before clocks had a digest: what a clock keeps besides the words told of it, and
  recusals that were added;
- rows that the trail tells of but `verify` doesn't compare: counters since the last seal, voided
  numbers, the organ of a number, open proposals, search;
- what isn't in the trail at all: outbox, accounts and grants, places, packs, envelopes, receipts.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO

from django.db import transaction
from PIL import Image

from bihuan.config.soak_suites import SUITES
from bihuan.language.clock import SHANGHAI
from bihuan.leads.ledgers import CHANNEL
from bihuan.matters.attachments import attach
from bihuan.matters.records import write_record
from bihuan.matters.seals import seal_until
from bihuan.matters.ticking import tick
from bihuan.matters.verify import verify
from tests.people import County
from tests.soak import ground
from tests.soak.forging import past_triggers
from tests.soak.tampering import tamper

START = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
DAYS = 10
_CHANNEL_FACTS = {
    "name": "举报电话",
    "media": "来电",
    "address": "0000-1234567",
    "state": "开通",
}


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
    """Ten days of leads, two a day, some acknowledged, reported or late; each day sealed.

    There is a record of a ledger, and a file of every second lead.
    """
    office = county.actor("office", on=START.date())
    write_record(CHANNEL, by=office, now=START, facts=_CHANNEL_FACTS)
    for day in range(DAYS):
        at = START + timedelta(days=day)
        lead = ground.handed_over(county, at, title=f"反映兴旺煤矿第{day + 1}号问题")
        if day % 2:
            later = at + timedelta(hours=1)
            ground.press(county, "receiver", lead, "acknowledge", later)
            given = {"finding": "属实", "verified_facts": ground.TEXT, "measures": ["顶格处罚"]}
            ground.press(county, "handler", lead, "record_findings", later, **given)
            handler = county.actor("handler", on=at.date())
            attach(lead.pk, _photo(day), "入井口.jpg", by=handler, now=later)
        accusing = ground.opened(county, at + timedelta(hours=2))
        if day % 3 == 0:
            given = ground.registering(county, "反映工作人员") | {
                "accused_unit": county.units["noncoal"].pk,
                "accused_person": county.users["leader"].person_id,
            }
            ground.press(county, "intake", accusing, "register", at + timedelta(hours=3), **given)
        night = (at + timedelta(days=1)).replace(hour=0, minute=5)
        tick(now=night)
        seal_until(at.date(), now=night)
    # The night's own rungs belong to the next day: it is sealed as well.
    tick(now=START + timedelta(days=DAYS + 1))
    seal_until((START + timedelta(days=DAYS + 1)).date(), now=START + timedelta(days=DAYS + 2))


def _photo(shade: int) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (40, 30), (90, 120, shade)).save(stream, "JPEG")
    return stream.getvalue()
