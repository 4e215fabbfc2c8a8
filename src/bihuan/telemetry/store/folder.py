"""What a folder of segments holds: which files count, and what is wrong with the others."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NamedTuple

from bihuan.telemetry.notation import DAY_S, stamp_of
from bihuan.telemetry.store import keeping, segments, swaps
from bihuan.telemetry.store.disk import PART, settle_folder
from bihuan.telemetry.store.segments import Damaged, Segment

ASIDE: Final = "aside"
_LISTED_MAX: Final = 5


class Finding(NamedTuple):
    """Something that a person must know: `names` are of files, `commits` are lost ones."""

    what: Literal["set_aside", "commits_lost", "rows_lost"]
    names: tuple[str, ...]
    commits: tuple[int, ...]
    sentence: str


@dataclass(kw_only=True)
class Survey:
    """The files that count, swaps whose old files may still be there, and findings."""

    found: dict[str, Segment] = field(default_factory=dict)
    pending: list[swaps.Swap] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    newest_swap: int = 0


def survey(folder: Path, manifest: Mapping[str, Segment]) -> Survey:
    """Look at a folder that nobody else writes to.

    Swaps that were written down are carried out, parts of files that were never finished are
    deleted, what isn't a segment is set aside. Files that the manifest describes aren't opened.
    """
    result = Survey(pending=swaps.written(folder))
    gone: set[str] = set()
    for swap in result.pending:
        swaps.bring_in(folder, swap)
        gone |= set(swap.gone)
    for path in sorted(folder.iterdir()):
        if path.name.endswith((PART, swaps.NEW)) and path.is_file():
            path.unlink()
        elif path.name not in gone and not _is_ours_besides(path):
            _take(result, path, manifest.get(path.name))
    result.newest_swap = max(map(_swap_of, [*result.found, *manifest]), default=0)
    result.newest_swap = max([result.newest_swap, *(one.number for one in result.pending)])
    _compare(result, folder, manifest)
    return result


def _is_ours_besides(path: Path) -> bool:
    return path.name in {ASIDE, keeping.NAME} or path.name.startswith("swap-")


def _take(result: Survey, path: Path, listed: Segment | None) -> None:
    """Count a file in, or set it aside."""
    try:
        if not segments.is_segment(path.name) or not path.is_file():
            raise Damaged(path.name, "it is no segment")
        if listed is None or listed.bytes != path.stat().st_size:
            listed = segments.about(path)
        result.found[path.name] = listed
    except Damaged:
        result.findings.append(set_aside(path))


def set_aside(path: Path) -> Finding:
    """Move a file that isn't whole out of the way."""
    place = _moved_aside(path)
    return Finding(
        "set_aside",
        (path.name,),
        (),
        f"监测数据文件夹中的“{path.name}”不是完整的数据段，已移到 {place}。"
        "请核对来源；若它是从备份恢复的，请重新恢复这个文件。",
    )


def set_unjudged_aside(path: Path) -> Finding:
    """Move a whole commit that can't be judged, and never was settled, out of the way."""
    place = _moved_aside(path)
    return Finding(
        "set_aside",
        (path.name,),
        (),
        f"数据段“{path.name}”还没有入账，启动时判断它出错，已移到 {place}。其中的文件没有确认过，"
        "会重新收、逐个判；只有刚把旧的账恢复到新的段旁边时不会，请把这个数据段交给维护人员。",
    )


def _moved_aside(path: Path) -> Path:
    """Where it lies now, never over another one."""
    aside = path.parent / ASIDE
    aside.mkdir(exist_ok=True)
    place, count = aside / path.name, 0
    while place.exists():
        count += 1
        place = aside / f"{path.name}.{count}"
    path.rename(place)
    settle_folder(path.parent)
    return place


def _swap_of(name: str) -> int:
    return 0 if name.startswith("c-") else int(name.split("-")[2])


def _compare(result: Survey, folder: Path, manifest: Mapping[str, Segment]) -> None:
    """Find what should be there and isn't."""
    numbers = held_commits(result.found.values())
    named = [one for one in manifest.values() if one.kind == "commit"]
    last = max([*numbers, *(one.first_commit for one in named)], default=0)
    lost = sorted(set(range(1, last + 1)) - numbers)
    if lost:
        names = tuple(segments.commit_name(number) for number in lost)
        told = _shortened(map(str, lost), len(lost))
        result.findings.append(
            Finding(
                "commits_lost",
                names,
                tuple(lost),
                f"第 {told} 批监测数据的数据段不在文件夹中，其中的读数无法再读。"
                "请从备份中找回这些文件放回原处；找不回时请煤矿重传这些时段的文件。",
            )
        )
    _compare_days(result, keeping.kept(folder))


def held_commits(found: Iterable[Segment]) -> set[int]:
    """The numbers of commits that these files hold."""
    numbers: set[int] = set()
    for one in found:
        if one.kind in {"commit", "remarks"}:
            numbers.update(range(one.first_commit, one.last_commit + 1))
    return numbers


def _compare_days(result: Survey, kept: keeping.Kept) -> None:
    lacking: Counter[int] = Counter()
    for one in result.found.values():
        if one.kind in {"remarks", "rows"}:
            sign = 1 if one.kind == "remarks" else -1
            for day, rows in one.days:
                lacking[day] += sign * rows
    for day, rows in sorted(lacking.items()):
        if rows > 0 and day >= kept.readings_from:
            date = stamp_of(day * DAY_S)[:10]
            result.findings.append(
                Finding(
                    "rows_lost",
                    (),
                    (),
                    f"{date} 的监测数据缺 {rows} 条读数：该日的数据段不在文件夹中。"
                    "请从备份中找回该日的数据段放回原处。",
                )
            )


def _shortened(texts: Iterable[str], count: int) -> str:
    shown = [text for text, _place in zip(texts, range(_LISTED_MAX), strict=False)]
    return "、".join(shown) + (f" 等 {count}" if count > _LISTED_MAX else "")
