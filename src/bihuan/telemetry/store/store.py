"""A folder of readings that one process writes: durable segments, and the ledger beside them."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

from bihuan.telemetry.live.identity import Changes, Standing
from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.store import compaction, disk, keeping, segments, swaps
from bihuan.telemetry.store.adoption import Adoption
from bihuan.telemetry.store.commits import ROWS, Commit, Told
from bihuan.telemetry.store.folder import (
    held_commits,
    set_aside,
    set_unjudged_aside,
    survey,
)
from bihuan.telemetry.store.ledger import RULES, Ledger
from bihuan.telemetry.store.lock import FolderTaken, Lock
from bihuan.telemetry.store.order import COMMIT, VERSIONS, standing_of
from bihuan.telemetry.store.segments import Damaged, Segment
from bihuan.telemetry.store.versions import touched, versions_of

__all__ = ["FolderTaken", "Store"]
GRACE_S: Final = 60
DELIVERIES_DAYS_MIN: Final = 30
_HELD_ROWS: Final = 1_000_000


class Store:
    """The only writer of a folder. Every method may raise `OSError` and `sqlite3.Error`.

    `next_number` is that of the next commit, `findings` what a person must know about the folder.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock, carry out what was begun, find what is there; `FolderTaken`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.files = folder / segments.FOLDER
        self.files.mkdir(exist_ok=True)
        self._lock = Lock(folder)
        try:
            self.ledger = Ledger(folder)
            try:
                self._take_stock()
            except BaseException:
                self.ledger.close()
                raise
        except BaseException:
            self._lock.release()
            raise

    def _take_stock(self) -> None:
        listed = {one.name: one for one in self.ledger.segments()}
        watermark = self.ledger.note("watermark")
        seen = survey(self.files, listed)
        self._found, self.findings = seen.found, seen.findings
        self._swap = max(seen.newest_swap, self.ledger.note("swap"))
        self._pending: list[tuple[int, swaps.Swap]] = [(0, one) for one in seen.pending]
        self._held: dict[str, pl.DataFrame] = {}
        self._readings_from = keeping.kept(self.files).readings_from * DAY_S
        self._upto: int | None = watermark
        come = [
            one
            for name, one in seen.found.items()
            if listed.get(name) != one
            and not (one.kind == "commit" and one.last_commit > watermark)
        ]
        with self.ledger.transaction():
            self.ledger.list_segments(come, gone=listed.keys() - seen.found.keys())
        self.clear_away(now=GRACE_S)
        numbers = held_commits(seen.found.values())
        self.next_number = max([watermark, *numbers]) + 1

    def close(self) -> None:
        """Let go of the ledger and the lock."""
        self.ledger.close()
        self._lock.release()

    def watermark(self) -> int:
        """The number of the last commit that was settled, 0 before the first."""
        return self.ledger.note("watermark")

    def write(self, commit: Commit) -> None:
        """A commit with `next_number`, durable on return and not yet settled."""
        if commit.number != self.next_number:
            raise ValueError(f"commit {commit.number!r} isn't the next, {self.next_number!r}")
        one = segments.write_commit(self.files, commit)
        self._found[one.name] = one
        self.next_number += 1
        self._upto = None
        number = pl.lit(commit.number, pl.Int64()).alias(COMMIT)
        self._held[one.name] = commit.rows.select(*ROWS, number).select(list(VERSIONS))
        self._forget()

    def withdraw(self, commit: Commit, *, is_kept: bool = False) -> bool:
        """Take back the commit that was written last, unless it is settled; whether it was.

        Its number is free again. With `is_kept` its file is set aside: who has just opened the
        store doesn't know for certain that its files will come again.
        """
        name = segments.commit_name(commit.number)
        is_last = self.watermark() < commit.number == self.next_number - 1
        if not is_last or name not in self._found:
            return False
        if is_kept:
            self.findings.append(set_unjudged_aside(self.files / name))
        else:
            (self.files / name).unlink()
            disk.settle_folder(self.files)
        del self._found[name]
        self._held.pop(name, None)
        self.next_number -= 1
        return True

    @contextmanager
    def only_settled(self) -> Iterator[None]:
        """Nothing of commits that aren't settled is seen within."""
        seen, self._upto = self._upto, self.watermark()
        try:
            yield
        finally:
            self._upto = seen

    def _forget(self) -> None:
        """Hold the rows of the last commits only."""
        rows = sum(map(len, self._held.values()))
        while rows > _HELD_ROWS and len(self._held) > 1:
            rows -= len(self._held.pop(next(iter(self._held))))

    def adopted(self) -> Iterator[Commit]:
        """Commits on disk that aren't settled, in order; each must be settled before the next.

        While one is out, `standing` sees nothing of the later ones; before the first it sees what
        is settled.
        """
        after, damaged = self.watermark(), True
        while damaged:
            damaged = False
            try:
                for commit in Adoption(self.files, self.manifest(), after=after).commits():
                    after = self._upto = commit.number
                    yield commit
            except Damaged as error:
                self.give_up(error)
                damaged = True
        self._upto = None

    def commit(self, number: int) -> Commit:
        """Read one back; `LookupError` when it isn't there, `segments.Damaged` when broken.

        Of a merged commit whose readings were let go of in part, the others are read.
        """
        adoption = Adoption(self.files, self.manifest(), after=number - 1)
        for found in adoption.commits(last=number):
            return found
        raise LookupError(f"no commit {number!r} in {self.folder!r}")

    def settle(self, commit: Commit, changes: Changes) -> None:
        """The one transaction of the ledger; nothing happens for a number already settled."""
        if commit.number <= self.watermark():
            return
        one = self._found.get(segments.commit_name(commit.number))
        with self.ledger.transaction():
            self.ledger.list_segments([one] if one else [])
            self.ledger.settle(commit, changes)

    def known(self, deliveries: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of (path, digest) that were settled."""
        return self.ledger.known(deliveries)

    def standing(
        self,
        points: Collection[str],
        *,
        since: int | None = None,
        until: int | None = None,
        upto: int | None = None,
    ) -> pl.DataFrame:
        """The readings of points by (point, time), each the last version (T5); ends inclusive.

        Only rows of commits numbered `upto` or below. A file that can't be read is given up.
        """
        bounds = [one for one in (upto, self._upto) if one is not None]
        while True:
            try:
                rows = versions_of(
                    self.files,
                    self.manifest(),
                    points=points,
                    since=since,
                    until=until,
                    upto=min(bounds, default=None),
                    held=self._held,
                )
            except Damaged as error:
                self.give_up(error)
            else:
                return standing_of(rows)

    def rows_after(self, number: int) -> Iterator[pl.DataFrame]:
        """The rows of settled commits above this number, a file at a time."""
        watermark = self.watermark()
        is_later = pl.col(COMMIT) > number
        for one in touched(self.manifest()):
            if one.last_commit > number and one.first_commit <= watermark:
                try:
                    rows = versions_of(self.files, [one], upto=watermark, held=self._held)
                except Damaged as error:
                    self.give_up(error)
                else:
                    yield rows.filter(is_later)

    def manifest(self) -> list[Segment]:
        """The files that count, commits that aren't settled yet among them."""
        return list(self._found.values())

    def give_up(self, damaged: Damaged) -> None:
        """Set a file that can't be read aside, and say so in `findings`."""
        self.findings.append(set_aside(self.files / damaged.name))
        del self._found[damaged.name]
        with self.ledger.transaction():
            self.ledger.list_segments([], gone=[damaged.name])

    def definitions(self, points: Collection[str] | None = None) -> dict[str, list[Told]]:
        """Every settled definition by point, in the order of T1."""
        return self.ledger.definitions(points)

    def episodes(
        self,
        points: Collection[str] | None = None,
        *,
        kinds: Collection[str] | None = None,
        only_open: bool = False,
        since: int | None = None,
    ) -> list[Standing]:
        """Settled episodes; see `Ledger.episodes`."""
        return self.ledger.episodes(points, kinds=kinds, only_open=only_open, since=since)

    def last_id(self) -> int:
        """The highest id that was counted, 0 before the first; see `Ledger.last_id`."""
        return self.ledger.last_id()

    def noted(self, beginning: str) -> dict[str, int]:
        """Numbers that were kept by names that begin so, by what follows."""
        return self.ledger.notes(beginning)

    def note(self, name: str, value: int) -> None:
        """Keep a number by a name, apart from any commit."""
        with self.ledger.transaction():
            self.ledger.keep_note(name, value)

    def rules(self) -> int:
        """Which limits of packs judged the newest commit, 0 for none."""
        return self.ledger.note(RULES)

    def next_merge(self, *, now: int) -> compaction.Plan | None:
        """What is worth merging; `now` in seconds as readings have it."""
        return compaction.plan(self.manifest(), settled=self.watermark(), now=now)

    def prepare(self, plan: compaction.Plan) -> compaction.Prepared:
        """Write the files of a plan, none of which counts yet; may run in a thread of its own.

        `segments.Damaged` when one of the old files can't be read: give it up.
        """
        return compaction.prepare(
            self.files,
            plan,
            number=self._swap + 1,
            readings_from=keeping.kept(self.files).readings_from,
            held=dict(self._held),
        )

    def swap(self, prepared: compaction.Prepared, *, now: int) -> bool:
        """Let files that lie ready count instead of the old ones, which stay for `GRACE_S`.

        False, and nothing changes, when the folder was changed since they were prepared.
        """
        swap = prepared.swap
        if swap.number != self._swap + 1 or not self._found.keys() >= set(swap.gone):
            swaps.throw_away(self.files, swap)
            return False
        swaps.write_down(self.files, swap)
        swaps.bring_in(self.files, swap)
        self._swap = swap.number
        with self.ledger.transaction():
            self.ledger.list_segments(prepared.come, gone=swap.gone)
            self.ledger.keep_note("swap", self._swap)
        for name in swap.gone:
            del self._found[name]
            self._held.pop(name, None)
        self._found.update({one.name: one for one in prepared.come})
        self._pending.append((now, swap))
        return True

    def merge(self, *, now: int) -> bool:
        """Do the next merge whole; whether there was one. A file that can't be read is given up."""
        plan = self.next_merge(now=now)
        if not plan:
            return False
        try:
            self.swap(self.prepare(plan), now=now)
        except Damaged as error:
            self.give_up(error)
        return True

    def clear_away(self, *, now: int) -> None:
        """Delete files that were swapped out `GRACE_S` ago or earlier."""
        for since, swap in list(self._pending):
            if now >= since + GRACE_S:
                swaps.clear_away(self.files, swap)
                self._pending.remove((since, swap))

    def let_go(
        self, *, now: int, readings_days: int | None, rollups_days: int | None
    ) -> list[Segment]:
        """Let go of what is older than so many days before today (None keeps all); the files.

        What may go is written down first. The files stay for `GRACE_S`.
        """
        kept = keeping.kept_after(
            keeping.kept(self.files),
            today=now // DAY_S,
            readings_days=readings_days,
            rollups_days=rollups_days,
        )
        keeping.write_kept(self.files, kept)
        self._readings_from = kept.readings_from * DAY_S
        gone = keeping.let_go(self.manifest(), kept)
        if gone:
            names = tuple(one.name for one in gone)
            nothing = compaction.Prepared(swap=swaps.Swap(self._swap + 1, (), names), come=())
            self.swap(nothing, now=now)
        return gone

    @property
    def readings_from(self) -> int:
        """The moment before which readings were let go of, in seconds; 0 when none were."""
        return self._readings_from

    def forget_deliveries(self, *, now: int, readings_days: int, count: int) -> int:
        """Forget so many of the files whose readings may have gone; how many were forgotten.

        A file that comes again within that time, or thirty days, isn't taken twice.
        """
        before = now - max(readings_days, DELIVERIES_DAYS_MIN) * DAY_S
        with self.ledger.transaction():
            return self.ledger.forget_deliveries(before=before, count=count)
