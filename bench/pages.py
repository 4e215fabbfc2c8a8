"""Pages over HTTP at size: 8 clients on one web worker, sessions and scope and all.

The server is the one that `serve` starts. Each client is an officer of a county of his own with
a session, asks for one page after the other over a kept connection, and never asks twice for the
same matter. CPU is that of the server's processes, from the kernel, divided by the answers.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.test import Client

from bihuan.accounts.actors import actor_of
from bihuan.accounts.models import User
from bihuan.config.https import https_from
from bihuan.config.serving import children
from bihuan.matters.identity import to_code
from bihuan.matters.inbox import inbox

CLIENTS, SECONDS, WARM_UP_S = 8, 10, 2
MATTERS_EACH = 400
TERMS = ("瓦", "瓦斯", "传感器", "停产整顿", "综采工作面瓦", "1101", "号煤")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page to ask for: its addresses for one officer, and its targets."""

    name: str
    addresses: Callable[[User], Sequence[str]]
    p95_ms: float
    per_s: float | None = None
    cpu_ms: float | None = None


def _matters(user: User) -> list[str]:
    newest = inbox(actor_of(user, on=date.today())).order_by("-id")  # noqa: DTZ011 - any day does
    return [
        f"/desk/matters/{to_code(pk)}/" for pk in newest.values_list("pk", flat=True)[:MATTERS_EACH]
    ]


PAGES = (
    Page(name="list", addresses=lambda _: ["/desk/m/lead/"], p95_ms=50, per_s=250, cpu_ms=4),
    Page(
        name="inbox",
        addresses=lambda _: ["/desk/m/lead/?tab=mine"],
        p95_ms=50,
        per_s=250,
        cpu_ms=4,
    ),
    Page(name="matter", addresses=_matters, p95_ms=60),
    Page(name="workbench", addresses=lambda _: ["/desk/"], p95_ms=80),
    Page(name="statistics", addresses=lambda _: ["/desk/statistics/lead/"], p95_ms=100),
    Page(
        name="search",
        addresses=lambda _: [f"/desk/search?q={quote(term)}" for term in TERMS],
        p95_ms=50,
    ),
)


def measure(*, quick: bool, say: Callable[[str], object]) -> list[dict[str, Any]]:
    """Rows of {name, value, unit, target, met} for every page, and the share of the bare one."""
    seconds = 2 if quick else SECONDS
    officers = [*_officers()[:CLIENTS]]
    cookies = [_signed_in(user) for user in officers]
    wanted = {page.name: [page.addresses(user) for user in officers] for page in PAGES}
    connection.close()
    rows: list[dict[str, Any]] = []
    cpu_of_list = 0.0
    with _server("bihuan.config.wsgi:door") as (port, process):
        for page in PAGES:
            found = _load(port, process, wanted[page.name], cookies, seconds=seconds)
            say(f"{page.name}: {found.count} answers in {seconds} s")
            rows += _rows(page, found)
            cpu_of_list = found.cpu_ms if page.name == "list" else cpu_of_list
    account = officers[0].username
    with _server("bench.bare:door", BENCH_ACCOUNT=account) as (port, process):
        bare = _load(port, process, [["/"]] * CLIENTS, cookies, seconds=seconds)
    share = round(bare.cpu_ms / cpu_of_list * 100)
    rows.append(_row("bare page, CPU", bare.cpu_ms, "ms", None, met=None))
    rows.append(_row("list, share of a bare page", share, "%", 45, met=share >= 45))
    return rows


@dataclass(frozen=True, kw_only=True)
class _Load:
    times_ms: list[float]
    seconds: float
    cpu_ms: float
    bytes_each: int

    @property
    def count(self) -> int:
        return len(self.times_ms)

    def quantile(self, share: float) -> float:
        return round(self.times_ms[int(len(self.times_ms) * share)], 1)


def _rows(page: Page, found: _Load) -> list[dict[str, Any]]:
    p95, rate, cpu = found.quantile(0.95), found.count / found.seconds, found.cpu_ms
    return [
        _row(f"{page.name}, p50", found.quantile(0.5), "ms", None, met=None),
        _row(f"{page.name}, p95", p95, "ms", page.p95_ms, met=p95 <= page.p95_ms),
        _row(
            f"{page.name}, rate",
            round(rate),
            "/s",
            page.per_s,
            met=None if page.per_s is None else rate >= page.per_s,
        ),
        _row(
            f"{page.name}, CPU",
            cpu,
            "ms",
            page.cpu_ms,
            met=None if page.cpu_ms is None else cpu <= page.cpu_ms,
        ),
        _row(f"{page.name}, size", found.bytes_each, "bytes", None, met=None),
    ]


def _officers() -> list[User]:
    users = User.objects.filter(username__startswith="bench-").order_by("id")
    return list(users.exclude(username__endswith="section"))


def _signed_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@contextmanager
def _server(application: str, **more: str) -> Iterator[tuple[int, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    web = children(host="127.0.0.1", port=port, https=https_from({}))[0]
    log = Path(settings.HOME) / "bench-web.log"
    with log.open("wb") as told:
        process = subprocess.Popen(  # noqa: S603
            [*web.command[:-1], application],
            env={**os.environ, **more},
            stdout=told,
            stderr=told,
        )
        try:
            _wait(port, log)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(port: int, log: Path) -> None:
    for _attempt in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server doesn't answer: {log.read_text('utf-8', 'replace')[-2000:]}")


def _load(
    port: int,
    process: int,
    addresses: Sequence[Sequence[str]],
    cookies: Sequence[str],
    *,
    seconds: float,
) -> _Load:
    _ask_all(port, addresses, cookies, seconds=WARM_UP_S)
    before = _cpu_s(process)
    started = time.perf_counter()
    asked = _ask_all(port, addresses, cookies, seconds=seconds)
    taken = time.perf_counter() - started
    cpu = _cpu_s(process) - before
    times = sorted(one for one, _size in asked)
    return _Load(
        times_ms=times,
        seconds=taken,
        cpu_ms=round(cpu / len(times) * 1000, 2),
        bytes_each=sum(size for _one, size in asked) // len(asked),
    )


def _ask_all(
    port: int, addresses: Sequence[Sequence[str]], cookies: Sequence[str], *, seconds: float
) -> list[tuple[float, int]]:
    until = time.monotonic() + seconds
    asked: list[tuple[float, int]] = []
    clients = [
        Thread(target=_ask, args=(port, mine, cookie, until, asked))
        for mine, cookie in zip(addresses, cookies, strict=True)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return asked


def _ask(
    port: int, addresses: Sequence[str], cookie: str, until: float, asked: list[tuple[float, int]]
) -> None:
    way = HTTPConnection("127.0.0.1", port, timeout=60)
    for address in cycle(addresses):
        if time.monotonic() >= until:
            break
        started = time.perf_counter()
        way.request("GET", address, headers={"Cookie": cookie})
        answer = way.getresponse()
        size = len(answer.read())
        asked.append(((time.perf_counter() - started) * 1000, size))
        if answer.status != 200:
            sys.exit(f"{address} answered {answer.status}")
    way.close()


def _cpu_s(process: int) -> float:
    """CPU seconds of a process and of those that it started."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / TICKS_PER_S
    started = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    return own + sum(_cpu_s(int(one)) for one in started)


def _row(
    name: str, value: float, unit: str, target: float | None, *, met: bool | None
) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "target": target, "met": met}
