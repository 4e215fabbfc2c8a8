"""One commit after another: files in, segment durable, episodes judged, ledger settled.

The order is what makes a kill harmless. A segment is durable before anything is derived from it,
the ledger takes all that was derived in one transaction, and only then the sender is told. Who
starts again adopts what lies between.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from bihuan.telemetry.dialect import Dialect, dialect
from bihuan.telemetry.dictionary import Dictionary
from bihuan.telemetry.intake.arriving import Arrived
from bihuan.telemetry.intake.aside import keep_aside
from bihuan.telemetry.intake.spool import NAME_MAX, Spool, SpoolFull
from bihuan.telemetry.live.faults import CannotGoOn, fault_told, is_of_content
from bihuan.telemetry.live.identity import Standing
from bihuan.telemetry.live.judge import Judge
from bihuan.telemetry.live.reading import File, Reading
from bihuan.telemetry.live.snapshots import Unusable
from bihuan.telemetry.packs import PackLimit, rules
from bihuan.telemetry.parsing import parse
from bihuan.telemetry.store.commits import ROWS, UNREADABLE, Commit
from bihuan.telemetry.store.disk import put
from bihuan.telemetry.store.rows import rows_of
from bihuan.telemetry.store.store import Store

SNAPSHOT: Final = "judge.snapshot"
PERSONS: Final = "RYSS"
_SET_ASIDE: Final = (
    "文件“{}”程序读不了（{}），已原样移到 {}，按拒收登记，其余的照收。"
    "请把它和旁边的 .json 交给维护人员；程序改好、重新启动后再送一次就会收。\n"
)
_UNJUDGED: Final = "第 {} 批监测数据判断时出错（{}），读数还在，没有判。请交给维护人员。\n"
_UNRESUMED: Final = "账里已有的监测数据接不上（{}），收件停下，没有丢失。请交给维护人员。"
_UNCOMMITTED: Final = "不论收到什么都记不了账（{}），收件停下，文件都还在。请交给维护人员。"


def _say(text: str) -> None:
    sys.stderr.write(text)


@dataclass(kw_only=True)
class Taken:
    """What became of a group of files."""

    commits: int = 0
    files: int = 0
    again: int = 0
    rows: int = 0
    refused: int = 0
    left_out: int = 0  # reports of persons for which there was no room beside

    def add(self, other: "Taken") -> None:
        """Count what became of another group too."""
        for name, count in asdict(other).items():
            setattr(self, name, getattr(self, name) + count)

    def __str__(self) -> str:
        left_out = f" persons_left_out={self.left_out}" if self.left_out else ""
        return (
            f"commits={self.commits} files={self.files} again={self.again} "
            f"readings={self.rows} refused={self.refused}{left_out}"
        )


class Engine:
    """Takes groups of files into a store; one engine a store, one thread an engine.

    When `take` raises, this engine is over: close the store, open it and a new engine, and the
    files that weren't acknowledged come again. A file that can't be read or judged raises nothing:
    it is set aside, on record as refused, and `say` is told. `CannotGoOn` when every file would be.
    """

    def __init__(
        self,
        store: Store,
        *,
        by: Dialect | None = None,
        limits: Sequence[PackLimit] | None = None,
        say: Callable[[str], object] = _say,
        kept: bytes | None = None,
        known: Dictionary | None = None,
        beside: Spool | None = None,
    ) -> None:
        """`limits` are those of packs, methane (T23) and switches where nobody says others.

        `kept` is a snapshot that somebody else keeps, instead of the store's own; `known` may be
        shared by engines of one thread. `beside` is where reports of persons lie for the desk.
        """
        self.store, self.by, self.say = store, by or dialect(), say
        self.limits = rules(self.by) if limits is None else tuple(limits)
        self._snapshot, self._known = kept, known or Dictionary(self.by)
        self._beside = beside
        self._aside = set[tuple[str, str]]()
        self._owed, self._hints = list[Standing](), list[Standing]()
        self._notes: dict[str, int] = {}
        self.judge = self._resumed()
        for commit in self.store.adopted():
            self._adopt(commit)

    def take(self, arrived: Sequence[Arrived]) -> Taken:
        """Commit these files together, then acknowledge each; known ones are acknowledged alone."""
        taken = Taken()
        for group in _apart(arrived):
            self._take(group, taken)
        return taken

    def set_aside(self, one: Arrived, error: BaseException) -> Taken:
        """Don't read this file, for a reason that the caller knows; otherwise as `take`."""
        taken = Taken()
        self._set_aside(one, error, taken)
        return taken

    def owe(self, hints: Iterable[Standing], *, notes: Mapping[str, int]) -> None:
        """Let the next commit tell these too, and keep these numbers by name."""
        self._hints += hints
        self._notes |= notes

    @property
    def owes(self) -> bool:
        """Whether hints or numbers wait for the next commit."""
        return bool(self._hints or self._notes)

    def snapshot(self) -> None:
        """Keep what the judge carries, so that a start needn't ask so much of the past."""
        put(self.store.folder / SNAPSHOT, self.judge.snapshot())

    def _resumed(self) -> Judge:
        """A judge that is where the ledger is: from what was kept, or without it."""
        try:
            return self._caught_up(self._kept())
        except BaseException as error:
            if not is_of_content(error):
                raise
        try:
            return self._caught_up(Judge(by=self.by, limits=self.limits))
        except BaseException as error:
            if not is_of_content(error):
                raise
            raise CannotGoOn(_UNRESUMED.format(fault_told(error))) from error

    def _kept(self) -> Judge:
        """The judge as it was kept; a new one when there is none that can be used.

        One from beyond the ledger stands on what the ledger has lost: an older one was put back.
        """
        try:
            kept = self._snapshot
            if kept is None:
                kept = (self.store.folder / SNAPSHOT).read_bytes()
            judge = Judge.restored(kept, by=self.by, limits=self.limits)
        except (FileNotFoundError, Unusable):
            return Judge(by=self.by, limits=self.limits)
        is_beyond = judge.number > self.store.watermark()
        return Judge(by=self.by, limits=self.limits) if is_beyond else judge

    def _caught_up(self, judge: Judge) -> Judge:
        watermark = self.store.watermark()
        if judge.number < watermark:
            with self.store.only_settled():
                frames = self.store.rows_after(judge.number)
                self._owed = judge.catch_up(frames, self.store, number=watermark)
        return judge

    def _adopt(self, commit: Commit) -> None:
        """Settle what an engine before this one wrote; what can't be judged holds nobody up.

        The last one was cut off before it was acknowledged, so its files come again. One before
        it was: then an older ledger was put back, and its readings stay where they are, unjudged.
        """
        try:
            self._settle(commit)
        except BaseException as error:
            if not is_of_content(error):
                raise
            is_gone = self.store.withdraw(commit, is_kept=True)
            self.judge = self._resumed()
            if not is_gone:
                self.say(_UNJUDGED.format(commit.number, fault_told(error)))
                self._settle(replace(commit, rows=ROWS.to_frame(), definitions=()))

    def _take(self, arrived: Sequence[Arrived], taken: Taken) -> None:
        """Commit them; when the fault is of one of them, the others without it."""
        try:
            self._commit(arrived, taken)
        except BaseException as error:
            if not is_of_content(error):
                raise
            self._part(arrived, error, taken)
        else:
            for one in arrived:
                one.acknowledge()

    def _part(self, arrived: Sequence[Arrived], error: BaseException, taken: Taken) -> None:
        """The halves by themselves, down to the file that is to blame."""
        self._known = Dictionary(self.by)
        half = len(arrived) // 2
        if half:
            self._take(arrived[:half], taken)
            self._take(arrived[half:], taken)
            return
        (one,) = arrived
        if one.fault:  # it wasn't even read
            raise CannotGoOn(_UNCOMMITTED.format(fault_told(error))) from error
        self._set_aside(one, error, taken)

    def _set_aside(self, one: Arrived, error: BaseException, taken: Taken) -> None:
        file = File.of(one)
        place = keep_aside(self.store.folder, one, digest=file.digest, error=error)
        self._aside.add(file.identity)
        if self.store.ledger.is_unreadable(file.identity):  # it still is, after a start
            taken.again += 1
            one.acknowledge()
            return
        self.say(_SET_ASIDE.format(file.path, fault_told(error), place))
        self._take([replace(one, fault=UNREADABLE)], taken)

    def _commit(self, arrived: Sequence[Arrived], taken: Taken) -> None:
        fresh, again = self._fresh(arrived)
        if fresh:
            commit = self._commit_of(fresh)
            taken.left_out += self._put_beside(fresh)
            self.store.write(commit)
            try:
                self._settle(commit)
            except BaseException as error:
                if is_of_content(error):
                    self.store.withdraw(commit)
                    self.judge = self._resumed()
                raise
            taken.commits += 1
            taken.rows += len(commit.rows)
            taken.refused += sum(bool(one.fault) + one.rejected for one in commit.deliveries)
        taken.files += len(fresh)
        taken.again += again

    def _put_beside(self, files: Iterable[File]) -> int:
        """Keep reports of persons where the desk takes them; how many found no room.

        Before the commit: who is killed between the two gets the file again, and the desk takes
        a report once however often it lies there. What a channel refuses says nothing to anybody.
        """
        left_out = 0
        for file in files:
            if self._beside is None or not _is_of_persons(file):
                continue
            try:
                self._beside.keep(file.arrived.content, name=_short(file.arrived.name))
            except SpoolFull:
                left_out += 1
        return left_out

    def _settle(self, commit: Commit) -> None:
        changes = self.judge.take(commit, self.store)
        told = {one.id for one in changes.episodes}
        changes.episodes.extend(one for one in self._owed if one.id not in told)
        changes.episodes.extend(
            one._replace(raised_in=one.raised_in or commit.number) for one in self._hints
        )
        changes.notes.update(self._notes)
        self.store.settle(commit, changes)
        self._owed, self._hints, self._notes = [], [], {}

    def _fresh(self, arrived: Sequence[Arrived]) -> tuple[list[File], int]:
        """Files that the store hasn't, in the order of T1, and how many it has already.

        What was set aside since the start isn't tried again, but on record it must be.
        """
        files = [File.of(one) for one in arrived]
        known = self.store.known({file.identity for file in files})
        known |= {
            file.identity
            for file in files
            if file.identity in self._aside and file.arrived.fault != UNREADABLE
        }
        fresh = [file for file in files if file.identity not in known]
        return sorted(fresh, key=File.order), len(files) - len(fresh)

    def _commit_of(self, files: list[File]) -> Commit:
        reading = Reading(self.by)
        sources = [one for one in map(reading.source, files) if one]
        readings, _listed = parse(
            sources, dialect=self.by, known=self._known, reject=reading.reject
        )
        kept = reading.kept(readings, since=self.store.readings_from)
        return Commit(
            number=self.store.next_number,
            rows=rows_of(kept, sources),
            deliveries=tuple(reading.deliveries(files, sources)),
            definitions=tuple(reading.told),
            refused=tuple(reading.refused),
        )


def _apart(arrived: Sequence[Arrived]) -> Iterator[list[Arrived]]:
    """Groups in which no path stands twice: of two files of one path the later commit counts."""
    waiting = list(arrived)
    while waiting:
        group = dict[str, Arrived]()
        later = list[Arrived]()
        for one in waiting:
            path = one.path or one.name
            if path in group:
                later.append(one)
            else:
                group[path] = one
        yield list(group.values())
        waiting = later


def _is_of_persons(file: File) -> bool:
    """Whether the desk may read it as a report: its channel took it for its sender's."""
    return file.name is not None and file.name.kind == PERSONS and not file.arrived.fault


def _short(name: str) -> str:
    """A good name of any length, as a folder can hold it beside a digest: fewer digits at its end.

    The first 14 say the moment; one folder of reports has no use for the others.
    """
    stem, dot, ending = name.rpartition(".")
    return name if len(name) <= NAME_MAX else f"{stem[: NAME_MAX - len(ending) - 1]}{dot}{ending}"
