"""`bihuan soak [SUITE]`: the full counts on both databases, resumable, results in bench/README.md.

A finished round isn't repeated for the same commit; Ctrl-C stops after cleaning up and the next
run goes on where this one stopped, with the same seed.
"""

import argparse
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from bihuan.config.soak_rounds import PROJECT, Round, play
from bihuan.config.soak_suites import SUITES, VENDORS, Suite
from bihuan.config.soak_table import Row, write_row
from bihuan.config.throwaway import NoPostgresError, throwaway_postgres
from bihuan.language.clock import SHANGHAI

FOLDER = PROJECT / "var" / "soak"
PAGE = PROJECT / "bench" / "README.md"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Progress:
    """The state file: which rounds of which suite are finished for this commit."""

    def __init__(self, path: Path, *, commit: str, seed: int | None, restart: bool) -> None:
        self.path, self.commit = path, commit
        kept = json.loads(path.read_text("utf-8")) if path.exists() and not restart else {}
        is_same = kept.get("commit") == commit and seed in (None, kept.get("seed"))
        self.seed: int = kept["seed"] if is_same else (seed or secrets.randbelow(2**31))
        self.done: dict[str, dict[str, Any]] = kept["done"] if is_same else {}

    def of(self, suite: str, vendor: str) -> dict[str, Any]:
        """Finished rounds by number."""
        return self.done.setdefault(f"{suite}.{vendor}", {})

    def keep(self, suite: str, vendor: str, played: Round, *, seconds: float) -> None:
        """Write a finished round down; the file is always whole."""
        self.of(suite, vendor)[str(played.number)] = {**asdict(played), "seconds": round(seconds)}
        part = self.path.with_suffix(".part")
        told = {"commit": self.commit, "seed": self.seed, "done": self.done}
        part.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
        part.replace(self.path)


def run_soak(
    arguments: list[str],
    *,
    suites: Mapping[str, Suite] = SUITES,
    folder: Path = FOLDER,
    page: Path = PAGE,
) -> int:
    """Run suites at full count; 0 when all held, 1 with faults or when broken off.

    State and logs are kept in `folder`; the table of results stands on `page`.
    """
    options = _options(arguments, suites)
    folder.mkdir(parents=True, exist_ok=True)
    progress = Progress(
        folder / "state.json", commit=commit_of(PROJECT), seed=options.seed, restart=options.restart
    )
    _say(f"commit {progress.commit}, seed {progress.seed}")
    chosen = [suites[options.suite]] if options.suite else list(suites.values())
    vendors = [options.database] if options.database else list(VENDORS)
    failed: list[str] = []
    with ExitStack() as stack:
        servers = {"sqlite": ""}
        try:
            if "postgresql" in vendors:
                servers["postgresql"] = stack.enter_context(throwaway_postgres(durable=True))
        except NoPostgresError as missing:
            _say(f"PostgreSQL 未运行：{missing}")
            failed.append("PostgreSQL")
        try:
            failed += [
                f"{suite.key} {NAMES[vendor]}"
                for suite in chosen
                for vendor in vendors
                if vendor in servers
                and suite.rounds_on(vendor)
                and _run(suite, vendor, servers[vendor], progress, page)
            ]
        except KeyboardInterrupt:
            _say("已中断；再次运行会接着做，已完成的轮次不重复。")
            return 1
    _say(f"未通过：{'、'.join(failed)}" if failed else "全部通过")
    return 1 if failed else 0


def _run(suite: Suite, vendor: str, server: str, progress: Progress, page: Path) -> bool:
    """Whether faults were found; what is finished already isn't played again."""
    done = progress.of(suite.key, vendor)
    rounds = suite.rounds_on(vendor)
    left = [number for number in range(1, rounds + 1) if str(number) not in done]
    _say(f"{suite.key} ({suite.label}) {NAMES[vendor]}: {len(left)} of {rounds} rounds left")
    started = time.monotonic()
    logs = progress.path.parent
    for played in play(suite.key, left, seed=progress.seed, server=server, logs=logs):
        seconds = time.monotonic() - started
        progress.keep(suite.key, vendor, played, seconds=seconds)
        _say(f"  {suite.key} {vendor} {played.number}: {_told(played)} ({seconds:.0f} s)")
        started = time.monotonic()
    return _conclude(suite, vendor, progress, page)


def _conclude(suite: Suite, vendor: str, progress: Progress, page: Path) -> bool:
    done = progress.of(suite.key, vendor)
    faulty = [number for number, kept in done.items() if kept["faults"]]
    minutes = sum(kept["seconds"] for kept in done.values()) / 60
    row = Row(
        suite=suite.key,
        database=NAMES[vendor],
        count=suite.counted(len(done)),
        result=f"**{len(faulty)} rounds with faults**" if faulty else "held",
        seed=str(progress.seed),
        minutes=f"{minutes:.0f}",
        commit=progress.commit,
        date=f"{datetime.now(SHANGHAI):%Y-%m-%d}",
    )
    rounds = suite.rounds_on(vendor)
    if len(done) == rounds or faulty:
        write_row(page, row)
    return bool(faulty) or len(done) < rounds


def _told(played: Round) -> str:
    figures = ", ".join(f"{key} {value}" for key, value in played.figures.items())
    return f"FAULTS {list(played.faults[:5])}" if played.faults else f"held {figures}"


def _options(arguments: list[str], suites: Mapping[str, Suite]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bihuan soak", description="足量的可靠性测试，可中断续跑")
    keys = "、".join(f"{suite.key} {suite.label}" for suite in suites.values())
    parser.add_argument("suite", nargs="?", choices=suites, metavar="SUITE", help=f"只跑：{keys}")
    parser.add_argument("--database", choices=VENDORS, help="只用一种数据库（默认两种）")
    parser.add_argument("--seed", type=int, help="随机种子；不写则沿用上次或另取")
    parser.add_argument("--restart", action="store_true", help="从头做起，不接着上次")
    return parser.parse_args(arguments)


def commit_of(project: Path) -> str:
    """The commit, marked when the code differs from it; the page that we write doesn't count."""
    page = f":!{PAGE.relative_to(PROJECT)}"
    changed = _git(project, "status", "--porcelain", "--untracked-files=no", "--", ".", page)
    return (_git(project, "rev-parse", "--short", "HEAD") or "unknown") + (
        "-dirty" if changed else ""
    )


def _git(project: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], check=False, cwd=project, capture_output=True)  # noqa: S603, S607
    return done.stdout.decode().strip()


def _say(text: str) -> None:
    sys.stderr.write(f"[soak] {text}\n")
