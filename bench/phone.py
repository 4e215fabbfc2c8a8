"""First useful paint of the public's pages on a slow phone, and how much they carry.

The network is that of Lighthouse's mobile profile ("slow 4G"): 150 ms there and back, 1.6 Mbit/s
down, 0.75 up, and a processor four times slower than this one. Useful is the first form field of
the tip-off page and the heading of the receipt: the larger of first paint and that element's.
"""

import statistics
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.browsing import chromium, running_demo

ROUND_TRIP_MS, DOWN_BYTES, UP_BYTES, SLOWER = 150, 1.6e6 / 8, 0.75e6 / 8, 4
TARGET_MS, TARGET_KB = 1500, 100
ROUNDS = 7
PAGES = {"tip-off": "/tip-off", "receipt": "/receipt", "portal": "/"}
_USEFUL = """() => new Promise(tell => {
  new PerformanceObserver(seen => {
    const entries = seen.getEntries();
    tell(entries[entries.length - 1].startTime);
  }).observe({type: 'largest-contentful-paint', buffered: true});
})"""


def measure(*, quick: bool, say: Callable[[str], object]) -> list[dict[str, Any]]:
    """Rows of {name, value, unit, target, met}: paint and bytes of each page, nothing cached."""
    rounds = 2 if quick else ROUNDS
    rows: list[dict[str, Any]] = []
    with TemporaryDirectory() as home, chromium() as browser, running_demo(Path(home)) as demo:
        for name, path in PAGES.items():
            seen = [_visit(browser, f"{demo.base}{path}") for _ in range(rounds)]
            paint = round(statistics.median(ms for ms, _size in seen))
            size = round(max(size for _ms, size in seen) / 1000, 1)
            say(f"{name}: {sorted(round(ms) for ms, _size in seen)} ms")
            rows += [
                _figure(f"{name}, useful paint", paint, "ms", TARGET_MS),
                _figure(f"{name}, carried", size, "kB", TARGET_KB),
            ]
    return rows


def _visit(browser: Any, address: str) -> tuple[float, float]:
    """(milliseconds to the largest paint, bytes over the network) in a fresh profile."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    line = context.new_cdp_session(page)
    carried: list[float] = []
    line.on("Network.loadingFinished", _note(carried))
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": ROUND_TRIP_MS,
            "downloadThroughput": DOWN_BYTES,
            "uploadThroughput": UP_BYTES,
        },
    )
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="networkidle")
    paint = float(page.evaluate(_USEFUL))
    context.close()
    return paint, sum(carried)


def _note(carried: list[float]) -> Callable[[dict[str, Any]], None]:
    def note(event: dict[str, Any]) -> None:
        carried.append(float(event["encodedDataLength"]))

    return note


def _figure(name: str, value: float, unit: str, target: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "target": target, "met": value <= target}
