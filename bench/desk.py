"""Queries of the desk at size: list, inbox, search, verify; medians of repeated runs."""

import statistics
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from bihuan.accounts.actors import Actor, actor_of
from bihuan.accounts.models import User
from bihuan.desk.filtering import Asked, page_asked
from bihuan.language.clock import SHANGHAI
from bihuan.matters import search
from bihuan.matters.declarations import catalog
from bihuan.matters.inbox import inbox, page_of
from bihuan.matters.verify import verify

ON = date(2026, 11, 1)
TERMS = ("瓦", "瓦斯", "传感器", "停产整顿", "探放水记录", "综采工作面瓦", "1101", "3107回风")


def measure(*, quick: bool, say: Callable[[str], object]) -> list[dict[str, Any]]:
    """A list of {name, value, unit, target, met}."""
    rounds = 5 if quick else 30
    users = User.objects.filter(username__startswith="bench-").order_by("id")
    office = actor_of(users.exclude(username__endswith="section")[0], on=ON)
    section = actor_of(users.filter(username__endswith="section")[0], on=ON)
    moment = datetime(2026, 11, 1, 9, tzinfo=SHANGHAI)
    cases: list[tuple[str, Callable[[], object]]] = []
    for label, by in (("office", office), ("section", section)):
        cases += [
            (f"list open, {label}", _list(by, "", moment)),
            (f"list late, {label}", _list(by, "late", moment)),
            (f"list stage, {label}", _list(by, "checking", moment)),
            (f"inbox, {label}", _inbox(by)),
        ]
    cases += [(f"search {term}, office", _search(term, office)) for term in TERMS]
    rows = [_row(label, run, rounds) for label, run in cases]
    for full in (False, True):
        started, cpu = time.perf_counter(), time.process_time()
        report = verify(full=full)
        name = f"verify {report.entries} entries, {'full' if full else 'chain'}"
        value = round(time.process_time() - cpu, 1)
        say(f"{name}: {time.perf_counter() - started:.1f} s, faults {len(report.faults)}")
        rows.append(_figure(name, value, "s CPU", 180 if full else 60))
    return rows


def _list(by: Actor, tab: str, at: datetime) -> Callable[[], object]:
    asked = Asked({"tab": tab})
    return lambda: page_asked(asked, after="", by=by, loop=catalog().loop("lead"), at=at)


def _inbox(by: Actor) -> Callable[[], object]:
    return lambda: page_of(inbox(by))


def _search(term: str, by: Actor) -> Callable[[], object]:
    return lambda: search.find(term, by=by, kind="lead")


def _row(label: str, run: Callable[[], object], rounds: int) -> dict[str, Any]:
    run()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        run()
        times.append((time.perf_counter() - started) * 1000)
    return _figure(label, round(statistics.median(times), 2), "ms", 10)


def _figure(name: str, value: float, unit: str, target: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "target": target, "met": value <= target}
