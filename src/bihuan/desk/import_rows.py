"""Rows of a user's table opened as matters, each whole or not at all; errors by row and label.

Rows are registered in chunks, so an import that breaks off has registered some of them. What came
of a file is remembered by its digest in the same transaction: sent again, the file goes on where
it broke off. Rows that are equal on purpose belong in another file.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import transaction

from bihuan.accounts.actors import Actor
from bihuan.database.turns import turn_to_write
from bihuan.desk.models import ImportedFile, ImportedRow
from bihuan.desk.pickers import Pickers
from bihuan.documents.error_workbooks import DONE_WORDS, ERROR_HEAD
from bihuan.documents.tables import read_rows
from bihuan.documents.workbooks import Column, Sheet, workbook_bytes
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Loop, Step
from bihuan.matters.answers import CONFIRMED
from bihuan.matters.engine import open_matter, take_step
from bihuan.matters.models import Matter
from bihuan.matters.refusals import Refused
from bihuan.places.models import Region, Unit

CHUNK = 50  # rows of one transaction: a disk write per chunk, not per row
WHOLE_ROW = ""
CONFIRMS = "已核对不含个人信息"
_REFERENCES = (Kind.SITE, Kind.PERSON, Kind.UNIT, Kind.REGION)
_DATED = (Kind.DAY, Kind.MOMENT)

type Row = tuple[int, dict[str, str]]
type RowErrors = dict[int, dict[str, str]]


@dataclass(kw_only=True)
class Outcome:
    """What became of a file: how many matters were opened, and what was wrong with the rest.

    `done` holds the rows that are registered now or were by an earlier upload of this file;
    `skipped` those that the file itself marks as registered, `repeated` those that this very
    file was registered from before.
    """

    opened: int = 0
    skipped: int = 0
    repeated: list[int] = field(default_factory=list)
    done: set[int] = field(default_factory=set)
    errors: RowErrors = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """The columns of a loop's import: what opening asks, then what its first step asks."""

    loop: Loop

    @property
    def step(self) -> Step | None:
        """The first step that carries a new matter on and asks for its title."""
        for step in self.loop.steps_from(self.loop.first_stage.key):
            if step.target and self.loop.title in {asked.key for asked in step.asks}:
                return step
        return None

    @property
    def fields(self) -> tuple[Field, ...]:
        """Fields by label, each once: where both ask, the step's own counts."""
        step_fields = self.step.asks if self.step else ()
        known = (*step_fields, *self.loop.opens_with)
        by_key = {asked.key: asked for asked in known if not asked.sealed}
        by_key |= {asked.key: asked for asked in step_fields}
        return tuple(asked for asked in by_key.values() if asked.kind is not Kind.FILES)

    @property
    def labels(self) -> tuple[str, ...]:
        """Heads of the table."""
        return (*(asked.label for asked in self.fields), CONFIRMS)

    @property
    def required(self) -> tuple[str, ...]:
        """Heads that must be there."""
        return tuple(asked.label for asked in self.fields if asked.required)

    def rows(self, data: bytes, *, name: str, rows_max: int) -> Iterator[Row]:
        """Rows of a file; raises Unreadable."""
        return read_rows(
            data,
            name=name,
            labels=(*self.labels, ERROR_HEAD),
            required=self.required,
            date_labels=[asked.label for asked in self.fields if asked.kind in _DATED],
            rows_max=rows_max,
        )


def import_rows(
    form: Form,
    rows: Iterator[Row],
    *,
    digest: str,
    by: Actor,
    region: Region,
    now: datetime,
    dry_run: bool = False,
    on_progress: Callable[[int], None] | None = None,
    outcome: Outcome | None = None,
) -> Outcome:
    """Open a matter per row, in chunks; a row at fault leaves nothing behind.

    `digest` names the file: rows that were opened from it for this region are not opened again.
    `outcome` is filled as it goes: who breaks off in `on_progress` knows what was done.
    """
    outcome, pickers = outcome or Outcome(), Pickers(region, now.astimezone(SHANGHAI).date())
    done = 0
    for chunk in batched(rows, CHUNK):
        with turn_to_write(), transaction.atomic():
            file, is_new, earlier = _known(form, chunk, digest=digest, region=region, now=now)
            made = []
            for number, texts in chunk:
                if _was_done(number, texts, earlier=earlier, outcome=outcome):
                    continue
                try:
                    matter = _open_row(form, texts, by=by, region=region, now=now, pickers=pickers)
                except Refused as refused:
                    outcome.errors[number] = _faults(refused, form)
                    continue
                outcome.opened += 1
                outcome.done.add(number)
                made.append(ImportedRow(file=file, number=number, matter=matter))
            ImportedRow.objects.bulk_create(made)
            if is_new and not made:
                file.delete()  # nothing came of it, so there is nothing to remember
            if dry_run:
                transaction.set_rollback(True)
        done += len(chunk)
        if on_progress is not None:
            on_progress(done)
    return outcome


def digest_of(data: bytes) -> str:
    """What a file is known by."""
    return hashlib.sha256(data).hexdigest()


def rows_on_file(form: Form, *, digest: str, region: Region) -> set[int]:
    """Numbers of the rows that were registered from this file."""
    known = ImportedRow.objects.filter(
        file__kind=form.loop.key, file__region=region, file__digest=digest
    )
    return set(known.values_list("number", flat=True))


def repeated_words(outcome: Outcome) -> str:
    """What to tell of rows that this file was registered from before; empty when there are none."""
    if not outcome.repeated:
        return ""
    return (
        f"第 {_spans(outcome.repeated)} 行上次已导入，未重复。"
        "确实还要登记同样内容的，请把这些行放进另一个表格再导入。"
    )


def template_of(form: Form, *, options: Callable[[Field], Sequence[str]]) -> bytes:
    """An empty workbook with the heads; notes on the heads say what to write."""
    columns = [
        Column(
            label=f"{asked.label}*" if asked.required else asked.label,
            width=40 if asked.kind is Kind.LONG_TEXT else 18,
            note=_note(asked, options(asked)) or None,
        )
        for asked in form.fields
    ]
    columns.append(
        Column(label=CONFIRMS, width=14, note="系统提示像姓名、核对后确实不是的，填“是”")
    )
    sheet = Sheet(
        name=form.loop.label,
        title=f"{form.loop.label}导入模板",
        columns=tuple(columns),
        rows=(),
        notes=("带 * 的必填；表头不要改动；一行一件。",),
    )
    return workbook_bytes([sheet])


def _known(
    form: Form, chunk: Sequence[Row], *, digest: str, region: Region, now: datetime
) -> tuple[ImportedFile, bool, set[int]]:
    """The file, whether it is new, and its rows on file.

    It is locked, so that of two uploads at once the second waits for the first.
    """
    file, is_new = ImportedFile.objects.select_for_update().get_or_create(
        kind=form.loop.key, region=region, digest=digest, defaults={"first_at": now}
    )
    rows = ImportedRow.objects.filter(file=file, number__in=[number for number, _ in chunk])
    return file, is_new, set(rows.values_list("number", flat=True))


def _was_done(
    number: int, texts: Mapping[str, str], *, earlier: set[int], outcome: Outcome
) -> bool:
    is_marked = texts.get(ERROR_HEAD) == DONE_WORDS
    if not is_marked and number not in earlier:
        return False
    if is_marked:
        outcome.skipped += 1
    else:
        outcome.repeated.append(number)
    outcome.done.add(number)
    return True


def _open_row(
    form: Form,
    texts: Mapping[str, str],
    *,
    by: Actor,
    region: Region,
    now: datetime,
    pickers: Pickers,
) -> Matter:
    by_label = {asked.label: asked for asked in form.fields}
    given = {by_label[label].key: text for label, text in texts.items() if label in by_label}
    with transaction.atomic():
        answers = _resolved(given, form.fields, pickers=pickers, county=region)
        confirmed = _confirmed(texts, form.fields)
        opening = {one.key: answers.get(one.key) for one in form.loop.opens_with}
        matter = open_matter(
            form.loop.key, by=by, now=now, answers=opening | confirmed, region_id=region.pk
        )
        step = form.step
        if step is not None:
            asked = {one.key: answers.get(one.key) for one in step.asks}
            take_step(matter.pk, step.key, by=by, now=now, answers=asked | confirmed)
    return matter


def _faults(refused: Refused, form: Form) -> dict[str, str]:
    """Errors by label."""
    labels = {asked.key: asked.label for asked in form.fields}
    told = {labels.get(key, WHOLE_ROW): one for key, one in refused.fields.items()}
    return told or {WHOLE_ROW: refused.sentence}


def _spans(numbers: Sequence[int]) -> str:
    """Numbers in order as spans: 2–51、60."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return "、".join(f"{a}–{b}" if b > a else f"{a}" for a, b in spans)


def _confirmed(texts: Mapping[str, str], fields: Sequence[Field]) -> dict[str, Any]:
    if texts.get(CONFIRMS, "") not in ("是", "已核对", "√"):
        return {}
    return {CONFIRMED: [asked.key for asked in fields if asked.personal]}


def _resolved(
    given: Mapping[str, str], fields: tuple[Field, ...], *, pickers: Pickers, county: Region
) -> dict[str, Any]:
    """Names of places, units and people turned into ids; unknown ones stay for the engine."""
    found = pickers.resolved(given, fields)
    for asked in fields:
        name = str(found.get(asked.key) or "")
        if asked.kind not in _REFERENCES or not name or name.isdecimal():
            continue
        model: Any = {Kind.UNIT: Unit, Kind.REGION: Region}.get(asked.kind)
        if model is not None:
            inside = "path" if model is Region else "region__path"
            ids = model.objects.filter(name=name, **{f"{inside}__startswith": county.path})
            found[asked.key] = next(iter(ids.values_list("id", flat=True)[:1]), name)
    return found


def _note(asked: Field, options: Sequence[str]) -> str:
    told = [asked.hint, f"可填：{'、'.join(options)}" if options else ""]
    if asked.kind in _DATED:
        told.append("例如 2026-03-01")
    return "；".join(word for word in told if word)
