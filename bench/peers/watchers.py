"""Prometheus, and VictoriaMetrics with vmalert: a reading of every point a second, rules too.

They judge by their own clock, so a step of the mine is a second here, and each reading is judged
once. The rules are the upper alarm and power-off of each point with their ends; bits of the status
and calibration aren't judged, since their languages have no bits.
"""

import json
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from bench.peers.feeding import UPPER, Feed, Ours, series_of, steps_of, written
from bench.peers.processes import absent, asked, cpu_of, running
from bihuan.config.ports import free_port

STEP_S = 1.0
TIMES_TARGET = 50
_RULE = """
  - alert: {level}
    expr: |
      reading >= on(point) {level}_on
      or (reading >= on(point) {level}_off
          and on(point) ALERTS{{alertname="{level}", alertstate="firing"}})
"""
type Rows = list[dict[str, Any]]


def prometheus(feed: Feed, *, folder: Path, ours: Ours, say: Callable[[str], object]) -> Rows:
    """What Prometheus takes to take the readings in and judge them."""
    program = shutil.which("prometheus")
    if not program:
        return absent("Prometheus", "apt: prometheus")
    rules = _rules(folder)
    config = folder / "prometheus.yml"
    config.write_text(
        f"global: {{evaluation_interval: 1s}}\nrule_files: [{json.dumps(str(rules))}]\n", "utf-8"
    )
    port = free_port("127.0.0.1", 0)
    address = f"http://127.0.0.1:{port}"
    command = [
        program,
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-remote-write-receiver",
    ]
    with running(command, ready=f"{address}/-/ready") as pid:
        spent = _streamed(feed, [pid], f"{address}/api/v1/write")
        raised = _raised(f"{address}/api/v1/alerts", say, "Prometheus")
    return _rows("Prometheus", feed, spent, raised, ours)


def victoria(feed: Feed, *, folder: Path, ours: Ours, say: Callable[[str], object]) -> Rows:
    """What VictoriaMetrics and vmalert take together."""
    program, judge = shutil.which("victoria-metrics"), shutil.which("vmalert")
    if not (program and judge):
        return absent("VictoriaMetrics + vmalert", "apt: victoria-metrics")
    with ExitStack() as held:
        bin_port = _listening(held)
        port, judge_port = free_port("127.0.0.1", 0), free_port("127.0.0.1", 0)
        address = f"http://127.0.0.1:{port}"
        database = [
            program,
            f"-storageDataPath={folder / 'victoria'}",
            f"-httpListenAddr=127.0.0.1:{port}",
            "-search.latencyOffset=0s",
        ]
        first = held.enter_context(running(database, ready=f"{address}/health"))
        judging = [
            judge,
            f"-rule={_rules(folder)}",
            f"-datasource.url={address}",
            f"-remoteWrite.url={address}",
            f"-notifier.url=http://127.0.0.1:{bin_port}",
            f"-httpListenAddr=127.0.0.1:{judge_port}",
            "-evaluationInterval=1s",
        ]
        asking = f"http://127.0.0.1:{judge_port}"
        second = held.enter_context(running(judging, ready=f"{asking}/health"))
        spent = _streamed(feed, [first, second], f"{address}/api/v1/write")
        raised = _raised(f"{asking}/api/v1/alerts", say, "vmalert")
    return _rows("VictoriaMetrics + vmalert", feed, spent, raised, ours)


def _rules(folder: Path) -> Path:
    path = folder / "rules.yml"
    told = "".join(_RULE.format(level=level) for level in UPPER)
    path.write_text(f"groups:\n- name: limits\n  interval: 1s\n  rules:{told}", "utf-8")
    return path


def _streamed(feed: Feed, pids: list[int], address: str) -> float:
    """CPU-seconds of these processes while every step is sent; the sender's own aren't in."""
    names, limits = series_of(feed)
    send = partial(
        asked,
        address,
        Content_Encoding="snappy",
        Content_Type="application/x-protobuf",
        X_Prometheus_Remote_Write_Version="0.1.0",
    )
    told = [name for name, _value in limits]
    send(written(told, [value for _name, value in limits], at_ms=int(time.time() * 1_000)))
    before = sum(map(cpu_of, pids))
    for values in steps_of(feed):
        begin = time.monotonic()
        send(written(names, values, at_ms=int(time.time() * 1_000)))
        time.sleep(max(0.0, begin + STEP_S - time.monotonic()))
    time.sleep(STEP_S)
    return sum(map(cpu_of, pids)) - before


def _raised(address: str, say: Callable[[str], object], name: str) -> int:
    told = json.loads(asked(address))["data"]["alerts"] or []
    say(f"{name}: {len(told)} alerts stand at the end")
    return len(told)


def _rows(name: str, feed: Feed, spent: float, raised: int, ours: Ours) -> Rows:
    rate = feed.size.series * feed.size.steps / spent / 1e6
    times = ours.rate / rate
    return [
        {
            "name": f"{name}, {raised} alerts at the end",
            "value": round(rate, 4),
            "unit": "M points/CPU-s",
            "target": None,
            "met": None,
        },
        {
            "name": f"ours to {name}",
            "value": round(times, 1),
            "unit": "times",
            "target": TIMES_TARGET,
            "met": times >= TIMES_TARGET,
        },
    ]


class _Sink(BaseHTTPRequestHandler):
    """Where vmalert sends its alerts: they are read and dropped."""

    def do_POST(self) -> None:
        """Say yes."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_told: object) -> None:
        """Say nothing."""


def _listening(held: ExitStack) -> int:
    server = HTTPServer(("127.0.0.1", 0), _Sink)
    Thread(target=server.serve_forever, daemon=True).start()
    held.callback(server.server_close)
    held.callback(server.shutdown)
    return int(server.server_port)
