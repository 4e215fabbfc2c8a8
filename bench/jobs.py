"""Long work at size: import, export and packages of letters, ordered and done as the desk does.

Each job runs in this process through the same code as in the worker's child, with its progress,
lease and files. Beside the seconds on the clock stand those of CPU: the machine may have other
work. An export of 100,000 rows needs as many leads; where they lack they are filled in first.
"""

import time
from collections.abc import Callable
from typing import Any

from bench.fill import fill
from bench.orders import order_import, table_of
from bench.steps import Bench
from bihuan.accounts.actors import Actor, actor_of
from bihuan.accounts.models import Grant, User
from bihuan.jobs.asking import ask
from bihuan.jobs.models import Job
from bihuan.jobs.running import run_next
from bihuan.matters.engine import take_step
from bihuan.matters.models import Matter, PaperCopy
from bihuan.matters.moment import now
from bihuan.places.models import Region, Unit

WRONG_EVERY = 200
COPIES_OF_A_LETTER = 2
TARGETS_S = {"import": 10, "export": 15, "pdf": 6, "docx": 45}


def measure(*, quick: bool, say: Callable[[str], object]) -> list[dict[str, Any]]:
    """Rows of {name, value, unit, target, met}: seconds and CPU seconds of each kind of work."""
    rows, listed, letters = (200, 2_000, 20) if quick else (10_000, 100_000, 1_000)
    bench = Bench()
    data = table_of(rows, wrong_every=WRONG_EVERY, mark=f"{time.time_ns() % 10_000_000}-")
    figures = _done(order_import(bench, data), f"import {rows:,} leads", "import", quick, say)
    ids = _handed_over(bench, letters // COPIES_OF_A_LETTER)
    for form, label in (("pdf", "PDF"), ("docx", "Word")):
        order = {"kind": "lead", "form": form, "ids": ids}
        job = ask("letters", order, title=label, by=bench.actors["office"], now=now())
        figures += _done(job, f"{letters:,} letters as {label}", form, quick, say)
    by = _reader(listed, say)
    count = Matter.objects.filter(kind="lead", l1=by.held[0].region_id).count()
    for form in ("xlsx", "csv"):
        listed_as: dict[str, Any] = {"kind": "lead", "form": form, "query": {"tab": "all"}}
        job = ask("export", listed_as, title=form, by=by, now=now())
        figures += _done(job, f"export {count:,} rows as {form}", "export", quick, say)
    return figures


def _done(
    job: Job, name: str, target: str, quick: bool, say: Callable[[str], object]
) -> list[dict[str, Any]]:
    started, cpu = time.perf_counter(), time.process_time()
    run_next()
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise RuntimeError(f"{name!r} ended as {job.state!r}: {job.words!r}")
    say(f"{name}: {wall_s:.1f} s, {cpu_s:.1f} s of CPU; {job.words}")
    aim = None if quick else TARGETS_S[target]
    return [
        _figure(name, wall_s, "s", aim, met=None if aim is None else wall_s < aim),
        _figure(f"{name}, CPU", cpu_s, "s", None, met=None),
    ]


def _handed_over(bench: Bench, count: int) -> list[int]:
    """So many of the imported leads with their letters."""
    found = Matter.objects.filter(kind="lead", l3=bench.county.pk, stage="registered")
    ids = list(found.order_by("-id").values_list("pk", flat=True)[:count])
    place = {"unit": bench.units["section"].pk, "locality": bench.town.pk}
    office = bench.actors["office"]
    for pk in ids:
        take_step(pk, "classify", by=office, now=now(), answers=place)
        take_step(pk, "hand_over", by=office, now=now(), answers={"letter_source": "public"})
    if PaperCopy.objects.filter(matter__in=ids).count() != count * COPIES_OF_A_LETTER:
        raise RuntimeError("not the letters that were wanted")
    return ids


def _reader(wanted: int, say: Callable[[str], object]) -> Actor:
    """Somebody who sees a province with so many leads."""
    if not User.objects.filter(username__startswith="bench-99").exists():
        fill(wanted, entries_each=4, say=say)
    province = Region.objects.get(code="99", level=1)
    user, is_new = User.objects.get_or_create(username="bench-jobs")
    if is_new:
        unit = Unit.objects.filter(region__path__startswith=province.path).order_by("id")[0]
        Grant.objects.create(
            user=user, role="office", unit=unit, region=province, from_on=province.valid_from
        )
    return actor_of(user, on=now().date())


def _figure(
    name: str, value: float, unit: str, target: float | None, *, met: bool | None
) -> dict[str, Any]:
    return {"name": name, "value": round(value, 1), "unit": unit, "target": target, "met": met}
