"""Twenty people press the same step at once: one succeeds, nineteen are told so in a sentence."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Barrier, Thread

from django.db import connection
from django.utils import timezone

from bihuan.matters.engine import take_step
from bihuan.matters.models import Entry, Matter
from bihuan.matters.refusals import Refused
from bihuan.matters.verify import verify
from tests.people import County
from tests.soak import ground

PRESSERS = 20
STEPS = ("register", "classify", "hand_over", "acknowledge", "record_findings")


def rounds(numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], dict[str, float]]]:
    """Each round carries one lead along its steps up to the next in turn, which twenty press."""
    county = ground.settle()
    for number in numbers:
        at = timezone.now() - timedelta(hours=1)
        wanted = STEPS[(seed + number) % len(STEPS)]
        lead = ground.opened(county, at)
        for minute, key in enumerate(STEPS[: STEPS.index(wanted)], start=1):
            account, answers = _given(county, key)
            ground.press(county, account, lead, key, at + timedelta(minutes=minute), **answers)
        started = time.monotonic()
        told = _pressed(county, lead, wanted, at + timedelta(minutes=30))
        figures = {"step": wanted, "seconds": round(time.monotonic() - started, 2)}
        yield number, [*_judged(lead, wanted, told), *verify().faults], figures


def _pressed(county: County, lead: Matter, step: str, at: datetime) -> list[str]:
    """What each of the twenty was told: nothing when it was taken, else the sentence."""
    account, answers = _given(county, step)
    by = county.actor(account, on=at.date())
    seen = Matter.objects.get(pk=lead.pk).last_seq
    told: list[str] = []
    together = Barrier(PRESSERS)

    def press() -> None:
        together.wait()
        try:
            take_step(lead.pk, step, by=by, now=at, answers=answers, seen_seq=seen)
            told.append("")
        except Refused as refused:
            told.append(refused.sentence)
        except Exception as error:  # noqa: BLE001
            told.append(f"ERROR {error!r}")
        finally:
            connection.close()

    threads = [Thread(target=press) for _ in range(PRESSERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def _judged(lead: Matter, step: str, told: list[str]) -> list[str]:
    faults = []
    if told.count("") != 1:
        faults.append(f"{step}: {told.count('')} of {len(told)} presses were taken")
    strange = [one for one in told if one and not one.endswith("。")]
    if strange or len(told) != PRESSERS:
        faults.append(f"{step}: told {Counter(strange)} in {len(told)} answers")
    times = Entry.objects.filter(matter_id=lead.pk, step=step).count()
    if times != 1:
        faults.append(f"{step}: stands {times} times in the trail")
    return faults


def _given(county: County, step: str) -> tuple[str, dict[str, object]]:
    """Who takes a step, and with what."""
    return {
        "register": ("intake", ground.registering(county, "反映兴旺煤矿夜班超定员组织生产")),
        "classify": (
            "office",
            {"unit": county.units["coal"].pk, "locality": county.regions["north"].pk},
        ),
        "hand_over": ("office", {"letter_source": "public"}),
        "acknowledge": ("receiver", {}),
        "record_findings": (
            "handler",
            {"finding": "属实", "verified_facts": ground.TEXT, "measures": ["顶格处罚"]},
        ),
    }[step]
