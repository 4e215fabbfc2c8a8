"""Fill a deployment with a million matters and ten million entries, chain and seals valid.

Shapes: 30 counties with 12 townships each, 85 % closed, ages over two years, open ones in every
stage. Rows are written straight into the tables (this is the one writer past the engine; it is
for measuring only) with the engine's own bytes and hashes, so that `verify` agrees.
"""

import json
import random
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from bench.fill_writers import MATTER_COLUMNS, TIMER_COLUMNS, PostgresWriter, Rows, SqliteWriter
from bihuan.accounts.models import Grant, User
from bihuan.language.clock import SHANGHAI
from bihuan.matters import journal, search, trail
from bihuan.matters.identity import RANDOM_BITS
from bihuan.matters.models import FAR, Timer
from bihuan.matters.seals import LEAF, seal_hash
from bihuan.places.models import Person, Region, Site, Unit

SEED = 20261122
COUNTIES, TOWNSHIPS, MINES = 30, 12, 40
START = datetime(2024, 11, 1, 8, tzinfo=SHANGHAI)
SPAN_DAYS = 730
BATCH = 5_000
STEPS = (
    ("open", "", "received"),
    ("register", "received", "registered"),
    ("classify", "registered", "listed"),
    ("hand_over", "listed", "assigned"),
    ("acknowledge", "assigned", "checking"),
    ("record_progress", "checking", "checking"),
    ("record_findings", "checking", "checking"),
    ("request_signature", "checking", "review"),
    ("sign", "review", "signed"),
    ("close", "signed", "closed"),
)
WITH_CLOCK = frozenset({"assigned", "checking", "review"})
PLACES = ("综采工作面", "掘进工作面", "回风巷", "主井口", "变电所", "水泵房", "皮带巷", "采空区")
FAULTS = (
    "瓦斯传感器悬挂位置不符合规定",
    "夜班超定员组织生产",
    "停产整顿期间组织生产",
    "局部通风机未实现双电源",
    "探放水记录缺失",
    "安全监控系统断线未处理",
    "带班领导没有下井",
    "瞒报一起伤亡事故",
    "顶板支护不及时",
    "特种作业人员无证上岗",
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Places:
    """Who and where, made through the ORM."""

    townships: list[tuple[Region, tuple[int, ...], list[int]]] = field(default_factory=list)
    sections: dict[int, list[int]] = field(default_factory=dict)
    user_id: int = 0


def settle_places() -> Places:
    """Regions, units, sites and one office user per county; the first ones are signed in with."""
    places = Places()
    province = _region("99", "测试省", 1, None)
    for county_no in range(COUNTIES):
        if county_no % 10 == 0:
            city = _region(
                f"99{county_no // 10 + 1:02d}", f"测试{county_no // 10 + 1}市", 2, province
            )
        county = _region(f"{city.code}{county_no + 1:02d}", f"测试{county_no + 1}县", 3, city)
        office = Unit.objects.create(name=f"{county.name}行动办", kind="office", region=county)
        places.sections[county.pk] = [
            Unit.objects.create(name=f"{county.name}{n}股", kind="section", region=county).pk
            for n in ("煤安", "非煤")
        ]
        user = _officer(county, office, places.sections[county.pk][0])
        places.user_id = places.user_id or user.pk
        for n in range(TOWNSHIPS):
            town = _region(f"{county.code}{n + 1:03d}", f"{county.name}{n + 1}镇", 4, county)
            sites = [
                Site.objects.create(name=f"{town.name}{m + 1}号煤矿", kind="coal", region=town).pk
                for m in range(MINES // TOWNSHIPS + 1)
            ]
            places.townships.append((town, town.path_ids, sites))
    return places


def _officer(county: Region, office: Unit, section: int) -> User:
    person = Person.objects.create(name=f"{county.name}督办")
    user = User.objects.create(username=f"bench-{county.code}", person=person)
    since = date(2024, 1, 1)
    Grant.objects.create(user=user, role="office", unit=office, region=county, from_on=since)
    handler = User.objects.create(username=f"bench-{county.code}-section", person=person)
    Grant.objects.create(
        user=handler, role="handler", unit_id=section, region=county, from_on=since
    )
    return user


def _region(code: str, name: str, level: int, parent: Region | None) -> Region:
    region = Region.objects.create(code=code, name=name, level=level, parent=parent, path="")
    region.path = f"{parent.path if parent else '/'}{region.pk}/"
    region.save()
    return region


class Filler:
    """Makes matters one after the other; holds the leaves of the daily seals."""

    def __init__(self, places: Places, *, count: int, entries_each: int) -> None:
        self.places, self.count, self.entries_each = places, count, entries_each
        self.random = random.Random(SEED)  # noqa: S311 - shapes, not secrets
        self.leaves: dict[date, bytearray] = {}
        self.serials: dict[tuple[int, int], int] = {}

    def batches(self) -> Iterator[Rows]:
        """All rows, in batches; ids grow with time as the engine's do."""
        rows = Rows()
        step = timedelta(days=SPAN_DAYS) / self.count
        for n in range(self.count):
            self._matter(rows, START + n * step, n)
            if len(rows.matters) >= BATCH:
                yield rows
                rows = Rows()
        yield rows

    def _matter(self, rows: Rows, opened: datetime, n: int) -> None:
        draw = self.random
        _town, path, sites = draw.choice(self.places.townships)
        matter_id = int(opened.timestamp() * 1000) << RANDOM_BITS | n % (1 << RANDOM_BITS)
        age = n / self.count
        is_open = draw.random() < (0.05 if age < 0.8 else 0.55)
        steps = self._steps(is_open)
        unit = draw.choice(self.places.sections[path[2]]) if len(steps) > 2 else None
        year = opened.year
        serial = self.serials[path[2], year] = self.serials.get((path[2], year), 0) + 1
        number = f"线索〔{year}〕{serial}号"
        title = f"反映{draw.randint(1101, 9909)}{draw.choice(PLACES)}{draw.choice(FAULTS)}"
        columns: dict[str, Any] = {
            "kind": "lead",
            "number": number,
            "organ": str(path[2]),
            "acceptance_number": f"{year}{path[2]}{serial:06d}",
            "title": title,
            "stage": "received",
            "unit_id": unit,
            "l1": path[0],
            "l2": path[1],
            "l3": path[2],
            "l4": path[3],
            "site_id": draw.choice(sites),
            "severity": 0,
            "category": draw.choice(("illegal", "major_hazard", "concealed")),
            "source": draw.choice(("举报电话", "网上举报", "来访", "市局转办")),
            "opened_at": opened.astimezone(UTC).isoformat(),
            "closed_at": None,
            "is_open": True,
            "parent_id": None,
            "declaration": 1,
        }
        facts = {
            "title": title,
            "summary": f"{title}，请予核查。",
            "listed_on": opened.date().isoformat(),
        }
        clock = _clock(matter_id, opened) if is_open and steps[-1][2] in WITH_CLOCK else None
        head, seq, moment = self._trail(rows, matter_id, opened, steps, columns, facts, clock)
        self._rows(rows, matter_id, columns, facts, (seq, head, opened, moment), clock)

    def _steps(self, is_open: bool) -> list[tuple[str, str, str]]:
        steps = list(STEPS)
        if is_open:
            steps = steps[: self.random.randint(1, len(steps) - 1)]
        extra = self.entries_each - len(steps)
        at = 6
        if extra > 0 and len(steps) > at:
            steps[at:at] = [("record_progress", "checking", "checking")] * extra
        return steps

    def _trail(
        self,
        rows: Rows,
        matter_id: int,
        opened: datetime,
        steps: list[tuple[str, str, str]],
        columns: dict[str, Any],
        facts: dict[str, Any],
        clock: Timer | None,
    ) -> tuple[bytes, int, datetime]:
        head, moment = trail.GENESIS, opened
        days: dict[date, tuple[int, bytes]] = {}
        for seq, (step, source, target) in enumerate(steps, start=1):
            moment = opened + timedelta(hours=20 * (seq // 4), minutes=seq)
            micro = (moment - _EPOCH) // timedelta(microseconds=1)
            told = self._changes(seq, step, source, target, moment, columns, facts)
            if clock is not None and seq == len(steps):
                told["clocks"] = {clock.key: journal.clock_told(clock)}
            changes = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
            parts = ("测试县行动办 测试督办", "", step, source, target, "linxian-2022@1", changes)
            body = trail.pack(
                (trail.FORMAT, matter_id, seq, micro, micro, self.places.user_id),
                parts,
                previous=head,
            )
            head = trail.digest(body)
            rows.entries.append(
                (matter_id, seq, step, self.places.user_id, moment, moment, head, body)
            )
            days[moment.astimezone(SHANGHAI).date()] = (seq, head)
        for day, (seq, last) in days.items():
            self.leaves.setdefault(day, bytearray()).extend(LEAF.pack(matter_id, seq, last))
        return head, len(steps), moment

    def _changes(
        self,
        seq: int,
        step: str,
        source: str,
        target: str,
        moment: datetime,
        columns: dict[str, Any],
        facts: dict[str, Any],
    ) -> dict[str, Any]:
        if seq == 1:
            return {
                "columns": {k: [None, v] for k, v in columns.items()},
                "facts": {k: [None, v] for k, v in facts.items()},
            }
        if source == target:
            return {"clocks": {}}
        columns["stage"] = target
        changed: dict[str, Any] = {"stage": [source, target]}
        if step == "close":
            columns["is_open"] = False
            columns["closed_at"] = moment.astimezone(UTC).isoformat()
            changed |= {"is_open": [True, False], "closed_at": [None, columns["closed_at"]]}
        return {"columns": changed}

    def _rows(
        self,
        rows: Rows,
        matter_id: int,
        columns: dict[str, Any],
        facts: dict[str, Any],
        trail_end: tuple[int, bytes, datetime, datetime],
        clock: Timer | None,
    ) -> None:
        seq, head, opened, moved = trail_end
        due = clock.due_at if clock else FAR
        values = {
            **columns,
            "id": matter_id,
            "opened_at": opened,
            "closed_at": moved if columns["closed_at"] else None,
            "moved_at": moved,
            "due_at": due,
            "late_from": due,
            "last_seq": seq,
            "head": head,
        }
        rows.matters.append(tuple(values[name] for name in MATTER_COLUMNS))
        rows.facts.append((matter_id, json.dumps(facts, ensure_ascii=False)))
        if clock:
            rows.timers.append(_row_of(clock))
        words = (
            columns["number"],
            columns["acceptance_number"],
            columns["title"],
            facts["summary"],
        )
        told = search.normalise(" ".join(words))
        text = search.with_initials(told, title=columns["title"], site="")
        path = (columns["l1"], columns["l2"], columns["l3"], columns["l4"])
        scope = " ".join([*(f"xr{part}x" for part in path), f"xu{columns['unit_id']}x", "xkleadx"])
        rows.texts.append((matter_id, text, scope))


def _clock(matter_id: int, opened: datetime) -> Timer:
    due = opened + timedelta(days=8)
    return Timer(
        matter_id=matter_id,
        key="feedback",
        param="lead.feedback_days",
        amount=7,
        unit="DAYS",
        counting="CALENDAR",
        origin="source",
        version="linxian-2022@1",
        started_at=opened,
        due_at=due,
        late_from=due,
        first_due_at=due,
        next_at=due + timedelta(days=3650),
    )


def _row_of(clock: Timer) -> tuple[Any, ...]:
    held = {**clock.__dict__, "suspensions": "[]", "fired": "[]", "state": int(clock.state)}
    return tuple(held[name] for name in TIMER_COLUMNS)


def fill(count: int, *, entries_each: int, say: Callable[[str], object]) -> dict[str, float]:
    """Fill the configured database; returns seconds by part."""
    started = time.perf_counter()
    filler = Filler(settle_places(), count=count, entries_each=entries_each)
    write = SqliteWriter() if connection.vendor == "sqlite" else PostgresWriter()
    done = 0
    for rows in filler.batches():
        write.rows(rows)
        done += len(rows.matters)
        if done % 100_000 < BATCH:
            say(f"{done} matters, {time.perf_counter() - started:.0f} s")
    seconds = {"rows_s": time.perf_counter() - started}
    _seal(filler, write)
    write.finish()
    seconds["all_s"] = time.perf_counter() - started
    return seconds


def _seal(filler: Filler, write: Any) -> None:
    previous = trail.GENESIS
    first, last = min(filler.leaves), max(filler.leaves)
    day = first
    while day <= last:
        leaves = bytes(filler.leaves.get(day, b""))
        hashed = seal_hash(day=day, previous=previous, leaves=leaves, counters=[])
        packed = zlib.compress(leaves, 1)
        size = len(leaves) // LEAF.size
        now = datetime.combine(day, datetime.min.time(), SHANGHAI)
        write.seal((day, previous, hashed, packed, "[]", size, now))
        previous = hashed
        day += timedelta(days=1)
