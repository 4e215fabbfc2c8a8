"""Bring a table of figures in: what is right is kept, what is wrong is told by its line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bihuan.accounts.actors import Actor
from bihuan.documents.tables import read_rows
from bihuan.monitoring.activity.intake import Given, Taken, take
from bihuan.monitoring.activity.rows import AT, LABELS, REQUIRED, BadRow, given_of
from bihuan.monitoring.activity.scope import sites_written
from bihuan.places.models import Site

ROWS_MAX = 2_000_000


@dataclass(kw_only=True)
class Imported:
    """What became of a table."""

    taken: Taken = field(default_factory=Taken)
    errors: dict[int, str] = field(default_factory=dict)


class Finder:
    """Sites by their code or full name, as far as the writer may write; each asked once."""

    def __init__(self, *, by: Actor | None) -> None:
        self._by = by
        self._known: dict[str, int | None] = {}

    def __call__(self, text: str) -> int | None:
        """The site's id; None for one that isn't there, isn't the writer's or isn't the only."""
        if text not in self._known:
            sites = Site.objects.all() if self._by is None else sites_written(self._by)
            named = sites.filter(code=text) if text.isdigit() else sites.filter(name=text)
            found = list(named.order_by("pk").values_list("pk", flat=True)[:2]) if text else []
            self._known[text] = found[0] if len(found) == 1 else None
        return self._known[text]


def import_series(
    data: bytes, *, name: str, by: Actor | None, now: datetime, dry_run: bool = False
) -> Imported:
    """Read a table (UTF-8, GB18030 or a workbook); raises Unreadable. `by` None sees all sites."""
    outcome, find = Imported(), Finder(by=by)
    rows = read_rows(
        data, name=name, labels=LABELS, required=REQUIRED, date_labels=(AT,), rows_max=ROWS_MAX
    )

    def flow() -> Iterator[Given]:
        for number, row in rows:
            try:
                yield given_of(row, site_of=find, now=now)
            except BadRow as bad:
                outcome.errors[number] = str(bad)

    source = f"表格 {name}" if by is None else f"{by.name} {name}"
    outcome.taken = take(flow(), source=source, now=now, dry_run=dry_run)
    return outcome
