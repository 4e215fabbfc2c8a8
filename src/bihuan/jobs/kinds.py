"""What kinds of long work there are: each an entry that a capability adds at start-up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bihuan.accounts.actors import Actor

if TYPE_CHECKING:
    from bihuan.jobs.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a kind of work is given: the order, who asked (as he stands today), where to write."""

    asked: Mapping[str, Any]
    kept: Mapping[str, Any]
    by: Actor
    now: datetime
    input_path: Path
    result_path: Path
    progress: "Progress"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What came of it: a sentence, some lines below it, and the name of the result, if any."""

    words: str
    lines: tuple[str, ...] = ()
    result_name: str = ""
    is_cancelled: bool = False


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """One kind: `run` does the work in the worker, `check` raises Refused where one may not.

    `check(by, asked)` is asked when the work is ordered, before it runs and when its result is
    fetched. `log_as(asked)` gives (what left the system, the names of the filters that were set)
    for the log of exports; None for results that tell the asker nothing but his own file.
    """

    key: str
    label: str
    run: Callable[[Work], Ended]
    check: Callable[[Actor, Mapping[str, Any]], None]
    result_label: str = "下载结果"
    log_as: Callable[[Mapping[str, Any]], tuple[str, str] | None] = field(default=lambda _: None)


_kinds: dict[str, JobKind] = {}


def add_kind(kind: JobKind) -> None:
    """Make a kind known; adding the same key again replaces it."""
    _kinds[kind.key] = kind


def kind_of(key: str) -> JobKind:
    """The kind of that key; KeyError when nobody added it."""
    return _kinds[key]
