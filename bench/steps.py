"""Steps through the engine, all of it: clients side by side take leads along their whole path.

Each client is a process of its own with its own leads; the county, its people and packs are
settled first, beside whatever the deployment holds. A step counts when `take_step` has returned,
that is after the commit. Opening a lead isn't counted but its time is in.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection

from bihuan.accounts.actors import Actor, actor_of
from bihuan.accounts.models import Grant, User
from bihuan.matters.engine import open_matter, take_step
from bihuan.matters.models import Matter
from bihuan.places.models import Appointment, Person, Post, Region, Site, Unit
from bihuan.regulations.packs import adopt, load_packs

CLIENTS, SECONDS, WARM_UP = 4, 20, 2
NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
SINCE = date(2024, 1, 1)
# account: unit, role, function of the post
PEOPLE = {
    "intake": ("office", "intake", "staff"),
    "office": ("office", "office", "staff"),
    "receiver": ("section", "receiver", "receiver"),
    "handler": ("section", "handler", "staff"),
    "head": ("section", "head", "head"),
}
TARGETS = {"sqlite": 600, "postgresql": 800}


class Bench:
    """A county of its own with the five people that a lead's path needs."""

    def __init__(self) -> None:
        load_packs(settings.DATA / "packs", now=NOW)
        code = _free_code()
        province = _region(code, 1, None)
        self.county = _region(f"{code}0121", 3, _region(f"{code}01", 2, province))
        self.town = _region(f"{code}0121001", 4, self.county)
        self.units = {
            key: Unit.objects.create(name=f"{self.county.name}{key}", kind=key, region=self.county)
            for key in ("office", "section")
        }
        self.site = Site.objects.create(
            name="北坡煤矿", kind="coal", region=self.town, opened_on=SINCE
        )
        users = {key: self._person(key, *of) for key, of in PEOPLE.items()}
        adopt(
            "linxian-2022",
            region=self.county,
            from_on=SINCE,
            by=users["office"],
            reason="测速",
            now=NOW,
        )
        self.actors: dict[str, Actor] = {
            key: actor_of(user, on=NOW.date()) for key, user in users.items()
        }

    def _person(self, key: str, unit: str, role: str, function: str) -> User:
        person = Person.objects.create(name=f"测{key}")
        user = User.objects.create(username=f"steps-{self.county.code}-{key}", person=person)
        Grant.objects.create(
            user=user, role=role, unit=self.units[unit], region=self.county, from_on=SINCE
        )
        post = Post.objects.create(unit=self.units[unit], title=key, function=function)
        Appointment.objects.create(post=post, person=person, from_on=SINCE)
        return user

    def path(self) -> Iterator[Callable[[], Matter]]:
        """The steps of one new lead, each to be called and timed."""
        lead = open_matter(
            "lead",
            by=self.actors["intake"],
            now=NOW,
            answers={"source": "举报电话", "channel": "phone", "reporter_kind": "public"},
            region_id=self.county.pk,
        )
        told = {
            "title": "反映北坡煤矿夜班超定员组织生产",
            "summary": "北坡煤矿夜班302掘进工作面下井人数超过规定，带班领导没有下井。",
            "type": "重大事故隐患",
            "source": "举报电话",
            "site": self.site.pk,
        }
        found = {
            "finding": "属实",
            "verified_facts": "现场核查，夜班下井二十六人，超过限员。",
            "measures": ["停产整顿并挂牌督办"],
            "result_penalty": "50000",
        }
        steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("intake", "register", told),
            ("office", "classify", {"unit": self.units["section"].pk, "locality": self.town.pk}),
            ("office", "hand_over", {"letter_source": "public"}),
            ("receiver", "acknowledge", {}),
            ("handler", "record_progress", {"progress": "已到现场核查，调取入井记录。"}),
            ("handler", "record_findings", found),
            ("handler", "request_signature", {}),
            ("head", "sign", {}),
            ("handler", "report_back", {}),
        )
        for who, step, answers in steps:
            yield partial(take_step, lead.pk, step, by=self.actors[who], now=NOW, answers=answers)


def measure(*, quick: bool, say: Callable[[str], object]) -> list[dict[str, Any]]:
    """Rows of {name, value, unit, target, met}: steps per second, p50, p99, CPU per step."""
    bench = Bench()
    seconds = 3 if quick else SECONDS
    pipes = [_client(bench, seconds) for _ in range(CLIENTS)]
    found = [json.loads(os.fdopen(pipe).read()) for pipe in pipes]
    for _ in pipes:
        os.wait()
    taken = sorted(one for client in found for one in client["taken"])
    rate = len(taken) / seconds
    target = TARGETS[connection.vendor]
    p99 = taken[int(len(taken) * 0.99)] * 1000
    cpu = sum(client["cpu"] for client in found) / len(taken) * 1000
    say(f"{CLIENTS} clients, {len(taken)} steps in {seconds} s")
    return [
        _figure("steps, 4 clients", round(rate), "/s", target, met=rate >= target),
        _figure("step p50", round(taken[len(taken) // 2] * 1000, 2), "ms", None, met=None),
        _figure("step p99", round(p99, 2), "ms", 100, met=p99 <= 100),
        _figure("step, CPU of the client", round(cpu, 2), "ms", None, met=None),
    ]


def _client(bench: Bench, seconds: float) -> int:
    """Fork a client; gives the pipe on which it tells its figures."""
    connection.close()
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        return reading
    os.close(reading)
    _walk(bench, until=time.monotonic() + WARM_UP)
    started = time.process_time()
    taken = _walk(bench, until=time.monotonic() + seconds)
    told = {"taken": taken, "cpu": time.process_time() - started}
    with os.fdopen(writing, "w") as pipe:
        json.dump(told, pipe)
    os._exit(0)


def _walk(bench: Bench, *, until: float) -> list[float]:
    taken: list[float] = []
    while time.monotonic() < until:
        for step in bench.path():
            started = time.perf_counter()
            step()
            taken.append(time.perf_counter() - started)
            if time.monotonic() >= until:
                break
    return taken


def _free_code() -> str:
    """A province that no earlier run has settled."""
    taken = set(Region.objects.filter(level=1).values_list("code", flat=True))
    return next(code for code in map(str, range(98, 9, -1)) if code not in taken)


def _region(code: str, level: int, parent: Region | None) -> Region:
    region = Region.objects.create(
        code=code, name=f"测步{code}", level=level, parent=parent, path=""
    )
    region.path = f"{parent.path if parent else '/'}{region.pk}/"
    region.save()
    return region


def _figure(
    name: str, value: float, unit: str, target: float | None, *, met: bool | None
) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "target": target, "met": met}
